/** A database of an earlier version, opened by this one: nothing in it is lost, and what is new has its plain values. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { defaultUpdateOptions, noLimits } from '../../protocol/assignment.ts'
import { deviceStatusSchema } from '../../protocol/device-status.ts'
import { secureRandomBytes } from '../../signal-server/random.ts'
import { assignmentsForSite } from '../../signal-server/records/assignments.ts'
import { findDevice } from '../../signal-server/records/devices.ts'
import { listEnrolmentLinks } from '../../signal-server/records/enrolment.ts'
import { findProfile } from '../../signal-server/records/profiles.ts'
import { openRecords, type Records } from '../../signal-server/records/records.ts'
import { lastReleaseNumber } from '../../signal-server/records/release-numbers.ts'
import { listReleases } from '../../signal-server/records/releases.ts'
import { findRetention } from '../../signal-server/records/retention.ts'
import { listSites } from '../../signal-server/records/sites.ts'
import { temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { createFilledOldRecords, createOldRecords } from '../support/old-records.ts'

const DEVICE = `d-${'1'.repeat(32)}`

/** As version 3 wrote it: without storage and the state of the update. */
const OLD_STATUS = {
  deviceId: DEVICE,
  role: 'store',
  site: 'berlin',
  connection: 'online',
  clockOffsetMs: 3,
  packages: [
    {
      package: 'lobby',
      wantedRelease: 1,
      activeRelease: 1,
      activeVersion: '1.0.0',
      phase: 'active',
      reason: 'up-to-date',
      detail: '1.0.0 runs',
      decision: { stores: 'open', server: 'open', nextChangeAt: null },
      chunks: { have: 1, total: 1 },
      bytes: { fromStores: 0, fromServer: 900, reused: 0 },
    },
  ],
  peers: [],
}

const ROWS = `
  insert into sites values ('berlin', 'Europe/Berlin', 2, 1);
  insert into profiles values ('shops', 7, 1);
  insert into profile_sites values ('shops', 'berlin', 5);
  insert into profile_packages values ('shops', 'lobby', null, 6, 0, '{"siteLocal":"2026-11-23T02:00"}', null, 1, 4);
  insert into packages values ('lobby', 1);
  insert into releases values ('${'a'.repeat(64)}', 'lobby', 1, '1.0.0', 'index.html', '${'c'.repeat(64)}', 9, 10, 11, 1, 1, '{}');
  insert into devices values ('${DEVICE}', 'k', 'Counter', 'store', 'berlin', 'accepted', null, 2, 3, '${JSON.stringify(OLD_STATUS)}', 4);
  insert into device_packages values ('${DEVICE}', 'lobby', 1, 1, 'active');
  insert into traffic_totals values ('berlin', 0, 900, 0);
`

async function openOld(t: TestContext): Promise<{ records: Records; path: string }> {
  const path = join(await temporaryDirectory(t), 'records.db')
  await createOldRecords(path, 3, ROWS)
  return { path, records: await open(t, path) }
}

const open = async (t: TestContext, path: string) =>
  withCleanup(t).use(await openRecords({ path, randomBytes: secureRandomBytes }))

test('records of version 3 keep their sites, profiles, options and revisions', async t => {
  const { records } = await openOld(t)
  assert.deepEqual(await listSites(records.db), [
    { name: 'berlin', timeZone: 'Europe/Berlin', storesWanted: 2, limits: noLimits },
  ])
  assert.deepEqual((await findProfile(records.db, 'shops'))?.packages, [
    {
      package: 'lobby',
      release: 'latest',
      distribution: {
        proxyDistribution: false,
        onlyToProxiesUntil: { siteLocal: '2026-11-23T02:00' },
        enforceProxyUntil: null,
      },
      update: defaultUpdateOptions,
      revision: 4,
    },
  ])
  const [assignment] = await assignmentsForSite(records.db, 'berlin')
  assert.deepEqual(
    [assignment?.release, assignment?.assignedAt, assignment?.activation],
    [1, 9, { when: 'at-once' }],
  )
})

test('devices of version 3 keep their last report, which is one of this version now', async t => {
  const { records, path } = await openOld(t)
  for (const opened of [records, await open(t, path)]) {
    const device = await findDevice(opened.db, DEVICE)
    assert.deepEqual(
      [device?.name, device?.state, device?.labels, device?.retries, device?.limits],
      ['Counter', 'accepted', {}, {}, noLimits],
    )
    const status = v.parse(deviceStatusSchema, device?.lastStatus)
    assert.deepEqual(
      [status.clockOffsetMs, status.packages[0]?.update, status.packages[0]?.bytes.fromServer],
      [3, 'confirmed', 900],
    )
  }
})

test('bytes that a device of version 3 had reported are not counted a second time', async t => {
  const { records } = await openOld(t)
  const { lastStatus } = (await findDevice(records.db, DEVICE)) ?? {}
  assert.ok(lastStatus)
  records.reports.saveStatus(DEVICE, lastStatus, 100_000)
  await records.reports.flush()
  assert.equal(records.traffic.total().fromServer, 900)
})

test('packages of version 6 count on from their last release, and links keep their uses', async t => {
  const path = join(await temporaryDirectory(t), 'records.db')
  await createFilledOldRecords(path, 6)
  const { db } = await open(t, path)
  assert.deepEqual(
    [await lastReleaseNumber(db, 'lobby'), await lastReleaseNumber(db, 'menu')],
    [2, (await listReleases(db, 'menu')).length],
  )
  const links = await listEnrolmentLinks(db, 0)
  assert.ok(links.length > 0)
  assert.ok(links.every(link => link.uses === null && link.usesLeft > 0))
  assert.deepEqual(await findRetention(db, 'lobby'), { keepReleases: null, keepForS: null })
})
