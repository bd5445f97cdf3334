/** The fleet in numbers, in lists and over time: what the admin API says of many devices at once. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { deviceDetailSchema, deviceEventPageSchema, devicePageSchema } from '../../protocol/admin/devices.ts'
import { overviewSchema } from '../../protocol/admin/overview.ts'
import { siteExchangeSchema, siteSummaryListSchema } from '../../protocol/admin/sites.ts'
import { trafficSchema } from '../../protocol/admin/traffic.ts'
import { insertDevice } from '../../signal-server/records/devices.ts'
import { enrolMany, makeSite, report } from '../support/admin-fleet.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { statusOf } from '../support/device-status.ts'

after(() => assertNothingLeaks())

const overviewOf = async (stage: AdminStage) =>
  v.parse(overviewSchema, (await stage.call('GET', '/api/overview')).body)
const devicesOf = async (stage: AdminStage, query = '') =>
  v.parse(devicePageSchema, (await stage.call('GET', `/api/devices${query}`)).body)
const RUNS = { phase: 'active', activeRelease: 1, activeVersion: '1.0.0', detail: '1.0.0 runs' } as const

test('the overview counts every accepted device once: offline before all, then by its most urgent package', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const [runs, loads, staged, waits, fails] = await enrolMany(stage, 6, { online: false })
  assert.ok(runs && loads && staged && waits && fails)
  await report(stage, runs, RUNS)
  await report(stage, loads, { phase: 'downloading' })
  await report(stage, staged, { phase: 'staged' })
  await report(stage, waits, { phase: 'waiting', detail: 'waiting: stores open at 02:00' })
  await report(stage, fails, { phase: 'failed', detail: 'out of space: 120 MB more are needed' })
  for (const online of [runs, loads, staged, waits, fails]) stage.online.add(online)
  const pending = await stage.directory.enrol({ publicKey: 'A'.repeat(43), now: stage.now })
  assert.ok(pending.ok)
  const expected = {
    devices: 6,
    online: 5,
    offline: 1,
    onWanted: 1,
    downloading: 2,
    waiting: 1,
    failed: 1,
    pending: 1,
  }
  assert.deepEqual((await overviewOf(stage)).counts, expected)

  await report(stage, waits, RUNS)
  stage.online.delete(runs)
  await stage.call('PATCH', `/api/devices/${fails}`, { state: 'revoked' })
  assert.deepEqual((await overviewOf(stage)).counts, {
    ...expected,
    devices: 5,
    online: 3,
    offline: 2,
    onWanted: 1,
    waiting: 0,
    failed: 0,
  })
  assert.deepEqual(stage.failures, [])
})

test('bytes and the share from stores are those of the reports, against the best that the sites allow', async t => {
  const stage = await openAdminStage(t)
  for (const site of ['berlin', 'oslo']) await makeSite(stage, site)
  assert.deepEqual((await overviewOf(stage)).share, { fromStores: null, best: null })
  const [store, kiosk] = await enrolMany(stage, 2)
  const [alone] = await enrolMany(stage, 1, { site: 'oslo' })
  assert.ok(store && kiosk && alone)
  await report(stage, store, { bytes: { fromStores: 0, fromServer: 1000, reused: 0 } })
  await report(stage, kiosk, { bytes: { fromStores: 1000, fromServer: 0, reused: 0 } })
  await report(stage, alone, { bytes: { fromStores: 0, fromServer: 500, reused: 0 } })
  stage.records.traffic.addOriginSent(1500, stage.now)
  const { bytes, share } = await overviewOf(stage)
  assert.deepEqual(bytes.total, { fromStores: 1000, fromServer: 1500, originSent: 1500 })
  assert.deepEqual(bytes.today, { ...bytes.total, since: '2026-11-22T00:00:00.000Z' })
  assert.deepEqual(share, { fromStores: 1000 / 2500, best: 1000 / 2500 })

  for (const range of ['1h', '24h', '7d']) {
    const traffic = v.parse(trafficSchema, (await stage.call('GET', `/api/traffic?range=${range}`)).body)
    assert.equal(
      traffic.points.reduce((sum, point) => sum + point.fromStores, 0),
      1000,
    )
  }
  assert.equal((await stage.call('GET', '/api/traffic?range=1y')).status, 400)
})

test('devices are searched, filtered and sorted, and pages fit together', async t => {
  const stage = await openAdminStage(t)
  for (const site of ['berlin', 'oslo']) await makeSite(stage, site)
  const kiosks = await enrolMany(stage, 12, { name: 'Kiosk' })
  const stores = await enrolMany(stage, 2, { site: 'oslo', role: 'store', name: 'Store', online: false })
  const [first] = kiosks
  assert.ok(first)
  await report(stage, first, { ...RUNS, activeVersion: '7.7.7' })

  const names = async (query: string) => (await devicesOf(stage, query)).devices.map(device => device.name)
  const all = await devicesOf(stage)
  assert.deepEqual([all.total, all.devices.length, all.nextCursor], [14, 14, null])
  assert.deepEqual((await names('?sort=name')).slice(0, 3), ['Kiosk 1', 'Kiosk 2', 'Kiosk 3'])
  assert.deepEqual((await names('?sort=name&order=desc')).slice(0, 3), ['Store 2', 'Store 1', 'Kiosk 12'])
  assert.deepEqual(await names('?search=store%201'), ['Store 1'])
  assert.deepEqual(await names('?search=7.7.7'), ['Kiosk 1'])
  assert.deepEqual(await names(`?search=${stores[1]}`), ['Store 2'])
  assert.deepEqual(await names('?site=oslo&role=store&connection=offline&state=accepted'), [
    'Store 1',
    'Store 2',
  ])
  assert.deepEqual(await names('?phase=active'), ['Kiosk 1'])
  assert.equal((await devicesOf(stage, '?phase=none')).total, 11)
  assert.deepEqual(await names('?phase=offline'), ['Store 1', 'Store 2'])
  assert.deepEqual(await names('?connection=online&role=store'), [])

  for (const sort of ['site', 'name', 'role', 'state', 'phase', 'connection', 'lastSeen', 'enrolled']) {
    for (const order of ['asc', 'desc']) {
      const whole = await names(`?sort=${sort}&order=${order}`)
      const inPages: string[] = []
      let cursor = ''
      do {
        const page = await devicesOf(stage, `?sort=${sort}&order=${order}&limit=5${cursor}`)
        assert.equal(page.total, 14)
        inPages.push(...page.devices.map(device => device.name))
        cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
      } while (cursor)
      assert.deepEqual(inPages, whole, `${sort} ${order}`)
    }
  }
  for (const bad of [
    '?limit=0',
    '?limit=x',
    '?sort=colour',
    '?cursor=%7B%7D',
    '?site=../x',
    `?search=${'x'.repeat(300)}`,
  ])
    assert.equal((await stage.call('GET', `/api/devices${bad}`)).status, 400, bad)
})

test('a device tells why it is in its phase, and its history comes in pages', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const [deviceId] = await enrolMany(stage, 1)
  assert.ok(deviceId)
  await report(stage, deviceId, { phase: 'waiting', detail: 'waiting: stores open at 02:00' })
  for (let number = 1; number <= 25; number++)
    await stage.directory.saveEvent(deviceId, { kind: 'bad-chunk', detail: `<b>${number}</b>` }, stage.now)
  const device = v.parse(deviceDetailSchema, (await stage.call('GET', `/api/devices/${deviceId}`)).body)
  assert.deepEqual([device.phase, device.detail], ['waiting', 'waiting: stores open at 02:00'])
  assert.equal(device.events[0]?.detail, '<b>25</b>')

  const page = async (query: string) =>
    v.parse(deviceEventPageSchema, (await stage.call('GET', `/api/devices/${deviceId}/events${query}`)).body)
  const newest = await page('?limit=20')
  const oldest = await page(`?limit=20&cursor=${newest.nextCursor}`)
  assert.deepEqual([newest.events.length, oldest.events.length, oldest.nextCursor], [20, 5, null])
  assert.equal(oldest.events.at(-1)?.detail, '<b>1</b>')
  assert.equal((await stage.call('GET', `/api/devices/${deviceId}/events?cursor=x`)).status, 400)
  assert.equal((await stage.call('GET', `/api/devices/d-${'0'.repeat(32)}/events`)).status, 404)
  assert.equal((await stage.call('GET', `/api/devices/d-${'0'.repeat(32)}`)).status, 404)
})

test('an offline device keeps what it reported, and is in no phase of it: its row, its site and its package say offline', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  await stage.publish('lobby', { 'index.html': '<h1>Lobby</h1>' })
  const [deviceId] = await enrolMany(stage, 1)
  assert.ok(deviceId)
  await report(stage, deviceId, RUNS, {
    peers: [{ deviceId: `d-${'9'.repeat(32)}`, state: 'open', bytesIn: 1, bytesOut: 1 }],
  })
  const look = async () => {
    const device = v.parse(deviceDetailSchema, (await stage.call('GET', `/api/devices/${deviceId}`)).body)
    const { counts } = (await stage.call('GET', '/api/sites/berlin')).body
    const { phases } = (await stage.call('GET', '/api/packages/lobby')).body
    const { devices } = v.parse(
      siteExchangeSchema,
      (await stage.call('GET', '/api/sites/berlin/exchange')).body,
    )
    return {
      phase: device.phase,
      detail: device.detail,
      peers: device.peers.length,
      onWanted: counts.onWanted,
      offline: counts.offline,
      phases,
      drawn: devices[0]?.phase,
    }
  }
  assert.deepEqual(await look(), {
    phase: 'active',
    detail: '1.0.0 runs',
    peers: 1,
    onWanted: 1,
    offline: 0,
    phases: { active: 1 },
    drawn: 'active',
  })
  stage.online.delete(deviceId)
  assert.deepEqual(await look(), {
    phase: 'offline',
    detail: 'last report: 1.0.0 runs',
    peers: 0,
    onWanted: 0,
    offline: 1,
    phases: { offline: 1 },
    drawn: 'offline',
  })
})

test('a revoked device shows no package anywhere; accepted again it says what it is to run before it has reported', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  await stage.publish('lobby', { 'index.html': '<h1>Lobby</h1>' })
  await stage.call('PUT', '/api/profiles/shops', { sites: ['berlin'], packages: [{ package: 'lobby' }] })
  const [deviceId] = await enrolMany(stage, 1)
  assert.ok(deviceId)
  const detail = async () =>
    v.parse(deviceDetailSchema, (await stage.call('GET', `/api/devices/${deviceId}`)).body)
  assert.deepEqual((await detail()).assigned, [{ package: 'lobby', release: 1, version: '1.0.0' }])
  await report(stage, deviceId, RUNS)
  await stage.call('PATCH', `/api/devices/${deviceId}`, { state: 'revoked' })
  stage.online.delete(deviceId)
  const revoked = await detail()
  assert.deepEqual([revoked.phase, revoked.detail, revoked.packages, revoked.assigned], ['none', '', [], []])
  const [row] = (await devicesOf(stage)).devices
  assert.deepEqual([row?.phase, row?.packages], ['none', []])
  await stage.call('PATCH', `/api/devices/${deviceId}`, { state: 'accepted' })
  assert.deepEqual((await detail()).assigned, [{ package: 'lobby', release: 1, version: '1.0.0' }])
  assert.equal((await detail()).phase, 'offline')
})

test('sites have their devices in numbers', async t => {
  const stage = await openAdminStage(t)
  for (const site of ['berlin', 'oslo']) await makeSite(stage, site)
  const [store] = await enrolMany(stage, 1, { role: 'store' })
  await enrolMany(stage, 2, { online: false })
  assert.ok(store)
  const { sites } = v.parse(siteSummaryListSchema, (await stage.call('GET', '/api/sites')).body)
  const numbers = sites.map(({ name, counts }) => [
    name,
    counts.devices,
    counts.online,
    counts.stores,
    counts.storesOnline,
  ])
  assert.deepEqual(numbers, [
    ['berlin', 3, 1, 1, 1],
    ['oslo', 0, 0, 0, 0],
  ])
  await stage.call('PATCH', `/api/devices/${store}`, { site: 'oslo' })
  assert.equal((await stage.call('GET', '/api/sites/oslo')).body.counts.storesOnline, 1)
  assert.equal((await stage.call('GET', '/api/sites/berlin')).body.counts.storesOnline, 0)
})

test('the live picture of a site says who gives to whom and how fast, and forgets what is over', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const [store] = await enrolMany(stage, 1, { role: 'store', name: 'Store' })
  const [kiosk] = await enrolMany(stage, 1, { name: 'Kiosk' })
  assert.ok(store && kiosk)
  const stranger = `d-${'9'.repeat(32)}`
  const say = async (bytes: number) => {
    const peers = [kiosk, stranger].map(
      deviceId => ({ deviceId, state: 'open', bytesIn: 0, bytesOut: bytes }) as const,
    )
    await report(
      stage,
      store,
      { bytes: { fromStores: 0, fromServer: 3 * bytes, reused: 0 } },
      { role: 'store', peers },
    )
    await report(
      stage,
      kiosk,
      {},
      { peers: [{ deviceId: store, state: 'open', bytesIn: bytes, bytesOut: 0 }] },
    )
  }
  const exchange = async () =>
    v.parse(siteExchangeSchema, (await stage.call('GET', '/api/sites/berlin/exchange')).body)
  await say(1_000_000)
  assert.ok(
    (await exchange()).links.every(link => link.bytesPerS === 0),
    'nobody knows when the first bytes came',
  )
  stage.now += 1000
  await say(3_000_000)
  const { devices, links } = await exchange()
  assert.deepEqual(
    devices.map(device => [device.name, device.role]),
    [
      ['Store 1', 'store'],
      ['Kiosk 1', 'kiosk'],
    ],
  )
  const rate = (from: string, to: string) =>
    links.find(link => link.from === from && link.to === to)?.bytesPerS
  assert.equal(rate(store, kiosk), 2_000_000)
  assert.equal(rate(kiosk, store), 0)
  assert.equal(rate('server', store), 6_000_000)
  assert.ok(!JSON.stringify(links).includes(stranger), 'nobody of another site is in it')
  stage.now += 5000
  assert.ok((await exchange()).links.every(link => link.bytesPerS === 0))
  assert.equal((await stage.call('GET', '/api/sites/nowhere/exchange')).status, 404)
})

test('two thousand devices that report cost one row each: no query, no walk over the fleet', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const ids = Array.from({ length: 2000 }, (_, index) => `d-${index.toString(16).padStart(32, '0')}`)
  const device = {
    publicKey: '',
    name: '',
    role: 'kiosk',
    site: 'berlin',
    state: 'accepted',
    code: null,
  } as const
  await stage.records.db.transaction().execute(async trx => {
    for (const deviceId of ids) await insertDevice(trx, { ...device, deviceId }, stage.now)
  })
  for (const deviceId of ids) stage.records.changes.publish({ type: 'device', deviceId })
  await overviewOf(stage)
  const prepare = t.mock.method(DatabaseSync.prototype, 'prepare')
  const began = performance.now()
  for (const deviceId of ids) await stage.directory.saveStatus(deviceId, statusOf(deviceId, []), stage.now)
  const elapsedMs = performance.now() - began
  assert.equal(prepare.mock.callCount(), 0)
  assert.ok(elapsedMs < 1000, `2000 reports took ${elapsedMs} ms`)
  assert.equal((await overviewOf(stage)).counts.devices, 2000)
})
