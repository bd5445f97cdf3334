/** The three options with the names that administrators know, and a sentence of help each. */

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
} as const

export type OptionField = keyof typeof OPTIONS
export const OPTION_FIELDS = Object.keys(OPTIONS) as readonly OptionField[]
