/** Disks that are full, shared by several packages, or asked to keep more than the device itself needs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordKeys } from '../../../client/records.ts'
import { filesOf, OPEN, type SimulatedDevice, Simulation } from '../../support/kiosk-simulator.ts'
import type { SmallRelease } from '../../support/small-release.ts'

async function held(device: SimulatedDevice, release: SmallRelease): Promise<number> {
  const digests = await device.chunks.digests()
  return [...release.chunks.keys()].filter(digest => digests.has(digest)).length
}

const reportsOf = (site: Simulation, device: SimulatedDevice, kind: string) =>
  site.server.events.filter(event => event.deviceId === device.deviceId && event.kind === kind)

/** Activated, confirmed, and tidied up. */
async function settle(site: Simulation, release: number): Promise<void> {
  await site.untilAllRun(release)
  await site.time.advance(60_000)
}

test('S1 S3 a store keeps the release before up to its limit, a kiosk does not; going back to it costs no byte', async t => {
  const site = await Simulation.create(t, { kiosks: 1, options: { cacheBytes: 50_000 } })
  const [store, kiosk] = [site.device('store1'), site.device('kiosk1')]
  const first = await site.publish(filesOf(1))
  await settle(site, 1)
  const second = await site.publish(filesOf(2), 2)
  await settle(site, 2)
  assert.deepEqual([await held(store, first), await held(kiosk, first)], [40, 1], 'the page is the same')

  const sentBefore = site.origin.sentBytes
  await site.publish(filesOf(1), 3)
  await settle(site, 3)
  assert.equal(site.origin.sentBytes, sentBefore)
  assert.equal(await held(store, second), 40)
  await site.publish(filesOf(4), 4)
  await settle(site, 4)
  assert.equal((await store.chunks.digests()).size, 40 + 39, 'one old release fits, two do not')
})

test('S3 without room for old releases a store keeps what it needs itself', async t => {
  const site = await Simulation.create(t, { kiosks: 0, options: { cacheBytes: 0 } })
  const first = await site.publish(filesOf(1))
  await settle(site, 1)
  await site.publish(filesOf(2), 2)
  await settle(site, 2)
  assert.equal(await held(site.device('store1'), first), 1)
})

test('S2 what was fetched of a release is kept over a restart without server, until it is known what is wanted', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 1 })
  const kiosk = site.device('kiosk1')
  await site.publish(filesOf(1))
  await site.untilAllRun(1)
  const second = await site.publish(filesOf(2), 2)
  await site.until(
    'some of it is here',
    () => (kiosk.lobby?.chunks.have ?? 0) > 10 && kiosk.lobby?.wantedRelease === 2,
  )
  kiosk.kill()
  site.server.stop()
  const before = await held(kiosk, second)
  kiosk.boot()
  // Its first release is confirmed now, which tidies up.
  await site.time.advance(120_000)
  assert.equal(await held(kiosk, second), before)
  site.server.start()
  await site.untilAllRun(2)
})

test('S4 S5 a full disk: a package of lower priority gives way, what runs stays, and each says what it lacks', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 1, diskBytes: 130_000 })
  const kiosk = site.device('kiosk1')
  const [lobby, videos] = [
    await site.publish(filesOf(1, 20_000), 1, OPEN, 'lobby', { priority: 10 }),
    await site.publish(filesOf(2, 20_000), 1, OPEN, 'videos', { priority: -10 }),
  ]
  await site.until(
    'both run',
    () => kiosk.package('videos')?.activeRelease === 1 && kiosk.lobby?.activeRelease === 1,
  )
  await site.time.advance(60_000)

  // Of 90,000 bytes that are left the lower one takes 80,000, while the other one has nothing to fetch.
  const nextVideos = await site.publish(filesOf(3, 95_000), 2, OPEN, 'videos', { priority: -10 })
  await site.until('the lower one is out of space', () => kiosk.package('videos')?.reason === 'out-of-space')
  assert.match(
    kiosk.package('videos')?.detail ?? '',
    /^videos 1\.2 needs up to 1 MB more than this disk gives/,
  )
  await site.until('that is told', () => reportsOf(site, kiosk, 'out-of-space').length === 1, 1_000)

  await site.publish(filesOf(4, 80_000), 2, OPEN, 'lobby', { priority: 10 })
  await site.untilAllRun(2)
  assert.ok((await held(kiosk, nextVideos)) < 20, 'it gave way')
  assert.equal(await held(kiosk, videos), 20, 'what runs stays, also of the lower one')
  assert.equal(await held(kiosk, lobby), 20, 'what can come back stays, until the new one is confirmed')

  await site.time.advance(120_000)
  const fetched = site.origin.sentBytes
  await site.time.advance(3_600_000)
  assert.equal(site.origin.sentBytes, fetched, 'what does not fit is not fetched again and again')
  assert.equal(kiosk.package('videos')?.activeRelease, 1)
  assert.equal(reportsOf(site, kiosk, 'out-of-space').length, 1, 'told once')
  await site.publish(filesOf(5, 30_000), 3, OPEN, 'videos', { priority: -10 })
  await site.until('the lower one goes on', () => kiosk.package('videos')?.activeRelease === 3)
})

test('S4 a package that is not assigned any more is given up for one that is; its numbers are remembered', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 1, diskBytes: 60_000 })
  const kiosk = site.device('kiosk1')
  const gone = await site.publish(filesOf(1), 7, OPEN, 'gone')
  await site.until('it runs', () => kiosk.package('gone')?.activeRelease === 7)
  site.server.assign([])
  await site.publish(filesOf(2), 1, OPEN, 'lobby')
  await site.untilAllRun(1)
  assert.equal(await held(kiosk, gone), 1, 'the page is the same')
  const record = await kiosk.records.get(recordKeys.package('gone'))
  assert.deepEqual(
    { active: Reflect.get(Object(record), 'active'), highest: Reflect.get(Object(record), 'highestRelease') },
    { active: null, highest: 7 },
  )
  assert.equal(reportsOf(site, kiosk, 'out-of-space').length, 0, 'nobody has to do anything')
})

test('P1 P4 the package of higher priority is fetched and shown first, wherever it is in the list', async t => {
  const site = await Simulation.create(t, { stores: 1, kiosks: 1, options: { originParallel: 2 } })
  const kiosk = site.device('kiosk1')
  await site.publish(filesOf(1, 100_000), 1, OPEN, 'a-first')
  await site.publish(filesOf(2, 100_000), 1, OPEN, 'z-last', { priority: 3 })
  await site.until('the higher one runs', () => kiosk.package('z-last')?.activeRelease === 1)
  const lower = kiosk.package('a-first')
  assert.ok((lower?.chunks.have ?? 0) < 50, `the lower one has ${lower?.chunks.have} chunks`)
  assert.equal(kiosk.kiosk?.view().app?.package, 'z-last')
  assert.deepEqual(
    kiosk.kiosk?.status().packages.map(status => status.package),
    ['z-last', 'a-first'],
  )
  await site.until('the lower one follows', () => kiosk.package('a-first')?.activeRelease === 1)
  assert.equal(kiosk.kiosk?.view().app?.package, 'z-last')
})

test('P2 one that waits for its window holds back nobody, and goes first when it opens', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 1 })
  const kiosk = site.device('kiosk1')
  const opensAt = site.server.now() + 3_600_000
  const closed = { ...OPEN, onlyToProxiesUntil: opensAt, enforceProxyUntil: opensAt }
  await site.publish(filesOf(1, 60_000), 1, closed, 'patient', { priority: 100 })
  await site.publish(filesOf(2, 60_000), 1, OPEN, 'lobby')
  await site.untilAllRun(1, 60_000)
  assert.equal(kiosk.package('patient')?.reason, 'windows-closed')
  await site.until('it starts by itself', () => kiosk.package('patient')?.activeRelease === 1, 3_700_000)
})

test('what somebody removes or changes on the disk while it runs is written again or fetched, and told once', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  const kiosk = site.device('kiosk1')
  const release = await site.publish(filesOf(1))
  await settle(site, 1)
  const [chunk = ''] = release.chunks.keys()
  const troubles = () => reportsOf(site, kiosk, 'storage-failed')
  const packageKey = recordKeys.package('lobby')
  const record = await kiosk.records.get(packageKey)
  const losses: [what: string, lose: () => Promise<void>, isBack: () => Promise<boolean>][] = [
    ['chunks', () => kiosk.chunks.remove([chunk]), async () => (await held(kiosk, release)) === 40],
    [
      packageKey,
      () => kiosk.records.remove([packageKey]),
      async () => JSON.stringify(await kiosk.records.get(packageKey)) === JSON.stringify(record),
    ],
    [
      packageKey,
      () => kiosk.records.setMany([[packageKey, { ...Object(record), active: null }]]),
      async () => JSON.stringify(await kiosk.records.get(packageKey)) === JSON.stringify(record),
    ],
    [
      recordKeys.manifest(release.digest),
      () => kiosk.records.remove([recordKeys.manifest(release.digest)]),
      async () => typeof (await kiosk.records.get(recordKeys.manifest(release.digest))) === 'string',
    ],
    [
      recordKeys.identity,
      () => kiosk.records.remove([recordKeys.identity]),
      async () => (await kiosk.records.get(recordKeys.identity)) !== undefined,
    ],
  ]
  const told = new Set<string>()
  for (const [what, lose, isBack] of losses) {
    await lose()
    await site.time.advance(90_000)
    assert.ok(await isBack(), `${what} is back`)
    told.add(what)
    assert.equal(troubles().length, told.size, `${what}: ${troubles().at(-1)?.detail}`)
    assert.match(troubles().at(-1)?.detail ?? '', new RegExp(`changed .*${what}`))
    assert.equal(kiosk.lobby?.reason, 'up-to-date')
    assert.equal(kiosk.kiosk?.view().app?.release, 1, 'the app stays on the screen')
  }
})

test('S5 a record that does not fit gets room: the pointer to a new release is saved on a full disk', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 1 })
  const kiosk = site.device('kiosk1')
  const gone = await site.publish(filesOf(1), 1, OPEN, 'gone')
  await site.until('it runs', () => kiosk.package('gone')?.activeRelease === 1)
  site.server.assign([])
  await site.publish(filesOf(2))
  await site.until('all is here', () => kiosk.lobby?.chunks.have === 39)
  kiosk.records.failNextWrites(1)
  await site.untilAllRun(1)
  await site.time.advance(1_000)
  assert.equal(await held(kiosk, gone), 1, 'what is not assigned gave way')
  assert.deepEqual(Object(await kiosk.records.get(recordKeys.package('lobby'))).active?.release, 1)
  assert.deepEqual(reportsOf(site, kiosk, 'storage-failed'), [])
})

test('what the browser says of its storage is asked for at intervals and after writing, and asked to last', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 1 })
  const kiosk = site.device('kiosk1')
  const storage = () => kiosk.kiosk?.status().storage
  await site.publish(filesOf(1))
  await site.untilAllRun(1)
  await site.time.advance(10_000)
  assert.deepEqual(storage(), {
    kind: 'disk',
    persisted: false,
    usageBytes: kiosk.browserStorage.usageBytes,
    quotaBytes: 1e9,
  })
  assert.equal(kiosk.browserStorage.asked, 1)
  await site.time.advance(3_700_000)
  assert.equal(kiosk.browserStorage.asked, 2, 'again after an hour')
  kiosk.browserStorage.persisted = true
  kiosk.browserStorage.usageBytes = 5_000_000
  await site.time.advance(61_000)
  assert.deepEqual(storage(), { kind: 'disk', persisted: true, usageBytes: 5_000_000, quotaBytes: 1e9 })
  kiosk.browserStorage.usageBytes += 100_000
  await site.time.advance(61_000)
  assert.equal(storage()?.usageBytes, 5_000_000, 'too little to tell the server')
  await site.time.advance(7_300_000)
  assert.equal(kiosk.browserStorage.asked, 2, 'what is granted is not asked for')
})

test('a healthy site reports no trouble with its disks over a week of releases and restarts', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  const reboot = () => {
    for (const device of site.devices) {
      device.kill()
      device.boot()
    }
  }
  for (let day = 1; day <= 7; day++) {
    await site.publish(filesOf(day), day)
    await site.time.advance(500)
    reboot()
    await site.untilAllRun(day)
    await site.time.advance(8 * 3_600_000)
    for (const device of site.devices) await device.stop()
    reboot()
    await site.time.advance(8 * 3_600_000)
    reboot()
    await site.time.advance(8 * 3_600_000)
  }
  assert.deepEqual(
    site.server.events.filter(({ kind }) => kind === 'storage-failed'),
    [],
  )
  for (const device of site.devices) assert.equal(device.lobby?.update, 'confirmed', device.name)
})

test('a record in the form of an earlier version is no damage', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 1 })
  const kiosk = site.device('kiosk1')
  await site.publish(filesOf(1))
  await settle(site, 1)
  kiosk.kill()
  const key = recordKeys.package('lobby')
  const { trial: _, ...rest } = Object(await kiosk.records.get(key))
  await kiosk.records.setMany([[key, { ...rest, confirmed: true, tries: 0, failed: [] }]])
  kiosk.boot()
  await settle(site, 1)
  await site.time.advance(120_000)
  assert.deepEqual(reportsOf(site, kiosk, 'storage-failed'), [])
})

test('the list of assigned packages is written again when something removes it, and that is told once', async t => {
  const site = await Simulation.create(t, { stores: 0, kiosks: 1 })
  const kiosk = site.device('kiosk1')
  await site.publish(filesOf(1))
  await settle(site, 1)
  await kiosk.records.remove([recordKeys.assigned])
  await site.time.advance(120_000)
  assert.deepEqual(await kiosk.records.get(recordKeys.assigned), ['lobby'])
  await site.time.advance(300_000)
  const told = reportsOf(site, kiosk, 'storage-failed').map(({ detail }) => detail)
  assert.equal(told.length, 1)
  assert.match(told[0] ?? '', /removed or changed assigned on this disk/)
})
