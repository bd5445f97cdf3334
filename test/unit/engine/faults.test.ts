/** What goes wrong on disks, lines and other devices, and that a site gets over it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filesOf, Simulation } from '../../support/kiosk-simulator.ts'

/** Flips the last bit of every chunk frame of one sender. */
function tamperChunksOf(site: Simulation, deviceId: string): void {
  site.lan.tamper = (from, _to, frame) => {
    if (from !== deviceId || frame[0] !== 9) return frame
    const changed = frame.slice()
    const last = changed.byteLength - 1
    changed[last] = (changed[last] ?? 0) ^ 1
    return changed
  }
}

test('PR-P10 a store that sends wrong chunks: nothing of it is stored, it is dropped and reported, kiosks finish', async t => {
  const site = await Simulation.create(t, { kiosks: 2 })
  const store = site.device('store1')
  tamperChunksOf(site, store.deviceId)
  const release = await site.publish(filesOf(1))
  await site.untilAllRun(1)
  for (const kiosk of site.kiosks) {
    const reported = site.server.events.filter(
      event =>
        event.kind === 'bad-chunk' && event.deviceId === kiosk.deviceId && event.peer === store.deviceId,
    )
    assert.equal(reported.length, 1, kiosk.name)
    assert.ok((kiosk.lobby?.bytes.fromServer ?? 0) > 0)
    for (const [digest, chunk] of release.chunks) assert.deepEqual(await kiosk.chunks.get(digest), chunk)
  }
})

test('PR-P10 a wrong chunk of the server is not stored either, and is asked for again', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 1 })
  let wrong = 3
  site.origin.tamper = (_digest, encoded) => {
    if (wrong-- > 0) encoded[1] = (encoded[1] ?? 0) ^ 1
    return encoded
  }
  await site.publish(filesOf(1))
  await site.untilAllRun(1)
  assert.ok(site.server.events.some(event => event.kind === 'bad-chunk' && event.peer === undefined))
})

test('a chunk that rots on a kiosk is fetched again, alone', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  const release = await site.publish(filesOf(1))
  await site.untilAllRun(1)
  const kiosk = site.device('kiosk1')
  const [digest = ''] = release.chunks.keys()
  const sentBefore = site.origin.sentBytes
  await kiosk.chunks.rot(digest)
  kiosk.kiosk?.chunkLost(digest)
  await site.until('it lacks one', () => kiosk.lobby?.chunks.have === release.chunks.size - 1, 1_000)
  await site.until('it has all', () => kiosk.lobby?.chunks.have === release.chunks.size)
  assert.deepEqual(await kiosk.chunks.get(digest), release.chunks.get(digest))
  assert.equal(site.origin.sentBytes, sentBefore, 'the store had it')
})

test('a chunk that rots on the disk of a store is never served: the store fetches it again', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  const kiosk = site.device('kiosk1')
  kiosk.kill()
  const closed = {
    proxyDistribution: true,
    onlyToProxiesUntil: null,
    enforceProxyUntil: site.server.now() + 3_600_000,
  }
  const release = await site.publish(filesOf(1), 1, closed)
  const store = site.device('store1')
  await site.until('the store has all', () => store.lobby?.activeRelease === 1)
  const [digest = ''] = release.chunks.keys()
  await store.chunks.rot(digest)
  // A new run of the store's page: nothing is in its memory.
  store.kill()
  store.boot()
  kiosk.boot()
  await site.untilAllRun(1)
  assert.deepEqual(
    site.server.events.filter(event => event.kind === 'bad-chunk'),
    [],
  )
  assert.equal(site.origin.sent.get(digest), 2)
})

test('a full disk: old releases go first, then the device says what is missing, once, and goes on when there is room', async t => {
  const site = await Simulation.create(t, { kiosks: 1, diskBytes: 60_000 })
  await site.publish(filesOf(1, 40_000))
  await site.untilAllRun(1)
  // Two releases of 40 KB do not fit beside one another.
  await site.publish(filesOf(2, 40_000), 2)
  const kiosk = site.device('kiosk1')
  await site.until('out of space', () => kiosk.lobby?.reason === 'out-of-space')
  assert.equal(kiosk.lobby?.phase, 'failed')
  assert.match(kiosk.lobby?.detail ?? '', /^lobby 1\.2 needs up to 1 MB more than this disk gives/)
  assert.equal(kiosk.lobby?.activeRelease, 1, 'what runs keeps running')
  const troubles = () =>
    site.server.events.filter(event => event.deviceId === kiosk.deviceId && event.kind === 'out-of-space')
      .length
  await site.time.advance(300_000)
  assert.equal(troubles(), 1)
  await site.publish(filesOf(2, 15_000), 3)
  await site.untilAllRun(3)
})

test('a disk that fails for a moment: what failed is fetched again', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  const failed = { ok: false, reason: 'failed', message: 'the disk is tired' } as const
  site.device('kiosk1').chunks.failNextPuts(failed, failed, failed)
  await site.publish(filesOf(1))
  await site.untilAllRun(1, 10_000)
  assert.equal(site.server.events.filter(event => event.kind === 'storage-failed').length, 1)
})

test('a manifest by another key is refused and reported once; the device keeps what it runs', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  await site.publish(filesOf(1))
  await site.untilAllRun(1)
  site.forgeManifests = true
  await site.publish(filesOf(2), 2)
  await site.time.advance(600_000)
  for (const device of site.devices) {
    assert.equal(device.lobby?.activeRelease, 1)
    assert.equal(device.lobby?.phase, 'failed')
    assert.equal(device.lobby?.reason, 'manifest-refused')
    const reports = site.server.events.filter(
      event => event.deviceId === device.deviceId && event.kind === 'manifest-refused',
    )
    assert.equal(reports.length, 1, device.name)
  }
  site.forgeManifests = false
  await site.publish(filesOf(3), 3)
  await site.untilAllRun(3)
})

test('a release whose page fails goes back to the one before, and is tried again only when asked to', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  await site.publish(filesOf(1))
  await site.untilAllRun(1)
  await site.time.advance(60_000)
  const kiosk = site.device('kiosk1')
  kiosk.page = 'fails'
  await site.publish(filesOf(2), 2)
  await site.until('it was tried', () => kiosk.lobby?.reason === 'release-failed')
  assert.equal(kiosk.lobby?.activeRelease, 1)
  assert.match(kiosk.lobby?.detail ?? '', /it threw/)
  assert.equal(kiosk.kiosk?.view().app?.release, 1)
  await site.time.advance(600_000)
  assert.equal(kiosk.lobby?.activeRelease, 1)
  kiosk.page = 'works'
  kiosk.kiosk?.retry('lobby')
  await site.until('it runs', () => kiosk.lobby?.reason === 'up-to-date')
  assert.equal(kiosk.lobby?.activeRelease, 2)
  await site.time.advance(1_000)
  assert.deepEqual(
    site.server.events.filter(event => event.deviceId === kiosk.deviceId).map(event => event.kind),
    [
      'release-activated',
      'release-confirmed',
      'release-activated',
      'release-rolled-back',
      'release-activated',
      'release-confirmed',
    ],
  )
})

test('a release that takes the page down with it: after three tries the one before comes back', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  await site.publish(filesOf(1))
  await site.untilAllRun(1)
  await site.time.advance(60_000)
  const kiosk = site.device('kiosk1')
  kiosk.page = 'stays-blank'
  await site.publish(filesOf(2), 2)
  for (let tries = 1; tries <= 3; tries++) {
    await site.until('it runs the new one', () => kiosk.lobby?.activeRelease === 2)
    await site.time.advance(2_000)
    kiosk.kill()
    kiosk.boot()
    await site.time.advance(1_000)
  }
  assert.equal(kiosk.lobby?.activeRelease, 1)
  assert.equal(kiosk.lobby?.reason, 'release-failed')
})

test('a package that the page does not show is confirmed without having been seen to load', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  await site.publish(filesOf(1))
  await site.publish(filesOf(2), 1, undefined, 'videos')
  await site.time.advance(180_000)
  const kiosk = site.device('kiosk1')
  assert.equal(kiosk.kiosk?.view().app?.package, 'lobby')
  assert.equal(kiosk.package('videos')?.reason, 'up-to-date')
})

test('two stores and no server for a while: nobody fetches anything, everyone comes back', async t => {
  const site = await Simulation.create(t, { stores: 2, kiosks: 2 })
  site.origin.isSilent = true
  await site.publish(filesOf(1))
  await site.time.advance(45_000)
  site.origin.isSilent = false
  await site.untilAllRun(1)
})

test('stop() in the middle of everything leaves nothing', async t => {
  const site = await Simulation.create(t, { stores: 2, kiosks: 3 })
  await site.publish(filesOf(1))
  await site.time.advance(700)
  // The end of the simulation stops all and looks for what is left.
})
