/** The windows, lived by whole sites: who may start when, to the millisecond, and what nobody asks for before. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Windows } from '../../../policy/windows.ts'
import { filesOf, Simulation } from '../../support/kiosk-simulator.ts'

const MINUTE_MS = 60_000

function windows(site: Simulation, onlyInMs: number | null, enforceInMs: number | null): Windows {
  const at = (ms: number | null) => (ms === null ? null : site.server.now() + ms)
  return { proxyDistribution: true, onlyToProxiesUntil: at(onlyInMs), enforceProxyUntil: at(enforceInMs) }
}

/** Clocks of device and server differ by half a round trip at most; frames take a moment. */
const BOUNDARY_MS = 100

test('W6 W7 before both bounds kiosks wait, say until when, and start by themselves at the boundary', async t => {
  const site = await Simulation.create(t)
  await site.time.advance(1_000)
  const reachedAt = site.time.nowMs + 60 * MINUTE_MS
  await site.publish(filesOf(1), 1, windows(site, 60 * MINUTE_MS, 60 * MINUTE_MS))
  await site.time.advance(59 * MINUTE_MS)
  for (const kiosk of site.kiosks) {
    assert.equal(kiosk.lobby?.phase, 'waiting')
    assert.equal(kiosk.lobby?.reason, 'windows-closed')
    assert.match(kiosk.lobby?.detail ?? '', /^waiting: .* in 1 min/)
    assert.equal(kiosk.lobby?.chunks.have, 0)
  }
  assert.equal(site.device('store1').lobby?.activeRelease, 1, 'W1: the store has it long before')
  await site.until('a kiosk has a chunk', () =>
    site.kiosks.some(kiosk => (kiosk.lobby?.chunks.have ?? 0) > 0),
  )
  assert.ok(Math.abs(site.time.nowMs - reachedAt) < BOUNDARY_MS, `${site.time.nowMs - reachedAt} ms off`)
  await site.untilAllRun(1)
  for (const kiosk of site.kiosks) assert.equal(kiosk.lobby?.bytes.fromServer, 0, 'W5: stores first')
})

test('W6 a boundary months ahead makes no timer spin', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  await site.publish(filesOf(1, 5_000), 1, windows(site, 60 * 24 * 60 * MINUTE_MS, 60 * 24 * 60 * MINUTE_MS))
  await site.time.advance(10_000)
  const delays: number[] = []
  const { host } = site.device('kiosk1')
  assert.ok(host)
  site.device('kiosk1').kill()
  site.device('kiosk1').boot((delayMs: number) => delays.push(delayMs))
  await site.time.advance(10_000)
  assert.ok(Math.max(...delays) <= 2 ** 31 - 1, 'what is longer fires at once in a browser')
})

test('W3 W4 “only … until” alone: kiosks go to the server, and no store is contacted', async t => {
  const site = await Simulation.create(t)
  await site.publish(filesOf(1), 1, windows(site, 60 * MINUTE_MS, null))
  await site.untilAllRun(1)
  assert.equal(site.server.introductionsMade, 0)
  for (const kiosk of site.kiosks) assert.equal(kiosk.lobby?.bytes.fromStores, 0)
})

test('W4 between the bounds with no store online: kiosks wait, say so, and the server sends nothing', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 2 })
  await site.publish(filesOf(1), 1, windows(site, null, 30 * MINUTE_MS))
  await site.time.advance(20 * MINUTE_MS)
  for (const kiosk of site.kiosks) {
    assert.equal(kiosk.lobby?.phase, 'waiting')
    assert.equal(kiosk.lobby?.reason, 'no-store-online')
    assert.match(kiosk.lobby?.detail ?? '', /no store is online/)
  }
  assert.equal(site.origin.sentBytes, 0)
  const reachedAt = site.time.nowMs + 10 * MINUTE_MS
  await site.until('a chunk from the server', () => site.origin.sentBytes > 0, 20 * MINUTE_MS)
  assert.ok(site.time.nowMs - reachedAt < 500, `${site.time.nowMs - reachedAt} ms late`)
  await site.untilAllRun(1)
})

test('W4 between the bounds with the store dying half way: kiosks wait for it, and go on when it is back', async t => {
  const site = await Simulation.create(t)
  await site.publish(filesOf(1), 1, windows(site, null, 600 * MINUTE_MS))
  await site.until('some', () => site.kiosks.every(kiosk => (kiosk.lobby?.chunks.have ?? 0) >= 5))
  const store = site.device('store1')
  store.kill()
  await site.time.advance(10 * MINUTE_MS)
  for (const kiosk of site.kiosks) assert.equal(kiosk.lobby?.reason, 'no-store-online', kiosk.name)
  store.boot()
  await site.untilAllRun(1, 60_000)
  for (const kiosk of site.kiosks) assert.equal(kiosk.lobby?.bytes.fromServer, 0)
})

test('W2 proxy distribution off: no store is contacted or serves, windows have no effect', async t => {
  const site = await Simulation.create(t)
  const off = { ...windows(site, 60 * MINUTE_MS, 60 * MINUTE_MS), proxyDistribution: false }
  await site.publish(filesOf(1), 1, off)
  await site.untilAllRun(1)
  assert.equal(site.server.introductionsMade, 0)
})

test('W3 W4 windows edited in the middle of a transfer withdraw what is under way', async t => {
  const site = await Simulation.create(t)
  site.origin.bytesPerMs = 5
  await site.publish(filesOf(1), 1, windows(site, null, null))
  await site.until('some', () => site.kiosks.every(kiosk => (kiosk.lobby?.chunks.have ?? 0) >= 5))
  site.server.setWindows('lobby', windows(site, 30 * MINUTE_MS, 30 * MINUTE_MS))
  await site.time.advance(500)
  const have = site.kiosks.map(kiosk => kiosk.lobby?.chunks.have)
  await site.time.advance(29 * MINUTE_MS)
  assert.deepEqual(
    site.kiosks.map(kiosk => kiosk.lobby?.chunks.have),
    have,
  )
  assert.ok(site.kiosks.every(kiosk => kiosk.lobby?.reason === 'windows-closed'))
  site.server.setWindows('lobby', windows(site, null, 600 * MINUTE_MS))
  await site.untilAllRun(1)
  for (const kiosk of site.kiosks) assert.equal(kiosk.lobby?.bytes.fromServer, 0)
  assert.deepEqual(
    site.server.events.filter(event => event.kind === 'peer-protocol-error'),
    [],
  )
})

test('a server whose clock is set back holds no timeout up, and windows go by the new clock', async t => {
  const site = await Simulation.create(t)
  await site.publish(filesOf(1), 1, windows(site, 10 * MINUTE_MS, 10 * MINUTE_MS))
  await site.time.advance(5 * MINUTE_MS)
  site.server.shiftClock(-60 * MINUTE_MS)
  await site.time.advance(30 * MINUTE_MS)
  assert.ok(site.kiosks.every(kiosk => kiosk.lobby?.reason === 'windows-closed'))
  site.server.setWindows('lobby', windows(site, null, null))
  await site.untilAllRun(1, 20_000)
})

test('W8 a kiosk that becomes a store fetches and serves as one', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 3 })
  await site.publish(filesOf(1), 1, windows(site, null, 600 * MINUTE_MS))
  await site.time.advance(30_000)
  assert.equal(site.origin.sentBytes, 0)
  site.server.setRole(site.device('kiosk1').deviceId, 'store')
  await site.untilAllRun(1)
  assert.equal(site.origin.sentBytesTo.size, 1)
})
