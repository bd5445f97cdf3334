/** The download machine and what comes in: chunks that are right, wrong or lost, and a disk that takes them or does not. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DownloadDriver, digestsOf, fetchedOf, requestedOf, typesOf } from './download-driver.ts'

const STORE = 'd-store'
const ALL = Array.from({ length: 10 }, (_, i) => i)

describe('chunks and disk', () => {
  test('chunks of one digest are one: asked once, counted once, held under every index', () => {
    const [a = '', b = ''] = digestsOf(2)
    const driver = new DownloadDriver({ digests: [a, b, a, a], storesOnline: 1 })
    assert.deepEqual(requestedOf(driver.link(STORE, [0, 1, 2, 3]), STORE), [0, 1])
    driver.take(0, { deviceId: STORE })
    assert.deepEqual(typesOf(driver.take(1, { deviceId: STORE })).at(-1), 'complete')
    assert.equal(driver.state.table.total, 2)
  })

  test('a chunk that comes twice is counted and not stored again', () => {
    const driver = new DownloadDriver()
    driver.link(STORE, ALL)
    assert.deepEqual(typesOf(driver.receive(0, { deviceId: STORE })).slice(0, 1), ['store'])
    assert.ok(!typesOf(driver.receive(0, { deviceId: STORE })).includes('store'))
    assert.equal(driver.state.traffic.fromStores, 2 * 1_001)
    assert.equal(driver.state.storingBytes, 1_000)
  })

  test('PR-P10 a wrong chunk: the peer is dropped, the chunk is missing again, and the server is asked', () => {
    const driver = new DownloadDriver()
    driver.link(STORE, ALL)
    driver.receive(0, { deviceId: STORE })
    const types = typesOf(driver.send({ type: 'bad-chunk', index: 0, from: { deviceId: STORE } }))
    assert.deepEqual(types, ['drop-peer', 'ask-grant'])
    assert.equal(driver.state.peers.size, 0)
    assert.equal(driver.state.table.missing.size, 10)
    assert.equal(driver.state.storingBytes, 0)
  })

  test('a wrong chunk of the server is reported and asked for again after a pause', () => {
    const driver = new DownloadDriver({ storesOnline: 0, digests: digestsOf(1) })
    driver.grant()
    driver.receive(0, 'server')
    const types = typesOf(driver.send({ type: 'bad-chunk', index: 0, from: 'server' }))
    assert.deepEqual(types, ['report-bad-origin'])
    assert.deepEqual(fetchedOf(driver.pass(1_000)), [0])
  })

  test('I4 a full disk: one report for all that fails, room is made, and it is tried again after 1, 2, 4 s', () => {
    const driver = new DownloadDriver({ storesOnline: 0, digests: digestsOf(2) })
    driver.grant()
    for (const index of [0, 1]) driver.receive(index, 'server')
    const full = { type: 'store-failed', reason: 'out-of-space', message: 'full' } as const
    assert.deepEqual(typesOf(driver.send({ ...full, index: 0 })), ['make-room'])
    assert.deepEqual(typesOf(driver.send({ ...full, index: 1 })), [])
    assert.deepEqual(typesOf(driver.send({ type: 'no-room' })), ['storage-trouble'])
    assert.equal(driver.state.reason, 'out-of-space')
    const refused = { type: 'disk-refused', reason: 'out-of-space', message: 'full' } as const
    assert.deepEqual(typesOf(driver.pass(999)), [])
    assert.deepEqual(typesOf(driver.pass(1)), ['try-disk'], 'with nothing that has to be fetched')
    assert.deepEqual(typesOf(driver.pass(60_000)), [])
    assert.deepEqual(typesOf(driver.send(refused)), ['make-room'])
    assert.deepEqual(typesOf(driver.send({ type: 'no-room' })), [], 'the same trouble')
    assert.deepEqual(typesOf(driver.pass(1_999)), [])
    assert.deepEqual(typesOf(driver.pass(1)), ['try-disk'])
    driver.send(refused)
    assert.deepEqual(fetchedOf(driver.send({ type: 'room-made' })), [0, 1])
  })

  test('I7 P1 a download that holds back asks nothing more, lets what is under way end, and goes on where it was', () => {
    const driver = new DownloadDriver({ options: { minPipelineBytes: 2_000, maxPipelineBytes: 2_000 } })
    driver.link(STORE, ALL)
    assert.deepEqual(requestedOf(driver.last, STORE), [0, 1])
    assert.deepEqual(typesOf(driver.send({ type: 'hold-back', on: true })), [])
    driver.take(0, { deviceId: STORE })
    driver.take(1, { deviceId: STORE })
    assert.deepEqual(requestedOf(driver.last, STORE), [])
    assert.equal(driver.state.reason, 'waiting-for-other-package')
    assert.deepEqual(typesOf(driver.pass(600_000)), [])
    const effects = driver.send({ type: 'hold-back', on: false })
    assert.deepEqual(requestedOf(effects, STORE), [2, 3], 'the store is as good as before')
    assert.ok(!typesOf(effects).includes('ask-grant'))
  })

  test('I4 while much waits to be written nothing more is asked', () => {
    const driver = new DownloadDriver({ options: { maxStoringBytes: 2_000 } })
    driver.link(STORE, ALL)
    driver.receive(0, { deviceId: STORE })
    assert.deepEqual(requestedOf(driver.last, STORE), [4])
    driver.receive(1, { deviceId: STORE })
    assert.deepEqual(requestedOf(driver.last, STORE), [])
    assert.deepEqual(requestedOf(driver.send({ type: 'stored', index: 0 }), STORE), [5])
  })

  test('a lost chunk of a complete release is fetched again from who had it all along', () => {
    const driver = new DownloadDriver({ held: [1, 2, 3, 4, 5, 6, 7, 8, 9] })
    driver.link(STORE, ALL)
    assert.equal(typesOf(driver.take(0, { deviceId: STORE })).at(-1), 'complete')
    const digest = driver.state.table.chunks[5]?.digest ?? ''
    assert.deepEqual(requestedOf(driver.send({ type: 'lost', digests: new Set([digest]) }), STORE), [5])
    assert.deepEqual(typesOf(driver.take(5, { deviceId: STORE })).at(-1), 'complete')
  })

  test('nothing is asked for a release that is here', () => {
    const driver = new DownloadDriver({ held: ALL })
    assert.deepEqual(typesOf(driver.last), ['complete'])
    assert.equal(driver.wakeAt, null)
    assert.deepEqual(typesOf(driver.send({ type: 'peer-joined', deviceId: STORE, role: 'store' })), [])
  })
})
