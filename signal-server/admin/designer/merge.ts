/** Two administrators changed the same options: which of the three to take from whom. Pure. */
import type { Distribution } from './bounds.ts'
import { OPTION_FIELDS, type OptionField } from './options.ts'

export type Side = 'mine' | 'theirs'
export type Choices = Readonly<Record<OptionField, Side>>

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Options on which the two differ. */
export const differing = (mine: Distribution, theirs: Distribution): readonly OptionField[] =>
  OPTION_FIELDS.filter(field => !same(mine[field], theirs[field]))

/** What each one changed stays changed; where both changed the same option, mine comes first until somebody chooses. */
export function firstChoices(base: Distribution, mine: Distribution): Choices {
  const side = (field: OptionField): Side => (same(base[field], mine[field]) ? 'theirs' : 'mine')
  return {
    proxyDistribution: side('proxyDistribution'),
    onlyToProxiesUntil: side('onlyToProxiesUntil'),
    enforceProxyUntil: side('enforceProxyUntil'),
  }
}

export function merged(mine: Distribution, theirs: Distribution, choices: Choices): Distribution {
  const from = (field: OptionField) => (choices[field] === 'mine' ? mine : theirs)
  return {
    proxyDistribution: from('proxyDistribution').proxyDistribution,
    onlyToProxiesUntil: from('onlyToProxiesUntil').onlyToProxiesUntil,
    enforceProxyUntil: from('enforceProxyUntil').enforceProxyUntil,
  }
}
