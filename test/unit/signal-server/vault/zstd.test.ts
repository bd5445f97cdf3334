import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { decodeChunk, zstdContentSize } from '../../../../protocol/encoded-chunk.ts'
import { MAX_CHUNK_BYTES } from '../../../../protocol/limits.ts'
import { decodeZstd, encodeChunk } from '../../../../signal-server/vault/zstd.ts'
import { seededBytes } from '../../../support/seeded-bytes.ts'

describe('encoding of chunks', () => {
  it('leaves what is compressed already as it is, and compresses text', async () => {
    const noise = seededBytes(1, 200_000)
    const encoded = await encodeChunk(noise)
    assert.equal(encoded.length, noise.length + 1)
    const text = Buffer.from(Buffer.from(noise).toString('base64'))
    assert.ok((await encodeChunk(text)).length < text.length * 0.8)
  })

  it('gives back what was encoded, and is never more than one byte longer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3000, size: 'max' }), async raw => {
        const encoded = await encodeChunk(raw)
        assert.ok(encoded.length <= raw.length + 1)
        const decoded = await decodeChunk(encoded, decodeZstd, raw.length)
        assert.ok(decoded.ok)
        assert.deepEqual(new Uint8Array(decoded.raw), new Uint8Array(raw))
      }),
      { numRuns: 50 },
    )
  })

  it('compresses what can be compressed and declares its size, up to the largest chunk', async () => {
    const encoded = await encodeChunk(new Uint8Array(MAX_CHUNK_BYTES))
    assert.equal(encoded[0], 1)
    assert.equal(zstdContentSize(encoded.subarray(1)), MAX_CHUNK_BYTES)
    const decoded = await decodeChunk(encoded, decodeZstd, MAX_CHUNK_BYTES)
    assert.ok(decoded.ok && decoded.raw.length === MAX_CHUNK_BYTES)
  })

  it('leaves noise as it is', async () => {
    assert.equal((await encodeChunk(seededBytes(1, 1000)))[0], 0)
  })

  it('stops at the size it is told, whatever the frame holds', async () => {
    const frame = zstdCompressSync(new Uint8Array(1_000_000))
    await assert.rejects(async () => decodeZstd(frame, 999_999))
    assert.equal((await decodeZstd(frame, 1_000_000)).length, 1_000_000)
  })

  it('refuses a frame that wants a larger window than any chunk needs', async () => {
    // A window of 128 MiB, then a raw last block of one byte.
    const hostile = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x09, 0x00, 0x00, 0x41)
    await assert.rejects(async () => decodeZstd(hostile, 1))
    const modest = hostile.slice()
    modest[5] = 0x58
    assert.equal((await decodeZstd(modest, 1))[0], 0x41)
  })

  it('refuses a frame that is cut off', async () => {
    const frame = zstdCompressSync(seededBytes(1, 5000), {
      params: { [constants.ZSTD_c_compressionLevel]: 1 },
    })
    for (const length of [1, 10, frame.length - 1]) {
      const encoded = Uint8Array.of(1, ...frame.subarray(0, length))
      const decoded = await decodeChunk(encoded, decodeZstd)
      assert.equal(decoded.ok, false)
    }
  })
})
