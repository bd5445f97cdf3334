/**
 * The packages of this device: one runner each, from the disk at start and from the server's assignments after it,
 * and what of their chunks may go. Knows nothing of links and sessions.
 */
import * as v from 'valibot'
import type { Assignment } from '../../protocol/assignment.ts'
import { readManifest } from '../content/stored-release.ts'
import { emptyPackageRecord } from '../machines/package-life.ts'
import type { ChunkIo, RecordStore } from '../ports.ts'
import { recordKeys } from '../records.ts'
import { readPackageRecord, readTrafficRecord } from './package-record.ts'
import { type PackageDeps, PackageRunner } from './package-runner.ts'

const PACKAGE_PREFIX = recordKeys.package('')
const MANIFEST_PREFIX = recordKeys.manifest('')
const CLIENT_PREFIX = recordKeys.client('')
const pinSchema = v.object({ release: v.object({ digest: v.string() }) })
const namesSchema = v.array(v.string())

export class AssignedPackages {
  readonly #runners = new Map<string, PackageRunner>()
  /** In the order of the profile; the first is what the page shows. */
  #names: readonly string[] = []
  readonly #records: RecordStore
  readonly #chunks: ChunkIo
  readonly #depsOf: () => PackageDeps
  #collecting: Promise<boolean> | null = null
  #applying: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(records: RecordStore, chunks: ChunkIo, depsOf: () => PackageDeps) {
    this.#records = records
    this.#chunks = chunks
    this.#depsOf = depsOf
  }

  /** Brings back what ran before, without any server. */
  async load(): Promise<void> {
    const kept = v.safeParse(namesSchema, await this.#records.get(recordKeys.assigned).catch(() => undefined))
    const keys = await this.#records.keys().catch(() => [])
    const here = keys.flatMap(key => (key.startsWith(PACKAGE_PREFIX) ? key.slice(PACKAGE_PREFIX.length) : []))
    this.#names = kept.success ? kept.output.filter(name => here.includes(name)) : here
    // In the order of the screen: whether a package is on it depends on those before it.
    for (const name of new Set([...this.#names, ...here])) await this.#open(name)
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

  get(name: string): PackageRunner | undefined {
    return this.#runners.get(name)
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
    const names = assignments.map(assignment => assignment.package)
    if (names.join('\n') !== this.#names.join('\n')) {
      await this.#records.setMany([[recordKeys.assigned, names]]).catch(() => {})
    }
    for (const name of names) if (!this.#runners.has(name)) await this.#open(name)
    this.#names = names
    for (const assignment of assignments) this.#runners.get(assignment.package)?.assign(assignment)
    for (const [name, runner] of this.#runners) if (!names.includes(name)) runner.assign(null)
    const { changed, sharesChanged } = this.#depsOf()
    sharesChanged()
    changed()
  }

  /** What was on the disk may be gone: what is known is written again, and what is missing fetched. */
  async storageLost(): Promise<void> {
    if (this.#stopped) return
    await this.#records.setMany([[recordKeys.assigned, this.#names]]).catch(() => {})
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

  /** Removes chunks and manifests that no release needs which runs, ran before, or is wanted. True if something went. */
  collectGarbage(evictUnassigned: boolean): Promise<boolean> {
    this.#collecting ??= this.#collect(evictUnassigned).finally(() => {
      this.#collecting = null
    })
    return this.#collecting
  }

  async #collect(evictUnassigned: boolean): Promise<boolean> {
    // First of all: what is stored from now on is not looked at, whoever needs it.
    const present = await this.#chunks.digests()
    const neededManifests = new Set<string>()
    const evicted: string[] = []
    for (const [name, runner] of this.#runners) {
      if (evictUnassigned && !this.#names.includes(name)) {
        runner.stop()
        this.#runners.delete(name)
        evicted.push(recordKeys.package(name), recordKeys.traffic(name))
        continue
      }
      await runner.saved()
      const { record, wanted } = runner.state
      for (const digest of [record.active?.digest, record.previous?.digest, wanted?.digest]) {
        if (digest !== undefined) neededManifests.add(digest)
      }
    }
    // A page that was loaded from an older release goes on with it; only a full disk ends that.
    if (!evictUnassigned) for (const digest of await this.#pinnedReleases()) neededManifests.add(digest)
    const neededChunks = new Set<string>()
    for (const digest of neededManifests) {
      const manifest = await readManifest(this.#records, digest).catch(() => null)
      for (const chunk of manifest?.chunks ?? []) neededChunks.add(chunk.digest)
    }
    const staleRecords = (await this.#records.keys().catch(() => [])).filter(
      key => key.startsWith(MANIFEST_PREFIX) && !neededManifests.has(key.slice(MANIFEST_PREFIX.length)),
    )
    const staleChunks = [...present].filter(digest => !neededChunks.has(digest))
    await this.#records.remove([...staleRecords, ...evicted]).catch(() => {})
    await this.#chunks.remove(staleChunks)
    // A release that was assigned meanwhile may have counted on one of them.
    const digests = new Set(staleChunks)
    for (const { download } of this.#runners.values()) download?.dispatch({ type: 'lost', digests })
    return staleChunks.length > 0
  }

  /** Releases that pages in frames still get their files from; the service worker keeps and prunes these records. */
  async #pinnedReleases(): Promise<string[]> {
    const digests: string[] = []
    for (const key of await this.#records.keys().catch(() => [])) {
      if (!key.startsWith(CLIENT_PREFIX)) continue
      const pin = v.safeParse(pinSchema, await this.#records.get(key).catch(() => undefined))
      if (pin.success) digests.push(pin.output.release.digest)
    }
    return digests
  }

  async #open(name: string): Promise<void> {
    const record = (await readPackageRecord(this.#records, name)) ?? emptyPackageRecord(name)
    const runner = new PackageRunner(this.#depsOf(), record, await readTrafficRecord(this.#records, name))
    this.#runners.set(name, runner)
    if (this.#stopped) runner.stop()
    await runner.start()
  }
}
