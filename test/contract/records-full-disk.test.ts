/** Records whose file may not grow, as on a full disk: what devices report is kept in memory, within bounds, and written later. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { noLimits } from '../../protocol/assignment.ts'
import { toBase64Url } from '../../protocol/keys.ts'
import { secureRandomBytes } from '../../signal-server/random.ts'
import { listDeviceEvents } from '../../signal-server/records/device-reports.ts'
import { findDevice, insertDevice } from '../../signal-server/records/devices.ts'
import { openRecords, type Records } from '../../signal-server/records/records.ts'
import { putSite } from '../../signal-server/records/sites.ts'
import { storageFaultOf } from '../../signal-server/storage-fault.ts'
import { temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { packageStatus, statusOf } from '../support/device-status.ts'

const START = Date.parse('2026-11-22T12:00:05Z')
const DEVICE = `d-${'a'.repeat(32)}`

async function openWithDevice(t: TestContext) {
  const path = join(await temporaryDirectory(t), 'records.db')
  const failures: unknown[] = []
  const onReportFailure = (error: unknown) => void failures.push(error)
  const records = withCleanup(t).use(
    await openRecords({ path, randomBytes: secureRandomBytes, onReportFailure }),
  )
  await putSite(records.db, { name: 'berlin', timeZone: 'UTC', storesWanted: 1, limits: noLimits }, START)
  const publicKey = toBase64Url(new Uint8Array(32))
  const place = { name: '', role: 'kiosk', site: 'berlin', state: 'accepted', code: null } as const
  await insertDevice(records.db, { deviceId: DEVICE, publicKey, ...place }, START)
  return { records, failures }
}

/** SQLite then fails as on a full disk. */
const forbidGrowth = (records: Records) => sql`pragma max_page_count = 1`.execute(records.db)
const allowGrowth = (records: Records) => sql`pragma max_page_count = 1000000`.execute(records.db)

const report = (records: Records, fromStores: number, wantedRelease: number) =>
  records.reports.saveStatus(
    DEVICE,
    statusOf(DEVICE, [packageStatus({ wantedRelease, bytes: { fromStores, fromServer: 0, reused: 0 } })]),
    START,
  )

const LONG = 'x'.repeat(180)

function event(records: Records, nth: number): void {
  records.reports.saveEvent(DEVICE, { kind: 'bad-chunk', detail: `${nth} ${LONG}` }, START)
}

test('reports that the disk does not take are kept, the newest status and events, and no byte is counted twice or lost', async t => {
  const { records, failures } = await openWithDevice(t)
  await forbidGrowth(records)
  report(records, 100, 1)
  for (let nth = 0; nth < 60; nth++) event(records, nth)
  await records.reports.flush()
  assert.deepEqual([failures.length, storageFaultOf(failures[0])?.reason], [1, 'full'])
  assert.equal((await findDevice(records.db, DEVICE))?.lastStatus, null)
  // The first release ends while nothing can be written.
  report(records, 400, 1)
  report(records, 50, 2)
  for (let nth = 60; nth < 120; nth++) event(records, nth)
  await records.reports.flush()
  assert.equal(failures.length, 2)
  assert.equal(records.reports.unwrittenDevices, 1)

  await allowGrowth(records)
  await records.reports.flush()
  assert.equal(records.reports.unwrittenDevices, 0)
  const events = await listDeviceEvents(records.db, DEVICE, 1000)
  assert.deepEqual(
    events.map(({ detail }) => Number.parseInt(detail, 10)),
    Array.from({ length: 100 }, (_, index) => 119 - index),
  )
  assert.equal((await findDevice(records.db, DEVICE))?.lastStatus?.packages[0]?.wantedRelease, 2)
  assert.equal(records.traffic.total().fromStores, 450)
  assert.equal(failures.length, 2)
})

test('what the origin sent while nothing could be written is counted later', async t => {
  const { records } = await openWithDevice(t)
  await sql`pragma query_only = on`.execute(records.db)
  records.traffic.addOriginSent(5, START)
  await records.traffic.flush()
  records.traffic.addOriginSent(7, START + 1)
  await records.traffic.flush()
  assert.equal(records.traffic.total().originSent, 0)
  await sql`pragma query_only = off`.execute(records.db)
  await records.traffic.flush()
  assert.equal(records.traffic.total().originSent, 12)
})

test('a change that the disk does not take fails with that, leaves nothing behind, and the next one succeeds', async t => {
  const { records } = await openWithDevice(t)
  const change = (name: string) =>
    records.change('test', START, async trx => {
      await putSite(trx, { name, timeZone: 'UTC', storesWanted: 1, limits: noLimits }, START)
      return { result: null, audit: { action: 'site.put', target: `site:${name}`, after: LONG.repeat(200) } }
    })
  await forbidGrowth(records)
  await assert.rejects(change('oslo'), error => storageFaultOf(error)?.reason === 'full')
  const { rows } = await sql`select name from sites where name = 'oslo'`.execute(records.db)
  assert.deepEqual(rows, [])
  await allowGrowth(records)
  await change('oslo')
})

test('records that are closed while the disk cannot be written close, and lose only what was never acknowledged', async t => {
  const { records, failures } = await openWithDevice(t)
  await forbidGrowth(records)
  for (let nth = 0; nth < 60; nth++) event(records, nth)
  await records.close()
  assert.equal(storageFaultOf(failures[0])?.reason, 'full')
  assert.equal(records.reports.unwrittenDevices, 1)
})
