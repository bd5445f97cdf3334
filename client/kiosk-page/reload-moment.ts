/**
 * When the kiosk page may be loaded again, for a new build of it: nobody uses the screen, what runs has proved itself, and
 * nothing is on its way to or from this device. Pure over what the page knows; its clock only has to go forward.
 */
import type { KioskView } from '../kiosk-api.ts'

/** A person in front of the screen may only be reading. */
const UNUSED_BEFORE_RELOAD_MS = 10 * 60 * 1000
/** Longer than the pauses within a transfer. */
const QUIET_BEFORE_RELOAD_MS = 5_000
/**
 * A store that is never quiet, or a download over a slow line, does not keep an old page for ever. What is verified stays;
 * the chunks in flight are fetched again.
 */
const LONGEST_WAIT_FOR_QUIET_MS = 60 * 60 * 1000

/**
 * A page that the server does not understand is cut off from it until it is loaded again: after this time without a touch,
 * and whatever moves after the longer one, so that with the installation of the new build it is two minutes at most.
 */
const UNUSED_WHEN_CUT_OFF_MS = 60_000
const LONGEST_WAIT_WHEN_CUT_OFF_MS = 90_000
/**
 * Where two builds take turns, as behind a balancer before two servers of different versions, each new page would be cut
 * off again: a page that was loaded in haste waits as long as any other before it is loaded in haste again.
 */
const BETWEEN_HASTY_RELOADS_MS = 10 * 60 * 1000

export interface ReloadWatch {
  readonly begunAt: number
  readonly lastActivity: number
  readonly usedAt: number
  readonly movedBytes: number
  readonly movedAt: number
}

export interface ReloadFacts {
  /** Null: the page has not come so far that there is anything to lose. */
  readonly view: KioskView | null
  /** Differs from the last one when somebody has used the screen since. */
  readonly lastActivity: number
  /** When this page was loaded in haste, on the clock of `now`; null when it was not. */
  readonly hastyAt: number | null
}

export function beginReloadWatch({ view, lastActivity }: ReloadFacts, now: number): ReloadWatch {
  return { begunAt: now, lastActivity, usedAt: now, movedBytes: movedBytesIn(view), movedAt: now }
}

/** To be called about every second. */
export function stepReloadWatch(
  before: ReloadWatch,
  { view, lastActivity, hastyAt }: ReloadFacts,
  now: number,
): { readonly watch: ReloadWatch; readonly reload: boolean; readonly isHasty: boolean } {
  const movedBytes = movedBytesIn(view)
  const moves = movedBytes !== before.movedBytes || isDownloading(view)
  const watch: ReloadWatch = {
    ...before,
    lastActivity,
    usedAt: lastActivity === before.lastActivity ? before.usedAt : now,
    movedBytes,
    movedAt: moves ? now : before.movedAt,
  }
  if (view === null) return { watch, reload: true, isHasty: false }
  const isHasty = view.needsNewPage && (hastyAt === null || now - hastyAt >= BETWEEN_HASTY_RELOADS_MS)
  const unusedMs = isHasty ? UNUSED_WHEN_CUT_OFF_MS : UNUSED_BEFORE_RELOAD_MS
  const longestWaitMs = isHasty ? LONGEST_WAIT_WHEN_CUT_OFF_MS : LONGEST_WAIT_FOR_QUIET_MS
  // A reload counts as one more try of a release that has not proved itself yet.
  const mayLeave = view.app === null || (view.app.confirmed && now - watch.usedAt >= unusedMs)
  const isQuiet = now - watch.movedAt >= QUIET_BEFORE_RELOAD_MS
  return { watch, reload: mayLeave && (isQuiet || now - watch.begunAt >= longestWaitMs), isHasty }
}

/**
 * Whether another build of this page might connect where this one does not. An enrolment that is repeated counts too: an
 * answer that this page cannot read looks to it like a server that does not answer.
 */
export const callsForNewBuild = (view: KioskView | null): boolean =>
  view !== null && (view.needsNewPage || view.enrolment.state === 'retrying')

function movedBytesIn(view: KioskView | null): number {
  const { packages = [], peers = [] } = view?.status ?? {}
  const fetched = packages.map(({ bytes }) => bytes.fromServer + bytes.fromStores)
  const exchanged = peers.map(({ bytesIn, bytesOut }) => bytesIn + bytesOut)
  return [...fetched, ...exchanged].reduce((sum, bytes) => sum + bytes, 0)
}

/** Between two of its chunks too; one that waits for a window or a store has nothing under way. */
const isDownloading = (view: KioskView | null) =>
  view?.status.packages.some(({ phase }) => phase === 'downloading') ?? false
