/**
 * Devices that got a wrong chunk from the server say so: that chunk is read from the disk and verified at once. A device
 * that lies makes the server read a few chunks and no more: each has a budget, and all together wait in one short queue.
 */
import { REPORTED_CHUNKS } from '../../policy/device-budget.ts'
import type { BackgroundJob, BackgroundJobs } from '../background-jobs.ts'
import { fullBucket, type TokenBucket, take } from '../fleet/token-bucket.ts'
import type { DeviceEvent } from '../fleet-directory.ts'
import { partDigestsTo } from '../records/patch-sets.ts'
import type { Records } from '../records/records.ts'
import { findRelease } from '../records/releases.ts'
import { readStoredManifest } from '../records/stored-manifests.ts'
import type { ChunkVault } from '../vault/chunk-vault.ts'
import { busyPauseMs } from './scrub-pace.ts'

/** Reports that wait to be looked into. A damaged chunk that finds no place is reported again, since devices try again. */
const MAX_WAITING = 64
/** Devices whose budget is remembered; beyond it all begin anew. */
const MAX_REMEMBERED = 20_000
/** As devices write it (`client/engine/download-runner.ts`): a chunk of the release, or a part of a patch to it. */
const DETAIL = /^chunk (\d{1,6}) of .+ from the server was wrong$/

interface Reported {
  readonly package: string
  readonly release: number
  readonly index: number
}

export interface ReportedChunksDeps {
  readonly records: Records
  readonly vault: Pick<ChunkVault, 'verify'>
  readonly jobs: BackgroundJobs
  readonly clock: () => number
}

export class ReportedChunks {
  readonly #deps: ReportedChunksDeps
  readonly #job: BackgroundJob
  readonly #buckets = new Map<string, TokenBucket>()
  readonly #waiting = new Map<string, Reported>()
  readonly #unsubscribe: () => void

  constructor(deps: ReportedChunksDeps) {
    this.#deps = deps
    this.#job = deps.jobs.add({ name: 'checking chunks that devices reported', run: () => this.#checkNext() })
    this.#unsubscribe = deps.records.reports.subscribe((deviceId, report) => {
      if (report.type === 'event') this.#onEvent(deviceId, report.event)
    })
  }

  close(): void {
    this.#unsubscribe()
  }

  #onEvent(deviceId: string, event: DeviceEvent): void {
    if (event.kind !== 'bad-chunk' || event.peer !== undefined) return
    const { package: packageName, release } = event
    const index = DETAIL.exec(event.detail)?.[1]
    if (packageName === undefined || release === undefined || index === undefined) return
    const key = `${packageName} ${release} ${index}`
    if (this.#waiting.has(key) || this.#waiting.size >= MAX_WAITING || !this.#pays(deviceId)) return
    this.#waiting.set(key, { package: packageName, release, index: Number(index) })
    // What waits for its pause already is not made faster by one more report.
    this.#job.wakeIn(0)
  }

  #pays(deviceId: string): boolean {
    const now = this.#deps.clock()
    const bucket = this.#buckets.get(deviceId) ?? fullBucket(REPORTED_CHUNKS, now)
    const left = take(bucket, REPORTED_CHUNKS, 1, now)
    if (left === null) return false
    if (this.#buckets.size >= MAX_REMEMBERED) this.#buckets.clear()
    this.#buckets.set(deviceId, left)
    return true
  }

  async #checkNext(): Promise<number | null> {
    const [next] = this.#waiting
    if (next === undefined) return null
    const [key, reported] = next
    const begunAt = performance.now()
    for (const digest of await this.#digestsOf(reported)) await this.#deps.vault.verify(digest)
    this.#waiting.delete(key)
    return busyPauseMs(performance.now() - begunAt)
  }

  async #digestsOf({ package: packageName, release, index }: Reported): Promise<string[]> {
    const { db } = this.#deps.records
    const found = await findRelease(db, packageName, release)
    if (found === null) return []
    const stored = await readStoredManifest(db, found.digest)
    const chunk = stored?.ok ? stored.manifest.chunks[index]?.digest : undefined
    return [...(chunk === undefined ? [] : [chunk]), ...(await partDigestsTo(db, found.digest, index))]
  }
}
