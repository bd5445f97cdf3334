/**
 * What a device keeps of the releases on its disk, and what goes first when the disk is full (rules S1 to S7,
 * docs/POLICY.md). Sees releases, sizes and uses of one moment; what is removed is removed by the engine.
 */

/** Where a package stands beside the others: the higher priority first, then the order in which they are assigned. */
export interface Standing {
  readonly priority: number
  readonly order: number
}

export type ReleaseUse =
  /** Runs, can come back, or is just taking over: of an assigned package. */
  | { readonly name: 'runs' }
  /** Wanted by an assigned package and not running yet, whole or in parts. */
  | { readonly name: 'wanted'; readonly standing: Standing }
  /** Of a package that is not assigned any more. */
  | { readonly name: 'unassigned' }
  /** A page in a frame was loaded from it and still gets its files from there. */
  | { readonly name: 'pinned' }
  /** Nobody here needs it; the kiosks of a store's site may want it again. */
  | { readonly name: 'old' }

export interface HeldRelease {
  readonly digest: string
  readonly package: string
  readonly publishedAt: number
  readonly use: ReleaseUse
  readonly chunks: readonly { readonly digest: string; readonly sizeBytes: number }[]
}

export interface DiskContent {
  readonly releases: readonly HeldRelease[]
  /** Digests of all chunks on the disk, whoever needs them. */
  readonly present: ReadonlySet<string>
}

/** Releases that are given up, and the chunks on the disk that no other release needs. */
export interface Eviction {
  readonly releases: readonly HeldRelease[]
  readonly chunks: readonly string[]
}

/**
 * Whether `a` comes before `b` where only one of the two can be had. Of two packages of the same priority the earlier
 * one, so that two downloads that do not both fit do not stand in each other's way for ever.
 */
export function comesBefore(a: Standing, b: Standing): boolean {
  return a.priority === b.priority ? a.order < b.order : a.priority > b.priority
}

/**
 * S1, S2, S3: what goes while there is room. `cacheBytes`: what a store may keep of old and unassigned releases, counted
 * by the raw size of the chunks that nothing else needs; null for a device that is no store.
 */
export function tidy(content: DiskContent, cacheBytes: number | null): Eviction {
  return evict(content, cacheBytes === null ? ofUse(content, 'old') : overLimit(content, cacheBytes))
}

/**
 * S4, S5: the next thing to go so that there is room, the least missed first; null when nothing is left that may go.
 * `wisher`: the package that needs the room; null for the engine's own records.
 */
export function evictNext(content: DiskContent, wisher: Standing | null): Eviction | null {
  const lower = content.releases.filter(
    ({ use }) => use.name === 'wanted' && (wisher === null || comesBefore(wisher, use.standing)),
  )
  const ladder = [
    ...ofUse(content, 'old').toSorted(oldestFirst),
    ...ofUse(content, 'unassigned').toSorted(oldestFirst),
    ...lower.toSorted(leastFirst),
    ...ofUse(content, 'pinned').toSorted(oldestFirst),
  ]
  // A release that shares all its chunks frees nothing alone: then the next one goes with it.
  for (let rung = 1; rung <= ladder.length; rung++) {
    const eviction = evict(content, ladder.slice(0, rung))
    if (eviction.chunks.length > 0) return eviction
  }
  return null
}

function ofUse(content: DiskContent, name: ReleaseUse['name']): HeldRelease[] {
  return content.releases.filter(({ use }) => use.name === name)
}

/** S3: newest first, each that still fits beside those before it. */
function overLimit(content: DiskContent, cacheBytes: number): HeldRelease[] {
  const cached = [...ofUse(content, 'old'), ...ofUse(content, 'unassigned')].toSorted(newestFirst)
  const needed = new Set<string>()
  for (const release of content.releases) {
    if (!cached.includes(release)) for (const { digest } of release.chunks) needed.add(digest)
  }
  const over: HeldRelease[] = []
  let keptBytes = 0
  for (const release of cached) {
    const own = release.chunks.filter(({ digest }) => content.present.has(digest) && !needed.has(digest))
    const ownBytes = [...new Map(own.map(chunk => [chunk.digest, chunk.sizeBytes])).values()].reduce(
      (sum, bytes) => sum + bytes,
      0,
    )
    if (keptBytes + ownBytes > cacheBytes) {
      over.push(release)
      continue
    }
    keptBytes += ownBytes
    for (const { digest } of release.chunks) needed.add(digest)
  }
  return over
}

function evict({ releases, present }: DiskContent, evicted: readonly HeldRelease[]): Eviction {
  const gone = new Set(evicted)
  const needed = new Set<string>()
  for (const release of releases) {
    if (!gone.has(release)) for (const { digest } of release.chunks) needed.add(digest)
  }
  return { releases: evicted, chunks: [...present].filter(digest => !needed.has(digest)) }
}

const oldestFirst = (a: HeldRelease, b: HeldRelease) => a.publishedAt - b.publishedAt
const newestFirst = (a: HeldRelease, b: HeldRelease) => b.publishedAt - a.publishedAt
const leastFirst = (a: HeldRelease, b: HeldRelease) =>
  a.use.name === 'wanted' && b.use.name === 'wanted' && comesBefore(b.use.standing, a.use.standing) ? -1 : 1
