/**
 * The packages of this device: one runner each, from the disk at start and from the server's assignments after it,
 * and what of their chunks may go. Knows nothing of links and sessions.
 */
import * as v from 'valibot'
import { holdingBack } from '../../policy/package-order.ts'
import type { Assignment } from '../../protocol/assignment.ts'
import { emptyPackageRecord, pendingRecords } from '../machines/package-life/step.ts'
import type { Share, Shares } from '../machines/peer-session/state.ts'
import type { ChunkIo, RecordStore } from '../ports.ts'
import { type PackageRecord, recordKeys } from '../records.ts'
import { DiskKeeper, type PackageOnDisk } from './disk-keeper.ts'
import type { DownloadRunner } from './download-runner.ts'
import { readHungReleases, readPackageRecord, readTrafficRecord } from './package-record.ts'
import { type PackageDeps, PackageRunner } from './package-runner.ts'
import { createRoomyRecords } from './roomy-records.ts'
import { progressOf } from './status.ts'

const PACKAGE_PREFIX = recordKeys.package('')
const namesSchema = v.array(v.string())

export class AssignedPackages {
  readonly #runners = new Map<string, PackageRunner>()
  /** Higher priorities first, then in the order of the profile; the first with a release is what the page shows (P4). */
  #names: readonly string[] = []
  /** For all that the engine writes: makes room where there is none. */
  readonly records: RecordStore
  /** What of their chunks may go, and when. */
  readonly disk: DiskKeeper
  readonly #depsOf: () => PackageDeps
  #knowsWanted = false
  #applying: Promise<void> = Promise.resolve()
  #stopped = false

  /** `cacheBytes`: what a store may keep beyond what it needs itself; null for a device that is no store. */
  constructor(
    records: RecordStore,
    chunks: ChunkIo,
    cacheBytes: () => number | null,
    depsOf: () => PackageDeps,
  ) {
    this.records = createRoomyRecords(records, packageName => this.disk.makeRoom(packageName))
    this.#depsOf = depsOf
    this.disk = new DiskKeeper({
      records,
      // Parts of patches are no release's: as long as one is used, they are not looked at.
      chunks: {
        digests: async () => {
          const present = new Set(await chunks.digests())
          for (const runner of this.#runners.values())
            for (const digest of runner.patch?.partDigests() ?? []) present.delete(digest)
          return present
        },
        remove: digests => chunks.remove(digests),
      },
      packages: () => this.#onDisk(),
      saved: async () => {
        for (const runner of this.#runners.values()) await runner.saved()
      },
      knowsWanted: () => this.#knowsWanted,
      cacheBytes,
      forget: names => this.#forget(names),
      // A release that was assigned meanwhile may have counted on one of them.
      removed: digests => {
        for (const runner of this.#runners.values())
          for (const download of runner.downloads()) download.dispatch({ type: 'lost', digests })
      },
    })
  }

  /** Brings back what ran before, without any server. `endedInOrder`: so did the page that ran it last. */
  async load(endedInOrder: boolean): Promise<void> {
    const kept = v.safeParse(namesSchema, await this.records.get(recordKeys.assigned).catch(() => undefined))
    const keys = await this.records.keys().catch(() => [])
    const here = keys.flatMap(key => (key.startsWith(PACKAGE_PREFIX) ? key.slice(PACKAGE_PREFIX.length) : []))
    this.#names = kept.success ? kept.output.filter(name => here.includes(name)) : here
    // In the order of the screen: whether a package is on it depends on those before it.
    const hung = await readHungReleases(this.records)
    for (const name of new Set([...this.#names, ...here])) await this.#open(name, hung, endedInOrder)
    // Only now: what follows from it is on the disk.
    if (hung.length > 0) await this.records.remove([recordKeys.hung]).catch(() => {})
  }

  /** Whether the page shows this package, or would as soon as it has a release: no package before it has one. */
  isOnScreen(name: string): boolean {
    for (const runner of this.assigned()) {
      if (runner.name === name) return true
      if (runner.shown !== null) return false
    }
    return false
  }

  /** In the profile's order, only what is assigned. */
  assigned(): readonly PackageRunner[] {
    return this.#names.flatMap(name => this.#runners.get(name) ?? [])
  }

  /** Lets those fetch whose turn it is (P1 to P3). */
  balance(): void {
    const wanted = this.assigned().map((runner, order) => ({
      runner,
      order,
      priority: runner.state.wanted?.priority ?? 0,
      progress: progressOf(runner.view()),
    }))
    const held = holdingBack(wanted)
    for (const one of wanted) for (const download of one.runner.downloads()) download.holdBack(held.has(one))
  }

  get(name: string): PackageRunner | undefined {
    return this.#runners.get(name)
  }

  /** What the page shows (P4). */
  shown(): PackageRunner | undefined {
    return this.assigned().find(runner => runner.shown !== null)
  }

  /** Of every package, with those of patches. */
  *downloads(): Generator<DownloadRunner> {
    for (const runner of this.#runners.values()) yield* runner.downloads()
  }

  /** By the digest of a release, or of the patch set whose parts are fetched. */
  downloadOf(release: string): DownloadRunner | undefined {
    for (const download of this.downloads()) if (download.assignment.digest === release) return download
    return undefined
  }

  /** What links may ask of this device and offer to it: the wanted releases, and the parts of patches that lead to them. */
  shares(): Shares {
    const shares = new Map<string, Share>()
    for (const { state, download } of this.assigned()) {
      const { wanted } = state
      if (wanted === null) continue
      const mine = download?.assignment.digest === wanted.digest ? download : null
      shares.set(
        wanted.digest,
        mine?.share() ?? { windows: wanted.windows, chunkCount: null, holds: () => false },
      )
    }
    for (const runner of this.assigned()) {
      const parts = runner.patch?.parts
      if (parts) shares.set(parts.assignment.digest, parts.share())
    }
    return shares
  }

  all(): IterableIterator<PackageRunner> {
    return this.#runners.values()
  }

  /** The server's list, whole, one after another. What is no longer in it stops, but stays on the disk until room is needed. */
  assign(assignments: readonly Assignment[]): Promise<void> {
    this.#applying = this.#applying.then(() => this.#assign(assignments))
    return this.#applying
  }

  async #assign(assignments: readonly Assignment[]): Promise<void> {
    if (this.#stopped) return
    const names = byPriority(assignments).map(assignment => assignment.package)
    if (names.join('\n') !== this.#names.join('\n')) {
      await this.records.setMany([[recordKeys.assigned, names]]).catch(() => {})
    }
    for (const name of names) if (!this.#runners.has(name)) await this.#open(name)
    this.#names = names
    for (const assignment of assignments) this.#runners.get(assignment.package)?.assign(assignment)
    for (const [name, runner] of this.#runners) if (!names.includes(name)) runner.assign(null)
    this.#knowsWanted = true
    const { changed, sharesChanged } = this.#depsOf()
    sharesChanged()
    changed()
  }

  /** What was on the disk may be gone: what is known is written again, and what is missing fetched. */
  async storageLost(): Promise<void> {
    if (this.#stopped) return
    await this.records.setMany([[recordKeys.assigned, this.#names]]).catch(() => {})
    for (const runner of this.#runners.values()) runner.dispatch({ type: 'storage-lost' })
  }

  /** Release numbers begin anew. Resolves when that is on the disk. */
  async newAuthority(): Promise<void> {
    for (const runner of this.#runners.values()) {
      runner.dispatch({ type: 'new-authority' })
      await runner.saved()
    }
  }

  /** Ends every runner, also of an assignment that is just being applied. Resolves when what was decided is on the disk. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const runner of this.#runners.values()) runner.stop()
    await this.#applying
    for (const runner of this.#runners.values()) await runner.saved()
  }

  /** Nothing of these packages is on the disk any more. Their numbers and failures are remembered (PR-M4). */
  #forget(names: readonly string[]): (readonly [key: string, value: unknown])[] {
    return names.flatMap(name => {
      const runner = this.#runners.get(name)
      if (runner === undefined || this.#names.includes(name)) return []
      runner.stop()
      this.#runners.delete(name)
      const { failed, highestRelease } = runner.state.record
      return [[recordKeys.package(name), { ...emptyPackageRecord(name), failed, highestRelease }] as const]
    })
  }

  async #onDisk(): Promise<readonly PackageOnDisk[]> {
    const saved = new Map<string, PackageRecord | null>()
    for (const name of this.#runners.keys()) saved.set(name, await readPackageRecord(this.records, name))
    return [...this.#runners.values()].map(({ name, state, download }) => {
      const order = this.#names.indexOf(name)
      const onDisk = saved.get(name) ?? null
      return {
        name,
        records: [...pendingRecords(state), ...(onDisk === null ? [] : [onDisk])],
        standing: order < 0 ? null : { priority: state.wanted?.priority ?? 0, order },
        wanted: state.wanted?.digest ?? null,
        isComplete: download?.state.completed ?? false,
      }
    })
  }

  /** `hung`: whether the page did not answer any more, when it last ran, while it showed the release that is active. */
  async #open(name: string, hungReleases: readonly string[] = [], endedInOrder = false): Promise<void> {
    const record = (await readPackageRecord(this.records, name)) ?? emptyPackageRecord(name)
    const runner = new PackageRunner(this.#depsOf(), record, await readTrafficRecord(this.records, name))
    this.#runners.set(name, runner)
    if (this.#stopped) runner.stop()
    const hung = record.active !== null && hungReleases.includes(record.active.digest)
    await runner.start({ hung, endedInOrder })
  }
}

/** P4. */
function byPriority(assignments: readonly Assignment[]): readonly Assignment[] {
  return assignments.toSorted((a, b) => b.priority - a.priority)
}
