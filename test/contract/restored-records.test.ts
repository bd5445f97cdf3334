/** Records from an older backup: devices run releases that the server does not know, and refuse what has a lower number. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { overviewSchema } from '../../protocol/admin/overview.ts'
import { renumberViewSchema } from '../../protocol/admin-api.ts'
import { toBase64Url } from '../../protocol/keys.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { packageStatus, statusOf } from '../support/device-status.ts'

async function enrol(stage: AdminStage, token?: string): Promise<string> {
  const publicKey = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  const given = token === undefined ? {} : { token }
  const enrolled = await stage.directory.enrol({ ...given, publicKey, now: stage.now })
  assert.ok(enrolled.ok)
  return enrolled.device.deviceId
}

const report = (stage: AdminStage, deviceId: string, activeRelease: number) =>
  stage.directory.saveStatus(
    deviceId,
    statusOf(deviceId, [packageStatus({ package: 'lobby', wantedRelease: 1, activeRelease })]),
    stage.now,
  )

test('releases that devices run and the server does not know are told, and the next one is numbered above them on demand', async t => {
  const stage = await openAdminStage(t)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin' })
  await stage.publish('lobby', { 'index.html': 'one' })
  await stage.call('PUT', '/api/profiles/shops', { sites: ['berlin'], packages: [{ package: 'lobby' }] })
  const { body } = await stage.call('POST', '/api/enrolment-tokens', {
    site: 'berlin',
    role: 'kiosk',
    uses: 5,
  })
  const unknown = async () =>
    v.parse(overviewSchema, (await stage.call('GET', '/api/overview')).body).unknownReleases
  const numberOfNext = async (text: string) =>
    (await stage.publish('lobby', { 'index.html': text })).body.release

  const devices = [await enrol(stage, body.token), await enrol(stage, body.token)]
  for (const deviceId of devices) await report(stage, deviceId, 1)
  assert.deepEqual(await unknown(), [])
  await report(stage, await enrol(stage), 900)
  assert.deepEqual(await unknown(), [], 'nothing is believed of a stranger')

  await report(stage, devices[0] ?? '', 11)
  await report(stage, devices[1] ?? '', 12)
  assert.deepEqual(await unknown(), [{ package: 'lobby', devices: 2, highest: 12, nextRelease: 2 }])
  const { notes } = (await stage.call('GET', '/api/profiles/shops')).body
  assert.match(notes[0], /^2 devices have run a later release of lobby than 1, the newest .* renumber lobby/)
  assert.equal(await numberOfNext('two'), 2, 'what devices report changes no number by itself')

  const renumber = (above: unknown) => stage.call('POST', '/api/packages/lobby/renumber', { above })
  stage.now += 1000
  const answer = v.parse(renumberViewSchema, (await renumber(12)).body)
  assert.deepEqual(answer, { package: 'lobby', nextRelease: 13 })
  const { entries } = (await stage.call('GET', '/api/audit?limit=1')).body
  assert.deepEqual([entries[0].action, entries[0].after], ['package.renumber', { nextRelease: 13 }])
  assert.deepEqual(await unknown(), [])
  assert.equal(v.parse(renumberViewSchema, (await renumber(5)).body).nextRelease, 13, 'it never falls')
  assert.equal(await numberOfNext('three'), 13)
  assert.equal(await numberOfNext('four'), 14)
  for (const above of [0, 1.5, 2 ** 53 - 1, 'x']) assert.equal((await renumber(above)).status, 400)
  assert.equal((await stage.call('POST', '/api/packages/none/renumber', { above: 3 })).status, 404)
})
