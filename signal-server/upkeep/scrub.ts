/**
 * Reads through everything that is stored, slowly and over and over: the database, every signed manifest, every chunk and
 * part. Damage is found before a device asks for it. Where a pass has got to is kept, so that a restart goes on there. What
 * damage means is for those who learn of it.
 */
import type { BackgroundJobs } from '../background-jobs.ts'
import { findSetting, putSetting } from '../records/settings.ts'
import { nextRelease, nextStoredDigest, storedBytes } from '../records/stored-digests.ts'
import type { Db } from '../records/tables.ts'
import type { ChunkVault } from '../vault/chunk-vault.ts'
import { SCRUB_PASS_MS, scrubPauseMs } from './scrub-pace.ts'

/** After a start the fleet comes back first. */
const START_DELAY_MS = 60_000
/** A kill repeats what was verified since. */
const SAVE_EVERY_MS = 60_000

/** `records`: the database is next; then come manifests and chunks after the one that is named; `done`: nothing until the next pass. */
type Position =
  | { readonly at: 'records' | 'done' }
  | { readonly at: 'manifests' | 'chunks'; readonly after: string }

interface Pass {
  readonly startedAt: number
  readonly position: Position
}

export interface ScrubDeps {
  readonly db: Db
  readonly vault: Pick<ChunkVault, 'verify'>
  /** Looks through the database file, off the event loop, and tells administrators. */
  readonly checkRecords: () => Promise<void>
  readonly checkManifest: (digest: string) => Promise<void>
  readonly jobs: BackgroundJobs
  readonly clock: () => number
}

export function startScrubbing(deps: ScrubDeps): void {
  let pass: Pass | null = null
  let passBytes = 0
  let savedAt = Number.NEGATIVE_INFINITY

  async function goOn(next: Pass): Promise<void> {
    pass = next
    if ('after' in next.position && deps.clock() - savedAt < SAVE_EVERY_MS) return
    savedAt = deps.clock()
    await putSetting(deps.db, 'scrub-pass', JSON.stringify(next))
  }

  async function step(): Promise<number> {
    const { db, vault, clock } = deps
    const now = clock()
    pass ??= await readPass(db)
    if (pass === null || (pass.position.at === 'done' && now >= pass.startedAt + SCRUB_PASS_MS))
      pass = { startedAt: now, position: { at: 'records' } }
    const { startedAt, position } = pass
    if (!('after' in position)) {
      if (position.at === 'done') return startedAt + SCRUB_PASS_MS - now
      await deps.checkRecords()
      await goOn({ startedAt, position: { at: 'manifests', after: '' } })
      return 0
    }
    if (passBytes === 0) passBytes = await storedBytes(db)
    const isManifest = position.at === 'manifests'
    const next = await (isManifest ? nextRelease : nextStoredDigest)(db, position.after)
    if (next === null) {
      passBytes = 0
      await goOn({ startedAt, position: isManifest ? { at: 'chunks', after: '' } : { at: 'done' } })
      return 0
    }
    const tookMs = await timed(() =>
      isManifest ? deps.checkManifest(next.digest) : vault.verify(next.digest),
    )
    await goOn({ startedAt, position: { at: position.at, after: next.digest } })
    return scrubPauseMs(next.bytes, tookMs, passBytes)
  }

  deps.jobs.add({ name: 'checking what is stored', run: step }).wakeIn(START_DELAY_MS)
}

async function readPass(db: Db): Promise<Pass | null> {
  const text = await findSetting(db, 'scrub-pass')
  return text === null ? null : (JSON.parse(text) as Pass)
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begunAt = performance.now()
  await act()
  return performance.now() - begunAt
}
