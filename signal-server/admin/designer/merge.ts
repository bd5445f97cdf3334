/** Two administrators changed the same options: which of them to take from whom. Pure. */
import { differing, OPTION_FIELDS, type OptionField, type Options } from './options.ts'

export type Side = 'mine' | 'theirs'
export type Choices = Readonly<Record<OptionField, Side>>

/** What each one changed stays changed; where both changed the same option, mine comes first until somebody chooses. */
export function firstChoices(base: Options, mine: Options): Choices {
  const changed = differing(base, mine)
  const sides = OPTION_FIELDS.map(field => [field, changed.includes(field) ? 'mine' : 'theirs'])
  return Object.fromEntries(sides) as Choices
}

export function merged(mine: Options, theirs: Options, choices: Choices): Options {
  const taken = OPTION_FIELDS.filter(field => choices[field] === 'mine').map(field => [field, mine[field]])
  return { ...theirs, ...Object.fromEntries(taken) }
}
