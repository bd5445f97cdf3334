import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { decodeEncodedChunk } from '../../../client/adapters/browser/zstd-decoder.ts'
import { createReleaseFiles } from '../../../client/content/release-files.ts'
import { readActiveRelease, readManifest } from '../../../client/content/stored-release.ts'
import { createVerifiedChunks } from '../../../client/content/verified-chunks.ts'
import { parseManifest } from '../../../protocol/manifest.ts'
import { createFaultyChunkStore, createFaultyRecordStore } from '../../support/memory-stores.ts'
import { makeSmallRelease, type SmallRelease, type SmallReleaseOptions } from '../../support/small-release.ts'

async function held(files: Record<string, string | Uint8Array>, options: SmallReleaseOptions = {}) {
  const release = await makeSmallRelease(files, options)
  const store = createFaultyChunkStore()
  for (const [digest, encoded] of release.chunks) await store.put(digest, encoded)
  return { release, store, files: filesOf(release, store) }
}

const filesOf = (release: SmallRelease, store: ReturnType<typeof createFaultyChunkStore>, keptBytes = 0) =>
  createReleaseFiles(release.manifest, createVerifiedChunks(store, decodeEncodedChunk, keptBytes))

async function readAll(pieces: AsyncIterable<{ ok: boolean; bytes?: Uint8Array }>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) {
    assert.ok(piece.ok && piece.bytes)
    parts.push(piece.bytes)
  }
  return Buffer.concat(parts)
}

test('any range of any file comes out exactly, whatever the chunk size', async () => {
  const arbitrary = fc.record({
    contents: fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 6 }),
    chunkBytes: fc.integer({ min: 1, max: 50 }),
    pick: fc.nat(),
    ends: fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 60 })),
  })
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ contents, chunkBytes, pick, ends }) => {
      const named = Object.fromEntries(contents.map((content, index) => [`f${index}.bin`, content]))
      const { release, files } = await held(named, { chunkBytes, entry: 'f0.bin' })
      assert.equal(parseManifest(release.manifest).ok, true)
      const index = pick % contents.length
      const content = contents[index] ?? new Uint8Array()
      const file = files.find(`f${index}.bin`)
      assert.ok(file)
      assert.deepEqual(await readAll(files.read(file)), Buffer.from(content))
      const [start = 0, end = 0] = ends.map(at => Math.min(at, content.length)).sort((a, b) => a - b)
      assert.deepEqual(
        await readAll(files.read(file, { start, end })),
        Buffer.from(content.slice(start, end)),
      )
    }),
    { numRuns: 60 },
  )
})

test('zstd chunks come out too, and a kept chunk is read once', async () => {
  const { release, store } = await held(
    { 'a.txt': 'a'.repeat(900), 'b.txt': 'b'.repeat(900) },
    { chunkBytes: 2000, entry: 'a.txt', zstd: raw => zstdCompressSync(raw) },
  )
  assert.equal([...release.chunks.values()][0]?.[0], 1, 'is zstd')
  let reads = 0
  const counting = {
    ...store,
    get: (digest: string) => {
      reads++
      return store.get(digest)
    },
  }
  const files = createReleaseFiles(release.manifest, createVerifiedChunks(counting, decodeEncodedChunk))
  for (const path of ['a.txt', 'b.txt', 'a.txt']) {
    const file = files.find(path)
    assert.ok(file)
    assert.equal((await readAll(files.read(file))).toString(), path.charAt(0).repeat(900))
  }
  assert.equal(reads, 1)
})

test('a missing and a rotten chunk are named, and nothing comes after them', async () => {
  const { release, store, files } = await held(
    { 'a.bin': crypto.getRandomValues(new Uint8Array(3000)) },
    { entry: 'a.bin' },
  )
  const file = files.find('a.bin')
  const [first, second, third] = release.manifest.chunks
  assert.ok(file && first && second && third)
  await store.rot(second.digest)
  const pieces = []
  for await (const piece of files.read(file)) pieces.push(piece)
  assert.equal(pieces.length, 2)
  assert.equal(pieces[0]?.ok, true)
  assert.deepEqual(pieces[1], { ok: false, reason: 'rotten', digest: second.digest })

  await store.remove([first.digest])
  const { value: piece } = await files.read(file).next()
  assert.deepEqual(piece, { ok: false, reason: 'missing', digest: first.digest })
  assert.equal((await readAll(files.read(file, { start: 2000, end: 2010 }))).length, 10)
})

test('a store that fails counts as a missing chunk', async () => {
  const { release } = await held({ 'a.txt': 'a' }, { entry: 'a.txt' })
  const broken = { get: () => Promise.reject(new Error('the disk is gone')) }
  const [chunk] = release.manifest.chunks
  assert.ok(chunk)
  const answer = await createVerifiedChunks(broken, decodeEncodedChunk)(chunk)
  assert.deepEqual(answer, { ok: false, reason: 'missing', digest: chunk.digest })
})

test('the fingerprint follows the content', async () => {
  const one = await held({ 'a.txt': 'same', 'b.txt': 'one' }, { entry: 'a.txt', chunkBytes: 4 })
  const two = await held({ 'a.txt': 'same', 'b.txt': 'two' }, { entry: 'a.txt', chunkBytes: 4 })
  const print = async ({ files }: typeof one, path: string) => {
    const file = files.find(path)
    assert.ok(file)
    return files.fingerprint(file)
  }
  assert.equal(await print(one, 'a.txt'), await print(two, 'a.txt'))
  assert.notEqual(await print(one, 'b.txt'), await print(two, 'b.txt'))
})

test('a decoder refuses what is not exactly the announced size, without a throw', async () => {
  const raw = new TextEncoder().encode('x'.repeat(500))
  const body = zstdCompressSync(raw)
  const encoded = new Uint8Array([1, ...body])
  assert.equal((await decodeEncodedChunk(encoded, 500))?.byteLength, 500)
  for (const [bytes, sizeBytes] of [
    [encoded, 499],
    [encoded, 501],
    [encoded.slice(0, -3), 500],
    [new Uint8Array([1, ...body, ...body]), 500],
    [new Uint8Array([2, ...body]), 500],
    [new Uint8Array([0, 1, 2]), 3],
    [new Uint8Array(), 0],
    [encoded.map((byte, index) => (index > 12 ? byte ^ 255 : byte)), 500],
  ] as const) {
    assert.equal(await decodeEncodedChunk(bytes, sizeBytes), null)
  }
  assert.equal((await decodeEncodedChunk(encoded, 500))?.byteLength, 500, 'still works afterwards')
})

test('records are read back only if they are what they should be', async () => {
  const release = await makeSmallRelease({ 'index.html': 'hi' })
  const records = createFaultyRecordStore()
  const other = { ...release.manifest, version: 'tampered' }
  const record = {
    package: 'lobby',
    active: { release: 1, version: '1.1', digest: release.digest },
  }
  await records.setMany([
    [`manifest:${release.digest}`, release.manifestText],
    [`manifest:${'0'.repeat(64)}`, release.manifestText],
    ['manifest:tampered', JSON.stringify({ ...JSON.parse(release.manifestText), manifest: other })],
    ['manifest:rubbish', '{'],
    ['package:lobby', record],
    ['package:rotten', { ...record, active: 'x' }],
  ])
  assert.deepEqual(await readManifest(records, release.digest), release.manifest)
  for (const digest of ['0'.repeat(64), 'tampered', 'rubbish', 'none'])
    assert.equal(await readManifest(records, digest), null)
  assert.deepEqual(await readActiveRelease(records, 'lobby'), record.active)
  assert.equal(await readActiveRelease(records, 'rotten'), null)
  assert.equal(await readActiveRelease(records, 'none'), null)
})
