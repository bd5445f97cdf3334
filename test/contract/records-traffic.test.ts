/** Bytes over time in the records: counted once whatever happens, and still there after a restart. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { noLimits } from '../../protocol/assignment.ts'
import { toBase64Url } from '../../protocol/keys.ts'
import { secureRandomBytes } from '../../signal-server/random.ts'
import { insertDevice } from '../../signal-server/records/devices.ts'
import { openRecords, type Records } from '../../signal-server/records/records.ts'
import { putSite } from '../../signal-server/records/sites.ts'
import { temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { packageStatus, statusOf } from '../support/device-status.ts'

const START = Date.parse('2026-11-22T12:00:05Z')
const MINUTE_MS = 60_000
const DEVICE = `d-${'a'.repeat(32)}`

async function open(path: string): Promise<Records> {
  return await openRecords({ path, randomBytes: secureRandomBytes })
}

async function openWithDevice(t: TestContext) {
  const path = join(await temporaryDirectory(t), 'records.db')
  const records = await open(path)
  await putSite(records.db, { name: 'berlin', timeZone: 'UTC', storesWanted: 1, limits: noLimits }, START)
  const publicKey = toBase64Url(new Uint8Array(32))
  const device = {
    deviceId: DEVICE,
    publicKey,
    name: '',
    role: 'kiosk',
    site: 'berlin',
    state: 'accepted',
    code: null,
  } as const
  await insertDevice(records.db, device, START)
  return { path, records }
}

const report = (records: Records, fromStores: number, fromServer: number, now: number, wantedRelease = 1) =>
  records.reports.saveStatus(
    DEVICE,
    statusOf(DEVICE, [packageStatus({ wantedRelease, bytes: { fromStores, fromServer, reused: 0 } })]),
    now,
  )

test('reports and the origin are counted in totals, today and over time, and a restart counts nothing twice', async t => {
  const { path, records } = await openWithDevice(t)
  report(records, 100, 10, START)
  report(records, 150, 10, START)
  await records.reports.flush()
  report(records, 400, 10, START + MINUTE_MS)
  records.traffic.addOriginSent(11, START)
  records.traffic.addOriginSent(7, START)
  await records.close()

  const again = withCleanup(t).use(await open(path))
  assert.deepEqual(again.traffic.total(), { fromStores: 400, fromServer: 10, originSent: 18 })
  report(again, 400, 10, START + 2 * MINUTE_MS)
  report(again, 500, 20, START + 3 * MINUTE_MS)
  await again.reports.flush()
  assert.deepEqual(again.traffic.total(), { fromStores: 500, fromServer: 20, originSent: 18 })
  assert.deepEqual(again.traffic.bySite().get('berlin'), { fromStores: 500, fromServer: 20, originSent: 0 })
  assert.deepEqual(await again.traffic.today(START + 3 * MINUTE_MS), {
    fromStores: 500,
    fromServer: 20,
    originSent: 18,
    since: Date.parse('2026-11-22T00:00:00Z'),
  })
  for (const range of ['1h', '24h', '7d'] as const) {
    const { points, bucketS } = await again.traffic.points(range, START + 3 * MINUTE_MS)
    const sum = (key: 'fromStores' | 'fromServer' | 'originSent') =>
      points.reduce((total, point) => total + point[key], 0)
    assert.deepEqual([sum('fromStores'), sum('fromServer'), sum('originSent')], [500, 20, 18])
    const last = points.at(-1)
    assert.ok(last && last.at <= START + 3 * MINUTE_MS && last.at + bucketS * 1000 > START + 3 * MINUTE_MS)
  }
})

test('PR-S17 a package that comes back after it was not assigned for a while is not counted again, also after a restart', async t => {
  const { path, records } = await openWithDevice(t)
  report(records, 100, 10, START)
  await records.reports.flush()
  records.reports.saveStatus(DEVICE, statusOf(DEVICE, []), START + MINUTE_MS)
  await records.close()

  const again = await open(path)
  report(again, 130, 10, START + 2 * MINUTE_MS)
  await again.reports.flush()
  assert.deepEqual(again.traffic.total(), { fromStores: 130, fromServer: 10, originSent: 0 })
  await again.close()

  const third = withCleanup(t).use(await open(path))
  report(third, 150, 10, START + 3 * MINUTE_MS)
  await third.reports.flush()
  assert.deepEqual(third.traffic.total(), { fromStores: 150, fromServer: 10, originSent: 0 })
  const kept = await third.db.selectFrom('settings').selectAll().where('key', 'like', 'left-out%').execute()
  assert.deepEqual(kept, [], 'what is reported again is not kept twice')
})

test('PR-S17 a clock of the server that is set back or forth costs no bytes', async t => {
  const { records } = await openWithDevice(t)
  withCleanup(t).use(records)
  for (const [fromStores, hours] of [
    [100, 0],
    [150, -48],
    [170, -47],
    [200, 72],
    [230, 0],
  ] as const) {
    report(records, fromStores, 10, START + hours * 60 * MINUTE_MS)
    await records.reports.flush()
    assert.deepEqual(records.traffic.total(), { fromStores, fromServer: 10, originSent: 0 })
  }
})

test('a release that ends between two writes is counted to its end', async t => {
  const { records } = await openWithDevice(t)
  withCleanup(t).use(records)
  report(records, 100, 0, START)
  report(records, 30, 0, START, 2)
  await records.reports.flush()
  assert.equal(records.traffic.total().fromStores, 130)
})

test('buckets that no chart shows any more are dropped', async t => {
  const { records } = await openWithDevice(t)
  withCleanup(t).use(records)
  records.traffic.addOriginSent(1, START)
  await records.traffic.flush()
  records.traffic.addOriginSent(1, START + 9 * 24 * 60 * MINUTE_MS)
  await records.traffic.flush()
  const rows = await records.db.selectFrom('traffic_buckets').selectAll().execute()
  assert.equal(rows.length, 2)
  assert.equal(records.traffic.total().originSent, 2)
})

test('what is reported of a device that is not known counts nothing', async t => {
  const { records } = await openWithDevice(t)
  withCleanup(t).use(records)
  const stranger = `d-${'b'.repeat(32)}`
  records.reports.saveStatus(
    stranger,
    statusOf(stranger, [packageStatus({ bytes: { fromStores: 5, fromServer: 5, reused: 0 } })]),
    START,
  )
  await records.reports.flush()
  assert.deepEqual(records.traffic.total(), { fromStores: 0, fromServer: 0, originSent: 0 })
})
