/** I9: a store that stalls is left alone only as far as another source can give what it owes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  DownloadDriver,
  type DriverOptions,
  digestsOf,
  fetchedOf,
  requestedOf,
  typesOf,
} from './download-driver.ts'

const STORE = 'd-store'
const OTHER = 'd-other'
const ALL = Array.from({ length: 10 }, (_, i) => i)
const SERVER_CLOSED = { windows: { enforceProxyUntil: Number.MAX_SAFE_INTEGER } }

const askedOf = ({ state }: DownloadDriver, deviceId: string) => [...(state.peers.get(deviceId)?.asked ?? [])]

/** A store that was asked for four of ten chunks and has sent nothing for the stall timeout. */
function stalled(options: DriverOptions) {
  const driver = new DownloadDriver(options)
  driver.link(STORE, ALL)
  const effects = driver.pass(5_000)
  return { driver, effects }
}

test('I9 the only store is kept when it stalls: nothing is cancelled, and it goes on as soon as something comes', () => {
  const { driver, effects } = stalled(SERVER_CLOSED)
  assert.deepEqual(typesOf(effects), [])
  assert.deepEqual(typesOf(driver.pass(600_000)), [])
  assert.deepEqual(askedOf(driver, STORE), [0, 1, 2, 3])
  assert.equal(driver.state.reason, 'stores-not-answering')
  for (const index of ALL.slice(0, -1)) {
    driver.pass(4_000)
    driver.take(index, { deviceId: STORE })
    assert.equal(driver.state.reason, 'fetching-from-stores')
  }
  driver.take(9, { deviceId: STORE })
  assert.deepEqual(typesOf(driver.last), ['complete'])
})

test('I9 the only store is kept when it sends no more than a trickle', () => {
  const driver = new DownloadDriver({ ...SERVER_CLOSED, options: { minStoreBytesPerS: 8 * 1024 } })
  driver.link(STORE, ALL)
  const types = new Set<string>()
  for (const index of ALL) {
    for (const type of typesOf(driver.pass(4_000))) types.add(type)
    driver.take(index, { deviceId: STORE })
  }
  assert.deepEqual([...types], [])
  assert.equal(driver.state.table.held, 10)
})

test('I9 W7 when the window opens the server, what a stalled store owes goes there at that instant', () => {
  const driver = new DownloadDriver()
  driver.send({
    type: 'policy',
    role: 'kiosk',
    windows: driver.windows({ enforceProxyUntil: driver.inMs(60_000) }),
  })
  driver.link(STORE, ALL)
  assert.deepEqual(typesOf(driver.pass(59_999)), [])
  assert.deepEqual(typesOf(driver.pass(1)), ['cancel', 'ask-grant'])
  assert.equal(fetchedOf(driver.grant()).length, driver.options.originParallel)
})

test('I9 without a session there is no grant and no server: the store is kept until there is one', () => {
  const driver = new DownloadDriver()
  driver.link(STORE, ALL)
  driver.send({ type: 'session', online: false, storesOnline: 1 })
  assert.deepEqual(typesOf(driver.pass(60_000)), [])
  assert.deepEqual(askedOf(driver, STORE), [0, 1, 2, 3])
  assert.deepEqual(typesOf(driver.send({ type: 'session', online: true, storesOnline: 1 })), [
    'cancel',
    'ask-grant',
  ])
})

test('I9 a server that only lets others fetch first is no other source: the store is asked again', () => {
  const { driver, effects } = stalled({})
  assert.deepEqual(typesOf(effects), ['cancel', 'ask-grant'])
  const recalled = driver.send({ type: 'grant-refused', retryAt: driver.inMs(40_000) })
  assert.deepEqual(requestedOf(recalled, STORE).length, 4)
  assert.deepEqual(typesOf(driver.pass(39_999)), [])
  assert.deepEqual(typesOf(driver.pass(1)), ['cancel', 'ask-grant'])
})

test('I9 a server that does not answer is no other source; once it sends a chunk, the rest goes there', () => {
  const { driver } = stalled({})
  driver.grant()
  for (const index of [...driver.state.origin.fetching])
    driver.send({ type: 'origin-failed', index, reason: 'unreachable', retryAt: null })
  assert.equal(askedOf(driver, STORE).length, 4, 'the store is asked again')
  driver.pass(5_000)
  assert.equal(askedOf(driver, STORE).length, 4, 'and kept while the server is only tried')
  const { fetching } = driver.state.origin
  assert.ok(fetching.size > 0, 'for what nobody was asked for')
  const [first = -1] = fetching
  const effects = driver.take(first, 'server')
  assert.ok(typesOf(effects).includes('cancel'))
  assert.deepEqual(askedOf(driver, STORE), [])
})

test('I9 where everything is asked of a stalled store, one chunk tries whether the server answers again', () => {
  const driver = new DownloadDriver({
    digests: digestsOf(4),
    options: { minPipelineBytes: 8_000, maxPipelineBytes: 8_000 },
  })
  driver.link(STORE, [0, 1, 2, 3])
  driver.pass(5_000)
  driver.grant()
  for (const index of [...driver.state.origin.fetching])
    driver.send({ type: 'origin-failed', index, reason: 'unreachable', retryAt: null })
  assert.equal(askedOf(driver, STORE).length, 4)
  const effects = driver.pass(5_000)
  const [tried = -1] = fetchedOf(effects)
  assert.deepEqual(typesOf(effects), ['cancel', 'fetch'])
  assert.equal(askedOf(driver, STORE).length, 3)
  driver.send({ type: 'origin-failed', index: tried, reason: 'unreachable', retryAt: null })
  assert.equal(askedOf(driver, STORE).length, 3)
  assert.equal(driver.wakeAt, driver.state.origin.pausedUntil, 'it wakes to try again')
})

test('I9 another store takes over what it has; the rest stays with the one that stalled', () => {
  const { driver } = stalled({ ...SERVER_CLOSED, storesOnline: 2 })
  driver.send({ type: 'introduced', deviceId: OTHER })
  driver.send({ type: 'peer-joined', deviceId: OTHER, role: 'store' })
  const effects = [...driver.offer(OTHER, [0, 1, 5]), ...driver.send({ type: 'wake' })]
  assert.deepEqual(
    effects.filter(({ type }) => type === 'cancel'),
    [{ type: 'cancel', deviceId: STORE, indexes: [0, 1] }],
  )
  assert.deepEqual(requestedOf(effects, OTHER).sort(), [0, 1, 5])
  assert.deepEqual(askedOf(driver, STORE), [2, 3])
  for (const index of [0, 1, 5]) driver.take(index, { deviceId: OTHER })
  driver.take(2, { deviceId: STORE })
  driver.take(3, { deviceId: STORE })
  assert.deepEqual(askedOf(driver, STORE), [4, 6, 7, 8], 'it has sent something: it is as good as before')
})

test('I9 of two stores on a bad line neither is left alone for the other', () => {
  const driver = new DownloadDriver({ ...SERVER_CLOSED, storesOnline: 2 })
  driver.link(STORE, ALL)
  driver.link(OTHER, ALL)
  driver.pass(120_000)
  const owed = () => [...askedOf(driver, STORE), ...askedOf(driver, OTHER)].sort()
  const before = owed()
  assert.equal(before.length, 8)
  assert.deepEqual(typesOf(driver.pass(600_000)), [], 'requests do not go back and forth')
  assert.deepEqual(owed(), before)
})

test('I9 a store that was left alone is asked again once the other has nothing that is missing', () => {
  const driver = new DownloadDriver({ ...SERVER_CLOSED, storesOnline: 2 })
  driver.link(STORE, ALL)
  driver.link(OTHER, [0, 1, 2, 3])
  driver.pass(4_000)
  driver.send({ type: 'peer-have', deviceId: OTHER, indexes: [] })
  driver.pass(1_000)
  assert.deepEqual(askedOf(driver, STORE), [])
  assert.deepEqual(askedOf(driver, OTHER), [0, 1, 2, 3])
  for (const index of [0, 1, 2]) driver.take(index, { deviceId: OTHER })
  assert.deepEqual(askedOf(driver, STORE), [])
  assert.equal(requestedOf(driver.take(3, { deviceId: OTHER }), STORE).length, 4)
})

test('I9 a store whose link ends owes nothing: it is called again, and its chunks are missing', () => {
  const { driver } = stalled(SERVER_CLOSED)
  driver.send({ type: 'peer-left', deviceId: STORE })
  assert.equal(driver.state.table.missing.size, 10)
  assert.deepEqual(typesOf(driver.pass(1_000)), ['introduce'])
})

test('I9 P1 a package that is held back leaves its stalled store what it owes', () => {
  const driver = new DownloadDriver()
  driver.link(STORE, ALL)
  driver.send({ type: 'hold-back', on: true })
  assert.deepEqual(typesOf(driver.pass(60_000)), [])
  assert.deepEqual(askedOf(driver, STORE), [0, 1, 2, 3])
})

test('an origin that answers some requests and drops others is paused for the shortest time only', () => {
  const driver = new DownloadDriver({ storesOnline: 0 })
  driver.grant()
  for (const index of ALL) {
    const [failing = -1] = driver.state.origin.fetching
    driver.send({ type: 'origin-failed', index: failing, reason: 'unreachable', retryAt: null })
    assert.ok(driver.state.origin.pausedUntil - driver.now <= driver.options.minRetryMs, `${index}`)
    driver.pass(driver.options.minRetryMs)
    const [answered = -1] = driver.state.origin.fetching
    driver.take(answered, 'server')
  }
  assert.deepEqual(typesOf(driver.last), ['complete'])
})
