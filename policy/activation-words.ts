/** When a complete release takes over, as the end of a sentence for people. Decides nothing; `Intl` is its only calendar. */
import type { ActivationDecision, ActivationMoment } from './activation.ts'
import { describeMoment, formatDuration } from './window-words.ts'

/** Such as `takes over at 02:00 (Europe/Berlin), in 3 h 12 min`. */
export function describeActivation(
  decision: ActivationDecision,
  { serverNow, timeZone }: ActivationMoment,
): string {
  if (decision.state === 'open') return 'takes over now'
  switch (decision.reason) {
    case 'screen-in-use':
      return `takes over when nobody has touched the screen for another ${formatDuration(decision.opensInMs)}`
    case 'before-window':
      return `takes over ${describeMoment(decision.opensAt, serverNow ?? decision.opensAt, timeZone)}`
    case 'time-unknown':
      return 'takes over in its activation window, as soon as the server has said what time it is'
  }
}
