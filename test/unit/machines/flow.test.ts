/** What a download learns of a store's speed, and what it does with it: pipelines, stalls, the very end, the spread of a fleet. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  createFlow,
  flowBegins,
  flowed,
  isTrickle,
  pipelineBytesOf,
  timeFor,
} from '../../../client/machines/download/flow.ts'
import { defaultOptions } from '../../../client/options.ts'
import { DownloadDriver, digestsOf, fetchedOf, requestedOf, typesOf } from './download-driver.ts'

const KIB = 1024
const MIB = 1024 * KIB
const ALL = Array.from({ length: 40 }, (_, i) => i)

/** A store that sends evenly, a frame every few ms, beginning after a round trip. */
function flowOf(bytesPerMs: number, roundTripMs: number, forMs: number) {
  const flow = createFlow(0)
  flowBegins(flow, 0)
  for (let at = roundTripMs; at <= roundTripMs + forMs; at += 5)
    flowed(flow, 5 * bytesPerMs, at, defaultOptions)
  return flow
}

describe('flow', () => {
  test('rate and round trip are what was measured', () => {
    const flow = flowOf(10_000, 12, 3_000)
    assert.equal(flow.roundTripMs, 12)
    assert.ok(Math.abs((flow.rate ?? 0) - 10_000) < 500, `${flow.rate}`)
    assert.ok(Math.abs(timeFor(flow, 100_000) - 22) < 2)
  })

  test('the pipeline is what comes in half a second and two round trips, within floor and cap', () => {
    assert.equal(pipelineBytesOf(createFlow(0), defaultOptions), MIB)
    assert.equal(pipelineBytesOf(flowOf(100, 5, 3_000), defaultOptions), MIB)
    const fast = pipelineBytesOf(flowOf(12_000, 10, 3_000), defaultOptions)
    assert.ok(fast > 5.7 * MIB && fast < 6.3 * MIB, `${fast}`)
    assert.equal(pipelineBytesOf(flowOf(100_000, 10, 3_000), defaultOptions), 8 * MIB)
  })

  test('a pipeline that is the limit itself grows until it is none', () => {
    // The store sends what is asked within its round trip of 400 ms, and could send ten times as much.
    const flow = createFlow(0)
    let now = 0
    let asked = 0
    for (let i = 0; i < 8; i++) {
      asked = pipelineBytesOf(flow, defaultOptions)
      flowBegins(flow, now)
      now += 400
      flowed(flow, asked / 2, now, defaultOptions)
      flowed(flow, asked / 2, now + 200, defaultOptions)
      now += 200
    }
    assert.ok(asked >= 6 * MIB, `${asked}`)
  })

  test('a store that slows down is asked for less within a second', () => {
    const flow = flowOf(20_000, 5, 2_000)
    for (let at = 2_010; at < 3_100; at += 50) flowed(flow, 50 * 500, at, defaultOptions)
    assert.ok(pipelineBytesOf(flow, defaultOptions) < 2 * MIB)
  })

  test('W5 a trickle is what brings less than the least in a whole stall timeout', () => {
    const flow = createFlow(0)
    flowBegins(flow, 0)
    for (let at = 1_000; at < 5_000; at += 1_000) flowed(flow, 6 * KIB, at, defaultOptions)
    assert.equal(isTrickle(flow, 4_999, defaultOptions), false)
    assert.equal(isTrickle(flow, 5_000, defaultOptions), true)
    const better = createFlow(0)
    flowBegins(better, 0)
    for (let at = 1_000; at <= 60_000; at += 1_000) {
      flowed(better, 10 * KIB, at, defaultOptions)
      assert.equal(isTrickle(better, at, defaultOptions), false, `${at}`)
    }
  })
})

describe('a download over several stores', () => {
  const twoStores = () => {
    const driver = new DownloadDriver({ digests: digestsOf(40), storesOnline: 2 })
    driver.link('d-fast', ALL)
    driver.link('d-slow', ALL)
    return driver
  }

  test('W5 a store that trickles just under the stall timeout has stalled: its work goes to the other', () => {
    const driver = new DownloadDriver({
      digests: digestsOf(40),
      storesOnline: 2,
      options: { minStoreBytesPerS: 1_000 },
    })
    driver.link('d-slow', ALL)
    driver.link('d-fast', [])
    const effects = []
    for (let i = 0; i < 4; i++) {
      effects.push(...driver.pass(2_000))
      if (i < 2) driver.send({ type: 'peer-progress', deviceId: 'd-slow', bytes: 1_200 })
    }
    assert.ok(effects.some(effect => effect.type === 'cancel' && effect.deviceId === 'd-slow'))
    assert.ok((driver.state.peers.get('d-slow')?.stall?.pausedUntil ?? 0) > driver.now)
  })

  test('work moves to the faster one: each is asked again when a quarter of its pipeline has come', () => {
    const driver = twoStores()
    const slow = [...(driver.state.peers.get('d-slow')?.asked ?? [])]
    let fromFast = 0
    for (let i = 0; i < 40; i++) {
      driver.pass(10)
      const [next] = driver.state.peers.get('d-fast')?.asked ?? []
      if (next === undefined) break
      if (!slow.includes(next)) fromFast += 1
      driver.take(next, { deviceId: 'd-fast' })
    }
    assert.equal(fromFast, 36)
  })

  test('the very end: what the slow one still owes is asked of the idle one too, and taken back when it is there', () => {
    const driver = twoStores()
    for (let now = 0; now < 40; now++) {
      driver.pass(40)
      // Enough for both rates to be known: one chunk in 40 ms against a tenth of one.
      driver.send({ type: 'peer-progress', deviceId: 'd-slow', bytes: 100 })
      const [next] = driver.state.peers.get('d-fast')?.asked ?? []
      if (next !== undefined && driver.state.table.missing.size > 0) driver.take(next, { deviceId: 'd-fast' })
    }
    const owed = [...(driver.state.peers.get('d-slow')?.asked ?? [])]
    assert.ok(owed.length > 0)
    assert.equal(driver.state.hedged.size, 0, 'nothing is asked twice while there is other work')
    let hedged: number[] = []
    for (let i = 0; i < 10 && hedged.length === 0; i++) {
      driver.pass(40)
      const [next] = driver.state.peers.get('d-fast')?.asked ?? []
      if (next === undefined) break
      hedged = requestedOf(driver.take(next, { deviceId: 'd-fast' }), 'd-fast')
    }
    assert.deepEqual(hedged.toSorted(), owed.toSorted())
    const [first = -1] = hedged
    const effects = driver.take(first, { deviceId: 'd-fast' })
    assert.deepEqual(
      effects.filter(effect => effect.type === 'cancel'),
      [{ type: 'cancel', deviceId: 'd-slow', indexes: [first] }],
    )
    // The copy that was under way all the same changes nothing.
    assert.ok(!typesOf(driver.receive(first, { deviceId: 'd-slow' })).includes('store'))
    driver.send({ type: 'peer-left', deviceId: 'd-fast' })
    assert.equal(driver.state.table.missing.size, 0, 'the slow one is still asked for the others')
  })

  test('what all stores together were asked for stays within memory, and an idle one still gets a chunk', () => {
    const driver = new DownloadDriver({
      digests: digestsOf(40),
      storesOnline: 3,
      options: { minPipelineBytes: 3_000, maxPipelineBytes: 3_000 },
    })
    for (const store of ['d-a', 'd-b', 'd-c']) driver.link(store, ALL)
    const asked = [...driver.state.peers.values()].map(peer => peer.asked.size)
    assert.deepEqual(asked, [3, 3, 1])
  })

  test('W5 a device that slept blames nobody for that time, and notices a stall that goes on', () => {
    const driver = new DownloadDriver({ digests: digestsOf(40) })
    driver.link('d-store', ALL)
    // Lid closed for a minute: timers come late, and what arrived is still in the queue of events.
    driver.now += 60_000
    assert.ok(!typesOf(driver.send({ type: 'wake' })).includes('cancel'))
    assert.equal(driver.state.peers.get('d-store')?.asked.size, 4)
    assert.ok(typesOf(driver.pass(5_000)).includes('cancel'))
  })

  test('a single store at the very end is not asked twice', () => {
    const driver = new DownloadDriver({ digests: digestsOf(2) })
    driver.link('d-fast', [0, 1])
    driver.take(0, { deviceId: 'd-fast' })
    assert.equal(driver.state.hedged.size, 0)
    assert.deepEqual(requestedOf(driver.pass(1_000), 'd-fast'), [])
  })
})

describe('admission', () => {
  const spread = { options: { admissionSpreadMs: 2_000 } }

  test('W6 kiosks that see the server open at the same instant spread over a moment, each in its own place', () => {
    for (const [chance, waitMs] of [
      [0, 0],
      [0.25, 500],
      [0.999, 1_998],
    ] as const) {
      const driver = new DownloadDriver({ ...spread, chance, storesOnline: 0 })
      if (waitMs > 0) assert.deepEqual(typesOf([...driver.last, ...driver.pass(waitMs - 1)]), [])
      assert.deepEqual(typesOf(waitMs > 0 ? driver.pass(1) : driver.last), ['ask-grant'])
    }
  })

  test('W1 a store does not wait', () => {
    const driver = new DownloadDriver({ ...spread, chance: 0.9, role: 'store', storesOnline: 0 })
    assert.deepEqual(typesOf(driver.last), ['ask-grant'])
  })

  test('a refusal that says when to come back is kept to, and those who were told the same come one by one', () => {
    const driver = new DownloadDriver({ ...spread, chance: 0.5, storesOnline: 0 })
    driver.pass(1_000)
    driver.send({ type: 'grant-refused', retryAt: driver.inMs(10_000) })
    assert.equal(driver.state.reason, 'grant-refused')
    assert.deepEqual(typesOf(driver.pass(10_999)), [])
    assert.deepEqual(typesOf(driver.pass(1)), ['ask-grant'])
  })

  test('what waits its moment says that it is about to fetch', () => {
    const driver = new DownloadDriver({ ...spread, chance: 0.5, storesOnline: 0 })
    assert.equal(driver.state.reason, 'fetching-from-server')
  })
})

test('I6 two stores alone begin at different places of what they would both fetch', () => {
  const firsts = [0, 0.5].map(chance => {
    const driver = new DownloadDriver({ role: 'store', digests: digestsOf(40), chance, storesOnline: 1 })
    driver.link('d-other', [])
    driver.send({ type: 'peer-alive', deviceId: 'd-other' })
    return fetchedOf(driver.grant())
  })
  assert.equal(firsts[0]?.length, 6)
  assert.deepEqual(
    firsts[0]?.filter(index => firsts[1]?.includes(index)),
    [],
  )
})
