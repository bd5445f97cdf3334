/**
 * Keeps the disk in order: finds out which releases are on it and what each is there for, and removes what the rules
 * give up (policy/eviction.ts). Decides nothing itself, and knows no downloads: it tells which chunks went.
 */
import * as v from 'valibot'
import {
  type DiskContent,
  type Eviction,
  evictNext,
  type HeldRelease,
  type ReleaseUse,
  type Standing,
  tidy,
} from '../../policy/eviction.ts'
import type { Manifest } from '../../protocol/manifest.ts'
import { readManifest } from '../content/stored-release.ts'
import type { ChunkIo, RecordStore } from '../ports.ts'
import { type PackageRecord, recordKeys } from '../records.ts'

const MANIFEST_PREFIX = recordKeys.manifest('')
const CLIENT_PREFIX = recordKeys.client('')
const pinSchema = v.object({ release: v.object({ digest: v.string() }) })

/** A package as it stands when the disk is looked at. */
export interface PackageOnDisk {
  readonly name: string
  /** What is decided, and what is on the disk, which may be older. */
  readonly records: readonly PackageRecord[]
  /** Null for a package that is not assigned. */
  readonly standing: Standing | null
  readonly wanted: string | null
  /** Every chunk of the wanted release is here: it is about to take over, or waits for its moment. */
  readonly isComplete: boolean
}

export interface DiskKeeperDeps {
  readonly records: RecordStore
  readonly chunks: Pick<ChunkIo, 'digests' | 'remove'>
  readonly packages: () => Promise<readonly PackageOnDisk[]>
  /** Resolves once what was decided is on the disk. */
  readonly saved: () => Promise<void>
  /** The server has said what is wanted. Before that any release may turn out to be. */
  readonly knowsWanted: () => boolean
  /** What a store may keep beyond what it needs itself; null for a device that is no store. */
  readonly cacheBytes: () => number | null
  /** Packages whose releases are all given up: nothing of them may be used from now on. */
  readonly forget: (packages: readonly string[]) => readonly (readonly [key: string, value: unknown])[]
  readonly removed: (digests: ReadonlySet<string>) => void
}

export class DiskKeeper {
  readonly #deps: DiskKeeperDeps
  #working: Promise<unknown> = Promise.resolve()

  constructor(deps: DiskKeeperDeps) {
    this.#deps = deps
  }

  /** Removes what nobody needs. True if something went. Never rejects. */
  async tidy(): Promise<boolean> {
    // Outside the queue: what is being saved may be waiting for room.
    await this.#deps.saved()
    return this.#next(async () => this.#perform(await this.#tidied()))
  }

  /** Removes the next thing that has to go so that the package gets room; false when there is none. Never rejects. */
  makeRoom(packageName: string | null): Promise<boolean> {
    return this.#next(async () => {
      if (await this.#perform(await this.#tidied())) return true
      const { content, packages } = await this.#look()
      const wisher = packages.find(({ name }) => name === packageName)
      const eviction = evictNext(content, wisher?.standing ?? null)
      return eviction !== null && this.#perform(eviction)
    })
  }

  /** One after another: what one removes the next must not count on. */
  #next(work: () => Promise<boolean>): Promise<boolean> {
    const result = this.#working.then(work).catch(() => false)
    this.#working = result
    return result
  }

  async #tidied(): Promise<Eviction> {
    const { content } = await this.#look()
    return tidy(content, this.#deps.cacheBytes())
  }

  async #perform({ releases, chunks }: Eviction): Promise<boolean> {
    const { records } = this.#deps
    const unassigned = releases.filter(({ use }) => use.name === 'unassigned')
    const forgotten = this.#deps.forget([...new Set(unassigned.map(release => release.package))])
    // A release that is still wanted comes back as soon as there is room for it.
    const staleRecords = releases
      .filter(({ use }) => use.name !== 'wanted')
      .map(({ digest }) => recordKeys.manifest(digest))
    // The records go first: a tab that does not run the engine any more is refused here and removes nothing.
    if (staleRecords.length > 0) await records.remove(staleRecords)
    if (forgotten.length > 0) await records.setMany(forgotten).catch(() => {})
    await this.#deps.chunks.remove(chunks)
    this.#deps.removed(new Set(chunks))
    return chunks.length > 0
  }

  async #look(): Promise<{ content: DiskContent; packages: readonly PackageOnDisk[] }> {
    const { records, chunks, knowsWanted } = this.#deps
    // First of all: what is stored from now on is not looked at, whoever needs it.
    const present = await chunks.digests()
    const packages = await this.#deps.packages()
    const pinned = await this.#pinnedReleases()
    const releases: HeldRelease[] = []
    for (const key of await records.keys()) {
      if (!key.startsWith(MANIFEST_PREFIX)) continue
      const digest = key.slice(MANIFEST_PREFIX.length)
      // One that cannot be read is nobody's any more: its chunks go unless another release has them.
      const manifest = await readManifest(records, digest).catch(() => null)
      if (manifest === null) continue
      releases.push({
        digest,
        package: manifest.package,
        publishedAt: Date.parse(manifest.publishedAt),
        chunks: manifest.chunks,
        use: useOf(digest, manifest, packages, pinned, knowsWanted()),
      })
    }
    const known = new Set(releases.map(({ digest }) => digest))
    const isWhole = packages.every(owner => neededBy(owner).every(digest => known.has(digest)))
    // While the manifest of something needed is lost, chunks that nobody seems to need may be its own.
    const strays = isWhole ? present : onlyOf(releases, present)
    return { content: { releases, present: strays }, packages }
  }

  /** Releases that pages in frames still get their files from; the service worker keeps and prunes these records. */
  async #pinnedReleases(): Promise<ReadonlySet<string>> {
    const { records } = this.#deps
    const digests = new Set<string>()
    for (const key of await records.keys()) {
      if (!key.startsWith(CLIENT_PREFIX)) continue
      const pin = v.safeParse(pinSchema, await records.get(key).catch(() => undefined))
      if (pin.success) digests.add(pin.output.release.digest)
    }
    return digests
  }
}

/** Running or ready to come back. */
function keptBy({ records }: PackageOnDisk): string[] {
  return records.flatMap(({ active, previous }) => [active, previous].flatMap(ref => ref?.digest ?? []))
}

function neededBy(owner: PackageOnDisk): string[] {
  return owner.standing === null ? [] : [...keptBy(owner), ...(owner.wanted === null ? [] : [owner.wanted])]
}

function onlyOf(releases: readonly HeldRelease[], present: ReadonlySet<string>): ReadonlySet<string> {
  const chunks = releases.flatMap(release => release.chunks)
  return new Set(chunks.flatMap(({ digest }) => (present.has(digest) ? digest : [])))
}

/** The strongest of the uses a release has. */
function useOf(
  digest: string,
  manifest: Manifest,
  packages: readonly PackageOnDisk[],
  pinned: ReadonlySet<string>,
  knowsWanted: boolean,
): ReleaseUse {
  const owner = packages.find(({ name }) => name === manifest.package)
  const isKept = owner !== undefined && keptBy(owner).includes(digest)
  const standing = owner?.standing ?? null
  if (owner !== undefined && standing !== null) {
    const isWanted = owner.wanted === digest
    if (isKept || (isWanted && owner.isComplete)) return { name: 'runs' }
    if (isWanted || (!knowsWanted && owner.wanted === null && !pinned.has(digest)))
      return { name: 'wanted', standing }
  }
  if (pinned.has(digest)) return { name: 'pinned' }
  // Its record may be lost: the server will say whether it is wanted.
  if (owner === undefined && !knowsWanted) return { name: 'unassigned' }
  return isKept ? { name: 'unassigned' } : { name: 'old' }
}
