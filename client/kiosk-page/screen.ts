/** Which screen a view of the kiosk calls for. Pure, so that every state can be tested without a page. */
import type { PackageStatus } from '../../protocol/device-status.ts'
import type { KioskView } from '../kiosk-api.ts'

export type Screen =
  | { readonly name: 'app' }
  | { readonly name: 'starting' }
  | { readonly name: 'welcome'; readonly refusal: string | null }
  | { readonly name: 'enrolling' }
  | { readonly name: 'pending'; readonly code: string }
  | { readonly name: 'nothing-assigned'; readonly online: boolean }
  | { readonly name: 'delivery'; readonly packages: readonly PackageStatus[] }
  | { readonly name: 'failed'; readonly package: PackageStatus }

/** An app that can run is shown, whatever else is going on: it belongs to the people in front of the screen. */
export function screenOf({ app, enrolment, status }: KioskView): Screen {
  if (app) return { name: 'app' }
  switch (enrolment.state) {
    case 'starting':
    case 'enrolling':
      return { name: enrolment.state }
    case 'none':
      return { name: 'welcome', refusal: null }
    case 'refused':
      return { name: 'welcome', refusal: enrolment.message }
    case 'pending':
      return { name: 'pending', code: enrolment.code }
    case 'enrolled':
      return deliveryScreen(status.packages, status.connection === 'online')
  }
}

function deliveryScreen(packages: readonly PackageStatus[], online: boolean): Screen {
  const [first] = packages
  if (!first) return { name: 'nothing-assigned', online }
  const failed = packages.every(({ phase }) => phase === 'failed')
  return failed ? { name: 'failed', package: first } : { name: 'delivery', packages }
}

/** The token in what somebody typed or pasted: the token itself or an enrolment link; null when there is none. */
export function enrolmentTokenIn(text: string): string | null {
  const trimmed = text.trim()
  const token = /[?&]enrol=([^&#\s]+)/.exec(trimmed)?.[1] ?? trimmed
  return /^[A-Za-z0-9_-]{20,64}$/.test(token) ? token : null
}
