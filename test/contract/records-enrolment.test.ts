/** How devices come into the records, and what they report once they are there: the FleetDirectory over a real database. */

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { MAX_PENDING_DEVICES } from '../../policy/device-budget.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { deviceIdOf, toBase64Url } from '../../protocol/keys.ts'
import type { EnrolResult } from '../../signal-server/fleet-directory.ts'
import { listDeviceEvents } from '../../signal-server/records/device-reports.ts'
import { findDevice } from '../../signal-server/records/devices.ts'
import { type AdminStage, openAdminStage, START } from '../support/admin-stage.ts'
import { plainStorage } from '../support/default-fields.ts'

let keys = 0
const freshKey = () => toBase64Url(new Uint8Array(32).fill(++keys))

async function openWithSite(t: TestContext): Promise<AdminStage> {
  const stage = await openAdminStage(t)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin' })
  return stage
}

async function tokenFor(stage: AdminStage, change: object = {}): Promise<string> {
  const body = { site: 'berlin', role: 'store', ...change }
  const answer = await stage.call('POST', '/api/enrolment-tokens', body)
  assert.equal(answer.status, 201)
  return answer.body.token
}

const enrol = (stage: AdminStage, publicKey: string, token?: string): Promise<EnrolResult> =>
  stage.directory.enrol({ publicKey, now: stage.now, ...(token !== undefined && { token }) })

const outcome = (result: EnrolResult) => (result.ok ? result.device.state : result.problem)

test('a link enrols as many devices as it has uses, also when they come at once', async t => {
  const stage = await openWithSite(t)
  const token = await tokenFor(stage, { uses: 3 })
  const results = await Promise.all(Array.from({ length: 6 }, () => enrol(stage, freshKey(), token)))
  assert.deepEqual(results.map(outcome).sort(), [
    ...Array(3).fill('accepted'),
    ...Array(3).fill('enrolment-token-invalid'),
  ])
})

test('a device whose answer was lost asks again and costs no second use', async t => {
  const stage = await openWithSite(t)
  const token = await tokenFor(stage)
  const key = freshKey()
  const first = await enrol(stage, key, token)
  assert.deepEqual(await enrol(stage, key, token), first)
  assert.ok(first.ok)
  const { deviceId, site, timeZone, assignedRole, state, code } = first.device
  assert.equal(deviceId, await deviceIdOf(key))
  assert.deepEqual(
    [site, timeZone, assignedRole, state, code],
    ['berlin', 'Europe/Berlin', 'store', 'accepted', null],
  )
})

test('unknown and expired links enrol nobody', async t => {
  const stage = await openWithSite(t)
  const token = await tokenFor(stage, { expiresInS: 60 })
  assert.equal(outcome(await enrol(stage, freshKey(), 'A'.repeat(32))), 'enrolment-token-invalid')
  stage.now = START + 60_000
  assert.equal(outcome(await enrol(stage, freshKey(), token)), 'enrolment-token-invalid')
})

test('a device without a link waits under a code until it is accepted, or comes back with a link', async t => {
  const stage = await openWithSite(t)
  const key = freshKey()
  const waiting = await enrol(stage, key)
  assert.ok(waiting.ok)
  assert.equal(waiting.device.state, 'pending')
  assert.match(waiting.device.code ?? '', /^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/)
  assert.deepEqual(await enrol(stage, key), waiting)

  const patch = { state: 'accepted', site: 'berlin', role: 'auto' }
  const accepted = await stage.call('PATCH', `/api/devices/${waiting.device.deviceId}`, patch)
  assert.deepEqual([accepted.status, accepted.body.state, accepted.body.code], [200, 'accepted', null])
  assert.equal((await stage.directory.device(waiting.device.deviceId))?.assignedRole, 'auto')

  const other = freshKey()
  await enrol(stage, other)
  const linked = await enrol(stage, other, await tokenFor(stage))
  assert.equal(outcome(linked), 'accepted')
})

test('a revoked device is not enrolled again with its key, whatever it brings', async t => {
  const stage = await openWithSite(t)
  const key = freshKey()
  const device = await enrol(stage, key, await tokenFor(stage))
  assert.ok(device.ok)
  await stage.call('PATCH', `/api/devices/${device.device.deviceId}`, { state: 'revoked' })
  assert.equal(outcome(await enrol(stage, key)), 'device-revoked')
  const token = await tokenFor(stage)
  assert.equal(outcome(await enrol(stage, key, token)), 'device-revoked')
  assert.equal(outcome(await enrol(stage, freshKey(), token)), 'accepted')
})

test('only so many devices may wait at one time', async t => {
  const stage = await openWithSite(t)
  const rows = Array.from({ length: MAX_PENDING_DEVICES }, (_, index) => ({
    device_id: `d-${index}`,
    public_key: '',
    name: '',
    role: 'kiosk',
    site: null,
    state: 'pending',
    code: `code-${index}`,
    labels: '{}',
    retries: '{}',
    enrolled_at: START,
    last_seen_at: START,
    last_status: null,
    last_status_at: null,
  }))
  await stage.records.db.insertInto('devices').values(rows).execute()
  assert.equal(outcome(await enrol(stage, freshKey())), 'enrolment-closed')
  assert.equal(outcome(await enrol(stage, freshKey(), await tokenFor(stage))), 'accepted')
})

const status = (deviceId: string): DeviceStatus => ({
  deviceId,
  role: 'store',
  site: 'berlin',
  connection: 'online',
  clockOffsetMs: 12,
  storage: plainStorage,
  packages: [
    {
      package: 'lobby',
      wantedRelease: 2,
      activeRelease: 1,
      activeVersion: '1.0.0',
      phase: 'downloading',
      update: 'downloading',
      reason: 'fetching-from-server',
      detail: 'from the server',
      decision: { stores: 'open', server: 'open', nextChangeAt: null },
      chunks: { have: 1, total: 2 },
      bytes: { fromStores: 0, fromServer: 10, reused: 0 },
    },
  ],
  peers: [],
})

test('PR-S16 devices that are accepted and were seen lately are counted', async t => {
  const stage = await openWithSite(t)
  const seen = await enrol(stage, freshKey(), await tokenFor(stage))
  const absent = await enrol(stage, freshKey(), await tokenFor(stage))
  const revoked = await enrol(stage, freshKey(), await tokenFor(stage))
  const pending = await enrol(stage, freshKey())
  assert.ok(seen.ok && absent.ok && revoked.ok && pending.ok)
  await stage.call('PATCH', `/api/devices/${revoked.device.deviceId}`, { state: 'revoked' })
  for (const { device } of [seen, revoked, pending]) await stage.directory.touch(device.deviceId, START + 2)
  await stage.records.reports.flush()
  assert.equal(await stage.directory.countDevicesSeen(START + 2), 1)
  assert.equal(await stage.directory.countDevicesSeen(START), 2)
})

test('reports are kept, the newest status and the newest events, and those of strangers are dropped', async t => {
  const stage = await openWithSite(t)
  const enrolled = await enrol(stage, freshKey(), await tokenFor(stage))
  assert.ok(enrolled.ok)
  const { deviceId } = enrolled.device
  await stage.directory.saveStatus(deviceId, { ...status(deviceId), clockOffsetMs: 1 }, START + 1)
  await stage.directory.saveStatus(deviceId, status(deviceId), START + 2)
  await stage.directory.saveStatus('d-unknown', status(deviceId), START + 2)
  for (let index = 0; index < 150; index++)
    await stage.directory.saveEvent(deviceId, { kind: 'bad-chunk', detail: `event ${index}` }, START + 3)
  await stage.records.reports.flush()
  await stage.directory.saveEvent(deviceId, { kind: 'bad-chunk', detail: 'last' }, START + 4)
  await stage.records.reports.flush()

  const device = await findDevice(stage.records.db, deviceId)
  assert.deepEqual(device?.lastStatus, status(deviceId))
  assert.deepEqual([device?.lastStatusAt, device?.lastSeenAt], [START + 2, START + 4])
  const events = await listDeviceEvents(stage.records.db, deviceId, 1000)
  assert.deepEqual([events.length, events[0]?.detail, events[1]?.detail], [100, 'last', 'event 149'])
})
