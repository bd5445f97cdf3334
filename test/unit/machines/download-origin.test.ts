/** The download machine and the server: when it is asked, and for which chunks, by a kiosk and by the stores of one site. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rendezvousOwner } from '../../../policy/rendezvous.ts'
import { DownloadDriver, digestsOf, fetchedOf, requestedOf, SELF, typesOf } from './download-driver.ts'

const STORE = 'd-store'

describe('the server', () => {
  test('a refused grant is asked for again at the time the server named, and not before', () => {
    const driver = new DownloadDriver({ storesOnline: 0 })
    driver.send({ type: 'grant-refused', retryAt: driver.inMs(60_000) })
    assert.equal(driver.state.reason, 'grant-refused')
    assert.deepEqual(typesOf(driver.pass(59_999)), [])
    assert.deepEqual(typesOf(driver.pass(1)), ['ask-grant'])
  })

  test('a grant is replaced before it ends; one that is short-lived is not asked for in a circle', () => {
    const driver = new DownloadDriver({ storesOnline: 0, digests: digestsOf(100) })
    driver.grant(300_000)
    driver.pass(279_999)
    assert.ok(!typesOf(driver.take(0, 'server')).includes('ask-grant'))
    driver.pass(1)
    assert.ok(typesOf(driver.take(1, 'server')).includes('ask-grant'))
    assert.ok(!typesOf(driver.grant(-5_000)).includes('ask-grant'))
  })

  test('an unreachable server is tried again after 1, 2, 4 … 60 s', () => {
    const driver = new DownloadDriver({ storesOnline: 0, digests: digestsOf(1) })
    driver.grant(86_400_000)
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      driver.send({ type: 'origin-failed', index: 0, reason: 'unreachable', retryAt: null })
      assert.equal(driver.state.reason, 'server-unreachable')
      assert.deepEqual(fetchedOf(driver.pass(pauseMs - 1)), [], `${pauseMs}`)
      assert.deepEqual(fetchedOf(driver.pass(1)), [0], `${pauseMs}`)
    }
  })

  test('enough: what is under way is taken back, what is here stays, and what is lost later is not missed', () => {
    const driver = new DownloadDriver({ storesOnline: 0, held: [0, 1] })
    driver.grant()
    driver.take(2, 'server')
    assert.ok(driver.state.origin.fetching.size > 0)
    assert.deepEqual(typesOf(driver.send({ type: 'enough' })), ['abort-fetches', 'complete'])
    assert.deepEqual([driver.state.table.held, driver.state.table.total], [3, 3])
    assert.deepEqual([...driver.state.origin.fetching], [])
    driver.send({ type: 'lost', digests: new Set(digestsOf(1)) })
    assert.deepEqual(fetchedOf(driver.pass(60_000)), [])
    assert.deepEqual([driver.state.table.held, driver.state.completed], [2, true])
  })

  test('I8 while something is still being written, enough asks for nothing either', () => {
    const driver = new DownloadDriver({ storesOnline: 2, windows: { proxyDistribution: true } })
    driver.link(STORE, [0, 1, 2])
    driver.receive(0, { deviceId: STORE })
    assert.deepEqual(typesOf(driver.send({ type: 'enough' })), ['cancel'])
    assert.deepEqual(typesOf(driver.pass(60_000)), [])
    driver.offer(STORE, [0, 1, 2, 3])
    assert.deepEqual(typesOf(driver.last), [])
    assert.deepEqual(typesOf(driver.send({ type: 'stored', index: 0 })), ['complete'])
  })

  test('requests that fail together are one failure', () => {
    const driver = new DownloadDriver({ storesOnline: 0 })
    driver.grant()
    for (const index of [0, 1, 2, 3, 4, 5])
      driver.send({ type: 'origin-failed', index, reason: 'unreachable', retryAt: null })
    assert.equal(driver.state.origin.failures, 1)
    assert.equal(driver.state.table.missing.size, 10)
  })

  test('a chunk refused for its grant: with retryAt then, without it a new grant after a pause', () => {
    const driver = new DownloadDriver({ storesOnline: 0, digests: digestsOf(1) })
    driver.grant()
    assert.deepEqual(
      typesOf(driver.send({ type: 'origin-failed', index: 0, reason: 'grant', retryAt: null })),
      [],
    )
    assert.deepEqual(typesOf(driver.pass(1_000)), ['ask-grant'])
    driver.grant()
    driver.send({ type: 'origin-failed', index: 0, reason: 'grant', retryAt: driver.inMs(5_000) })
    assert.deepEqual(typesOf(driver.pass(4_999)), [])
    assert.deepEqual(typesOf(driver.pass(1)), ['ask-grant'])
  })

  test('a session that ends takes its requests with it; the next one begins anew', () => {
    const driver = new DownloadDriver()
    assert.equal(driver.state.contact.name, 'asking')
    driver.send({ type: 'session', online: false, storesOnline: 1 })
    assert.equal(driver.state.contact.name, 'idle')
    assert.deepEqual(typesOf(driver.pass(60_000)), [])
    assert.deepEqual(typesOf(driver.send({ type: 'session', online: true, storesOnline: 1 })), ['introduce'])
  })
})

describe('W9 stores among themselves', () => {
  const digests = digestsOf(40)
  const shareOf = (deviceId: string, owners: readonly string[]) =>
    digests.flatMap((digest, index) => (rendezvousOwner(digest, owners) === deviceId ? index : []))

  test('I6 a store fetches its own share, and asks its fellow for what that has', () => {
    const driver = new DownloadDriver({ role: 'store', digests })
    driver.link(STORE, [])
    driver.grant()
    const own = shareOf(SELF, [SELF, STORE])
    assert.ok(own.length > 6 && own.length < 34)
    const fetched: number[] = []
    for (
      let next = [...driver.state.origin.fetching];
      next.length > 0;
      next = [...driver.state.origin.fetching]
    ) {
      for (const index of next) {
        fetched.push(index)
        driver.take(index, 'server')
        driver.send({ type: 'peer-alive', deviceId: STORE })
      }
    }
    assert.deepEqual(
      fetched.sort((a, b) => a - b),
      own,
    )
    const [theirs = -1] = shareOf(STORE, [SELF, STORE])
    const effects = driver.send({ type: 'peer-have', deviceId: STORE, indexes: [theirs] })
    assert.deepEqual(requestedOf(effects, STORE), [theirs])
  })

  test('I6 what a fellow has crosses the uplink no second time, until it cannot be had from there', () => {
    const driver = new DownloadDriver({ role: 'store', digests, options: { originParallel: 40 } })
    driver.link(STORE, [...digests.keys()])
    assert.deepEqual(fetchedOf(driver.grant()), [])
    const own = shareOf(SELF, [SELF, STORE])
    const [lost = -1] = own
    const asked = [...(driver.state.peers.get(STORE)?.asked ?? [])]
    assert.ok(asked.includes(lost))
    const rejected = driver.send({
      type: 'peer-reject',
      deviceId: STORE,
      reason: 'not-held',
      retryAfterMs: 0,
      indexes: [lost],
    })
    assert.deepEqual(fetchedOf(rejected), [lost])
    assert.equal(fetchedOf(driver.send({ type: 'peer-left', deviceId: STORE })).length, 39)
  })

  test('I6 a store waits for its fellows while it reaches for them the first time, and no longer', () => {
    const driver = new DownloadDriver({ role: 'store', digests })
    assert.deepEqual(typesOf(driver.last), ['introduce', 'ask-grant'])
    assert.deepEqual(fetchedOf(driver.grant()), [])
    assert.deepEqual(fetchedOf(driver.pass(9_999)), [])
    assert.equal(fetchedOf(driver.pass(1)).length, 6)
  })

  test("I6 a fellow's share is taken over when it goes, and when it shows no life for 5 s", () => {
    for (const end of ['leaves', 'is silent']) {
      const driver = new DownloadDriver({
        role: 'store',
        digests: digests.slice(0, 12),
        options: { originParallel: 12 },
      })
      driver.link(STORE, [])
      const own = fetchedOf(driver.grant())
      assert.ok(own.length < 12)
      const more = end === 'leaves' ? driver.send({ type: 'peer-left', deviceId: STORE }) : driver.pass(5_000)
      assert.equal(own.length + fetchedOf(more).length, 12, end)
    }
  })
})
