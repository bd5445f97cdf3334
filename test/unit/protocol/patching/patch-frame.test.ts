import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { ZSTDDecoder } from 'zstddec'
import { frameWithDictionary } from '../../../../protocol/patching/patch-frame.ts'
import { makePart } from '../../../../signal-server/publishing/make-part.ts'
import { seededBytes } from '../../../support/seeded-bytes.ts'

const never = new AbortController().signal

test('PR-D4 a decoder without dictionaries makes the chunks, from windows larger than it takes by default too', async () => {
  const decoder = new ZSTDDecoder()
  await decoder.init()
  const old = seededBytes(1, 9 * 2 ** 20)
  const content = Buffer.concat([
    old.subarray(0, 100_000),
    seededBytes(2, 3_000),
    old.subarray(old.length - 99_999),
  ])
  const part = zstdCompressSync(content, {
    dictionary: old,
    params: {
      [constants.ZSTD_c_compressionLevel]: 3,
      [constants.ZSTD_c_windowLog]: 24,
      [constants.ZSTD_c_hashLog]: 22,
      [constants.ZSTD_c_enableLongDistanceMatching]: 1,
    },
  })
  assert.ok(part.byteLength < 10_000, `${part.byteLength}`)
  const frame = frameWithDictionary(
    [old.subarray(0, 5_000_000), old.subarray(5_000_000)],
    part,
    content.byteLength,
  )
  assert.ok(frame)
  const decoded = decoder.decode(frame, old.byteLength + content.byteLength)
  assert.ok(Buffer.from(decoded.buffer, decoded.byteOffset + old.byteLength).equals(content))
})

test('PR-D4 any content comes back out of any dictionary', async () => {
  const bytes = fc.array(fc.uint8Array({ minLength: 1, maxLength: 9000, size: 'max' }), { maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(bytes, fc.uint8Array({ minLength: 1, maxLength: 5000 }), async (dictionary, more) => {
      const chunks = [more, ...dictionary.map(content => content.subarray(content.length >> 1))]
      const part = await makePart(dictionary, chunks, never)
      // Content that begins with the four bytes of a zstd dictionary file has no part, and needs none.
      if (part === null) return
      const content = Buffer.concat(chunks)
      const frame = frameWithDictionary(dictionary, part, content.byteLength)
      assert.ok(frame && Buffer.from(zstdDecompressSync(frame)).subarray(-content.length).equals(content))
    }),
    { numRuns: 15 },
  )
})

test('content that looks like a dictionary file of zstd makes no part', async () => {
  const dictionary = [Uint8Array.of(0x37, 0xa4, 0x30, 0xec, 1, 2, 3, 4, 5, 6, 7, 8)]
  const made = await makePart(dictionary, [seededBytes(3, 100)], never).catch(() => null)
  assert.equal(made, null)
})

test('PR-D4 what is no frame, declares another size, or has a checksum is refused', () => {
  const content = seededBytes(4, 1000)
  const part = zstdCompressSync(content)
  assert.ok(frameWithDictionary([], part, 1000))
  assert.equal(frameWithDictionary([], part, 1001), null)
  assert.equal(frameWithDictionary([], part.subarray(1), 1000), null)
  assert.equal(frameWithDictionary([], Uint8Array.of(), 1000), null)
  const checked = zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  assert.equal(frameWithDictionary([], checked, 1000), null)
})
