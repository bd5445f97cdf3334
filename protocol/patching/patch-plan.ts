/**
 * Which chunks a patch makes together, and out of which: chunks are compared by sketches, small samples of their content, so
 * that files may be renamed, moved and bundled anew. Pure: sees sizes and sketches, never bytes; compresses nothing.
 */
import { GEAR } from '../chunking/fast-cdc.ts'

/** A chunk as the planner sees it. `index`: within its release. */
export interface SketchedChunk {
  readonly index: number
  readonly sizeBytes: number
  readonly sketch: Uint32Array
}

/** Makes these chunks of the new release out of chunks of the old one and of chunks that an earlier part made. */
export interface PlannedPart {
  readonly makes: readonly number[]
  readonly from: readonly number[]
  readonly made: readonly number[]
}

export interface PlanBounds {
  readonly maxMakesBytes: number
  readonly maxDictionaryBytes: number
}

/** Features of both releases together: what a plan costs in memory is 12 bytes for each. */
const FEATURES_WANTED = 2 ** 20
/** One feature in 256 bytes tells lines apart; fewer only where the releases are large. */
const MIN_SAMPLE_BITS = 8
const MAX_SAMPLE_BITS = 16
/** After this many bytes the rolling hash has seen a whole window. */
const WINDOW_BYTES = 32
/** A chunk that covers fewer features than this is not worth its place in a dictionary: they are chance. */
const MIN_GAIN = 2
/** A part of which less than this share is known content is no patch: its chunks travel as they are. */
const MIN_COVERED_SHARE = 1 / 16

/** How sparsely to sample releases of this many bytes together. */
export function sampleBitsFor(totalBytes: number): number {
  const bits = Math.ceil(Math.log2(Math.max(1, totalBytes / FEATURES_WANTED)))
  return Math.min(MAX_SAMPLE_BITS, Math.max(MIN_SAMPLE_BITS, bits))
}

/**
 * The features of a chunk: the hashes of those of its 32-byte windows whose hash begins with `sampleBits` zero bits, each
 * once. Content that two chunks share gives both the same features, wherever in them it stands.
 */
export function sketchOf(raw: Uint8Array, sampleBits: number): Uint32Array {
  const mask = -1 << (32 - sampleBits)
  const features = new Set<number>()
  const gear = GEAR
  const end = raw.length
  let hash = 0
  for (let at = 0; at < end; at++) {
    hash = ((hash << 1) + (gear[raw[at] as number] as number)) | 0
    if ((hash & mask) === 0 && at >= WINDOW_BYTES) features.add(hash)
  }
  return Uint32Array.from(features)
}

/**
 * The parts, in an order in which each needs only what is there by then. Every fresh chunk is in one part at most; those that
 * resemble nothing are in none. No part exceeds the bounds.
 */
export function planPatch(
  old: readonly SketchedChunk[],
  fresh: readonly SketchedChunk[],
  bounds: PlanBounds,
): PlannedPart[] {
  const candidates: readonly SketchedChunk[] = [...old, ...fresh]
  const postings = indexFeatures(candidates)
  // Candidates below this number are there when the next part is made: the old chunks, and the fresh ones of parts before.
  let available = old.length
  const isPlanned = new Uint8Array(candidates.length)
  const parts: PlannedPart[] = []
  for (const group of groupsOf(fresh, bounds.maxMakesBytes)) {
    const wanted = new Set<number>()
    for (const chunk of group) for (const feature of chunk.sketch) wanted.add(feature)
    const isThere = (id: number) => id < old.length || (id < available && isPlanned[id] === 1)
    const picked = pickDictionary(candidates, postings, wanted, isThere, bounds.maxDictionaryBytes)
    if (picked.covered >= wanted.size * MIN_COVERED_SHARE && picked.ids.length > 0) {
      const ids = picked.ids.toSorted((a, b) => a - b)
      parts.push({
        makes: group.map(chunk => chunk.index),
        from: ids.filter(id => id < old.length).map(id => indexOf(candidates, id)),
        made: ids.filter(id => id >= old.length).map(id => indexOf(candidates, id)),
      })
      isPlanned.fill(1, available, available + group.length)
    }
    available += group.length
  }
  return parts
}

/** Neighbours stay together: they tend to be of one file. */
function groupsOf(fresh: readonly SketchedChunk[], maxBytes: number): SketchedChunk[][] {
  const groups: SketchedChunk[][] = []
  let group: SketchedChunk[] = []
  let bytes = 0
  for (const chunk of fresh) {
    if (group.length > 0 && bytes + chunk.sizeBytes > maxBytes) {
      groups.push(group)
      group = []
      bytes = 0
    }
    group.push(chunk)
    bytes += chunk.sizeBytes
  }
  if (group.length > 0) groups.push(group)
  return groups
}

/** Feature and candidate in one number, sorted: 32 and 18 bits fit a double exactly. */
const ID_SPACE = 2 ** 18

function indexFeatures(candidates: readonly SketchedChunk[]): Float64Array {
  const postings = new Float64Array(candidates.reduce((sum, { sketch }) => sum + sketch.length, 0))
  let at = 0
  for (const [id, { sketch }] of candidates.entries())
    for (const feature of sketch) postings[at++] = feature * ID_SPACE + id
  return postings.sort()
}

/** A feature that stands in very many chunks (a licence, an empty table) says nothing about any of them. */
const MAX_POSTINGS_READ = 64

function* candidatesWith(postings: Float64Array, feature: number): Generator<number> {
  const first = feature * ID_SPACE
  let low = 0
  let high = postings.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((postings[middle] as number) < first) low = middle + 1
    else high = middle
  }
  const end = Math.min(postings.length, low + MAX_POSTINGS_READ)
  for (let at = low; at < end; at++) {
    const id = (postings[at] as number) - first
    if (id >= ID_SPACE) return
    yield id
  }
}

/**
 * Greedy cover: always the candidate that covers most of what is not covered yet, until nothing gains or fits. Gains only
 * shrink, so one that still leads after being counted afresh leads indeed.
 */
function pickDictionary(
  candidates: readonly SketchedChunk[],
  postings: Float64Array,
  wanted: ReadonlySet<number>,
  isThere: (id: number) => boolean,
  maxBytes: number,
): { ids: number[]; covered: number } {
  const gains = new Map<number, number>()
  for (const feature of wanted)
    for (const id of candidatesWith(postings, feature))
      if (isThere(id)) gains.set(id, (gains.get(id) ?? 0) + 1)
  const queue = [...gains].map(([id, gain]) => ({ id, gain })).sort((a, b) => b.gain - a.gain || a.id - b.id)
  const covered = new Set<number>()
  const ids: number[] = []
  let bytes = 0
  for (let best = queue.shift(); best !== undefined; best = queue.shift()) {
    const { sketch, sizeBytes } = candidates[best.id] as SketchedChunk
    if (bytes + sizeBytes > maxBytes) continue
    const uncovered = [...sketch].filter(feature => wanted.has(feature) && !covered.has(feature))
    if (uncovered.length < MIN_GAIN) continue
    if (uncovered.length < (queue[0]?.gain ?? 0)) {
      best.gain = uncovered.length
      queue.splice(insertionPoint(queue, best.gain), 0, best)
      continue
    }
    ids.push(best.id)
    bytes += sizeBytes
    for (const feature of uncovered) covered.add(feature)
  }
  return { ids, covered: covered.size }
}

function insertionPoint(queue: readonly { readonly gain: number }[], gain: number): number {
  let low = 0
  let high = queue.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((queue[middle]?.gain ?? 0) > gain) low = middle + 1
    else high = middle
  }
  return low
}

const indexOf = (candidates: readonly SketchedChunk[], id: number): number =>
  (candidates[id] as SketchedChunk).index
