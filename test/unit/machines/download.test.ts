/** The download machine and the stores: windows, who is asked, and what stores refuse, each to the millisecond. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DownloadDriver, fetchedOf, requestedOf, typesOf } from './download-driver.ts'

const STORE = 'd-store'
const ALL = Array.from({ length: 10 }, (_, i) => i)

describe('windows', () => {
  test('W6 W7 before both bounds nothing is asked; at exactly the boundary the machine starts by its own wake', () => {
    const driver = new DownloadDriver()
    const until = driver.inMs(3_600_000)
    const windows = driver.windows({ onlyToProxiesUntil: until, enforceProxyUntil: until })
    driver.send({ type: 'policy', role: 'kiosk', windows })
    const waiting = new DownloadDriver({ windows })
    assert.deepEqual(typesOf(waiting.last), [])
    assert.equal(waiting.state.reason, 'windows-closed')
    assert.equal(waiting.wakeAt, waiting.now + 3_600_000)
    assert.deepEqual(typesOf(waiting.pass(3_599_999)), [])
    assert.deepEqual(typesOf(waiting.pass(1)), ['introduce'])
  })

  test('W6 a wake that comes too early changes nothing and the machine asks for the rest of the time', () => {
    const driver = new DownloadDriver()
    const windows = driver.windows({
      onlyToProxiesUntil: driver.inMs(1_000),
      enforceProxyUntil: driver.inMs(1_000),
    })
    const waiting = new DownloadDriver({ windows })
    waiting.now += 400
    assert.deepEqual(typesOf(waiting.send({ type: 'wake' })), [])
    assert.equal(waiting.wakeAt, waiting.now + 600)
  })

  test('W4 only the stores are open: the server is never asked, also when no store answers', () => {
    const driver = new DownloadDriver({ windows: { enforceProxyUntil: Number.MAX_SAFE_INTEGER } })
    const types = new Set(typesOf(driver.pass(3_600_000)))
    assert.deepEqual([...types], ['introduce'])
    assert.equal(driver.state.reason, 'stores-not-answering')
  })

  test('W4 only the stores are open and none is online: the reason says so', () => {
    const driver = new DownloadDriver({
      windows: { enforceProxyUntil: Number.MAX_SAFE_INTEGER },
      storesOnline: 0,
    })
    assert.deepEqual(typesOf(driver.pass(60_000)), [])
    assert.equal(driver.state.reason, 'no-store-online')
    assert.deepEqual(typesOf(driver.send({ type: 'session', online: true, storesOnline: 1 })), ['introduce'])
  })

  test('W2 W3 closed stores: the server is asked, no store is, and a link shows no interest', () => {
    const driver = new DownloadDriver({ windows: { proxyDistribution: false } })
    assert.deepEqual(typesOf(driver.last), ['ask-grant'])
    assert.deepEqual(typesOf(driver.send({ type: 'peer-joined', deviceId: STORE, role: 'store' })), [])
    assert.deepEqual(fetchedOf(driver.grant()), [0, 1, 2, 3, 4, 5])
  })

  test('I1 windows edited in the middle withdraw requests from stores', () => {
    const driver = new DownloadDriver()
    driver.link(STORE, ALL)
    const windows = driver.windows({
      onlyToProxiesUntil: driver.inMs(60_000),
      enforceProxyUntil: driver.inMs(60_000),
    })
    const effects = driver.send({ type: 'policy', role: 'kiosk', windows })
    assert.deepEqual(effects[0], { type: 'cancel', deviceId: STORE, indexes: [0, 1, 2, 3] })
    assert.equal(driver.state.table.missing.size, 10)
  })

  test('I1 windows edited in the middle abort requests to the server', () => {
    const driver = new DownloadDriver({ storesOnline: 0 })
    driver.grant()
    assert.equal(driver.state.origin.fetching.size, 6)
    const windows = driver.windows({ enforceProxyUntil: driver.inMs(60_000) })
    assert.deepEqual(typesOf(driver.send({ type: 'policy', role: 'kiosk', windows })), ['abort-fetches'])
    assert.equal(driver.state.origin.fetching.size, 0)
    assert.equal(driver.state.table.missing.size, 10)
  })

  test('W1 a store asks the server whatever the windows say', () => {
    const windows = {
      onlyToProxiesUntil: Number.MAX_SAFE_INTEGER,
      enforceProxyUntil: Number.MAX_SAFE_INTEGER,
    }
    const driver = new DownloadDriver({ role: 'store', windows, storesOnline: 0 })
    assert.deepEqual(typesOf(driver.last), ['ask-grant'])
  })

  test('a server clock that is set while a window is waited for moves the start and no timeout', () => {
    const driver = new DownloadDriver({ windows: { onlyToProxiesUntil: null } })
    const until = driver.inMs(600_000)
    const windows = driver.windows({ onlyToProxiesUntil: until, enforceProxyUntil: until })
    driver.send({ type: 'policy', role: 'kiosk', windows })
    driver.clockShiftMs = 599_000
    driver.send({ type: 'session', online: true, storesOnline: 1 })
    assert.deepEqual(typesOf(driver.pass(999)), [])
    assert.ok(typesOf(driver.pass(1)).includes('introduce'))
    driver.clockShiftMs = -3_600_000
    assert.equal(driver.state.contact.name, 'asking')
  })
})

describe('W5 stores first', () => {
  test('W5 the server is not asked while a store is being contacted; 10 s later it is, at exactly that time', () => {
    const driver = new DownloadDriver()
    assert.deepEqual(typesOf(driver.last), ['introduce'])
    assert.equal(driver.state.reason, 'contacting-store')
    assert.deepEqual(typesOf(driver.pass(9_999)), [])
    assert.deepEqual(typesOf(driver.pass(1)), ['ask-grant'])
  })

  test('W5 a contact that was introduced but not linked has the same 10 s in all', () => {
    const driver = new DownloadDriver()
    driver.pass(4_000)
    driver.send({ type: 'introduced', deviceId: STORE })
    assert.deepEqual(typesOf(driver.pass(5_999)), [])
    assert.ok(typesOf(driver.pass(1)).includes('ask-grant'))
  })

  test('W5 further attempts to reach a store go on beside the server and give no hope', () => {
    const driver = new DownloadDriver()
    driver.pass(10_000)
    driver.grant()
    for (let index = 0; index < 4; index++) {
      driver.pass(20_000)
      driver.take(index, 'server')
      assert.ok(driver.state.origin.fetching.size > 0, `${index}`)
    }
    assert.ok(driver.state.contact.name !== 'idle' && driver.state.contact.attempt > 0)
  })

  test('W5 no store online: the server at once', () => {
    assert.deepEqual(typesOf(new DownloadDriver({ storesOnline: 0 }).last), ['ask-grant'])
  })

  test('W5 the server refuses to introduce for lack of a store: the server at once', () => {
    const driver = new DownloadDriver()
    assert.deepEqual(typesOf(driver.send({ type: 'contact-failed', retryAt: null })), ['ask-grant'])
  })

  test('W7 refused a moment too early, the kiosk comes back at the boundary and does not turn to the server', () => {
    const driver = new DownloadDriver()
    assert.deepEqual(typesOf(driver.send({ type: 'contact-failed', retryAt: driver.inMs(150) })), [])
    assert.deepEqual(typesOf(driver.pass(149)), [])
    assert.deepEqual(typesOf(driver.pass(1)), ['introduce'])
  })

  test('a refusal that names an instant in the past is no reason to ask in a circle', () => {
    const driver = new DownloadDriver()
    driver.send({ type: 'contact-failed', retryAt: driver.inMs(-5_000) })
    assert.deepEqual(typesOf(driver.pass(99)), [])
    assert.deepEqual(typesOf(driver.pass(1)), ['introduce'])
  })

  test('an answer that comes after its time was up changes nothing', () => {
    const driver = new DownloadDriver()
    driver.pass(10_500)
    const before = structuredClone(driver.state.contact)
    driver.send({ type: 'contact-failed', retryAt: null })
    assert.deepEqual(driver.state.contact, before)
  })

  test('W5 while an offering store is alive the server is not asked', () => {
    const driver = new DownloadDriver()
    assert.deepEqual(requestedOf(driver.link(STORE, ALL), STORE), [0, 1, 2, 3])
    for (let index = 0; index < 10; index++) {
      assert.deepEqual(typesOf(driver.pass(4_000)), [])
      const types = typesOf(driver.take(index, { deviceId: STORE }))
      assert.ok(!types.includes('ask-grant') && !types.includes('fetch'), `${types}`)
    }
    assert.deepEqual(typesOf(driver.last), ['complete'])
    assert.equal(driver.state.traffic.fromStores, 10 * 1_001)
  })

  test('W5 a store without a byte for 5 s has stalled: its requests go to the server, and it is left alone', () => {
    const driver = new DownloadDriver()
    driver.link(STORE, ALL)
    assert.deepEqual(typesOf(driver.pass(4_999)), [])
    const effects = driver.pass(1)
    assert.deepEqual(typesOf(effects), ['cancel', 'ask-grant'])
    assert.equal(driver.grant().length > 0, true)
    assert.equal(driver.state.origin.fetching.size, 6)
    assert.deepEqual(requestedOf(driver.pass(29_999), STORE), [])
    assert.ok(requestedOf(driver.pass(1), STORE).length > 0, 'after suspectMs it may try again')
  })

  test('W5 slices keep a slow store alive', () => {
    const driver = new DownloadDriver()
    driver.link(STORE, ALL)
    for (let i = 0; i < 10; i++) {
      driver.pass(4_900)
      assert.deepEqual(typesOf(driver.send({ type: 'peer-progress', deviceId: STORE, bytes: 500 })), [])
    }
    assert.equal(driver.state.peers.get(STORE)?.asked.size, 4)
  })

  test('PR-P8 FETCHING keeps the hope of a kiosk that has nothing to ask; silence ends it after 5 s', () => {
    const driver = new DownloadDriver()
    driver.link(STORE, [])
    assert.equal(driver.state.reason, 'waiting-for-store-progress')
    for (let i = 0; i < 10; i++) {
      assert.deepEqual(typesOf(driver.pass(1_500)), [])
      driver.send({ type: 'peer-alive', deviceId: STORE })
    }
    assert.deepEqual(typesOf(driver.pass(4_999)), [])
    assert.deepEqual(typesOf(driver.pass(1)), ['ask-grant'])
    assert.deepEqual(
      requestedOf(driver.send({ type: 'peer-have', deviceId: STORE, indexes: [7] }), STORE),
      [7],
    )
  })

  test('PR-P8 FETCHING does not hide that what was asked for does not come', () => {
    const driver = new DownloadDriver()
    driver.link(STORE, ALL)
    for (let i = 0; i < 3; i++) {
      driver.pass(1_500)
      driver.send({ type: 'peer-alive', deviceId: STORE })
    }
    assert.deepEqual(typesOf(driver.pass(500)).slice(0, 1), ['cancel'])
  })

  test('W5 a store that offers nothing and shows no life: the server after the stall timeout', () => {
    const driver = new DownloadDriver()
    driver.send({ type: 'introduced', deviceId: STORE })
    assert.deepEqual(typesOf(driver.send({ type: 'peer-joined', deviceId: STORE, role: 'store' })), [
      'interest',
    ])
    assert.deepEqual(typesOf(driver.pass(4_999)), [])
    assert.deepEqual(typesOf(driver.pass(1)), ['ask-grant'])
  })

  test('W5 the store goes away: what was asked of it is missing again, and the server is asked', () => {
    const driver = new DownloadDriver()
    driver.link(STORE, ALL)
    assert.deepEqual(typesOf(driver.send({ type: 'peer-left', deviceId: STORE })), ['ask-grant'])
    assert.equal(driver.state.table.missing.size, 10)
    assert.deepEqual(typesOf(driver.pass(999)), [])
    assert.deepEqual(typesOf(driver.pass(1)), ['introduce'], 'called again after minRetryMs')
  })

  test('a store that leaves while another is being reached does not end that reaching', () => {
    const driver = new DownloadDriver({ storesOnline: 2 })
    driver.link(STORE, ALL)
    assert.equal(driver.state.contact.name, 'asking')
    driver.send({ type: 'introduced', deviceId: 'd-other' })
    assert.deepEqual(typesOf(driver.send({ type: 'peer-left', deviceId: STORE })), [])
    assert.equal(driver.state.contact.name, 'connecting')
  })

  test('a store that joins by itself does not end the reaching for another', () => {
    const driver = new DownloadDriver({ storesOnline: 2 })
    driver.send({ type: 'introduced', deviceId: 'd-other' })
    driver.send({ type: 'peer-joined', deviceId: STORE, role: 'store' })
    assert.equal(driver.state.contact.name, 'connecting')
  })
})

describe('rejects', () => {
  test('PR-P11 a store that says "later" still gives hope for the stall timeout, and is asked when it said', () => {
    const driver = new DownloadDriver()
    driver.send({ type: 'introduced', deviceId: STORE })
    driver.send({ type: 'peer-joined', deviceId: STORE, role: 'store' })
    const reject = {
      type: 'peer-reject',
      deviceId: STORE,
      reason: 'not-assigned',
      retryAfterMs: 1_000,
      indexes: [],
    } as const
    for (let i = 0; i < 4; i++) {
      assert.deepEqual(typesOf(driver.send(reject)), [])
      assert.deepEqual(typesOf(driver.pass(999)), [])
      assert.deepEqual(typesOf(driver.pass(1)), ['interest'])
    }
    driver.send(reject)
    assert.deepEqual(typesOf(driver.pass(1_000)), ['interest', 'ask-grant'], 'not for ever')
    assert.deepEqual(requestedOf(driver.offer(STORE, ALL), STORE), [0, 1, 2, 3])
  })

  test('PR-P11 a store that rejects without saying when gives no hope and is asked again after suspectMs', () => {
    const driver = new DownloadDriver()
    driver.link(STORE, ALL)
    const reject = {
      type: 'peer-reject',
      deviceId: STORE,
      reason: 'proxy-distribution-off',
      retryAfterMs: 0,
      indexes: [],
    } as const
    assert.deepEqual(typesOf(driver.send(reject)), ['ask-grant'])
    assert.equal(driver.state.table.missing.size, 10)
    const effects = driver.pass(30_000)
    assert.equal(typesOf(effects).filter(type => type === 'interest').length, 1)
  })

  test('PR-P5 an offer that comes unasked ends a rejection', () => {
    const driver = new DownloadDriver()
    driver.link(STORE, [])
    driver.send({
      type: 'peer-reject',
      deviceId: STORE,
      reason: 'window-closed',
      retryAfterMs: 60_000,
      indexes: [],
    })
    assert.deepEqual(requestedOf(driver.offer(STORE, [3]), STORE), [3])
  })

  test('chunks that are not held there are asked elsewhere', () => {
    const driver = new DownloadDriver({ storesOnline: 2 })
    driver.link(STORE, ALL)
    driver.link('d-other', ALL)
    const reject = {
      type: 'peer-reject',
      deviceId: STORE,
      reason: 'not-held',
      retryAfterMs: 0,
      indexes: [0],
    } as const
    driver.send(reject)
    assert.equal(driver.state.peers.get(STORE)?.has.has(0), false)
    driver.take(4, { deviceId: 'd-other' })
    driver.take(5, { deviceId: 'd-other' })
    assert.equal(
      driver.state.peers.get('d-other')?.asked.has(0) || driver.state.peers.get('d-other')?.queue.includes(0),
      true,
    )
  })

  test('a busy store is asked again after what it said', () => {
    const driver = new DownloadDriver()
    driver.link(STORE, ALL)
    const busy = {
      type: 'peer-reject',
      deviceId: STORE,
      reason: 'busy',
      retryAfterMs: 300,
      indexes: [0, 1, 2, 3],
    } as const
    assert.deepEqual(requestedOf(driver.send(busy), STORE), [])
    assert.deepEqual(requestedOf(driver.pass(299), STORE), [])
    assert.deepEqual(requestedOf(driver.pass(1), STORE), [4, 5, 6, 7])
  })
})
