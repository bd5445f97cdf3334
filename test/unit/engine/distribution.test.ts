/** Whole sites over fakes and virtual time: where every byte comes from, and that nobody is asked for it twice. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordKeys } from '../../../client/records.ts'
import { editedFiles, filesOf, OPEN, Simulation } from '../../support/kiosk-simulator.ts'
import type { SmallRelease } from '../../support/small-release.ts'

const encodedBytes = (release: SmallRelease) =>
  [...release.chunks.values()].reduce((sum, chunk) => sum + chunk.byteLength, 0)

const sentTwice = (site: Simulation) => [...site.origin.sent.values()].filter(times => times !== 1)

test('W5 one store, three kiosks: the origin sends each chunk once, the kiosks have every byte from the store', async t => {
  const site = await Simulation.create(t)
  const release = await site.publish(filesOf(1))
  await site.untilAllRun(1)
  for (const kiosk of site.kiosks) {
    const bytes = { fromStores: encodedBytes(release), fromServer: 0, reused: 0 }
    assert.deepEqual(kiosk.lobby?.bytes, bytes, kiosk.name)
  }
  assert.deepEqual(sentTwice(site), [])
  assert.equal(site.origin.sentBytes, encodedBytes(release))
})

test('W5 kiosks that learn of a release before their store does still wait for the store', async t => {
  const site = await Simulation.create(t)
  await site.publish(filesOf(1, 5_000))
  await site.untilAllRun(1)
  // The store hears of everything half a second after the kiosks.
  const store = site.device('store1')
  site.server.delayMs.set(store.deviceId, 500)
  await site.publish(filesOf(2), 2)
  await site.untilAllRun(2)
  for (const kiosk of site.kiosks) assert.equal(kiosk.lobby?.bytes.fromServer, 0, kiosk.name)
})

test('W5 two packages at once: both come from the store, over one link', async t => {
  const site = await Simulation.create(t, { kiosks: 2 })
  await site.publish(filesOf(1), 1)
  await site.publish({ ...filesOf(2), 'index.html': 'videos'.padEnd(1000) }, 1, undefined, 'videos')
  await site.until('both run', () =>
    site.devices.every(
      device => device.lobby?.activeRelease === 1 && device.package('videos')?.activeRelease === 1,
    ),
  )
  for (const kiosk of site.kiosks) {
    assert.equal(kiosk.lobby?.bytes.fromServer, 0)
    assert.equal(kiosk.package('videos')?.bytes.fromServer, 0)
    assert.equal(kiosk.kiosk?.status().peers.length, 1)
  }
  assert.deepEqual(sentTwice(site), [])
})

test('W9 two stores fetch disjoint parts and trade the rest: one copy over the uplink', async t => {
  const site = await Simulation.create(t, { stores: 2, kiosks: 2 })
  // Both are online and know of each other before there is anything to fetch.
  await site.time.advance(5_000)
  const release = await site.publish(filesOf(3))
  await site.untilAllRun(1)
  assert.deepEqual(sentTwice(site), [])
  assert.equal(site.origin.sent.size, release.chunks.size)
  for (const name of ['store1', 'store2']) {
    const bytes = site.device(name).lobby?.bytes
    assert.ok((bytes?.fromServer ?? 0) > 0 && (bytes?.fromStores ?? 0) > 0, JSON.stringify(bytes))
  }
})

test("W9 a dead store's share is taken over by the other", async t => {
  const site = await Simulation.create(t, { stores: 2, kiosks: 1 })
  await site.time.advance(5_000)
  const release = await site.publish(filesOf(3))
  const dying = site.device('store2')
  await site.until('the second store has a few chunks', () => (dying.lobby?.chunks.have ?? 0) >= 5)
  dying.kill()
  const others = site.devices.filter(device => device !== dying)
  await site.until('the others run it', () => others.every(device => device.lobby?.activeRelease === 1))
  // Only what the dead store had fetched and not passed on yet crosses the uplink again.
  assert.ok(site.origin.sentBytes < encodedBytes(release) + 10_000, `${site.origin.sentBytes}`)
})

test('W5 store killed half way: the kiosks finish from the server and fetch nothing again that they had', async t => {
  const site = await Simulation.create(t)
  const release = await site.publish(filesOf(1))
  await site.until('every kiosk has some', () =>
    site.kiosks.every(kiosk => (kiosk.lobby?.chunks.have ?? 0) >= 10),
  )
  site.device('store1').kill()
  await site.until('kiosks run it', () => site.kiosks.every(kiosk => kiosk.lobby?.activeRelease === 1))
  for (const kiosk of site.kiosks) {
    const bytes = kiosk.lobby?.bytes
    assert.equal((bytes?.fromStores ?? 0) + (bytes?.fromServer ?? 0), encodedBytes(release), kiosk.name)
    assert.ok((bytes?.fromStores ?? 0) >= 10_000 && (bytes?.fromServer ?? 0) > 0, JSON.stringify(bytes))
  }
})

test('W5 a store whose line goes silent: after the stall timeout the kiosks turn to the server', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  await site.publish(filesOf(1))
  const [kiosk] = site.kiosks
  await site.until('it has some', () => (kiosk?.lobby?.chunks.have ?? 0) >= 10)
  site.lan.setSilent(site.device('store1').deviceId, true)
  const since = site.time.nowMs
  await site.until('it runs', () => kiosk?.lobby?.activeRelease === 1)
  const tookMs = site.time.nowMs - since
  assert.ok(tookMs >= 5_000 && tookMs < 10_000, `${tookMs}`)
  assert.ok((kiosk?.lobby?.bytes.fromServer ?? 0) > 0)
})

test('a kiosk killed and started again on its disk goes on where it was', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  const release = await site.publish(filesOf(1))
  const kiosk = site.device('kiosk1')
  await site.until('it has some', () => (kiosk.lobby?.chunks.have ?? 0) >= 15)
  const held = (await kiosk.chunks.digests()).size
  kiosk.kill()
  await site.time.advance(3_000)
  let sentAgain = 0
  const { tap } = site.lan
  site.lan.tap = (from, to, frame) => {
    if (to === kiosk.deviceId && frame[0] === 9) sentAgain += 1
    tap(from, to, frame)
  }
  kiosk.boot()
  await site.untilAllRun(1)
  assert.equal(sentAgain, release.chunks.size - held)
  assert.equal(kiosk.lobby?.bytes.reused, 0, 'its own chunks of before are not reused ones')
})

test('the server is killed and started again: peers go on meanwhile, everyone is back, nothing is lost', async t => {
  const site = await Simulation.create(t)
  site.origin.bytesPerMs = 1_000
  site.lan.bytesPerMs = 20
  const release = await site.publish(filesOf(1))
  await site.until('the store has all', () => site.device('store1').lobby?.activeRelease === 1)
  await site.until('some have some', () => site.kiosks.some(kiosk => (kiosk.lobby?.chunks.have ?? 0) >= 5))
  site.server.stop()
  const [kiosk] = site.kiosks
  const before = kiosk?.lobby?.chunks.have ?? 0
  await site.until('peers go on', () => (kiosk?.lobby?.chunks.have ?? 0) > before)
  await site.untilAllRun(1)
  assert.ok(site.devices.every(device => device.kiosk?.status().connection === 'offline'))
  site.server.start()
  await site.time.advance(40_000)
  assert.ok(site.devices.every(device => device.kiosk?.status().connection === 'online'))
  for (const device of site.kiosks) assert.equal(device.lobby?.bytes.fromStores, encodedBytes(release))
})

test('a second release: only what is new travels, and the kiosks say what they reused', async t => {
  const site = await Simulation.create(t)
  const files = filesOf(1)
  const first = await site.publish(files)
  await site.untilAllRun(1)
  const sentBefore = site.origin.sentBytes
  const second = await site.publish({ ...files, 'index.html': '<!doctype html>new'.padEnd(1000, '.') }, 2)
  await site.untilAllRun(2)
  const fresh = [...second.chunks].filter(([digest]) => !first.chunks.has(digest))
  const freshBytes = fresh.reduce((sum, [, chunk]) => sum + chunk.byteLength, 0)
  assert.equal(site.origin.sentBytes - sentBefore, freshBytes)
  for (const kiosk of site.kiosks) {
    const bytes = { fromStores: freshBytes, fromServer: 0, reused: encodedBytes(second) - freshBytes }
    assert.deepEqual(kiosk.lobby?.bytes, bytes)
  }
})

test('what no kept release needs goes when a release is confirmed, but not what a page in a frame still uses', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  const releases = [await site.publish(filesOf(1)), await site.publish(filesOf(2), 2)]
  const kiosk = site.device('kiosk1')
  await site.untilAllRun(2)
  const held = async (at: number) => {
    const digests = await kiosk.chunks.digests()
    return [...(releases[at]?.chunks.keys() ?? [])].every(digest => digests.has(digest))
  }
  const pin = {
    package: 'lobby',
    release: { release: 2, version: '2', digest: releases[1]?.digest },
    pinnedAt: 0,
  }
  await kiosk.records.setMany([[recordKeys.client('page'), pin]])
  releases.push(await site.publish(filesOf(3), 3))
  await site.untilAllRun(3)
  kiosk.kiosk?.ready()
  await site.time.advance(1_000)
  assert.equal(await held(2), true)
  assert.equal(await held(1), true, 'a page was loaded from it')

  await kiosk.records.remove([recordKeys.client('page')])
  releases.push(await site.publish(filesOf(4), 4))
  await site.untilAllRun(4)
  kiosk.kiosk?.ready()
  await site.time.advance(1_000)
  assert.equal(await held(3), true)
  assert.equal(await held(1), false)
})

test('PR-P6 what a store had already when a release was assigned, it offers to who was interested before', async t => {
  // Kiosk and store are linked, and the kiosk has lost what the store still has: nothing but the store may help it.
  const site = await Simulation.create(t, { kiosks: 1 })
  const files = filesOf(1)
  await site.publish(files)
  await site.untilAllRun(1)
  const kiosk = site.device('kiosk1')
  await kiosk.chunks.remove([...(await kiosk.chunks.digests())])
  const closed = {
    proxyDistribution: true,
    onlyToProxiesUntil: null,
    enforceProxyUntil: site.server.now() + 3_600_000,
  }
  await site.publish({ ...files, 'more.txt': 'more' }, 2, closed)
  await site.untilAllRun(2, 20_000)
})

test('one chunk at several places in a release travels once', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  const page = '<!doctype html>'.padEnd(1000, '.')
  await site.publish({ 'index.html': page, 'b.html': page, 'c.html': page, 'd.txt': 'x'.repeat(3000) })
  await site.untilAllRun(1)
  assert.deepEqual(site.device('kiosk1').lobby?.chunks, { have: 2, total: 2 })
  assert.deepEqual(sentTwice(site), [])
})

test('a site with more kiosks than a store keeps links: all are served, one after another', async t => {
  const site = await Simulation.create(t, { kiosks: 4, options: { maxLinks: 2 } })
  const windows = {
    proxyDistribution: true,
    onlyToProxiesUntil: null,
    enforceProxyUntil: site.server.now() + 86_400_000,
  }
  await site.publish(filesOf(1, 10_000), 1, windows)
  await site.untilAllRun(1, 600_000)
})

const patchedBytes = (site: Simulation, before: number) => site.origin.sentBytes - before

test('PR-D7 an update is fetched as a patch by the store, once, and by the kiosks from the store', async t => {
  const site = await Simulation.create(t)
  site.origin.patchAfterMs = 0
  await site.publish(editedFiles(1))
  await site.untilAllRun(1)
  const before = site.origin.sentBytes
  const release = await site.publish(editedFiles(2), 2)
  await site.untilAllRun(2)
  const bytes = patchedBytes(site, before)
  assert.ok(bytes > 0 && bytes * 5 < encodedBytes(release), `${bytes} of ${encodedBytes(release)}`)
  for (const kiosk of site.kiosks) {
    assert.equal(kiosk.lobby?.bytes.fromServer, 0, kiosk.name)
    assert.equal(kiosk.lobby?.bytes.fromStores, bytes, kiosk.name)
  }
  assert.deepEqual(sentTwice(site), [])
})

test('PR-D5 PR-D7 a patch that is expected in time is waited for, and one that is not costs no time', async t => {
  for (const [afterMs, isWaitedFor] of [
    [200_000, true],
    [400_000, false],
  ] as const) {
    const site = await Simulation.create(t, { kiosks: 1 })
    site.origin.patchAfterMs = afterMs
    await site.publish(editedFiles(1))
    await site.untilAllRun(1)
    const [before, since] = [site.origin.sentBytes, site.time.nowMs]
    await site.publish(editedFiles(2), 2)
    await site.untilAllRun(2, 600_000)
    const isPatch = patchedBytes(site, before) < 5_000
    assert.deepEqual([isPatch, site.time.nowMs - since > afterMs], [isWaitedFor, isWaitedFor])
    assert.ok(isWaitedFor || site.time.nowMs - since < 20_000, 'chunks at once')
  }
})

test('PR-D7 W4 windows that open while a patch is still being made hold for its parts', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 1 })
  site.origin.patchAfterMs = 20_000
  await site.publish(editedFiles(1))
  await site.untilAllRun(1)
  const before = site.origin.sentBytes
  await site.publish(editedFiles(2), 2, { ...OPEN, enforceProxyUntil: site.server.now() + 3_600_000 })
  await site.time.advance(10_000)
  site.server.setWindows('lobby', OPEN)
  await site.untilAllRun(2, 60_000)
  assert.ok(patchedBytes(site, before) < 5_000, `${patchedBytes(site, before)} bytes`)
})
