/**
 * Whom the server introduces to whom: one store of the requester's site for one release, or a refusal that says when to
 * come back. The windows decide through {@link mayServe}, as they do in the kiosk and in the store.
 *
 * It knows no sessions and no links. A candidate's load and history are counts somebody else keeps.
 */
import { MAX_INTRODUCTIONS_ASKED, MAX_INTRODUCTIONS_PER_STORE } from './device-budget.ts'
import { rendezvousOwner } from './rendezvous.ts'
import { mayServe, type Role, type Windows } from './windows.ts'

interface Introducible {
  readonly deviceId: string
  readonly role: Role
  readonly site: string
}

export interface StoreCandidate extends Introducible {
  /** Introductions of this store that are not over, whoever asked. */
  readonly liveIntroductions: number
  /**
   * Those of them that are with the requester. A requester that asks again while it has one wants a second store, or
   * failed to reach the first: either way, another store comes first.
   */
  readonly liveWithRequester: number
}

export interface IntroductionQuestion {
  readonly requester: Introducible & { readonly liveIntroductionsAsked: number }
  /** Windows of the release for the requester's site; null when it is not assigned there. */
  readonly windows: Windows | null
  readonly release: string
  /** Stores that are online. One of another site, a kiosk or the requester itself is never chosen. */
  readonly candidates: readonly StoreCandidate[]
}

export type IntroductionRefusal =
  | 'not-assigned'
  | 'proxy-distribution-off'
  | 'window-closed'
  | 'no-store-online'
  | 'too-many-requests'

export type IntroductionDecision =
  | { readonly introduce: true; readonly storeId: string }
  | { readonly introduce: false; readonly reason: IntroductionRefusal; readonly retryAt: number | null }

/**
 * The store to introduce, or why none. Deterministic. Chooses the store with which the requester has the fewest live
 * introductions, then the one with the fewest at all, then by rendezvous of requester and release, so that load spreads.
 * `retryAt` (epoch ms) is set for `window-closed` alone: when the rest changes, time does not tell. Rules W2, W3, W9.
 */
export function decideIntroduction(question: IntroductionQuestion, now: number): IntroductionDecision {
  const { requester, windows, release } = question
  if (windows === null) return refuse('not-assigned')
  const access = mayServe(windows, requester.role, now)
  if (access.state === 'closed') {
    return access.reason === 'proxy-distribution-off'
      ? refuse('proxy-distribution-off')
      : refuse('window-closed', access.retryAt)
  }
  const stores = question.candidates.filter(
    candidate =>
      candidate.site === requester.site &&
      candidate.role === 'store' &&
      candidate.deviceId !== requester.deviceId,
  )
  if (stores.length === 0) return refuse('no-store-online')
  if (requester.liveIntroductionsAsked >= MAX_INTRODUCTIONS_ASKED) return refuse('too-many-requests')

  const free = stores.filter(store => store.liveIntroductions < MAX_INTRODUCTIONS_PER_STORE)
  const leastTied = leastBy(
    leastBy(free, store => store.liveWithRequester),
    store => store.liveIntroductions,
  )
  const storeId = rendezvousOwner(
    `${requester.deviceId} ${release}`,
    leastTied.map(store => store.deviceId),
  )
  return storeId === null ? refuse('too-many-requests') : { introduce: true, storeId }
}

/** All items whose measure is the smallest. */
function leastBy<T>(items: readonly T[], measure: (item: T) => number): readonly T[] {
  const least = Math.min(...items.map(measure))
  return items.filter(item => measure(item) === least)
}

function refuse(reason: IntroductionRefusal, retryAt: number | null = null): IntroductionDecision {
  return { introduce: false, reason, retryAt }
}
