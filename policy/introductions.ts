/**
 * Whom the server introduces to whom: one store of the requester's site for one release, or a refusal that says when to
 * come back. The windows decide through {@link mayServe}, as they do in the kiosk and in the store.
 *
 * A store that has no place left makes room: for an introduction that is settled, or whose asker holds more places than the
 * requester would. So a device that asks without end takes places from itself alone. It knows no sessions and no links; which
 * introductions are live is an argument.
 */
import {
  MAX_INTRODUCTIONS_ASKED,
  MAX_INTRODUCTIONS_PER_STORE,
  SETTLED_INTRODUCTION_MS,
} from './device-budget.ts'
import { rendezvousOwner } from './rendezvous.ts'
import { mayServe, type Role, type Windows } from './windows.ts'

interface Introducible {
  readonly deviceId: string
  readonly role: Role
  readonly site: string
}

/** An introduction that is not over. */
export interface LiveIntroduction {
  readonly id: string
  readonly asker: string
  readonly other: string
  /** Epoch ms. */
  readonly openedAt: number
}

export interface StoreCandidate extends Introducible {
  /** All introductions of this store, whether it asked or was asked for. */
  readonly live: readonly LiveIntroduction[]
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
  /** `ends`: the introduction that has to end for it; null where the store has a place. */
  | { readonly introduce: true; readonly storeId: string; readonly ends: string | null }
  | { readonly introduce: false; readonly reason: IntroductionRefusal; readonly retryAt: number | null }

/**
 * The store to introduce, or why none. Deterministic. Chooses the store with which the requester has the fewest live
 * introductions (one that asks again wants a second store, or failed to reach the first), then the one with the fewest at all,
 * then by rendezvous of requester and release, so that load spreads.
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

  const places = stores.flatMap(({ deviceId, live }) => {
    const place = placeAmong(live, requester.deviceId, now)
    const withRequester = live.filter(({ asker, other }) => [asker, other].includes(requester.deviceId))
    return place === null
      ? []
      : [{ storeId: deviceId, ...place, load: live.length, met: withRequester.length }]
  })
  const leastTied = leastBy(
    leastBy(places, place => place.met),
    place => place.load,
  )
  const storeId = rendezvousOwner(
    `${requester.deviceId} ${release}`,
    leastTied.map(place => place.storeId),
  )
  const chosen = leastTied.find(place => place.storeId === storeId)
  if (chosen === undefined) return refuse('too-many-requests')
  return { introduce: true, storeId: chosen.storeId, ends: chosen.ends }
}

/**
 * The place a store has for the requester: a free one, or that of the introduction that ends for it. Null where no device holds
 * more places than the requester would, so that two devices never take a place from each other in turn.
 */
function placeAmong(
  live: readonly LiveIntroduction[],
  requesterId: string,
  now: number,
): { readonly ends: string | null } | null {
  if (live.length < MAX_INTRODUCTIONS_PER_STORE) return { ends: null }
  const oldestFirst = live.toSorted((a, b) => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1))
  const [oldest] = oldestFirst
  if (oldest !== undefined && now - oldest.openedAt >= SETTLED_INTRODUCTION_MS) return { ends: oldest.id }

  const held = new Map<string, number>()
  for (const { asker } of live) held.set(asker, (held.get(asker) ?? 0) + 1)
  const most = Math.max(...held.values())
  if (most <= (held.get(requesterId) ?? 0) + 1) return null
  // The newest: the handshakes that are furthest along go on.
  const newest = oldestFirst.findLast(({ asker }) => held.get(asker) === most)
  return newest === undefined ? null : { ends: newest.id }
}

/** All items whose measure is the smallest. */
function leastBy<T>(items: readonly T[], measure: (item: T) => number): readonly T[] {
  const least = Math.min(...items.map(measure))
  return items.filter(item => measure(item) === least)
}

function refuse(reason: IntroductionRefusal, retryAt: number | null = null): IntroductionDecision {
  return { introduce: false, reason, retryAt }
}
