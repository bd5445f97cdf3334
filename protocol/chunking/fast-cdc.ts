/**
 * Content-defined chunking: FastCDC with a 32-bit gear hash and normalised chunk sizes (Xia et al., USENIX ATC 2016).
 * Where a chunk ends depends on the bytes before the cut only, so an edit moves the cuts near it and no others. The cuts are
 * normative for publishers: two that differ here share no chunks. Consumers never cut, they read chunk sizes in the manifest.
 * Knows nothing of files, digests or the content stream.
 *
 * The rule. Let h = 0 and, for each byte b, h = (h << 1) + GEAR[b] mod 2^32; after 32 bytes h depends on the last 32 alone.
 * A chunk of length L ends when L >= minBytes and the top k bits of h, taken over the last 32 bytes, are zero, or when
 * L = maxBytes. With a = log2(averageBytes): k = a + 2 while L < 7/8 averageBytes and k = a - 2 from there on. The end of
 * the input ends the last chunk, whatever its length.
 */

export type ChunkingProfile = {
  /** No chunk but the last of an input is shorter. At least 32. */
  minBytes: number
  /** What random content comes out at, within some percent. A power of two. */
  averageBytes: number
  /** No chunk is longer. */
  maxBytes: number
}

export type Chunker = {
  /** Takes the next bytes; returns the lengths of the chunks they complete, oldest first. Keeps no reference to them. */
  push(bytes: Uint8Array): number[]
  /** Ends the input: the length of the last, unfinished chunk, 0 if there is none. The chunker is then as new. */
  finish(): number
}

const KIB = 1024
const MIB = 1024 * KIB

/** Small enough that an update of a script or page moves little, large enough that digests stay under 0.1 % of the bytes. */
export const ORDINARY_PROFILE: ChunkingProfile = {
  minBytes: 32 * KIB,
  averageBytes: 128 * KIB,
  maxBytes: 512 * KIB,
}

/** Videos and archives rarely change in the middle: fewer, larger chunks keep manifests and bitfields short. */
export const LARGE_FILE_PROFILE: ChunkingProfile = {
  minBytes: 256 * KIB,
  averageBytes: MIB,
  maxBytes: 4 * MIB,
}

/** Files above this size use the profile for large files. */
export const LARGE_FILE_BYTES = 64 * MIB

export function chunkingProfileFor(sizeBytes: number): ChunkingProfile {
  return sizeBytes > LARGE_FILE_BYTES ? LARGE_FILE_PROFILE : ORDINARY_PROFILE
}

/** After this many bytes the 32-bit hash has shifted the older ones out. */
const WINDOW_BYTES = 32
/** Normalisation: this many bits more before the switch point and fewer after it pull lengths towards the average. */
const NORMALISATION_BITS = 2
const GEAR_SEED = 0x6c617264

/**
 * GEAR[i] is the (i+1)-th output of xorshift32 with the shifts 13, 17, 5, started at 0x6c617264 ("lard"). Published cuts depend
 * on every entry.
 */
export const GEAR: Int32Array = makeGearTable()

function makeGearTable(): Int32Array {
  const table = new Int32Array(256)
  let x = GEAR_SEED
  for (let i = 0; i < table.length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    table[i] = x
  }
  return table
}

/** A chunker for one input. Throws a RangeError for a profile that makes no sense. */
export function createChunker(profile: ChunkingProfile): Chunker {
  const { minBytes, averageBytes, maxBytes } = profile
  const averageBits = 31 - Math.clz32(averageBytes)
  if (
    !(minBytes >= WINDOW_BYTES && minBytes < averageBytes && averageBytes < maxBytes && maxBytes < 2 ** 31) ||
    !Number.isInteger(minBytes) ||
    !Number.isInteger(maxBytes) ||
    averageBytes !== 2 ** averageBits
  ) {
    throw new RangeError(`not a chunking profile: ${JSON.stringify(profile)}`)
  }
  const strictMask = topBits(averageBits + NORMALISATION_BITS)
  const looseMask = topBits(averageBits - NORMALISATION_BITS)
  // A cut is decided on reading the chunk's last byte, hence the "- 1": these are indexes of bytes within the chunk.
  const hashFrom = minBytes - WINDOW_BYTES
  const strictFrom = minBytes - 1
  const looseFrom = Math.max(strictFrom, averageBytes - averageBytes / 8 - 1)

  let length = 0
  let hash = 0

  function push(bytes: Uint8Array): number[] {
    const cuts: number[] = []
    const gear = GEAR
    const end = bytes.length
    let at = 0
    while (at < end) {
      if (length < hashFrom) {
        const skipped = Math.min(hashFrom - length, end - at)
        at += skipped
        length += skipped
        continue
      }
      const start = at
      let h = hash
      let cut = false
      if (length < strictFrom) {
        const stop = Math.min(end, at + strictFrom - length)
        for (; at < stop; at++) h = ((h << 1) + (gear[bytes[at] as number] as number)) | 0
      } else {
        const strict = length < looseFrom
        const mask = strict ? strictMask : looseMask
        const stop = Math.min(end, at + (strict ? looseFrom : maxBytes) - length)
        while (at < stop) {
          h = ((h << 1) + (gear[bytes[at++] as number] as number)) | 0
          if ((h & mask) === 0) {
            cut = true
            break
          }
        }
      }
      length += at - start
      hash = h
      if (cut || length === maxBytes) {
        cuts.push(length)
        length = 0
        hash = 0
      }
    }
    return cuts
  }

  function finish(): number {
    const last = length
    length = 0
    hash = 0
    return last
  }

  return { push, finish }
}

/** The top bits, because those have seen the whole window; the lowest bit has seen only the last byte. */
function topBits(count: number): number {
  return -1 << (32 - count)
}
