/** The ChunkStore contract over IndexedDB (fake-indexeddb) and memory, and what only IndexedDB has to prove. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { IDBFactory } from 'fake-indexeddb'
import { createIdbChunkStore } from '../../client/adapters/browser/idb-chunk-store.ts'
import { openIdbDatabase } from '../../client/adapters/browser/idb-database.ts'
import { createMemoryChunkStore } from '../../client/adapters/memory-stores.ts'
import type { ChunkStore } from '../../client/ports.ts'

const bytes = (...values: number[]) => new Uint8Array(values)

const adapters: Record<string, () => ChunkStore> = {
  memory: () => createMemoryChunkStore(),
  IndexedDB: () => createIdbChunkStore(openIdbDatabase('chunks', { factory: new IDBFactory() })),
}

for (const [name, open] of Object.entries(adapters)) {
  describe(`ChunkStore over ${name}`, () => {
    test('is empty at first', async t => {
      const store = open()
      t.after(() => store.close())
      assert.deepEqual(await store.digests(), new Set())
      assert.equal(await store.get('a'), null)
    })

    test('gives back the bytes of each record, and the newest', async t => {
      const store = open()
      t.after(() => store.close())
      assert.deepEqual(await store.put('a', bytes(1, 2)), { ok: true })
      assert.deepEqual(await store.put('b', bytes()), { ok: true })
      assert.deepEqual(await store.put('a', bytes(3)), { ok: true })
      assert.deepEqual(await store.get('a'), bytes(3))
      assert.deepEqual(await store.get('b'), bytes())
      assert.deepEqual(await store.digests(), new Set(['a', 'b']))
    })

    test('keeps only the bytes of a view, and a copy of them', async t => {
      const store = open()
      t.after(() => store.close())
      const whole = bytes(1, 2, 3, 4)
      await store.put('a', whole.subarray(1, 3))
      whole.fill(9)
      const got = await store.get('a')
      assert.deepEqual(got, bytes(2, 3))
      got?.fill(7)
      assert.deepEqual(await store.get('a'), bytes(2, 3))
    })

    test('keeps only the bytes of a view of something much larger', async t => {
      const store = open()
      t.after(() => store.close())
      await store.put('a', new Uint8Array(100_000).fill(5).subarray(50_000, 50_003))
      const got = await store.get('a')
      assert.deepEqual(got, bytes(5, 5, 5))
      assert.ok((got?.buffer.byteLength ?? 0) < 2_000, 'the rest is not kept')
    })

    test('keeps hundreds of puts made at once', async t => {
      const store = open()
      t.after(() => store.close())
      const puts = Array.from({ length: 300 }, (_, index) => store.put(`d${index}`, bytes(index % 256)))
      assert.ok((await Promise.all(puts)).every(result => result.ok))
      assert.equal((await store.digests()).size, 300)
      assert.deepEqual(await store.get('d299'), bytes(43))
    })

    test('removes what it has and ignores what it has not', async t => {
      const store = open()
      t.after(() => store.close())
      await store.put('a', bytes(1))
      await store.put('b', bytes(2))
      await store.remove(['a', 'none'])
      await store.remove([])
      assert.deepEqual(await store.digests(), new Set(['b']))
      assert.equal(await store.get('a'), null)
    })
  })
}

test('memory refuses what goes over its limit and takes it again once there is room', async () => {
  const store = createMemoryChunkStore(4)
  assert.equal((await store.put('a', bytes(1, 2, 3))).ok, true)
  const refused = await store.put('b', bytes(1, 2))
  assert.ok(!refused.ok && refused.reason === 'quota')
  assert.equal((await store.put('a', bytes(1, 2))).ok, true)
  assert.equal((await store.put('b', bytes(1, 2))).ok, true)
})

test('IndexedDB keeps chunks for the next opening', async () => {
  const factory = new IDBFactory()
  const first = createIdbChunkStore(openIdbDatabase('chunks', { factory }))
  await first.put('a', bytes(5))
  first.close()
  const second = createIdbChunkStore(openIdbDatabase('chunks', { factory }))
  assert.deepEqual(await second.get('a'), bytes(5))
  second.close()
})

test('IndexedDB: a record of another kind counts as none', async () => {
  const database = openIdbDatabase('chunks', { factory: new IDBFactory() })
  await database.use('readwrite', store => void store.put('no bytes', 'a'))
  const store = createIdbChunkStore(database)
  assert.equal(await store.get('a'), null)
  store.close()
})

test('IndexedDB: a put after close is refused, not thrown', async () => {
  const store = createIdbChunkStore(openIdbDatabase('chunks', { factory: new IDBFactory() }))
  store.close()
  const result = await store.put('a', bytes(1))
  assert.ok(!result.ok && result.reason === 'failed')
})

test('IndexedDB: gives way to a deletion and opens again', async () => {
  const factory = new IDBFactory()
  const store = createIdbChunkStore(openIdbDatabase('chunks', { factory }))
  await store.put('a', bytes(1))
  await new Promise<void>((resolve, reject) => {
    const request = factory.deleteDatabase('chunks')
    request.onsuccess = () => resolve()
    request.onblocked = () => reject(new Error('the store held on to its connection'))
    request.onerror = () => reject(request.error)
  })
  assert.equal(await store.get('a'), null)
  assert.deepEqual(await store.put('b', bytes(2)), { ok: true })
  store.close()
})
