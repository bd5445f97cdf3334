/** Sites on a LAN that loses packets: links stay, but bytes come in fits and starts, with pauses beyond the stall timeout. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Windows } from '../../../policy/windows.ts'
import { decodePeerMessage } from '../../../protocol/peer/codec.ts'
import { SERVER_EPOCH_MS } from '../../support/fake-signal-server.ts'
import {
  editedFiles,
  filesOf,
  OPEN,
  type SimulatedDevice,
  Simulation,
} from '../../support/kiosk-simulator.ts'
import { seededRandom } from '../../support/virtual-time.ts'

const CHUNKS = 40
const SERVER_CLOSED = { enforceProxyUntil: SERVER_EPOCH_MS + 30 * 86_400_000 }

/** What a kiosk asked of stores, one entry for each index and time, and what it took back. */
function watchRequests(site: Simulation, kiosk: SimulatedDevice) {
  const seen = { requested: 0, cancelled: 0 }
  const { onSend } = site.lan
  site.lan.onSend = (from, to, frame) => {
    onSend(from, to, frame)
    const decoded = decodePeerMessage(frame)
    if (from !== kiosk.deviceId || !decoded.ok) return
    if (decoded.message.type === 'request') seen.requested += decoded.message.indexes.length
    if (decoded.message.type === 'cancel') seen.cancelled += decoded.message.indexes.length
  }
  return seen
}

/** The store has the release; the kiosk comes to it over a line that loses this share of the frames. */
async function lossySite(
  t: Parameters<typeof Simulation.create>[0],
  {
    seed,
    rate,
    stores = 1,
    windows,
  }: { seed: number; rate: number; stores?: number; windows?: Partial<Windows> },
) {
  const site = await Simulation.create(t, { stores, kiosks: 1, seed })
  const kiosk = site.device('kiosk1')
  kiosk.kill()
  await site.publish(filesOf(seed, CHUNKS * 1_000), 1, { ...OPEN, ...windows })
  await site.until('the stores have it', () =>
    site.devices.every(device => device === kiosk || device.lobby?.activeRelease === 1),
  )
  const seen = watchRequests(site, kiosk)
  site.lan.loss = { rate, chance: seededRandom(seed) }
  kiosk.boot()
  return { site, kiosk, seen }
}

for (const rate of [0.05, 0.2, 0.5]) {
  test(`I9 at ${rate * 100} % loss and with the server closed a kiosk keeps its only store and gets every chunk of one request`, async t => {
    for (let seed = 1; seed <= 6; seed++) {
      const { site, seen } = await lossySite(t, {
        seed,
        rate,
        windows: SERVER_CLOSED,
      })
      await site.untilAllRun(1, 3_600_000)
      assert.deepEqual(seen, { requested: CHUNKS, cancelled: 0 }, `seed ${seed}`)
    }
  })
}

test('I9 over two stores on a line that loses half of the frames, a kiosk gets all from them while the server is closed', async t => {
  for (let seed = 1; seed <= 6; seed++) {
    const { site, kiosk } = await lossySite(t, {
      seed,
      rate: 0.5,
      stores: 2,
      windows: SERVER_CLOSED,
    })
    await site.untilAllRun(1, 3_600_000)
    assert.equal(kiosk.lobby?.bytes.fromServer, 0)
    assert.ok(site.time.nowMs < 180_000, `seed ${seed}: ${site.time.nowMs} ms`)
  }
})

test('I9 a server that is open and does not answer is no reason to leave the only store', async t => {
  for (let seed = 1; seed <= 6; seed++) {
    const { site, kiosk } = await lossySite(t, { seed, rate: 0.5 })
    await site.until('it fetches', () => (kiosk.lobby?.chunks.have ?? 0) > 0)
    site.origin.isDown = true
    const beganAt = site.time.nowMs
    await site.untilAllRun(1, 3_600_000)
    assert.ok(site.time.nowMs - beganAt < 300_000, `seed ${seed}: ${site.time.nowMs - beganAt} ms`)
  }
})

test('W5 where the server is open and answers, a kiosk on a bad line turns to it', async t => {
  const { site, kiosk } = await lossySite(t, { seed: 1, rate: 0.8 })
  await site.untilAllRun(1, 120_000)
  assert.ok((kiosk.lobby?.bytes.fromServer ?? 0) > 0)
})

test('I9 PR-D8 a patch is not given up for chunks that would have to come from the same stalled store', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  const kiosk = site.device('kiosk1')
  site.origin.patchAfterMs = 0
  await site.publish(editedFiles(1), 1, { ...OPEN, ...SERVER_CLOSED })
  await site.untilAllRun(1)
  let losses = 0
  site.lan.loss = { rate: 1, chance: () => (losses-- > 0 ? 0 : 1) }
  const { onSend } = site.lan
  let isFirst = true
  site.lan.onSend = (from, to, frame) => {
    onSend(from, to, frame)
    const decoded = decodePeerMessage(frame)
    if (!decoded.ok || decoded.message.type !== 'chunk' || !isFirst) return
    isFirst = false
    losses = 5
  }
  const beganAt = site.time.nowMs
  await site.publish(editedFiles(2), 2, { ...OPEN, ...SERVER_CLOSED })
  await site.untilAllRun(2, 300_000)
  assert.ok(site.time.nowMs - beganAt > 22_000, 'the line was silent for longer than a patch waits')
  assert.ok(
    (kiosk.lobby?.bytes.fromStores ?? 0) < 1_000,
    `${kiosk.lobby?.bytes.fromStores} bytes: no whole chunk`,
  )
})

test('I9 P2 a package whose only store is silent holds back no other', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  const [store, kiosk] = [site.device('store1'), site.device('kiosk1')]
  site.lan.bytesPerMs = 5
  await site.publish(filesOf(1), 1, { ...OPEN, ...SERVER_CLOSED }, 'first', { priority: 5 })
  await site.until('it fetches', () => (kiosk.package('first')?.chunks.have ?? 0) > 5)
  site.lan.setSilent(store.deviceId, true)
  await site.publish(filesOf(2), 1, { ...OPEN, proxyDistribution: false }, 'second')
  await site.until('the other runs', () => kiosk.package('second')?.activeRelease === 1)
  assert.equal(kiosk.package('first')?.reason, 'stores-not-answering')
})
