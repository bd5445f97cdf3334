/** The RecordStore contract over IndexedDB (fake-indexeddb) and memory. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { IDBFactory } from 'fake-indexeddb'
import { openIdbDatabase } from '../../client/adapters/browser/idb-database.ts'
import { createIdbRecordStore, openFencedRecords } from '../../client/adapters/browser/idb-record-store.ts'
import { createMemoryRecordStore } from '../../client/adapters/memory-stores.ts'
import type { RecordStore } from '../../client/ports.ts'

const adapters: Record<string, () => RecordStore> = {
  memory: () => createMemoryRecordStore(),
  IndexedDB: () => createIdbRecordStore(openIdbDatabase('records', { factory: new IDBFactory() })),
}

for (const [name, open] of Object.entries(adapters)) {
  describe(`RecordStore over ${name}`, () => {
    test('gives back what was set, and undefined for what was not', async t => {
      const store = open()
      t.after(() => store.close())
      assert.equal(await store.get('a'), undefined)
      await store.setMany([
        ['a', { list: [1, null], text: 'x' }],
        ['b', null],
      ])
      assert.deepEqual(await store.get('a'), { list: [1, null], text: 'x' })
      assert.equal(await store.get('b'), null)
      assert.deepEqual([...(await store.keys())].sort(), ['a', 'b'])
    })

    test('keeps copies', async t => {
      const store = open()
      t.after(() => store.close())
      const value = { count: 1 }
      await store.setMany([['a', value]])
      value.count = 2
      assert.deepEqual(await store.get('a'), { count: 1 })
    })

    test('writes all entries or none', async t => {
      const store = open()
      t.after(() => store.close())
      await store.setMany([['a', 1]])
      await assert.rejects(
        store.setMany([
          ['a', 2],
          ['b', () => 'no clone'],
        ]),
      )
      assert.equal(await store.get('a'), 1)
      assert.deepEqual(await store.keys(), ['a'])
      await store.setMany([['a', 3]])
      assert.equal(await store.get('a'), 3)
    })

    test('removes', async t => {
      const store = open()
      t.after(() => store.close())
      await store.setMany([
        ['a', 1],
        ['b', 2],
      ])
      await store.remove(['a', 'none'])
      assert.deepEqual(await store.keys(), ['b'])
    })

    test('keeps a key pair whose private key cannot be exported', async t => {
      const store = open()
      t.after(() => store.close())
      const keyPair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
      await store.setMany([['identity', { keyPair }]])
      const got = (await store.get('identity')) as { keyPair: CryptoKeyPair }
      const message = new Uint8Array([1])
      const signature = await crypto.subtle.sign('Ed25519', got.keyPair.privateKey, message)
      assert.equal(await crypto.subtle.verify('Ed25519', got.keyPair.publicKey, signature, message), true)
    })
  })
}

test('only the last of several tabs that run an engine writes and removes records', async t => {
  const factory = new IDBFactory()
  const told: string[] = []
  const openTab = (token: string) => {
    const database = openIdbDatabase('records', { factory })
    t.after(() => database.close())
    return openFencedRecords(database, { token, onReplaced: () => told.push(token) })
  }
  const first = await openTab('first')
  await first.setMany([['a', 1]])
  const second = await openTab('second')
  await second.setMany([['a', 2]])
  await assert.rejects(first.setMany([['a', 3]]), /another tab runs the engine/)
  await assert.rejects(first.remove(['a']), /another tab runs the engine/)
  assert.deepEqual(told, ['first', 'first'])
  assert.equal(await first.get('a'), 2)

  // Who clears the disk takes nobody's right to write away.
  await second.remove(['a', 'engine'])
  await second.setMany([['a', 4]])
  assert.equal(await second.get('a'), 4)
})

test('a page that is frozen in the middle of a write lets go of the database: the next one need not wait for it', async () => {
  const factory = new IDBFactory()
  const frozen = await openFencedRecords(openIdbDatabase('records', { factory }), {
    token: 'frozen',
    onReplaced: () => {},
  })
  await frozen.setMany([['a', 1]])
  // Its transaction has asked who runs the engine, and waits for the answer.
  const unfinished = assert.rejects(frozen.setMany([['a', 2]]))
  await Promise.resolve()
  frozen.abandon()
  const next = createIdbRecordStore(openIdbDatabase('records', { factory }))
  await next.setMany([['b', 1]])
  await unfinished
  assert.equal(await next.get('a'), 1)
  next.close()
})
