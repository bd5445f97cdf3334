/** Releases that are deleted, by hand and by themselves: what is refused, what is freed, and what later releases are numbered. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { retentionViewSchema } from '../../protocol/admin/retention.ts'
import { insertManifestDifference } from '../../signal-server/records/manifest-differences.ts'
import { insertPatchSet } from '../../signal-server/records/patch-sets.ts'
import { removeExpiredReleases } from '../../signal-server/upkeep/release-retention.ts'
import { enrolMany, makeSite, report } from '../support/admin-fleet.ts'
import { type AdminStage, digestOf, openAdminStage } from '../support/admin-stage.ts'
import { withCleanup } from '../support/cleanup.ts'
import { assertFails, startCliStage } from '../support/cli-stage.ts'
import { until } from '../support/until.ts'

const DAY_MS = 24 * 3600_000

/** So many releases of `lobby`, a day apart; each has a page of its own and `shared.js`. Returns their digests, the first first. */
async function publishMany(stage: AdminStage, count: number): Promise<string[]> {
  const digests: string[] = []
  for (let release = 1; release <= count; release++) {
    stage.now += DAY_MS
    const answer = await stage.publish(
      'lobby',
      { 'index.html': `page ${release}`, 'shared.js': 'shared' },
      `${release}.0`,
    )
    assert.equal(answer.status, 201)
    digests.push(answer.body.digest)
  }
  return digests
}

const chunkOf = (text: string) => digestOf(new TextEncoder().encode(text))

const releasesOf = async (stage: AdminStage): Promise<number[]> =>
  ((await stage.call('GET', '/api/packages/lobby')).body.releases ?? []).map(
    ({ release }: { release: number }) => release,
  )

const giveLobby = (stage: AdminStage, release: 'latest' | number) =>
  stage.call('PUT', '/api/profiles/shops', { sites: ['berlin'], packages: [{ package: 'lobby', release }] })

const remove = (stage: AdminStage, release: number, force = false) =>
  stage.call('DELETE', `/api/packages/lobby/releases/${release}${force ? '?force=true' : ''}`)

async function openWithFleet(t: TestContext) {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const [deviceId = ''] = await enrolMany(stage, 1)
  return { stage, deviceId }
}

test('a release frees its chunks, patches and manifest, and nothing that another release has', async t => {
  const stage = await openAdminStage(t)
  const [one = '', two = '', three = ''] = await publishMany(stage, 3)
  const { db } = stage.records
  const set = { package: 'lobby', digest: 'd', document: '{}', partsBytes: 1, insteadOfBytes: 2, madeAt: 3 }
  for (const [from, to] of [
    [one, two],
    [two, three],
    [one, three],
  ] as const)
    await insertPatchSet(db, { ...set, from, to, partDigests: [chunkOf(`${from}${to}`)] })
  assert.ok(await stage.directory.releaseByDigest(two))

  const planned = (await stage.call('GET', '/api/packages/lobby/releases/2/deletion')).body
  assert.match(planned.effects[0], /^1 chunk \(\d+ B\) that no other release has is removed .* after a day/)
  assert.deepEqual([planned.blockers, planned.cautions], [[], []])
  assert.equal((await remove(stage, 2)).status, 200)

  assert.deepEqual(await releasesOf(stage), [3, 1])
  assert.equal(await stage.directory.hasRelease(two), false)
  assert.equal(await stage.directory.signedManifestText(two), null)
  assert.equal(await stage.directory.releaseByDigest(two), null)
  const pairs = await db.selectFrom('patch_sets').select(['from_digest', 'to_digest']).execute()
  assert.deepEqual(
    pairs.map(pair => [pair.from_digest, pair.to_digest]),
    [[one, three]],
  )
  assert.equal((await db.selectFrom('patch_parts').selectAll().execute()).length, 1)
  const differences = await db
    .selectFrom('manifest_differences')
    .select(['from_digest', 'to_digest'])
    .execute()
  assert.ok(differences.every(row => row.from_digest !== two && row.to_digest !== two))
  assert.deepEqual(stage.changes.at(-1), { type: 'fleet', removedReleases: [two] })

  await stage.publisher.sweep()
  assert.ok((await stage.vault.sizes([chunkOf('page 2')])).size === 1, 'kept for a day')
  stage.now += DAY_MS + 1
  assert.equal(await stage.publisher.sweep(), 1)
  const left = await stage.vault.sizes(['page 1', 'page 2', 'page 3', 'shared'].map(chunkOf))
  assert.deepEqual([...left.keys()].sort(), ['page 1', 'page 3', 'shared'].map(chunkOf).sort())
  assert.ok(await stage.directory.releaseByDigest(one), 'the others are whole')
  const { entries } = (await stage.call('GET', '/api/audit')).body
  const [entry] = entries.filter(({ action }: { action: string }) => action === 'release.delete')
  assert.deepEqual(
    [entry.target, entry.before],
    ['package:lobby', { release: 2, version: '2.0', digest: two }],
  )
})

test('a patch or difference that was under way when its release was deleted is not kept', async t => {
  const stage = await openAdminStage(t)
  const [one = '', two = ''] = await publishMany(stage, 2)
  await remove(stage, 1)
  const { db } = stage.records
  const set = { package: 'lobby', digest: 'd', document: '{}', partsBytes: 1, insteadOfBytes: 2, madeAt: 3 }
  await insertPatchSet(db, { ...set, from: one, to: two, partDigests: [chunkOf('part')] })
  await insertManifestDifference(db, { from: one, to: two }, new Uint8Array([1]))
  for (const table of ['patch_sets', 'patch_parts', 'manifest_differences'] as const)
    assert.deepEqual(await db.selectFrom(table).selectAll().where('from_digest', '=', one).execute(), [])
})

test('the number of a release that was deleted is never given again', async t => {
  const stage = await openAdminStage(t)
  await publishMany(stage, 2)
  await remove(stage, 2)
  await remove(stage, 1)
  assert.deepEqual(await releasesOf(stage), [])
  const { body } = await stage.publish('lobby', { 'index.html': 'again' })
  assert.equal(body.release, 3)
})

test('a release that is pinned, or the latest that a profile gives, is not deleted, whatever is asked for', async t => {
  const { stage } = await openWithFleet(t)
  await publishMany(stage, 3)
  await giveLobby(stage, 2)
  for (const force of [false, true]) {
    const answer = await remove(stage, 2, force)
    assert.deepEqual([answer.status, answer.body.type], [409, 'urn:larder:problem:in-use'])
    assert.match(answer.body.detail, /Profile shops pins this release: choose another release there first/)
  }
  await giveLobby(stage, 'latest')
  const latest = await remove(stage, 3, true)
  assert.match(latest.body.detail, /It is the latest release, and profile shops gives the latest/)
  assert.equal((await remove(stage, 2)).status, 200)
  assert.deepEqual(await releasesOf(stage), [3, 1])
})

test('a release that devices want or run is deleted only by force, and the refusal says how many', async t => {
  const { stage, deviceId } = await openWithFleet(t)
  await publishMany(stage, 3)
  await report(stage, deviceId, { wantedRelease: 2, activeRelease: 1 })
  const running = await remove(stage, 1)
  assert.match(running.body.detail, /1 device runs it: it stays on their screens.*--force.*force=true/)
  assert.match((await remove(stage, 2)).body.detail, /1 device wants it/)
  await stage.call('PATCH', `/api/devices/${deviceId}`, { state: 'revoked' })
  assert.equal((await remove(stage, 1)).status, 409, 'a revoked device may come back')
  assert.equal((await remove(stage, 1, true)).status, 200)
  await stage.call('DELETE', `/api/devices/${deviceId}`)
  assert.equal((await remove(stage, 2)).status, 200)
})

test('old releases go by themselves, and never one that is pinned, wanted or run', async t => {
  const { stage, deviceId } = await openWithFleet(t)
  const digests = await publishMany(stage, 6)
  await giveLobby(stage, 2)
  await report(stage, deviceId, { wantedRelease: 2, activeRelease: 1 })
  const keep = { keepReleases: 2, keepForS: null }
  const preview = await stage.call('POST', '/api/packages/lobby/retention/preview', keep)
  const expected = [
    { release: 4, version: '4.0' },
    { release: 3, version: '3.0' },
  ]
  assert.deepEqual(v.parse(retentionViewSchema, preview.body).removes, expected)
  assert.ok(preview.body.freedBytes > 0)
  assert.equal(await removeExpiredReleases({ records: stage.records, clock: () => stage.now }), 0)
  const put = await stage.call('PUT', '/api/packages/lobby/retention', keep)
  assert.deepEqual(v.parse(retentionViewSchema, put.body).removes, expected)
  stage.now += 1000
  assert.equal(await removeExpiredReleases({ records: stage.records, clock: () => stage.now }), 2)
  assert.equal(await removeExpiredReleases({ records: stage.records, clock: () => stage.now }), 0)
  assert.deepEqual(await releasesOf(stage), [6, 5, 2, 1])
  const [entry] = (await stage.call('GET', '/api/audit')).body.entries
  assert.deepEqual(
    [entry.actor, entry.action, entry.target, entry.before.releases[0]],
    ['server', 'release.expire', 'package:lobby', { release: 4, version: '4.0', digest: digests[3] }],
  )
  const shown = (await stage.call('GET', '/api/packages/lobby/retention')).body
  assert.deepEqual([shown.keepReleases, shown.keepForS, shown.removes], [2, null, []])
  await stage.publish('lobby', { 'index.html': 'seven' })
  assert.deepEqual((await stage.call('GET', '/api/packages/lobby/retention')).body.keepReleases, 2)
})

test('commands delete a release and say which are kept, and a running server removes the others at once', async t => {
  const stage = await startCliStage()
  withCleanup(t).defer(() => stage.end())
  const { larder, larderJson, folder } = stage
  await mkdir(join(folder, 'lobby'))
  for (let release = 1; release <= 5; release++) {
    await writeFile(join(folder, 'lobby', 'index.html'), `page ${release}`)
    await larderJson('publish', join(folder, 'lobby'), '--package', 'lobby', '--version', `${release}.0`)
  }
  const numbers = async () =>
    (await larderJson('package', 'show', 'lobby')).releases.map(({ release }: { release: number }) => release)
  assert.match(
    (await larder('release', 'delete', 'lobby@1', '--dry-run')).stdout,
    /^Deleting the release 1 \(1\.0\) of package lobby would do this:\n/,
  )
  assert.match((await larder('release', 'delete', 'lobby@1')).stdout, /^Deleted the release 1 \(1\.0\)/)
  assertFails(await larder('release', 'delete', 'lobby@1'), 1, /no release 1 of package "lobby"/)
  assertFails(await larder('release', 'delete', 'lobby'), 2, /names no release; write it as lobby@3/)

  assert.match((await larder('package', 'retention', 'lobby')).stdout, /keeps all of its releases/)
  const dry = await larder('package', 'retention', 'lobby', '--keep-releases', '2', '--dry-run')
  assert.match(dry.stdout, /Would remove 2 releases: 3 \(3\.0\), 2 \(2\.0\)/)
  assert.deepEqual(await numbers(), [5, 4, 3, 2])
  const kept = await larder('package', 'retention', 'lobby', '--keep-releases', '2', '--keep-for', 'P90D')
  assert.match(kept.stdout, /keeps for +90 d after the next release\n {2}No release goes now/)
  await larderJson('package', 'retention', 'lobby', '--keep-for', 'off')
  await until('the others are gone', async () => (await numbers()).join() === '5,4')
  assertFails(await larder('package', 'retention', 'lobby', '--keep-releases', '0'), 2, /from 1 to 10000/)
  assertFails(await larder('package', 'retention', 'nothing'), 1, /no package "nothing"/)
})
