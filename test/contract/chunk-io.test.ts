/** The ChunkIo contract: on the calling thread over both chunk stores, and through the messages of the chunk worker. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import { IDBFactory } from 'fake-indexeddb'
import { createIdbChunkStore } from '../../client/adapters/browser/idb-chunk-store.ts'
import { openIdbDatabase } from '../../client/adapters/browser/idb-database.ts'
import { decodeEncodedChunk, decodeZstd } from '../../client/adapters/browser/zstd-decoder.ts'
import { hostChunks } from '../../client/adapters/chunk-worker/chunk-host.ts'
import { type ChunkWorker, connectChunkWorker } from '../../client/adapters/chunk-worker/remote-chunk-io.ts'
import { createMemoryChunkStore } from '../../client/adapters/memory-stores.ts'
import { LocalChunkIo } from '../../client/engine/local-chunk-io.ts'
import type { ChunkIo, ChunkStore, PartRecipe, PutResult } from '../../client/ports.ts'
import { MAX_PART_MAKES_BYTES } from '../../protocol/limits.ts'
import { createFaultyChunkStore, type FaultyChunkStore } from '../support/memory-stores.ts'
import { chunkOf, type SampleChunk, sampleChunk } from '../support/sample-chunk.ts'

type Open = (t: TestContext, store: ChunkStore, keptBytes?: number) => Promise<ChunkIo>

const onThisThread: Open = async (t, store, keptBytes) => {
  const chunks = new LocalChunkIo(store, decodeEncodedChunk, keptBytes, decodeZstd)
  t.after(() => chunks.close())
  return chunks
}

/** Both sides of the chunk worker, with the messages cloned and transferred between them as between threads. */
const throughMessages: Open = async (t, store, keptBytes = 1_000_000) => {
  const { worker } = hostedWorker(store)
  const { chunks } = await connectChunkWorker(() => worker, { onLost: () => {}, keptBytes })
  t.after(() => chunks.close())
  return chunks
}

/** The page's end of a worker; `silent`: what the worker calls when its database does not answer. */
function hostedWorker(store: ChunkStore): { worker: ChunkWorker; silent: () => void; ended: () => boolean } {
  const { port1, port2 } = new MessageChannel()
  let silent = () => {}
  let ended = false
  hostChunks(port2, async ({ onSilent }) => {
    silent = () => void onSilent()
    return { chunks: new LocalChunkIo(store, decodeEncodedChunk, 0, decodeZstd), troubles: [] }
  })
  port1.start()
  port2.start()
  const terminate = () => {
    ended = true
    port1.close()
    store.close()
  }
  return { worker: Object.assign(port1, { terminate }), silent: () => silent(), ended: () => ended }
}

const stores: Record<string, () => ChunkStore> = {
  memory: () => createMemoryChunkStore(),
  IndexedDB: () => createIdbChunkStore(openIdbDatabase('chunks', { factory: new IDBFactory() })),
}
const ways: Record<string, Open> = { 'on this thread': onThisThread, 'through messages': throughMessages }

const one = await sampleChunk(1, 1_000)
const two = await sampleChunk(2, 2_000)
const sevens = new Uint8Array(60_000).fill(7)
/** A release of two chunks that differs from `old` by an insertion, and the part that makes it. */
const old = await sampleChunk(5, 50_000)
const oldRaw = old.encoded.subarray(1)
const inserted = new Uint8Array([...oldRaw.subarray(0, 30_000), 1, 2, 3, ...oldRaw.subarray(30_000)])
const made = [await chunkOf(inserted.slice(0, 40_000)), await chunkOf(inserted.slice(40_000))]
const partOf = (dictionary: Uint8Array, content: Uint8Array) =>
  chunkOf(new Uint8Array(zstdCompressSync(content, { dictionary })))
const part = await partOf(oldRaw, inserted)
const recipe: PartRecipe = { part, dictionary: [old], makes: made }

const squeezed = await chunkOf(sevens, zstdCompressSync(sevens))

/** Ingest takes the bytes over, so each call gets its own. */
const ingest = (chunks: ChunkIo, chunk: SampleChunk, onVerified?: () => void) =>
  chunks.ingest(chunk, chunk.encoded.slice(), onVerified)

for (const [wayName, open] of Object.entries(ways)) {
  for (const [storeName, makeStore] of Object.entries(stores)) {
    describe(`ChunkIo ${wayName} over ${storeName}`, () => {
      test('is empty at first, and of the kind of its store', async t => {
        const store = makeStore()
        const chunks = await open(t, store)
        assert.equal(chunks.kind, store.kind)
        assert.deepEqual(await chunks.digests(), new Set())
        assert.equal(await chunks.readEncoded(one), null)
        assert.equal(await chunks.peek(one.digest), null)
        assert.deepEqual(await chunks.heldBytes([one, two]), [null, null])
      })

      test('tries the disk and leaves nothing there', async t => {
        const chunks = await open(t, makeStore())
        assert.deepEqual(await chunks.tryPut(50_000), { ok: true })
        assert.deepEqual(await chunks.digests(), new Set())
      })

      test('gives back what it verified, also of a zstd chunk and of a view', async t => {
        const chunks = await open(t, makeStore())
        const frame = new Uint8Array([9, 9, ...two.encoded])
        assert.deepEqual(await ingest(chunks, one), { ok: true })
        assert.deepEqual(await chunks.ingest(two, frame.subarray(2)), { ok: true })
        assert.deepEqual(await ingest(chunks, squeezed), { ok: true })
        for (const chunk of [one, two, squeezed]) {
          assert.deepEqual(await chunks.readEncoded(chunk), chunk.encoded)
          assert.deepEqual(await chunks.readEncoded(chunk), chunk.encoded, 'as often as it is asked')
          assert.deepEqual(await chunks.peek(chunk.digest), chunk.encoded)
        }
        const sizes = [two.encoded.byteLength, null, squeezed.encoded.byteLength]
        assert.deepEqual(await chunks.heldBytes([two, await sampleChunk(9, 10), squeezed]), sizes)
        assert.equal((await chunks.digests()).size, 3)
      })

      test('PR-D4 makes chunks of a part and what is here, verified and durable', async t => {
        const store = makeStore()
        const chunks = await open(t, store)
        await ingest(chunks, old)
        await ingest(chunks, part)
        assert.ok(part.sizeBytes < 300, `${part.sizeBytes}`)
        assert.equal(await chunks.makeChunks(recipe), true)
        for (const chunk of made) assert.deepEqual(await store.get(chunk.digest), chunk.encoded)
      })

      test('PR-D8 a part or a dictionary that is missing, rotten or another makes nothing', async t => {
        const store = makeStore()
        const chunks = await open(t, store)
        assert.equal(await chunks.makeChunks(recipe), false, 'nothing is here')
        await ingest(chunks, part)
        assert.equal(await chunks.makeChunks(recipe), false, 'no dictionary')
        await store.put(old.digest, one.encoded)
        assert.equal(await chunks.makeChunks(recipe), false, 'a rotten dictionary')
        await store.put(old.digest, old.encoded)
        const lie = await partOf(
          oldRaw,
          inserted.map(byte => byte ^ 1),
        )
        await ingest(chunks, lie)
        assert.equal(await chunks.makeChunks({ ...recipe, part: lie }), false, 'it makes something else')
        assert.equal(await chunks.makeChunks({ ...recipe, makes: [old] }), false, 'of another size')
        const huge = { digest: old.digest, sizeBytes: MAX_PART_MAKES_BYTES + 1 }
        assert.equal(
          await chunks.makeChunks({ ...recipe, makes: [huge] }),
          false,
          'more than a part may make',
        )
        for (const { digest } of made) assert.ok(!(await store.digests()).has(digest))
        assert.equal(await chunks.makeChunks(recipe), true, 'and nothing is lost')
      })

      test('PR-D6 gives the text that a patch makes of another, or nothing', async t => {
        const chunks = await open(t, makeStore())
        const text = `${'a manifest of many words '.repeat(50)}ü`
        const dictionary = new TextEncoder().encode(text)
        const patch = () => new Uint8Array(zstdCompressSync(`${text} and one more`, { dictionary }))
        assert.equal(await chunks.patchText(text, patch()), `${text} and one more`)
        assert.notEqual(await chunks.patchText(`${text}another`, patch()), `${text} and one more`)
        assert.equal(await chunks.patchText(text, new Uint8Array([1, 2, 3])), null)
      })

      test('refuses what is not the chunk, and stores nothing of it', async t => {
        const store = makeStore()
        const chunks = await open(t, store)
        const verified: string[] = []
        for (const wrong of [two.encoded.slice(), one.encoded.slice(0, -1), new Uint8Array()]) {
          const result = await chunks.ingest(one, wrong, () => verified.push('wrong'))
          assert.ok(!result.ok && result.reason === 'bad-chunk', JSON.stringify(result))
        }
        assert.deepEqual(verified, [])
        assert.deepEqual(await store.digests(), new Set())
        assert.equal(await chunks.readEncoded(one), null)
      })

      test('a chunk to be shared can be read from when it is verified, before it is durable', async t => {
        const store = makeStore()
        let durable = () => {}
        const held = new Promise<void>(resolve => (durable = resolve))
        const slow: ChunkStore = { ...store, put: async (...entry) => held.then(() => store.put(...entry)) }
        const chunks = await open(t, slow)
        let isStored = false
        const verified = new Promise<void>(resolve => {
          void ingest(chunks, one, resolve).then(() => (isStored = true))
        })
        await verified
        assert.deepEqual(await chunks.readEncoded(one), one.encoded)
        assert.equal(isStored, false)
        durable()
        assert.deepEqual(await chunks.peek(one.digest), one.encoded)
      })

      test('whoever reads a chunk that is being written waits for the disk', async t => {
        const chunks = await open(t, makeStore(), 0)
        const writing = ingest(chunks, one)
        assert.deepEqual(await chunks.readEncoded(one), one.encoded)
        assert.deepEqual(await writing, { ok: true })
      })

      test('hundreds at once', async t => {
        const chunks = await open(t, makeStore())
        const many = await Promise.all(Array.from({ length: 300 }, (_, seed) => sampleChunk(seed, 500)))
        assert.ok((await Promise.all(many.map(chunk => ingest(chunks, chunk)))).every(({ ok }) => ok))
        assert.ok((await chunks.heldBytes(many)).every(bytes => bytes === 501))
      })

      test('what was removed is gone, also from memory', async t => {
        const chunks = await open(t, makeStore())
        await ingest(chunks, one, () => {})
        await ingest(chunks, two)
        await chunks.readEncoded(two)
        await chunks.remove([one.digest, two.digest, 'none'])
        assert.equal(await chunks.readEncoded(one), null)
        assert.equal(await chunks.readEncoded(two), null)
        assert.deepEqual(await chunks.digests(), new Set())
      })
    })
  }

  describe(`ChunkIo ${wayName} over a faulty store`, () => {
    test('a rotten record is not read, does not count, and is removed when the disk is checked', async t => {
      const store = createFaultyChunkStore()
      const chunks = await open(t, store, 0)
      await ingest(chunks, one)
      await ingest(chunks, two)
      await store.rot(one.digest)
      assert.equal(await chunks.readEncoded(one), null)
      assert.deepEqual(await chunks.heldBytes([one, two]), [null, two.encoded.byteLength])
      assert.deepEqual(await chunks.digests(), new Set([two.digest]))
    })

    test('what the store refuses is told, and is not served from memory either', async t => {
      const store = createFaultyChunkStore()
      const chunks = await open(t, store)
      const full: PutResult = { ok: false, reason: 'quota', message: 'full' }
      store.failNextPuts(full)
      assert.deepEqual(await ingest(chunks, one, () => {}), full)
      assert.equal(await chunks.readEncoded(one), null)
      assert.deepEqual(await ingest(chunks, one), { ok: true })
    })

    test('a store that cannot be read or listed counts as empty; removing from it fails', async t => {
      const broken: FaultyChunkStore = {
        ...createFaultyChunkStore(),
        get: () => Promise.reject(new Error('unreadable')),
        digests: () => Promise.reject(new Error('unreadable')),
        remove: () => Promise.reject(new Error('unwritable')),
      }
      const chunks = await open(t, broken, 0)
      assert.equal(await chunks.readEncoded(one), null)
      assert.equal(await chunks.peek(one.digest), null)
      assert.deepEqual(await chunks.heldBytes([one]), [null])
      await assert.rejects(chunks.digests(), /unreadable/)
      await assert.rejects(chunks.remove([one.digest]), /unwritable/)
    })
  })
}

test('through messages: what is under way when the worker ends is answered', async t => {
  const never: ChunkStore = {
    ...createMemoryChunkStore(),
    put: () => new Promise(() => {}),
    digests: () => new Promise(() => {}),
  }
  const chunks = await throughMessages(t, never)
  const under = [ingest(chunks, one), chunks.digests().catch(() => 'rejected')] as const
  chunks.close()
  const [stored, digests] = await Promise.all(under)
  assert.ok(!stored.ok && stored.reason === 'failed')
  assert.equal(digests, 'rejected')
})

test('a worker whose script does not run is ended and told', async t => {
  const { port1, port2 } = new MessageChannel()
  t.after(() => port2.close())
  let ended = 0
  const worker = Object.assign(port1, { terminate: () => ended++ })
  const options = { onLost: () => {}, keptBytes: 0 }
  await assert.rejects(
    connectChunkWorker(() => worker, { ...options, startTimeoutMs: 5 }),
    /did not run within 5 ms/,
  )
  const failing = connectChunkWorker(() => worker, options)
  port1.dispatchEvent(Object.assign(new Event('error'), { message: 'blocked by a policy' }))
  await assert.rejects(failing, /blocked by a policy/)
  assert.equal(ended, 2)
  port1.close()
})

test('a worker whose database is silent is replaced: looking is asked again, writing fails, and what is there is found out', async t => {
  const factory = new IDBFactory()
  const never = () => new Promise<never>(() => {})
  const stuck: ChunkStore = { ...createMemoryChunkStore(), digests: never, put: never, get: never }
  const held = createIdbChunkStore(openIdbDatabase('chunks', { factory }))
  await held.put(two.digest, two.encoded)
  const started: ReturnType<typeof hostedWorker>[] = []
  const start = () => {
    const next = hostedWorker([stuck, held][started.length] ?? assert.fail('a third worker'))
    started.push(next)
    return next.worker
  }
  const lost: (readonly string[])[] = []
  const { chunks } = await connectChunkWorker(start, {
    onLost: troubles => lost.push(troubles),
    keptBytes: 0,
  })
  t.after(() => chunks.close())
  assert.equal(chunks.kind, 'memory')
  const asked = [chunks.digests(), chunks.readEncoded(two), chunks.heldBytes([one, two])]
  const written = ingest(chunks, one)
  started[0]?.silent()
  assert.deepEqual(await Promise.all(asked), [
    new Set([two.digest]),
    two.encoded,
    [null, two.encoded.byteLength],
  ])
  assert.match(JSON.stringify(await written), /failed.*does not answer/)
  assert.deepEqual(
    started.map(worker => worker.ended()),
    [true, false],
  )
  assert.deepEqual(await ingest(chunks, one), { ok: true })
  assert.deepEqual([lost, chunks.kind], [[[]], 'disk'])
})

test('while no worker can be started everything fails, and whoever asks next tries again', async t => {
  let canStart = true
  let last: ReturnType<typeof hostedWorker> | null = null
  const start = () => {
    if (!canStart) throw new Error('no more workers')
    last = hostedWorker(createMemoryChunkStore())
    return last.worker
  }
  const { chunks } = await connectChunkWorker(start, { onLost: () => {}, keptBytes: 0 })
  t.after(() => chunks.close())
  canStart = false
  const first: ReturnType<typeof hostedWorker> = last ?? assert.fail('none was started')
  first.silent()
  while (!first.ended()) await new Promise(resolve => setImmediate(resolve))
  await assert.rejects(chunks.digests(), /no chunk worker can be started/)
  canStart = true
  assert.deepEqual(await chunks.digests(), new Set())
})
