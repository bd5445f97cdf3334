/** Opening the stores on disks in every state, and the identity that rests in them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IDBFactory } from 'fake-indexeddb'
import { loadOrCreateIdentity } from '../../client/adapters/browser/identity.ts'
import { openStores } from '../../client/adapters/browser/open-stores.ts'
import { createMemoryRecordStore } from '../../client/adapters/memory-stores.ts'
import { recordKeys } from '../../client/records.ts'
import { signalDownExamples } from '../support/protocol-examples.ts'
import { sampleChunk } from '../support/sample-chunk.ts'

const CHUNK = await sampleChunk(1, 1_000)

const quick = { retryDelayMs: 0, openTimeoutMs: 200 }

test('opens databases on a healthy disk', async () => {
  const stores = await openStores({ factory: new IDBFactory(), ...quick })
  assert.equal(stores.kind, 'disk')
  assert.equal(stores.chunks.kind, 'disk')
  assert.deepEqual(stores.troubles, [])
  stores.chunks.close()
  stores.records.close()
})

test('puts a fresh database in the place of one that cannot be used, and keeps the other', async () => {
  const factory = new IDBFactory()
  const before = await openStores({ factory, ...quick })
  await before.records.setMany([['kept', true]])
  before.chunks.close()
  before.records.close()
  await new Promise(resolve => {
    factory.deleteDatabase('larder-chunks').onsuccess = resolve
  })
  // A database of that name without the object store, as a crash during its creation leaves it.
  await new Promise<void>(resolve => {
    const request = factory.open('larder-chunks')
    request.onsuccess = () => {
      request.result.close()
      resolve()
    }
  })
  const stores = await openStores({ factory, ...quick })
  assert.equal(stores.kind, 'disk')
  assert.equal(stores.troubles.length, 1)
  assert.match(stores.troubles[0] ?? '', /larder-chunks could not be opened .* fresh one/)
  assert.deepEqual(await stores.chunks.ingest(CHUNK, CHUNK.encoded.slice()), { ok: true })
  assert.equal(await stores.records.get('kept'), true)
  stores.chunks.close()
  stores.records.close()
})

test('falls back to memory where databases can neither be opened nor deleted, or hang', async () => {
  const failing = { open: failedRequest, deleteDatabase: failedRequest } as unknown as IDBFactory
  // What does not answer may be whole.
  const deleteDatabase = () => assert.fail('deleted')
  const hanging = { open: () => ({}), deleteDatabase } as unknown as IDBFactory
  for (const factory of [failing, hanging, undefined]) {
    const stores = await openStores({ factory, retryDelayMs: 0, openTimeoutMs: 20 })
    assert.equal(stores.kind, 'memory')
    assert.equal(stores.chunks.kind, 'memory')
    assert.ok(stores.troubles.length >= 2)
    assert.deepEqual(await stores.chunks.ingest(CHUNK, CHUNK.encoded.slice()), { ok: true })
  }
})

function failedRequest() {
  const request = { error: new DOMException('broken', 'UnknownError'), onerror: () => {} }
  queueMicrotask(() => request.onerror())
  return request
}

test('an identity is made once and found again', async () => {
  const records = createMemoryRecordStore()
  const first = await loadOrCreateIdentity(records)
  assert.equal(first.trouble, null)
  assert.match(first.identity.deviceId, /^d-[0-9a-f]{32}$/)
  assert.equal(first.identity.keyPair.privateKey.extractable, false)
  const second = await loadOrCreateIdentity(records)
  assert.equal(second.identity.deviceId, first.identity.deviceId)
})

test('a rotten identity is replaced and reported; a rotten enrolment keeps the key', async () => {
  const records = createMemoryRecordStore()
  await records.setMany([[recordKeys.identity, { publicKey: 'rotten' }]])
  const replaced = await loadOrCreateIdentity(records)
  assert.match(replaced.trouble ?? '', /has to be enrolled again/)

  const other = await loadOrCreateIdentity(createMemoryRecordStore())
  await records.setMany([[recordKeys.identity, { ...replaced.identity, keyPair: other.identity.keyPair }]])
  assert.notEqual((await loadOrCreateIdentity(records)).trouble, null, 'a key pair that does not fit')

  await records.setMany([[recordKeys.identity, { ...replaced.identity, enrolled: { device: 'rotten' } }]])
  const kept = await loadOrCreateIdentity(records)
  assert.equal(kept.identity.deviceId, replaced.identity.deviceId)
  assert.equal(kept.identity.enrolled, null)
})

test('PR-E8 the pinned keys are kept when the record of the device beside them cannot be read', async () => {
  const records = createMemoryRecordStore()
  const { identity } = await loadOrCreateIdentity(records)
  const trustedKeys = [{ keyId: '0'.repeat(16), publicKey: 'A'.repeat(43) }]
  const usedTokens = ['1'.repeat(64)]
  const enrolled = { device: { form: 'of another version' }, trustedKeys }
  await records.setMany([[recordKeys.identity, { ...identity, enrolled, usedTokens, keysRefused: true }]])
  const kept = (await loadOrCreateIdentity(records)).identity
  assert.deepEqual(kept.enrolled, { device: null, trustedKeys })
  assert.deepEqual([kept.usedTokens, kept.keysRefused], [usedTokens, true])
})

test('a record of the device that a later version wrote is read without what is not known here, and kept in that form', async () => {
  const records = createMemoryRecordStore()
  const { identity } = await loadOrCreateIdentity(records)
  const trustedKeys = [{ keyId: '0'.repeat(16), publicKey: 'A'.repeat(43) }]
  const { device } = signalDownExamples.device
  const later = { ...device, floor: 2, limits: { ...device.limits, links: 9 } }
  await records.setMany([[recordKeys.identity, { ...identity, enrolled: { device: later, trustedKeys } }]])
  assert.deepEqual((await loadOrCreateIdentity(records)).identity.enrolled, { device, trustedKeys })
  const stored = Object(await records.get(recordKeys.identity))
  assert.deepEqual(stored.enrolled, { device, trustedKeys })
})

test('an identity that cannot be saved still works, and that is reported', async () => {
  const records = {
    ...createMemoryRecordStore(),
    setMany: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
  }
  const { identity, trouble } = await loadOrCreateIdentity(records)
  assert.match(identity.deviceId, /^d-/)
  assert.match(trouble ?? '', /could not be saved/)
})
