/** Why a device was not introduced, in words for people (PR-S9). */
import type { IntroductionRefusal } from '../../policy/introductions.ts'
import { problem } from '../../protocol/problem.ts'
import type { SessionEvent } from './session-types.ts'

const DETAILS: Record<IntroductionRefusal, string> = {
  'not-assigned': 'This device is not to run this release (any more).',
  'proxy-distribution-off':
    'Proxy distribution is off for this package, so no store shares it; take it from the server.',
  'window-closed':
    'Kiosks may not take this package from stores until “Only distribute to proxy devices until” is reached.',
  'no-store-online': 'No store of this site is online now.',
  'too-many-requests': 'Too many introductions are under way. Finish some, or wait until they end.',
}

export function introductionRefused(
  requestId: string,
  reason: IntroductionRefusal,
  retryAt: number | null = null,
): SessionEvent {
  return { type: 'request-refused', requestId, problem: problem(reason, DETAILS[reason], retryAt) }
}
