import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type ChunkingProfile,
  chunkingProfileFor,
  createChunker,
  GEAR,
  LARGE_FILE_BYTES,
  LARGE_FILE_PROFILE,
  ORDINARY_PROFILE,
} from '../../../../protocol/chunking/fast-cdc.ts'
import { MAX_CHUNK_BYTES } from '../../../../protocol/limits.ts'
import { seededBytes } from '../../../support/seeded-bytes.ts'

const SMALL_PROFILE: ChunkingProfile = { minBytes: 64, averageBytes: 256, maxBytes: 1024 }

function cutLengths(
  bytes: Uint8Array,
  profile: ChunkingProfile,
  pushBytes: readonly number[] = [],
): number[] {
  const chunker = createChunker(profile)
  const lengths: number[] = []
  let at = 0
  for (const size of pushBytes) {
    lengths.push(...chunker.push(bytes.subarray(at, at + size)))
    at = Math.min(bytes.length, at + size)
  }
  lengths.push(...chunker.push(bytes.subarray(at)))
  const last = chunker.finish()
  return last > 0 ? [...lengths, last] : lengths
}

function digests(bytes: Uint8Array, profile: ChunkingProfile): string[] {
  let at = 0
  return cutLengths(bytes, profile).map(length => {
    const digest = hash('sha256', bytes.subarray(at, at + length), 'hex')
    at += length
    return digest
  })
}

/** The rule of the module header, read literally. */
function cutLengthsByTheRule(
  bytes: Uint8Array,
  { minBytes, averageBytes, maxBytes }: ChunkingProfile,
): number[] {
  const lengths: number[] = []
  let start = 0
  for (let end = 1; end <= bytes.length; end++) {
    const length = end - start
    let h = 0
    for (const byte of bytes.subarray(Math.max(start, end - 32), end)) h = ((h << 1) + (GEAR[byte] ?? 0)) | 0
    const zeroBits = Math.log2(averageBytes) + (length < (averageBytes * 7) / 8 ? 2 : -2)
    if ((length >= minBytes && Math.clz32(h) >= zeroBits) || length === maxBytes || end === bytes.length) {
      lengths.push(length)
      start = end
    }
  }
  return lengths
}

describe('FastCDC', () => {
  it('cuts as its rule says', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(6000), (seed, sizeBytes) => {
        const bytes = seededBytes(seed, sizeBytes)
        assert.deepEqual(cutLengths(bytes, SMALL_PROFILE), cutLengthsByTheRule(bytes, SMALL_PROFILE))
      }),
      { numRuns: 30 },
    )
  })

  it('cuts the same content the same in every version: a change here loses every shared chunk', () => {
    assert.deepEqual(
      [...GEAR.slice(0, 4)].map(entry => entry >>> 0),
      [0x0797bd32, 0xf601206a, 0x938d24ec, 0xd50753e4],
    )
    assert.equal(
      hash('sha256', new Uint8Array(GEAR.buffer), 'hex'),
      '2a12cba6d2332fa8b870853af66f567c522c1e6d9c6aec659c566970472a593c',
    )
    assert.deepEqual(
      cutLengths(seededBytes(1, 1_000_000), ORDINARY_PROFILE),
      [182671, 146146, 124248, 128746, 118868, 136879, 71540, 39790, 51112],
    )
    assert.deepEqual(
      cutLengths(seededBytes(2, 5_000_000), LARGE_FILE_PROFILE),
      [1039943, 1198322, 394467, 1241773, 335769, 789726],
    )
  })

  it('keeps every chunk but the last within its bounds, and loses no byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8000, size: 'max' }), bytes => {
        const lengths = cutLengths(bytes, SMALL_PROFILE)
        assert.equal(
          lengths.reduce((sum, length) => sum + length, 0),
          bytes.length,
        )
        for (const length of lengths) assert.ok(length > 0 && length <= SMALL_PROFILE.maxBytes)
        for (const length of lengths.slice(0, -1)) assert.ok(length >= SMALL_PROFILE.minBytes)
      }),
      { numRuns: 50 },
    )
  })

  it('cuts the same however the bytes arrive', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(20_000), fc.array(fc.nat(700)), (seed, sizeBytes, pushBytes) => {
        const bytes = seededBytes(seed, sizeBytes)
        assert.deepEqual(cutLengths(bytes, SMALL_PROFILE, pushBytes), cutLengths(bytes, SMALL_PROFILE))
      }),
    )
  })

  it('comes out near the average on random content', () => {
    const bytes = seededBytes(3, 16 * 1024 * 1024)
    const mean = bytes.length / cutLengths(bytes, ORDINARY_PROFILE).length
    assert.ok(Math.abs(mean / ORDINARY_PROFILE.averageBytes - 1) < 0.15, `${mean}`)
  })

  it('cuts content that repeats one byte at the maximum, whichever byte it is', () => {
    const { maxBytes } = ORDINARY_PROFILE
    for (let byte = 0; byte < 256; byte++) {
      assert.deepEqual(cutLengths(new Uint8Array(maxBytes).fill(byte), ORDINARY_PROFILE), [maxBytes])
    }
  })

  it('an edit changes few chunks: a byte inserted, removed or changed anywhere in 5 MB', () => {
    const before = seededBytes(4, 5_000_000)
    const known = new Set(digests(before, ORDINARY_PROFILE))
    for (const at of [0, 1, 40_000, 1_234_567, 4_999_999]) {
      const inserted = new Uint8Array(before.length + 1)
      inserted.set(before.subarray(0, at))
      inserted.set(before.subarray(at), at + 1)
      const removed = new Uint8Array(before.length - 1)
      removed.set(before.subarray(0, at))
      removed.set(before.subarray(at + 1), at)
      const changed = before.slice()
      changed[at] = (changed[at] ?? 0) ^ 0xff
      for (const after of [inserted, removed, changed]) {
        const fresh = digests(after, ORDINARY_PROFILE).filter(digest => !known.has(digest))
        assert.ok(
          fresh.length >= 1 && fresh.length <= 4,
          `${fresh.length} of ${known.size} chunks changed at ${at}`,
        )
      }
    }
  })

  it('starts anew after finish', () => {
    const bytes = seededBytes(5, 3000)
    const chunker = createChunker(SMALL_PROFILE)
    const first = [...chunker.push(bytes), chunker.finish()]
    assert.equal(chunker.finish(), 0)
    assert.deepEqual([...chunker.push(bytes), chunker.finish()], first)
  })

  it('uses larger chunks for files above 64 MiB, none above the largest chunk of the protocol', () => {
    assert.equal(chunkingProfileFor(LARGE_FILE_BYTES), ORDINARY_PROFILE)
    assert.equal(chunkingProfileFor(LARGE_FILE_BYTES + 1), LARGE_FILE_PROFILE)
    assert.equal(LARGE_FILE_PROFILE.maxBytes, MAX_CHUNK_BYTES)
  })

  it('refuses a profile that makes no sense', () => {
    for (const profile of [
      { minBytes: 16, averageBytes: 256, maxBytes: 1024 },
      { minBytes: 256, averageBytes: 256, maxBytes: 1024 },
      { minBytes: 64, averageBytes: 300, maxBytes: 1024 },
      { minBytes: 64, averageBytes: 1024, maxBytes: 1024 },
      { minBytes: 64.5, averageBytes: 256, maxBytes: 1024 },
      { minBytes: 64, averageBytes: 256, maxBytes: Number.NaN },
    ]) {
      assert.throws(() => createChunker(profile), RangeError)
    }
  })
})
