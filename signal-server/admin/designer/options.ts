/** The options of a package in a profile, with the names that administrators know, a sentence of help each, and their values in words. */
import type { DistributionView, UpdateOptions } from '../../../protocol/admin-api.ts'
import { isSameValue } from '../../../protocol/same-value.ts'
import { activationWords, confirmationWords } from '../../../protocol/takeover-text.ts'
import { localTimeZone } from '../words.ts'
import { boundWords, type Distribution } from './bounds.ts'

export const OPTIONS = {
  proxyDistribution: {
    name: 'Use mobile device for proxy distribution of this package',
    help: 'Store devices share this package with the kiosks of their site; when this is off, every kiosk takes it from the server.',
  },
  onlyToProxiesUntil: {
    name: 'Only distribute to proxy devices until',
    help: 'Before this time stores may fill up from the server, but no kiosk may contact a store.',
  },
  enforceProxyUntil: {
    name: 'Enforce proxy distribution until',
    help: 'Before this time no kiosk may contact the server; afterwards it may, where no store can help.',
  },
  activation: {
    name: 'A new release goes on the screen',
    help: 'Once all of it is there. Until then, and while it waits, the screen shows the release before.',
  },
  confirmation: {
    name: 'It stays there',
    help: 'Otherwise the release before comes back by itself, and this one is not tried there again until you ask for it.',
  },
  priority: {
    name: 'Priority',
    help: 'Of the packages of a site, the one with the higher number is fetched first and is the one on the screen.',
  },
} as const

/** All of them: what is read, changed and saved together, under one revision. */
export type Options = Distribution & UpdateOptions
export type OptionField = keyof typeof OPTIONS
export type TakeoverField = keyof UpdateOptions
export const OPTION_FIELDS = Object.keys(OPTIONS) as readonly OptionField[]
export const WINDOW_FIELDS = ['proxyDistribution', 'onlyToProxiesUntil', 'enforceProxyUntil'] as const
export const TAKEOVER_FIELDS = ['activation', 'confirmation', 'priority'] as const

export const optionsOf = ({ distribution, update }: DistributionView): Options => ({
  ...distribution,
  ...update,
})

/** Options on which the two differ. */
export const differing = (a: Options, b: Options): readonly OptionField[] =>
  OPTION_FIELDS.filter(field => !isSameValue(a[field], b[field]))

export function optionWords(field: OptionField, options: Options): string {
  switch (field) {
    case 'proxyDistribution':
      return options.proxyDistribution ? 'on' : 'off'
    case 'activation':
      return activationWords(options.activation)
    case 'confirmation':
      return confirmationWords(options.confirmation)
    case 'priority':
      return String(options.priority)
    default:
      return boundWords(options[field], localTimeZone())
  }
}
