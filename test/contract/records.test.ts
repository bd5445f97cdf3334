/** The records over a real database file: what survives, what is refused, and what a site is to run. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { defaultUpdateOptions, noLimits } from '../../protocol/assignment.ts'
import { Failure } from '../../signal-server/failure.ts'
import { secureRandomBytes } from '../../signal-server/random.ts'
import { assignmentsForSite } from '../../signal-server/records/assignments.ts'
import { findProfile, putProfile, setPackageOptions } from '../../signal-server/records/profiles.ts'
import { openRecords, type Records } from '../../signal-server/records/records.ts'
import { insertRelease, listReleases, type ReleaseRecord } from '../../signal-server/records/releases.ts'
import { findSite, listSites, putSite } from '../../signal-server/records/sites.ts'
import { temporaryDirectory, withCleanup } from '../support/cleanup.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const HOUR_MS = 3_600_000

async function open(t: TestContext, path?: string): Promise<{ records: Records; path: string }> {
  const file = path ?? join(await temporaryDirectory(t), 'records.db')
  const records = withCleanup(t).use(await openRecords({ path: file, randomBytes: secureRandomBytes }))
  return { records, path: file }
}

function release(number: number, publishedAt = START, packageName = 'lobby'): ReleaseRecord {
  return {
    package: packageName,
    release: number,
    version: `1.${number}.0`,
    digest: `${packageName}${number}`.padEnd(64, '0'),
    contentDigest: 'c'.repeat(64),
    entry: 'index.html',
    publishedAt,
    rawBytes: 10,
    encodedBytes: 11,
    fileCount: 1,
    chunkCount: 1,
  }
}

const berlin = { name: 'berlin', timeZone: 'Europe/Berlin', storesWanted: 1, limits: noLimits }
const options = {
  distribution: { proxyDistribution: false, onlyToProxiesUntil: null, enforceProxyUntil: null },
  update: defaultUpdateOptions,
}
const latest = (name: string) => ({ package: name, release: 'latest' as const })

async function publish(records: Records, record: ReleaseRecord): Promise<void> {
  const chunk = { digest: record.digest, rawBytes: 10, encodedBytes: 11 }
  await records.db.transaction().execute(trx => insertRelease(trx, record, '{}', [chunk]))
}

test('what was committed is there when the records are opened again', async t => {
  const { records, path } = await open(t)
  await putSite(records.db, berlin, START)
  await putSite(records.db, { ...berlin, timeZone: 'Europe/Vienna' }, START + 1)
  const second = await open(t, path)
  assert.deepEqual(await listSites(second.records.db), [{ ...berlin, timeZone: 'Europe/Vienna' }])
})

test('records of a newer Larder are refused and left alone', async t => {
  const { records, path } = await open(t)
  await records.close()
  const database = new DatabaseSync(path)
  database.exec('update schema_version set version = 999')
  database.close()
  await assert.rejects(
    openRecords({ path, randomBytes: secureRandomBytes }),
    (error: unknown) => error instanceof Failure && /version 999.*newer|at least as new/.test(error.message),
  )
})

test('a file that is no database is refused in one line', async t => {
  const path = join(await temporaryDirectory(t), 'records.db')
  await writeFile(path, 'this is not a database, whatever its name says. '.repeat(100))
  await assert.rejects(
    openRecords({ path, randomBytes: secureRandomBytes }),
    (error: unknown) => error instanceof Failure && !error.message.includes('\n'),
  )
})

test('a change that fails half way changes nothing, writes no audit entry and tells nobody', async t => {
  const { records } = await open(t)
  const told: unknown[] = []
  records.changes.subscribe(change => told.push(change))
  const failing = records.change('test', START, async trx => {
    await putSite(trx, berlin, START)
    throw new Error('half way')
  })
  await assert.rejects(failing, /half way/)
  assert.equal(await findSite(records.db, 'berlin'), null)
  assert.deepEqual(await records.db.selectFrom('audit_log').selectAll().execute(), [])
  assert.deepEqual(told, [])
})

test('a package comes from the profile of higher priority, then from the one earlier by name', async t => {
  const { records } = await open(t)
  const { db } = records
  await putSite(db, berlin, START)
  for (const number of [1, 2, 3]) await publish(records, release(number))
  const put = (name: string, priority: number, pinned: number) =>
    putProfile(
      db,
      { name, priority, sites: ['berlin'], packages: [{ package: 'lobby', release: pinned }] },
      START,
    )
  const wanted = async () =>
    (await assignmentsForSite(db, 'berlin')).map(entry => [entry.profile, entry.release])
  await put('b', 0, 2)
  await put('a', 0, 1)
  assert.deepEqual(await wanted(), [['a', 1]])
  await put('c', 5, 3)
  assert.deepEqual(await wanted(), [['c', 3]])
})

test('latest follows publications, and a package without a release is left out', async t => {
  const { records } = await open(t)
  const { db } = records
  await putSite(db, berlin, START)
  const packages = [latest('lobby'), latest('menu')]
  await putProfile(db, { name: 'shops', priority: 0, sites: ['berlin'], packages }, START)
  assert.deepEqual(await assignmentsForSite(db, 'berlin'), [])
  await publish(records, release(1))
  await publish(records, release(2))
  assert.deepEqual(
    (await assignmentsForSite(db, 'berlin')).map(entry => [entry.package, entry.release]),
    [['lobby', 2]],
  )
  assert.deepEqual(await assignmentsForSite(db, 'nowhere'), [])
})

test("B3 B6 bounds are resolved in the site's zone and from the release's publication", async t => {
  const { records } = await open(t)
  const { db } = records
  await putSite(db, berlin, START)
  await publish(records, release(1))
  const contents = { name: 'shops', priority: 0, sites: ['berlin'], packages: [latest('lobby')] }
  await putProfile(db, contents, START)
  await setPackageOptions(
    db,
    { profile: 'shops', package: 'lobby', revision: 1 },
    {
      distribution: {
        proxyDistribution: true,
        onlyToProxiesUntil: { siteLocal: '2026-11-23T02:00' },
        enforceProxyUntil: { afterPublish: 'PT4H' },
      },
      update: defaultUpdateOptions,
    },
    START,
  )
  const [assignment] = await assignmentsForSite(db, 'berlin')
  assert.deepEqual(assignment?.windows, {
    proxyDistribution: true,
    onlyToProxiesUntil: Date.parse('2026-11-23T01:00:00Z'),
    enforceProxyUntil: START + 4 * HOUR_MS,
  })
})

test('assignedAt is when release, choice and site came together, and changes of windows leave it', async t => {
  const { records, path } = await open(t)
  const { db } = records
  await putSite(db, berlin, START)
  await publish(records, release(1, START))
  const contents = { name: 'shops', priority: 0, sites: ['berlin'], packages: [latest('lobby')] }
  const assignedAt = async (from: Records) => (await assignmentsForSite(from.db, 'berlin'))[0]?.assignedAt
  await putProfile(db, contents, START + 1)
  await putProfile(db, { ...contents, priority: 3 }, START + 2)
  const target = { profile: 'shops', package: 'lobby', revision: 1 }
  await setPackageOptions(db, target, options, START + 3)
  assert.equal(await assignedAt(records), START + 1)
  assert.equal(await assignedAt((await open(t, path)).records), START + 1)
  await publish(records, release(2, START + 10))
  assert.equal(await assignedAt(records), START + 10)
  const pinned = { ...contents, packages: [{ package: 'lobby', release: 1 }] }
  await putProfile(db, pinned, START + 20)
  assert.equal(await assignedAt(records), START + 20)
})

test('replacing a profile keeps the options of packages that stay and forgets those that go', async t => {
  const { records } = await open(t)
  const { db } = records
  await putSite(db, berlin, START)
  const contents = { name: 'shops', priority: 0, sites: ['berlin'] }
  await putProfile(db, { ...contents, packages: [latest('lobby'), latest('menu')] }, START)
  for (const name of ['lobby', 'menu'])
    assert.ok(await setPackageOptions(db, { profile: 'shops', package: name, revision: 1 }, options, START))
  await putProfile(db, { ...contents, sites: [], packages: [latest('lobby')] }, START)
  await putProfile(db, { ...contents, packages: [latest('lobby'), latest('menu')] }, START)
  const profile = await findProfile(db, 'shops')
  assert.deepEqual(
    profile?.packages.map(entry => [entry.package, entry.distribution.proxyDistribution, entry.revision]),
    [
      ['lobby', false, 2],
      ['menu', true, 1],
    ],
  )
})

test('options are not overwritten by somebody who read an older revision', async t => {
  const { records } = await open(t)
  await putProfile(records.db, { name: 'shops', priority: 0, sites: [], packages: [latest('lobby')] }, START)
  const target = { profile: 'shops', package: 'lobby', revision: 1 }
  assert.equal(await setPackageOptions(records.db, target, options, START), true)
  assert.equal(await setPackageOptions(records.db, target, options, START), false)
})

test('a release number is given once, and the loser leaves nothing behind', async t => {
  const { records } = await open(t)
  await publish(records, release(1))
  const twin = { ...release(1), digest: 'f'.repeat(64) }
  await assert.rejects(publish(records, twin))
  assert.deepEqual(
    (await listReleases(records.db, 'lobby')).map(record => record.digest),
    [release(1).digest],
  )
  assert.equal((await records.db.selectFrom('chunks').selectAll().execute()).length, 1)
})
