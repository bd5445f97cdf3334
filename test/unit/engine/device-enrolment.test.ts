/** Who a device is to the server: what it asks, what it keeps, what it says when it is refused. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryRecordStore } from '../../../client/adapters/memory-stores.ts'
import { DeviceEnrolment } from '../../../client/engine/device-enrolment.ts'
import type { OriginAnswer, OriginClient } from '../../../client/ports.ts'
import { type IdentityRecord, recordKeys } from '../../../client/records.ts'
import { ENROL_DOMAIN, type EnrolRequest, type EnrolResponse } from '../../../protocol/device-http.ts'
import { verifySignature } from '../../../protocol/keys.ts'
import { plainIdentity } from '../../support/default-fields.ts'
import { createFaultyRecordStore } from '../../support/memory-stores.ts'
import { seededDevice } from '../../support/virtual-time-crypto.ts'

async function freshIdentity(): Promise<IdentityRecord> {
  return { ...(await seededDevice('enrolment')), enrolled: null }
}

function deviceOf(deviceId: string, state: 'accepted' | 'pending'): EnrolResponse {
  const code = state === 'pending' ? 'ABCD-1234' : null
  const device = {
    deviceId,
    name: 'Lobby',
    state,
    code,
    role: 'store',
    assignedRole: 'auto',
    site: null,
    timeZone: 'UTC',
    ...plainIdentity,
  } as const
  return { device, trustedKeys: [{ keyId: '0'.repeat(16), publicKey: 'A'.repeat(43) }] }
}

function originThat(answer: OriginAnswer<EnrolResponse>, requests: EnrolRequest[] = []): OriginClient {
  return {
    enrol: async request => {
      requests.push(request)
      return answer
    },
  } as OriginClient
}

test('PR-E2 it proves that it holds its key, and keeps what the server answers', async () => {
  const records = createMemoryRecordStore()
  const enrolment = new DeviceEnrolment(records, assert.fail)
  const identity = await freshIdentity()
  enrolment.begin(identity)
  assert.deepEqual(
    [enrolment.state, enrolment.role, enrolment.isEnrolled],
    [{ state: 'none' }, 'kiosk', false],
  )
  const requests: EnrolRequest[] = []
  const answer = deviceOf(identity.deviceId, 'accepted')
  assert.equal(await enrolment.enrol(originThat({ ok: true, value: answer }, requests), 'a-token'), true)
  const [request] = requests
  const proven = new TextEncoder().encode(ENROL_DOMAIN + identity.publicKey)
  assert.ok(request && (await verifySignature(identity.publicKey, request.proof, proven)))
  assert.equal(request.token, 'a-token')
  assert.deepEqual(enrolment.state, { state: 'enrolled', name: 'Lobby', site: null })
  assert.deepEqual([enrolment.role, enrolment.isEnrolled], ['store', true])
  const kept = (await records.get(recordKeys.identity)) as IdentityRecord
  assert.deepEqual(kept.enrolled, answer)
})

test('a pending device shows its code; accepted, its name', async () => {
  const enrolment = new DeviceEnrolment(createMemoryRecordStore(), assert.fail)
  const identity = await freshIdentity()
  enrolment.begin(identity)
  const pending = deviceOf(identity.deviceId, 'pending')
  await enrolment.enrol(originThat({ ok: true, value: pending }))
  assert.deepEqual(enrolment.state, { state: 'pending', code: 'ABCD-1234' })
  enrolment.adopt({ ...pending.device, state: 'accepted', code: null, site: 'shop' })
  assert.deepEqual(enrolment.state, { state: 'enrolled', name: 'Lobby', site: 'shop' })
})

test('a refusal and a server that cannot be reached each say what happened, and nothing is kept', async () => {
  const records = createMemoryRecordStore()
  const enrolment = new DeviceEnrolment(records, assert.fail)
  enrolment.begin(await freshIdentity())
  const problem = {
    type: 'enrolment-token-invalid',
    title: 'Not valid',
    status: 403,
    detail: 'It was used up.',
  } as const
  assert.equal(await enrolment.enrol(originThat({ ok: false, reason: 'refused', problem })), false)
  assert.deepEqual(enrolment.state, { state: 'refused', message: 'It was used up.' })
  assert.equal(
    await enrolment.enrol(originThat({ ok: false, reason: 'unreachable', message: 'no network' })),
    false,
  )
  assert.deepEqual(enrolment.state, { state: 'refused', message: 'The server cannot be reached: no network' })
  assert.deepEqual(await records.keys(), [])
})

test('an enrolment that cannot be written counts until the page is reloaded, and is reported', async () => {
  const records = createFaultyRecordStore()
  const reports: string[] = []
  const enrolment = new DeviceEnrolment(records, detail => reports.push(detail))
  const identity = await freshIdentity()
  enrolment.begin(identity)
  records.failNextWrites(1)
  const value = deviceOf(identity.deviceId, 'accepted')
  assert.equal(await enrolment.enrol(originThat({ ok: true, value })), true)
  assert.equal(enrolment.isEnrolled, true)
  assert.equal(reports.length, 1)
})
