/** Which screen a view of the kiosk calls for. Pure, so that every state can be tested without a page. */
import type { PackageStatus } from '../../protocol/device-status.ts'
import type { KioskView } from '../kiosk-api.ts'

export type Screen =
  | { readonly name: 'app' }
  | { readonly name: 'starting' }
  | { readonly name: 'enrolling' }
  /** `code` null: there is none, and `refusal` says why. */
  | {
      readonly name: 'enrolment'
      readonly code: string | null
      readonly acceptUrl: string | null
      readonly refusal: string | null
    }
  | { readonly name: 'no-answer'; readonly message: string }
  | { readonly name: 'revoked'; readonly message: string }
  | { readonly name: 'nothing-assigned'; readonly online: boolean }
  | { readonly name: 'delivery'; readonly packages: readonly PackageStatus[] }
  | { readonly name: 'failed'; readonly package: PackageStatus }

/**
 * An app that can run is shown, whatever else is going on: it belongs to the people in front of the screen. Only an
 * administrator who revokes the device takes it away.
 */
export function screenOf({ app, enrolment, status, keysRefused }: KioskView): Screen {
  if (enrolment.state === 'revoked') return { name: 'revoked', message: enrolment.message }
  if (app) return { name: 'app' }
  switch (enrolment.state) {
    case 'starting':
    case 'enrolling':
      return { name: enrolment.state }
    case 'none':
      return { name: 'enrolment', code: null, acceptUrl: null, refusal: null }
    case 'retrying':
      return { name: 'no-answer', message: enrolment.message }
    case 'refused':
      return { name: 'enrolment', code: null, acceptUrl: null, refusal: enrolment.message }
    case 'pending': {
      const { code, acceptUrl } = enrolment
      const sentences = [enrolment.refusal, keysRefused].filter(Boolean)
      return { name: 'enrolment', code, acceptUrl, refusal: sentences.join(' ') || null }
    }
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
