/** The options of a package as a terminal shows them. */
import type { DistributionView, ProfileView } from '../../../protocol/admin-api.ts'
import { boundText } from '../../../protocol/bound.ts'
import { activationWords, confirmationWords } from '../../../protocol/takeover-text.ts'
import { formatFacts, formatInstant, formatTable } from '../words.ts'

/** In one line: `stores share it, enforced until PT4H`; how it takes over only where somebody chose it. */
export function describeOptions({ distribution, update }: ProfileView['packages'][number]): string {
  const parts = [distribution.proxyDistribution ? 'stores share it' : 'stores do not share it']
  if (distribution.onlyToProxiesUntil !== null)
    parts.push(`only to stores until ${boundText(distribution.onlyToProxiesUntil)}`)
  if (distribution.enforceProxyUntil !== null)
    parts.push(`stores enforced until ${boundText(distribution.enforceProxyUntil)}`)
  const { activation, confirmation, priority } = update
  if (activation.when !== 'at-once') parts.push(`takes over ${activationWords(activation)}`)
  if (confirmation.by === 'ready') parts.push(`confirmed ${confirmationWords(confirmation)}`)
  if (priority !== 0) parts.push(`priority ${priority}`)
  return parts.join(', ')
}

/** The options under the names of the admin page, and what they come to at each site. */
export function describeWindows(view: DistributionView): string {
  const { distribution } = view
  const options = formatFacts([
    ['Use mobile device for proxy distribution', distribution.proxyDistribution ? 'on' : 'off'],
    ['Only distribute to proxy devices until', boundText(distribution.onlyToProxiesUntil)],
    ['Enforce proxy distribution until', boundText(distribution.enforceProxyUntil)],
  ])
  const sites = formatTable(
    view.sites,
    [
      { title: 'site', of: row => row.site },
      { title: 'release', of: row => (row.release === null ? 'none yet' : String(row.release)) },
      { title: 'only until', of: row => formatInstant(row.windows.onlyToProxiesUntil, row.timeZone, 'off') },
      {
        title: 'enforce until',
        of: row => formatInstant(row.windows.enforceProxyUntil, row.timeZone, 'off'),
      },
      {
        title: 'kiosks now',
        of: row => (row.overriddenBy === null ? row.sentence : `comes from profile ${row.overriddenBy}`),
      },
    ],
    `Profile ${view.profile} is applied to no site yet.`,
  )
  return `${view.package} in profile ${view.profile}\n${options}\n${sites}`
}
