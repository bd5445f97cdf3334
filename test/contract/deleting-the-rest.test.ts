/** Sites, profiles and packages that are deleted: what is refused while it is in use, what is said before, what stays. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { enrolMany, makeSite, report } from '../support/admin-fleet.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { withCleanup } from '../support/cleanup.ts'
import { assertFails, startCliStage } from '../support/cli-stage.ts'

const putProfile = (stage: AdminStage, name: string, sites: readonly string[], packages: readonly string[]) =>
  stage.call('PUT', `/api/profiles/${name}`, {
    sites,
    packages: packages.map(name => ({ package: name })),
  })

const planOf = async (stage: AdminStage, path: string) => (await stage.call('GET', `${path}/deletion`)).body

async function lastAudit(stage: AdminStage, action: string) {
  const { entries } = (await stage.call('GET', '/api/audit')).body
  return entries.find((entry: { action: string }) => entry.action === action)
}

/** Two sites with a device in the first, two packages, and a profile that gives both to both. */
async function openShop(t: TestContext) {
  const stage = await openAdminStage(t)
  for (const site of ['berlin', 'rome']) await makeSite(stage, site)
  for (const name of ['lobby', 'menu']) await stage.publish(name, { 'index.html': name })
  await putProfile(stage, 'shops', ['berlin', 'rome'], ['lobby', 'menu'])
  const [deviceId = ''] = await enrolMany(stage, 1)
  return { stage, deviceId }
}

test('a site is deleted once it has no devices, with its links and its places in profiles', async t => {
  const { stage, deviceId } = await openShop(t)
  const { token } = (
    await stage.call('POST', '/api/enrolment-tokens', { site: 'berlin', role: 'kiosk', uses: 5 })
  ).body
  await report(stage, deviceId, { bytes: { fromStores: 0, fromServer: 5, reused: 0 } })
  await stage.call('PATCH', `/api/devices/${deviceId}`, { state: 'revoked' })
  const refused = await stage.call('DELETE', '/api/sites/berlin?force=true')
  assert.deepEqual([refused.status, refused.body.type], [409, 'urn:larder:problem:in-use'])
  assert.match(
    refused.body.detail,
    /The site berlin is in use\. It has 1 device, 1 of them revoked: each has to be moved/,
  )
  await stage.call('PATCH', `/api/devices/${deviceId}`, { site: 'rome' })
  const bytes = stage.records.traffic.total()
  const { effects, blockers } = await planOf(stage, '/api/sites/berlin')
  assert.deepEqual(blockers, [])
  assert.match(effects.join(' '), /taken out of profile shops\. 2 enrolment links for it cannot be used/)
  assert.equal((await stage.call('DELETE', '/api/sites/berlin')).status, 200)
  assert.equal((await stage.call('GET', '/api/sites/berlin')).status, 404)
  assert.deepEqual((await stage.call('GET', '/api/profiles/shops')).body.sites, ['rome'])
  const enrolled = await stage.directory.enrol({ token, publicKey: 'k'.repeat(43), now: stage.now })
  assert.equal(enrolled.ok ? null : enrolled.problem, 'enrolment-token-invalid')
  assert.deepEqual(stage.records.traffic.total(), bytes)
  assert.deepEqual((await lastAudit(stage, 'site.delete')).before.profiles, ['shops'])
  assert.deepEqual(stage.changes.at(-1), { type: 'site', site: 'berlin' })
  assert.deepEqual(await stage.directory.assignmentsForSite('berlin'), [])
})

test('a profile is deleted only by force where devices lose a package, and another profile takes over where it can', async t => {
  const { stage } = await openShop(t)
  await putProfile(stage, 'base', ['berlin', 'rome'], ['lobby'])
  await stage.call('PUT', '/api/profiles/shops', {
    sites: ['berlin', 'rome'],
    priority: 5,
    packages: [{ package: 'lobby' }, { package: 'menu' }],
  })
  const { effects, cautions } = await planOf(stage, '/api/profiles/shops')
  assert.match(effects[0], /Package lobby comes from profile base at sites berlin, rome/)
  assert.deepEqual(cautions.length, 1)
  assert.match(cautions[0], /Package menu is taken from 1 device at sites berlin, rome: it is removed there/)
  const refused = await stage.call('DELETE', '/api/profiles/shops')
  assert.deepEqual([refused.status, refused.body.type], [409, 'urn:larder:problem:in-use'])
  assert.equal((await stage.call('DELETE', '/api/profiles/shops?force=true')).status, 200)
  assert.equal((await stage.call('GET', '/api/profiles/shops')).status, 404)
  assert.deepEqual(
    (await stage.directory.assignmentsForSite('berlin')).map(assignment => assignment.package),
    ['lobby'],
  )
  const entry = await lastAudit(stage, 'profile.delete')
  assert.deepEqual(
    [entry.target, entry.before.packages.length, entry.after],
    ['profile:shops', 2, { force: true }],
  )
  assert.equal((await stage.call('DELETE', '/api/profiles/base?force=true')).status, 200)
})

test('a profile without devices is deleted without force', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  await putProfile(stage, 'shops', ['berlin'], ['lobby'])
  const { effects, cautions } = await planOf(stage, '/api/profiles/shops')
  assert.deepEqual(cautions, [])
  assert.match(effects[0], /Package lobby is not given to site berlin any more; no device is there/)
  assert.equal((await stage.call('DELETE', '/api/profiles/shops')).status, 200)
})

test('a package is deleted once no profile names it, and its numbers go on when it is published again', async t => {
  const { stage, deviceId } = await openShop(t)
  await stage.publish('lobby', { 'index.html': 'two' }, '2.0')
  await report(stage, deviceId, { activeRelease: 1, phase: 'active', update: 'confirmed' })
  const assigned = await stage.call('DELETE', '/api/packages/lobby?force=true')
  assert.match(assigned.body.detail, /Profile shops names it: take it out of that profile first/)
  await putProfile(stage, 'shops', ['berlin', 'rome'], ['menu'])
  const held = await stage.call('DELETE', '/api/packages/lobby')
  assert.match(held.body.detail, /1 device still has it.*--force/)
  const { effects } = await planOf(stage, '/api/packages/lobby')
  assert.match(effects.join(' '), /Its 2 releases are removed.*numbered from 3 on/)
  assert.equal((await stage.call('DELETE', '/api/packages/lobby?force=true')).status, 200)
  assert.equal((await stage.call('GET', '/api/packages/lobby')).status, 404)
  const names = (await stage.call('GET', '/api/packages')).body.packages.map(
    ({ package: name }: { package: string }) => name,
  )
  assert.deepEqual(names, ['menu'])
  assert.equal((await lastAudit(stage, 'package.delete')).before.releases.length, 2)
  assert.equal((await stage.publish('lobby', { 'index.html': 'two' })).body.release, 3)
})

test('commands say first what deleting does, and refuse what is in use', async t => {
  const stage = await startCliStage()
  withCleanup(t).defer(() => stage.end())
  const { larder, larderJson } = stage
  await larderJson('site', 'create', 'berlin', '--time-zone', 'Europe/Berlin')
  await larderJson('profile', 'create', 'shops', '--site', 'berlin', '--package', 'lobby')
  assert.match(
    (await larder('site', 'delete', 'berlin', '--dry-run')).stdout,
    /^Deleting the site berlin would do this:\n {2}It is taken out of profile shops\.\n/,
  )
  assert.match((await larder('profile', 'delete', 'shops')).stdout, /^Deleted the profile shops\.\n/)
  assert.match((await larder('site', 'delete', 'berlin')).stdout, /^Deleted the site berlin\.\n/)
  assertFails(await larder('site', 'delete', 'berlin'), 1, /no site "berlin"/)
  assertFails(await larder('profile', 'delete', 'shops'), 1, /no profile "shops"/)
  assertFails(await larder('package', 'delete', 'lobby'), 1, /no package "lobby"/)
  assertFails(await larder('site', 'delete', 'Not A Site'), 2, /site delete --help/)
})
