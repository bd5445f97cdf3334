/** Devices that are deleted or moved: what is said before, what is gone after, and what the device itself meets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { deletionSchema } from '../../protocol/admin/deletion.ts'
import { toBase64Url } from '../../protocol/keys.ts'
import { enrolMany, makeSite, report } from '../support/admin-fleet.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { withCleanup } from '../support/cleanup.ts'
import { assertFails, startCliStage } from '../support/cli-stage.ts'
import { signalUpExamples } from '../support/protocol-examples.ts'
import { enrolDevice, generateDeviceKeys, SignalingClient } from '../support/signaling-client.ts'

const lastAudit = async (stage: AdminStage) => (await stage.call('GET', '/api/audit')).body.entries[0]

/** Rows of a device in every table that has some. */
async function rowsOf({ records: { db } }: AdminStage, deviceId: string) {
  const tables = ['devices', 'device_packages', 'device_events', 'device_diagnostics'] as const
  const counts = await Promise.all(
    tables.map(async table => {
      const rows = await db.selectFrom(table).select('device_id').where('device_id', '=', deviceId).execute()
      return [table, rows.length] as const
    }),
  )
  return Object.fromEntries(counts)
}

test('what deleting a device would do is said before, and changes nothing', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const [online = ''] = await enrolMany(stage, 1, { name: 'Lobby' })
  const [offline = ''] = await enrolMany(stage, 1, { online: false })
  const [store = ''] = await enrolMany(stage, 1, { role: 'store' })
  await stage.call('PATCH', `/api/devices/${offline}`, { state: 'revoked' })
  const before = stage.changes.length
  const asked = async (id: string) => (await stage.call('GET', `/api/devices/${id}/deletion`)).body
  const planned = v.parse(deletionSchema, await asked(online))
  assert.equal(planned.subject, `device Lobby 1 (${online})`)
  assert.match(planned.effects[0] ?? '', /is online: it is cut off at once.*asks for a code/)
  assert.match(planned.effects.at(-1) ?? '', /bytes that it loaded stay in the totals of site berlin/)
  assert.deepEqual([planned.blockers, planned.cautions], [[], []])
  assert.match((await asked(offline)).effects[0], /revoked now.*leave it revoked/)
  assert.match((await asked(store)).effects.join(' '), /the only store of site berlin/)
  assert.equal(stage.changes.length, before)
  assert.equal((await stage.call('GET', '/api/devices')).body.total, 3)
})

test('a device that is deleted leaves nothing behind but its bytes in the totals and the audit log', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const [id = ''] = await enrolMany(stage, 1, { name: 'Lobby' })
  stage.now += 60_000
  await report(stage, id, { bytes: { fromStores: 5, fromServer: 7, reused: 0 } })
  await stage.directory.saveEvent(id, { kind: 'bad-chunk', detail: 'x' }, stage.now)
  await stage.directory.saveDiagnostics(id, signalUpExamples.diagnostics.report, stage.now)
  await stage.records.reports.flush()
  const bytes = stage.records.traffic.total()

  const answer = await stage.call('DELETE', `/api/devices/${id}`)
  assert.equal(answer.status, 200)
  assert.match(v.parse(deletionSchema, answer.body).effects.at(-1) ?? '', /1 event are removed/)
  assert.deepEqual(await rowsOf(stage, id), {
    devices: 0,
    device_packages: 0,
    device_events: 0,
    device_diagnostics: 0,
  })
  assert.equal((await stage.call('GET', `/api/devices/${id}`)).status, 404)
  assert.equal((await stage.call('GET', '/api/sites/berlin')).body.counts.devices, 0)
  assert.deepEqual((await stage.call('GET', '/api/sites/berlin/exchange')).body.devices, [])
  assert.deepEqual(stage.records.traffic.total(), bytes)
  const { action, target, before } = await lastAudit(stage)
  assert.deepEqual([action, target, before.name], ['device.delete', `device:${id}`, 'Lobby 1'])
  assert.deepEqual(stage.changes.at(-1), { type: 'device', deviceId: id })
  for (const path of [`/api/devices/${id}`, `/api/devices/${id}/deletion`])
    assert.equal((await stage.call(path.endsWith('deletion') ? 'GET' : 'DELETE', path)).status, 404)
})

test('a device that enrols again after it was deleted counts with what it runs, though its report is the same', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  await stage.publish('lobby', { 'index.html': 'one' })
  const { body } = await stage.call('POST', '/api/enrolment-tokens', {
    site: 'berlin',
    role: 'kiosk',
    uses: 2,
  })
  const publicKey = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  const running = async () => (await stage.call('GET', '/api/packages/lobby')).body.releases[0].devicesRunning
  for (const round of [1, 2]) {
    const result = await stage.directory.enrol({ token: body.token, publicKey, now: stage.now })
    assert.ok(result.ok)
    const { deviceId } = result.device
    await report(stage, deviceId, { activeRelease: 1, phase: 'active', update: 'confirmed' })
    assert.equal(await running(), 1, `round ${round}`)
    await stage.call('DELETE', `/api/devices/${deviceId}`)
    assert.equal(await running(), 0, `round ${round}`)
  }
})

test('commands delete a device that is online: it is told that it is unknown, and may show a code', async t => {
  const stage = await startCliStage()
  withCleanup(t).defer(() => stage.end())
  const { larder, larderJson } = stage
  const url = new URL('/', stage.server.kioskUrl).href
  await larderJson('site', 'create', 'berlin', '--time-zone', 'Europe/Berlin')
  await larderJson('site', 'create', 'rome', '--time-zone', 'Europe/Rome')
  const { token } = await larderJson('enrol', 'create', '--site', 'berlin', '--role', 'kiosk')
  const keys = await generateDeviceKeys()
  await enrolDevice(url, keys, token)
  const { client } = await SignalingClient.join(url, keys)
  withCleanup(t).defer(() => client.close())

  const moved = await larderJson('device', 'set', keys.deviceId, '--site', 'rome', '--name', 'Lobby')
  assert.deepEqual([moved.site, moved.timeZone, moved.name], ['rome', 'Europe/Rome', 'Lobby'])
  assert.equal((await larderJson('device', 'set', 'Lobby', '--role', 'auto')).assignedRole, 'auto')
  assertFails(await larder('device', 'set', 'Lobby', '--site', 'nowhere'), 1, /no site "nowhere"/)
  assertFails(await larder('device', 'set', 'Lobby'), 2, /give at least one of --name, --site and --role/)

  const dry = await larder('device', 'delete', 'Lobby', '--dry-run')
  assert.match(
    dry.stdout,
    /^Deleting the device Lobby \(d-[0-9a-f]+\) would do this:\n {2}It is online: it is cut off/,
  )
  assert.equal((await larderJson('device', 'list')).devices.length, 1)
  const done = await larder('device', 'delete', 'Lobby')
  assert.match(done.stdout, /^Deleted the device Lobby \(d-[0-9a-f]+\)\.\n {2}It is online/)
  assert.equal((await client.next('error')).problem.type, 'device-unknown')
  assert.equal((await client.closed()).code, 4403)
  assert.equal((await larderJson('device', 'list')).devices.length, 0)
  assertFails(await larder('device', 'delete', keys.deviceId), 1, /no device/)
  const { device } = await enrolDevice(url, keys)
  assert.match(device.code ?? '', /^....-....$/)
  assertFails(
    await larder('device', 'set', device.deviceId, '--site', 'rome'),
    1,
    /waits to be accepted.*larder device accept/,
  )
})
