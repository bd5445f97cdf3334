/** Releases that devices refuse because they ran a later one: said where one is pinned, where a device is moved, and when asked. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { deviceDetailSchema } from '../../protocol/admin/devices.ts'
import { distributionViewSchema, explanationSchema, profileViewSchema } from '../../protocol/admin-api.ts'
import { toBase64Url } from '../../protocol/keys.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { packageStatus, statusOf } from '../support/device-status.ts'

const PINNED = { sites: ['munich'], packages: [{ package: 'lobby', release: 1 }] }

/** Lobby has two releases; Berlin follows the latest, Munich is empty. A kiosk in Berlin runs release 2. */
async function openFleet(t: TestContext) {
  const stage = await openAdminStage(t)
  for (const site of ['berlin', 'munich'])
    await stage.call('PUT', `/api/sites/${site}`, { timeZone: 'Europe/Berlin' })
  for (const text of ['one', 'two']) await stage.publish('lobby', { 'index.html': text })
  await stage.call('PUT', '/api/profiles/shops', { sites: ['berlin'], packages: [{ package: 'lobby' }] })
  const { body } = await stage.call('POST', '/api/enrolment-tokens', { site: 'berlin', role: 'kiosk' })
  const publicKey = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  const enrolled = await stage.directory.enrol({ token: body.token, publicKey, now: stage.now })
  assert.ok(enrolled.ok)
  const { deviceId } = enrolled.device
  await report(stage, deviceId, { wantedRelease: 2, activeRelease: 2 })
  return { stage, deviceId }
}

const report = (stage: AdminStage, deviceId: string, change: Parameters<typeof packageStatus>[0]) =>
  stage.directory.saveStatus(
    deviceId,
    statusOf(deviceId, [packageStatus({ package: 'lobby', ...change })]),
    stage.now,
  )

const refused = {
  wantedRelease: 1,
  activeRelease: 2,
  phase: 'failed',
  update: 'waiting',
  reason: 'manifest-refused',
  detail: 'refused: release 1 is older than 2, which ran here',
} as const

test('pinning a lower release than devices run is answered with how many refuse it, and how to go back', async t => {
  const { stage } = await openFleet(t)
  const put = async (release: number | 'latest') =>
    v.parse(
      profileViewSchema,
      (
        await stage.call('PUT', '/api/profiles/shops', {
          sites: ['berlin'],
          packages: [{ package: 'lobby', release }],
        })
      ).body,
    ).notes
  assert.deepEqual(await put(2), [])
  assert.deepEqual(await put(1), [
    '1 device has run a later release of lobby than 1 and refuses it: on a device numbers only rise. To go back to the files of release 1, publish them again as a new release: larder package republish lobby 1 --version LABEL',
  ])
  const { warnings } = v.parse(
    distributionViewSchema,
    (await stage.call('GET', '/api/profiles/shops/packages/lobby/distribution')).body,
  )
  assert.deepEqual(
    warnings.map(({ code, sites }) => [code, sites]),
    [['release-refused', ['berlin']]],
  )
})

test('a device that is moved to a site with a lower release is said to refuse it, before it reports anything', async t => {
  const { stage, deviceId } = await openFleet(t)
  await stage.call('PUT', '/api/profiles/pinned', PINNED)
  const moved = v.parse(
    deviceDetailSchema,
    (await stage.call('PATCH', `/api/devices/${deviceId}`, { site: 'munich' })).body,
  )
  assert.deepEqual(moved.warnings, [
    'This device has run release 2 of lobby and refuses release 1: on a device numbers only rise. To go back to the files of release 1, publish them again as a new release.',
  ])
  const back = v.parse(
    deviceDetailSchema,
    (await stage.call('PATCH', `/api/devices/${deviceId}`, { site: 'berlin' })).body,
  )
  assert.deepEqual(back.warnings, [])
})

test('another try is refused where the device would refuse the release again, with what helps', async t => {
  const { stage, deviceId } = await openFleet(t)
  const retry = async () =>
    (await stage.call('POST', `/api/devices/${deviceId}/retry`, { package: 'lobby' })).body
  await report(stage, deviceId, refused)
  const { type, detail } = await retry()
  assert.equal(type, 'urn:larder:problem:nothing-to-retry')
  assert.match(
    detail,
    /^Another try would change nothing\. This device has run release 2 .* Use: larder package republish lobby 1 --version LABEL$/,
  )
  // It was taken back from release 5 to nothing: only its own words say what it ran.
  const since = 'refused: release 1 is older than 5, which ran here'
  await report(stage, deviceId, { ...refused, activeRelease: null, detail: since })
  assert.match((await retry()).detail, /has run release 5 of lobby and refuses release 1/)
  await report(stage, deviceId, { ...refused, activeRelease: null, detail: 'refused: signed by key x' })
  assert.match((await retry()).detail, /does not accept the manifest .* every minute by itself\.$/)
  for (const reason of ['out-of-space', 'storage-failed'] as const) {
    await report(stage, deviceId, { wantedRelease: 2, activeRelease: 1, phase: 'failed', reason })
    assert.match((await retry()).detail, /^No release of package "lobby" has failed/, reason)
  }
  assert.deepEqual((await stage.directory.device(deviceId))?.retries, {}, 'nothing was counted')
})

test('explain says that the device refuses a release, or that it failed there, instead of when it takes over', async t => {
  const { stage, deviceId } = await openFleet(t)
  const obstacle = async () =>
    v.parse(
      explanationSchema,
      (await stage.call('GET', `/api/explain?device=${deviceId}&package=lobby`)).body,
    ).obstacle
  assert.equal(await obstacle(), null)
  const failed = { phase: 'failed', update: 'failed', reason: 'release-failed', detail: 'it threw' } as const
  await report(stage, deviceId, { wantedRelease: 2, activeRelease: 1, ...failed })
  assert.deepEqual(await obstacle(), {
    kind: 'release-failed',
    sentence: 'The device says: it threw',
    remedy: 'retry',
  })
  await report(stage, deviceId, { wantedRelease: 2, activeRelease: 2 })
  await stage.call('PUT', '/api/profiles/pinned', PINNED)
  await stage.call('PATCH', `/api/devices/${deviceId}`, { site: 'munich' })
  assert.equal((await obstacle())?.kind, 'older-release')
})

test('explain does not say of a revoked device that it may fetch', async t => {
  const { stage, deviceId } = await openFleet(t)
  await stage.call('PATCH', `/api/devices/${deviceId}`, { state: 'revoked' })
  const answer = await stage.call('GET', `/api/explain?device=${deviceId}&package=lobby`)
  assert.equal(answer.body.type, 'urn:larder:problem:device-revoked')
  assert.match(answer.body.detail, /is revoked, so it fetches nothing\. Accept it again first\.$/)
})
