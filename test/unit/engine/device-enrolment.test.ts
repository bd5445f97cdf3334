/** Who a device is to the server: what it asks, what it keeps, what it says when it is refused, what it does by itself. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryRecordStore } from '../../../client/adapters/memory-stores.ts'
import { DeviceEnrolment } from '../../../client/engine/device-enrolment.ts'
import type { OriginAnswer, RecordStore } from '../../../client/ports.ts'
import { type IdentityRecord, recordKeys } from '../../../client/records.ts'
import { ENROL_DOMAIN, type EnrolRequest, type EnrolResponse } from '../../../protocol/device-http.ts'
import { verifySignature } from '../../../protocol/keys.ts'
import type { Problem } from '../../../protocol/problem.ts'
import { plainIdentity } from '../../support/default-fields.ts'
import { createFaultyRecordStore } from '../../support/memory-stores.ts'
import { VirtualTime } from '../../support/virtual-time.ts'
import { seededDevice } from '../../support/virtual-time-crypto.ts'

type Answer = OriginAnswer<EnrolResponse>

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

function start(answers: readonly Answer[], records: RecordStore = createMemoryRecordStore(), byCode = false) {
  const time = new VirtualTime()
  const requests: EnrolRequest[] = []
  const heard: string[] = []
  const reports: string[] = []
  const left = [...answers]
  const enrolment = new DeviceEnrolment({
    records,
    origin: {
      enrol: async request => {
        requests.push(request)
        return left.shift() ?? { ok: false, reason: 'unreachable', message: 'nothing more' }
      },
    },
    platform: {
      monotonicMs: () => time.nowMs,
      wallClockMs: () => time.nowMs,
      random: () => 0.5,
      randomId: () => 'id',
      setTimer: (delayMs, callback) => time.setTimer(delayMs, callback),
      log: () => {},
    },
    byCode,
    report: detail => reports.push(detail),
    listener: {
      connect: () => heard.push('connect'),
      rest: () => heard.push('rest'),
      giveUpPackages: () => heard.push('give up'),
      newAuthority: async () => void heard.push('new authority'),
      changed: () => {},
    },
  })
  /** Signing is no timer: it is waited for. */
  const until = async (condition: () => boolean) => {
    for (let turn = 0; turn < 1000 && !condition(); turn++) await time.advance(0)
    assert.ok(condition())
  }
  return { enrolment, requests, heard, reports, records, time, until }
}

const refused = (type: Problem['type'], detail: string): Answer => ({
  ok: false,
  reason: 'refused',
  problem: { type, title: 'No', status: 403, detail },
})
const unreachable: Answer = { ok: false, reason: 'unreachable', message: 'no network' }

test('PR-E2 it proves that it holds its key, and keeps what the server answers', async () => {
  const identity = await freshIdentity()
  const answer = deviceOf(identity.deviceId, 'accepted')
  const { enrolment, requests, records, heard } = start([{ ok: true, value: answer }])
  enrolment.begin(identity)
  assert.deepEqual(
    [enrolment.view, enrolment.role, enrolment.isAccepted],
    [{ state: 'none' }, 'kiosk', false],
  )
  await enrolment.enrol('a-token')
  const [request] = requests
  const proven = new TextEncoder().encode(ENROL_DOMAIN + identity.publicKey)
  assert.ok(request && (await verifySignature(identity.publicKey, request.proof, proven)))
  assert.equal(request.token, 'a-token')
  assert.deepEqual(enrolment.view, { state: 'enrolled', name: 'Lobby', site: null, labels: {} })
  assert.deepEqual([enrolment.role, enrolment.isAccepted, heard], ['store', true, ['connect']])
  const kept = (await records.get(recordKeys.identity)) as IdentityRecord
  assert.deepEqual(kept.enrolled, answer)
})

test('a pending device shows its code and where it is accepted; accepted, its name', async () => {
  const identity = await freshIdentity()
  const pending = deviceOf(identity.deviceId, 'pending')
  const device = { ...pending.device, adminUrl: 'https://admin.example/' }
  const { enrolment } = start([{ ok: true, value: { ...pending, device } }])
  enrolment.begin(identity)
  await enrolment.enrol()
  assert.deepEqual(enrolment.view, {
    state: 'pending',
    code: 'ABCD-1234',
    acceptUrl: 'https://admin.example/#/enrolment?code=ABCD-1234',
    refusal: null,
  })
  enrolment.adopt({ ...pending.device, state: 'accepted', code: null, site: 'shop' })
  assert.deepEqual(enrolment.view, { state: 'enrolled', name: 'Lobby', site: 'shop', labels: {} })
})

test('a refusal says what happened, and nothing is kept', async () => {
  const { enrolment, records } = start([refused('enrolment-token-invalid', 'It was used up.')])
  enrolment.begin(await freshIdentity())
  await enrolment.enrol('a-token')
  assert.deepEqual(enrolment.view, { state: 'refused', message: 'It was used up.' })
  assert.deepEqual(await records.keys(), [])
})

test('a server that cannot be reached is asked again by itself, with the token that was given', async () => {
  const identity = await freshIdentity()
  const { enrolment, requests, time, until } = start([
    unreachable,
    { ok: true, value: deviceOf(identity.deviceId, 'accepted') },
  ])
  enrolment.begin(identity)
  await enrolment.enrol('a-token')
  assert.deepEqual(enrolment.view, {
    state: 'retrying',
    message: 'The server cannot be reached: no network',
  })
  await time.advance(5_000)
  await until(() => enrolment.isAccepted)
  assert.deepEqual(
    requests.map(({ token }) => token),
    ['a-token', 'a-token'],
  )
})

test('a server that fails, as on a full disk, has not judged the link: it is asked again with it', async () => {
  const identity = await freshIdentity()
  const { enrolment, requests, time, until } = start([
    refused('internal', 'On the server the disk is full. Try again later.'),
    { ok: true, value: deviceOf(identity.deviceId, 'accepted') },
  ])
  enrolment.begin(identity)
  void enrolment.enrol('a-token')
  await until(() => requests.length === 1)
  await time.advance(60 * 60_000)
  await until(() => enrolment.view.state === 'enrolled')
  assert.deepEqual(
    requests.map(request => request.token),
    ['a-token', 'a-token'],
  )
})

test('a browser that no server knows asks for a code by itself, also after a link that is not valid', async () => {
  const identity = await freshIdentity()
  const pending: Answer = { ok: true, value: deviceOf(identity.deviceId, 'pending') }
  const alone = start([pending], createMemoryRecordStore(), true)
  alone.enrolment.begin(identity)
  await alone.until(() => alone.enrolment.view.state === 'pending')

  const linked = start(
    [refused('enrolment-token-invalid', 'It was used up.'), pending],
    createMemoryRecordStore(),
    true,
  )
  const done = linked.enrolment.enrol('a-token')
  linked.enrolment.begin(identity)
  await done
  assert.deepEqual(linked.enrolment.view, {
    state: 'pending',
    code: 'ABCD-1234',
    acceptUrl: null,
    refusal: 'It was used up.',
  })
  assert.deepEqual(
    linked.requests.map(({ token }) => token),
    ['a-token', undefined],
  )
})

test('revoked it stops, keeps its key, remembers it over a restart, and comes back when it is accepted again', async () => {
  const identity = await freshIdentity()
  const answer = deviceOf(identity.deviceId, 'accepted')
  const records = createMemoryRecordStore()
  const first = start([{ ok: true, value: answer }], records)
  first.enrolment.begin(identity)
  await first.enrolment.enrol('a-token')
  first.enrolment.expelled({ type: 'device-revoked', title: 'Revoked', status: 403 })
  assert.equal(first.enrolment.view.state, 'revoked')
  assert.equal(first.enrolment.isAccepted, false)
  assert.deepEqual(first.heard, ['connect', 'rest', 'give up'])
  await first.time.advance(0)

  const kept = (await records.get(recordKeys.identity)) as IdentityRecord
  assert.equal(kept.publicKey, identity.publicKey)
  const second = start([], records)
  second.enrolment.begin(kept)
  assert.equal(second.enrolment.view.state, 'revoked')
  assert.deepEqual(second.heard, ['connect'], 'it looks whether that has changed')
  second.enrolment.adopt(answer.device)
  assert.equal(second.enrolment.isAccepted, true)
  await second.time.advance(0)
  assert.equal(((await records.get(recordKeys.identity)) as IdentityRecord).revoked, false)
})

test('a server that has forgotten it is asked for a code, and no package is given up for it', async () => {
  const identity = await freshIdentity()
  const accepted = deviceOf(identity.deviceId, 'accepted')
  const pending: Answer = { ok: true, value: deviceOf(identity.deviceId, 'pending') }
  const { enrolment, heard, until } = start([pending], createMemoryRecordStore(), true)
  enrolment.begin({ ...identity, enrolled: accepted })
  enrolment.expelled({ type: 'device-unknown', title: 'Unknown', status: 403 })
  await until(() => enrolment.view.state === 'pending')
  assert.deepEqual(enrolment.view, {
    state: 'pending',
    code: 'ABCD-1234',
    acceptUrl: null,
    refusal: 'Unknown',
  })
  assert.deepEqual(heard, ['connect', 'rest', 'connect'])
})

test('an enrolment that cannot be written counts until the page is reloaded, and is reported', async () => {
  const records = createFaultyRecordStore()
  const identity = await freshIdentity()
  const { enrolment, reports } = start(
    [{ ok: true, value: deviceOf(identity.deviceId, 'accepted') }],
    records,
  )
  enrolment.begin(identity)
  records.failNextWrites(1)
  await enrolment.enrol('a-token')
  assert.equal(enrolment.isAccepted, true)
  assert.equal(reports.length, 1)
})
