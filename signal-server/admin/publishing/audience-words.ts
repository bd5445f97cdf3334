/** What publishing will do to the fleet, in sentences. Pure. */
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import type { Audience } from '../../../protocol/admin/audience.ts'
import { countOf } from '../words.ts'

export function audienceSentences({ devices, offline, uplinkBytes, sites, pinned }: Audience): string[] {
  const others = pinned.map(
    ({ profile, release, sites: count }) =>
      `${countOf(count, 'site')} of the profile ${profile} ${count === 1 ? 'stays' : 'stay'} with release ${release}.`,
  )
  if (sites.length === 0)
    return [
      others.length === 0
        ? 'No profile gives this package to a site, so no device gets it yet.'
        : 'No device gets it: every profile with this package stays with another release.',
      ...others,
    ]
  if (devices === 0)
    return [
      `${countOf(sites.length, 'site')} ${sites.length === 1 ? 'is' : 'are'} to run it, without a device yet.`,
      ...others,
    ]
  return [
    `${countOf(devices, 'device')} at ${countOf(sites.length, 'site')} ${devices === 1 ? 'gets' : 'get'} it. About ${formatBytes(uplinkBytes)} will cross the uplinks.`,
    ...(offline === 0
      ? []
      : [
          `${countOf(offline, 'of them is', 'of them are')} offline, and ${offline === 1 ? 'gets' : 'get'} it when connected again.`,
        ]),
    ...others,
  ]
}
