import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import {
  decodeChunk,
  frameEncodedChunk,
  parseEncodedChunk,
  zstdContentSize,
  zstdFrameBytes,
} from '../../../protocol/encoded-chunk.ts'
import { MAX_CHUNK_BYTES } from '../../../protocol/limits.ts'
import { seededBytes } from '../../support/seeded-bytes.ts'

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd]

/** A zstd frame of one raw block, as RFC 8878 spells it. */
function rawFrame(content: readonly number[], declaredSize = content.length): Uint8Array {
  return Uint8Array.of(...MAGIC, 0x20, declaredSize, (content.length << 3) | 1, 0, 0, ...content)
}

function neverDecode(): never {
  throw new Error('must not be decoded')
}

describe('zstd frame header', () => {
  it('gives the content size that node:zlib declares, for sizes of every header form', () => {
    for (const size of [1, 2, 255, 256, 257, 65_535, 65_791, 65_792, 1_000_000, MAX_CHUNK_BYTES]) {
      for (const level of [1, 19]) {
        const frame = zstdCompressSync(new Uint8Array(size), {
          params: { [constants.ZSTD_c_compressionLevel]: level },
        })
        assert.equal(zstdContentSize(frame), size)
      }
    }
  })

  it('reads frames with a checksum', () => {
    const frame = zstdCompressSync(new Uint8Array(3000), { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
    assert.equal(zstdContentSize(frame), 3000)
  })

  it('is null where the frame declares no size', () => {
    const frame = zstdCompressSync(new Uint8Array(3000), {
      params: { [constants.ZSTD_c_contentSizeFlag]: 0 },
    })
    assert.equal(zstdContentSize(frame), null)
  })

  const table: Array<[what: string, bytes: number[], size: number | null]> = [
    ['nothing', [], null],
    ['the magic alone', MAGIC, null],
    ['another magic', [0x1f, 0x8b, 0, 0, 0x20, 5], null],
    ['a skippable frame', [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0], null],
    ['single segment, one byte', [...MAGIC, 0x20, 5], 5],
    ['single segment, cut off', [...MAGIC, 0x20], null],
    ['the reserved bit', [...MAGIC, 0x28, 5], null],
    ['a window and no size', [...MAGIC, 0x00, 0x58], null],
    ['two bytes, which count from 256', [...MAGIC, 0x60, 0, 0], 256],
    ['two bytes, cut off', [...MAGIC, 0x60, 0], null],
    ['a window, then two bytes', [...MAGIC, 0x40, 0x58, 1, 1], 513],
    ['a dictionary id of one byte', [...MAGIC, 0x21, 9, 7], 7],
    ['a dictionary id of four bytes', [...MAGIC, 0x23, 9, 9, 9, 9, 7], 7],
    ['a dictionary id, cut off', [...MAGIC, 0x23, 9, 9], null],
    ['four bytes, all ones', [...MAGIC, 0xa0, 0xff, 0xff, 0xff, 0xff], 0xffffffff],
    ['eight bytes', [...MAGIC, 0xe0, 1, 0, 0, 0, 0, 0, 0, 0], 1],
    ['eight bytes, all ones', [...MAGIC, 0xe0, ...new Array(8).fill(0xff)], null],
  ]
  for (const [what, bytes, size] of table) {
    it(`${what}: ${size}`, () => assert.equal(zstdContentSize(Uint8Array.from(bytes)), size))
  }

  it('reads within a view that begins inside a larger buffer', () => {
    const buffer = Uint8Array.from([9, 9, 9, ...MAGIC, 0x20, 5, 0xff])
    assert.equal(zstdContentSize(buffer.subarray(3, 9)), 5)
    assert.equal(zstdContentSize(buffer.subarray(3, 8)), null)
  })

  it('never throws on hostile bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), tail => {
        const bytes = Uint8Array.from([...MAGIC, ...tail])
        const size = zstdContentSize(bytes)
        assert.ok(size === null || (Number.isSafeInteger(size) && size >= 0))
        const length = zstdFrameBytes(bytes)
        assert.ok(length === null || (length > 5 && length <= bytes.length))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('zstd frame length', () => {
  it('is that of what node:zlib makes: raw, compressed and repeated blocks, one or many, with a checksum or none', () => {
    for (const content of [
      seededBytes(1, 10),
      seededBytes(1, 500_000),
      new Uint8Array(500_000),
      new TextEncoder().encode('lobby '.repeat(50_000)),
    ]) {
      for (const checksum of [0, 1]) {
        const frame = zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: checksum } })
        assert.equal(zstdFrameBytes(frame), frame.length)
        assert.equal(zstdFrameBytes(Buffer.concat([frame, frame])), frame.length)
        assert.equal(zstdFrameBytes(frame.subarray(0, -1)), null)
      }
    }
  })

  it('is null for a block of the reserved type, and for blocks that never end', () => {
    assert.equal(zstdFrameBytes(Uint8Array.of(...MAGIC, 0x20, 4, 0x27, 0, 0, 1, 2, 3, 4)), null)
    assert.equal(zstdFrameBytes(Uint8Array.of(...MAGIC, 0x20, 4, ...new Array(3000).fill(0))), null)
  })
})

describe('encoded chunk', () => {
  const raw = Uint8Array.from([1, 2, 3, 4])

  it('takes the smaller form, and is at most one byte longer than the raw bytes', () => {
    assert.deepEqual([...frameEncodedChunk(raw, null)], [0, 1, 2, 3, 4])
    assert.deepEqual([...frameEncodedChunk(raw, Uint8Array.from([9, 9, 9]))], [1, 9, 9, 9])
    assert.deepEqual([...frameEncodedChunk(raw, Uint8Array.from([9, 9, 9, 9]))], [0, 1, 2, 3, 4])
  })

  it('gives an identity chunk back without a decoder', async () => {
    const decoded = await decodeChunk(frameEncodedChunk(raw, null), neverDecode, 4)
    assert.deepEqual(decoded, { ok: true, raw })
  })

  it('decodes zstd with the injected decoder, told the declared size', async () => {
    const decoded = await decodeChunk(Uint8Array.of(1, ...rawFrame([1, 2, 3, 4])), (_body, size) =>
      raw.subarray(0, size),
    )
    assert.deepEqual(decoded, { ok: true, raw })
  })

  const hostile: Array<[what: string, bytes: Uint8Array, reason: string]> = [
    ['no bytes', new Uint8Array(0), 'malformed'],
    ['an encoding and no body', Uint8Array.of(0), 'malformed'],
    ['an unknown encoding', Uint8Array.of(2, 1), 'unknown-encoding'],
    ['zstd that is none', Uint8Array.of(1, 1, 2, 3), 'malformed'],
    ['zstd of nothing', Uint8Array.of(1, ...rawFrame([])), 'wrong-size'],
    [
      'zstd that claims 4 GiB',
      Uint8Array.of(1, ...MAGIC, 0xa0, 255, 255, 255, 255, 9, 0, 0, 1),
      'wrong-size',
    ],
    ['zstd that is cut off', Uint8Array.of(1, ...rawFrame([1, 2, 3]).subarray(0, -1)), 'malformed'],
    ['zstd with a byte after it', Uint8Array.of(1, ...rawFrame([1, 2, 3]), 0), 'malformed'],
    ['zstd with a frame after it', Uint8Array.of(1, ...rawFrame([1]), ...rawFrame([2])), 'malformed'],
    ['identity over the largest chunk', new Uint8Array(MAX_CHUNK_BYTES + 2), 'wrong-size'],
  ]
  for (const [what, bytes, reason] of hostile) {
    it(`refuses ${what} before decoding: ${reason}`, async () => {
      const parsed = parseEncodedChunk(bytes)
      assert.equal(parsed.ok ? 'ok' : parsed.reason, reason)
      const decoded = await decodeChunk(bytes, neverDecode)
      assert.equal(decoded.ok ? 'ok' : decoded.reason, reason)
    })
  }

  it('refuses a size other than the manifest gives, before decoding', async () => {
    for (const encoded of [Uint8Array.of(0, 1, 2), Uint8Array.of(1, ...rawFrame([1, 2, 3, 4, 5]))]) {
      const decoded = await decodeChunk(encoded, neverDecode, 4)
      assert.equal(decoded.ok ? 'ok' : decoded.reason, 'wrong-size')
    }
  })

  it('refuses what the decoder refuses, and what comes out shorter than declared', async () => {
    const encoded = Uint8Array.of(1, ...rawFrame([1, 2, 3, 4]))
    for (const decoder of [neverDecode, () => new Uint8Array(3), () => Promise.reject(new Error('broken'))]) {
      const decoded = await decodeChunk(encoded, decoder)
      assert.equal(decoded.ok ? 'ok' : decoded.reason, 'undecodable')
    }
  })
})
