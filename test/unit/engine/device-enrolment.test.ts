/** Who a device is to the server: what it asks, what it keeps, what it says when it is refused, what it does by itself. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryRecordStore } from '../../../client/adapters/memory-stores.ts'
import { DeviceEnrolment } from '../../../client/engine/device-enrolment.ts'
import type { OriginAnswer, RecordStore } from '../../../client/ports.ts'
import { type IdentityRecord, recordKeys } from '../../../client/records.ts'
import { ENROL_DOMAIN, type EnrolRequest, type EnrolResponse } from '../../../protocol/device-http.ts'
import { verifySignature } from '../../../protocol/keys.ts'
import { MAX_EVENT_TEXT_LENGTH } from '../../../protocol/limits.ts'
import type { Problem } from '../../../protocol/problem.ts'
import { signSeparation } from '../../../protocol/separation.ts'
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

function start(
  answers: readonly Answer[],
  records: RecordStore = createMemoryRecordStore(),
  byCode = false,
  fresh: IdentityRecord | null = null,
) {
  const time = new VirtualTime()
  const requests: EnrolRequest[] = []
  const heard: string[] = []
  const reports: string[] = []
  const keyReports: string[] = []
  const left = [...answers]
  const enrolment = new DeviceEnrolment({
    records,
    createIdentity: fresh && (async () => fresh),
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
    reportKeysRefused: detail => keyReports.push(detail),
    listener: {
      connect: () => heard.push('connect'),
      rest: () => heard.push('rest'),
      giveUpPackages: () => heard.push('give up'),
      newAuthority: async () => void heard.push('new authority'),
      keysChanged: () => {},
      changed: () => {},
    },
  })
  /** Signing is no timer: it is waited for. */
  const until = async (condition: () => boolean) => {
    for (let turn = 0; turn < 1000 && !condition(); turn++) await time.advance(0)
    assert.ok(condition())
  }
  return { enrolment, requests, heard, reports, keyReports, records, time, until }
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

const OWN_KEYS: EnrolResponse['trustedKeys'] = deviceOf('d', 'accepted').trustedKeys
const FOREIGN_KEYS: EnrolResponse['trustedKeys'] = [{ keyId: 'f'.repeat(16), publicKey: 'F'.repeat(43) }]
const forgotten: Problem = { type: 'device-unknown', title: 'Unknown', status: 403 }

/** A device that pinned its server's key, enrolled with the link `first-link`; then this is answered. */
async function enrolledDevice(answers: readonly Answer[]) {
  const identity = await freshIdentity()
  const answer = (state: 'accepted' | 'pending', trustedKeys: EnrolResponse['trustedKeys']): Answer => ({
    ok: true,
    value: { ...deviceOf(identity.deviceId, state), trustedKeys },
  })
  const device = start(
    [
      answer('accepted', OWN_KEYS),
      ...answers.map(given => (given.ok ? answer(given.value.device.state, given.value.trustedKeys) : given)),
    ],
    createMemoryRecordStore(),
    true,
  )
  const first = device.enrolment.enrol('first-link')
  device.enrolment.begin(identity)
  await first
  device.heard.length = 0
  const kept = async () => (await device.records.get(recordKeys.identity)) as IdentityRecord
  return { ...device, kept, identity }
}

const named = (state: 'accepted' | 'pending', trustedKeys: EnrolResponse['trustedKeys']): Answer => ({
  ok: true,
  value: { ...deviceOf('d', state), trustedKeys },
})

test('PR-E8 a device that enrols again by itself does not take other signing keys: it keeps its own and says so', async () => {
  const device = await enrolledDevice([named('pending', FOREIGN_KEYS), named('pending', FOREIGN_KEYS)])
  const { enrolment, heard, keyReports, kept, until, time } = device
  enrolment.expelled(forgotten)
  await until(() => enrolment.view.state === 'pending')
  assert.deepEqual(enrolment.trustedKeys, OWN_KEYS)
  assert.deepEqual((await kept()).enrolled?.trustedKeys, OWN_KEYS)
  assert.deepEqual(heard, ['rest', 'connect'], 'release numbers go on')
  assert.match(enrolment.keysRefused ?? '', /does not trust.*enrol this device anew by hand/)
  assert.equal(keyReports.length, 0, 'a server takes no report of a device that waits')

  enrolment.adopt(deviceOf(device.identity.deviceId, 'accepted').device)
  assert.deepEqual(enrolment.trustedKeys, OWN_KEYS, 'an administrator who accepts its code changes no key')
  assert.equal(keyReports.length, 1)
  assert.ok(keyReports.every(detail => detail.length <= MAX_EVENT_TEXT_LENGTH))
  enrolment.adopt(deviceOf(device.identity.deviceId, 'accepted').device)
  assert.equal(keyReports.length, 1, 'it is told once')

  await time.advance(0)
  const restarted = start([], device.records, true)
  restarted.enrolment.begin(await kept())
  assert.deepEqual(restarted.enrolment.trustedKeys, OWN_KEYS)
  assert.notEqual(restarted.enrolment.keysRefused, null, 'it says so after a restart too')
  assert.equal(restarted.keyReports.length, 0, 'and reports it no second time')
})

test('PR-E8 a key beside the pinned one is not taken either, and a server that names fewer keys drops none', async () => {
  const device = await enrolledDevice([named('accepted', [...OWN_KEYS, ...FOREIGN_KEYS])])
  device.enrolment.expelled(forgotten)
  await device.until(() => device.enrolment.isAccepted && device.requests.length === 2)
  assert.deepEqual(device.enrolment.trustedKeys, OWN_KEYS)
  assert.notEqual(device.enrolment.keysRefused, null)
})

test('PR-E8 a server that was restored with its key is trusted as before', async () => {
  const device = await enrolledDevice([named('pending', OWN_KEYS)])
  device.enrolment.expelled(forgotten)
  await device.until(() => device.enrolment.view.state === 'pending')
  assert.equal(device.enrolment.keysRefused, null)
  assert.deepEqual(device.heard, ['rest', 'connect'])
})

test('PR-E8 a new link is an enrolment by hand: its keys replace the pinned ones, and release numbers begin anew', async () => {
  const device = await enrolledDevice([named('pending', FOREIGN_KEYS), named('accepted', FOREIGN_KEYS)])
  const { enrolment, heard, kept, until } = device
  enrolment.expelled(forgotten)
  await until(() => enrolment.view.state === 'pending')
  await enrolment.enrol('second-link')
  assert.deepEqual(enrolment.trustedKeys, FOREIGN_KEYS)
  assert.equal(enrolment.keysRefused, null)
  assert.deepEqual(heard, ['rest', 'connect', 'new authority', 'connect'])
  assert.deepEqual((await kept()).enrolled?.trustedKeys, FOREIGN_KEYS)
  assert.ok(!JSON.stringify((await kept()).usedTokens).includes('link'), 'no token is kept as text')
})

test('PR-E8 a start address that holds its link for ever is no enrolment by hand, unless a person enters that link', async () => {
  const foreign = named('accepted', FOREIGN_KEYS)
  const device = await enrolledDevice([])
  const restart = async () => {
    const next = start([foreign, foreign], device.records, true)
    const enrolling = next.enrolment.enrol('first-link')
    next.enrolment.begin(await device.kept())
    await enrolling
    return next
  }
  const restarted = await restart()
  assert.deepEqual(restarted.enrolment.trustedKeys, OWN_KEYS)
  assert.notEqual(restarted.enrolment.keysRefused, null)
  const again = await restart()
  assert.deepEqual(again.enrolment.trustedKeys, OWN_KEYS)
  await again.enrolment.enrol('first-link', true)
  assert.deepEqual(again.enrolment.trustedKeys, FOREIGN_KEYS)
})

test('PR-E8 a link that a server refused is known as used: at another server it is no enrolment by hand', async () => {
  const device = await enrolledDevice([refused('enrolment-token-invalid', 'It has expired.')])
  await device.enrolment.enrol('expired-link')
  await device.time.advance(0)
  const restarted = start([named('accepted', FOREIGN_KEYS)], device.records, true)
  const enrolling = restarted.enrolment.enrol('expired-link')
  restarted.enrolment.begin(await device.kept())
  await enrolling
  assert.deepEqual(restarted.enrolment.trustedKeys, OWN_KEYS)
})

test('PR-E8 asking for a code is no enrolment by hand', async () => {
  const device = await enrolledDevice([named('pending', FOREIGN_KEYS)])
  await device.enrolment.enrol(undefined, true)
  assert.deepEqual(device.enrolment.trustedKeys, OWN_KEYS)
})

test('PR-E8 once the server with the pinned key answers again, the device stops to say that its keys are foreign', async () => {
  const device = await enrolledDevice([
    named('accepted', FOREIGN_KEYS),
    unreachable,
    named('accepted', FOREIGN_KEYS),
    named('accepted', OWN_KEYS),
  ])
  const { enrolment, requests, kept, time, until } = device
  enrolment.expelled(forgotten)
  await until(() => enrolment.keysRefused !== null && enrolment.isAccepted)
  for (const count of [3, 4]) {
    await time.advance(10 * 60_000)
    await until(() => requests.length === count)
    assert.notEqual(enrolment.keysRefused, null)
  }
  await time.advance(10 * 60_000)
  await until(() => enrolment.keysRefused === null)
  assert.equal((await kept()).keysRefused, false)
  await time.advance(3_600_000)
  assert.equal(requests.length, 5, 'and asks no more')
})

test('PR-E8 nothing that a session says of a device changes its keys or its id', async () => {
  const device = await enrolledDevice([])
  const { enrolment, identity, kept, time } = device
  const other = { ...deviceOf('d-of-another', 'accepted').device, name: 'Other', site: 'elsewhere' }
  enrolment.adopt(other)
  enrolment.expelled({ type: 'device-revoked', title: 'Revoked', status: 403 })
  enrolment.adopt(other)
  await time.advance(0)
  assert.equal(enrolment.deviceId, identity.deviceId)
  assert.deepEqual(enrolment.trustedKeys, OWN_KEYS)
  const { deviceId, publicKey, enrolled } = await kept()
  assert.deepEqual([deviceId, publicKey], [identity.deviceId, identity.publicKey])
  assert.deepEqual(enrolled?.trustedKeys, OWN_KEYS)
  assert.ok(!device.heard.includes('new authority'))
})

test('PR-E8 a record of the device that cannot be read costs an enrolment, and the pinned keys outlive it', async () => {
  const identity = await freshIdentity()
  const device = start([named('pending', FOREIGN_KEYS)], createMemoryRecordStore(), true)
  device.enrolment.begin({ ...identity, enrolled: { device: null, trustedKeys: OWN_KEYS } })
  await device.until(() => device.enrolment.view.state === 'pending')
  assert.deepEqual(device.enrolment.trustedKeys, OWN_KEYS)
  assert.notEqual(device.enrolment.keysRefused, null)
})

test('what was saved of an enrolment is found again whatever the order of its fields, and a changed one is missed', async () => {
  const device = await enrolledDevice([])
  const { enrolment, records, kept } = device
  assert.equal(await enrolment.isSaved(), true)
  const backwards = (value: object) => Object.fromEntries(Object.entries(value).reverse())
  const stored = await kept()
  const { device: record, trustedKeys } = stored.enrolled ?? assert.fail()
  const reordered = { trustedKeys: trustedKeys.map(backwards), device: backwards(record ?? {}) }
  await records.setMany([[recordKeys.identity, { ...stored, enrolled: reordered }]])
  assert.equal(await enrolment.isSaved(), true)
  await records.setMany([[recordKeys.identity, { ...stored, enrolled: { ...reordered, trustedKeys: [] } }]])
  assert.equal(await enrolment.isSaved(), false)
})

test('PR-E8 a device that was reloaded while it waited reports the foreign keys when it is accepted', async () => {
  const device = await enrolledDevice([named('pending', FOREIGN_KEYS)])
  device.enrolment.expelled(forgotten)
  await device.until(() => device.enrolment.view.state === 'pending')
  const restarted = start([], device.records, true)
  restarted.enrolment.begin(await device.kept())
  assert.equal(restarted.keyReports.length, 0)
  restarted.enrolment.adopt(deviceOf(device.identity.deviceId, 'accepted').device)
  assert.equal(restarted.keyReports.length, 1)
})

test('asked by a pinned key to begin as a new device, it takes another key, keeps what it trusts, and enrols by code', async () => {
  const server = await seededDevice('server')
  const trusted = [{ keyId: 'k-server', publicKey: server.publicKey }]
  const old = await freshIdentity()
  const fresh: IdentityRecord = { ...(await seededDevice('fresh')), enrolled: null }
  const { device } = deviceOf(old.deviceId, 'accepted')
  const answer = {
    ok: true,
    value: { ...deviceOf(fresh.deviceId, 'pending'), trustedKeys: trusted },
  } as const
  const { enrolment, requests, records, until } = start([answer], createMemoryRecordStore(), true, fresh)
  enrolment.begin({ ...old, enrolled: { device, trustedKeys: trusted } })
  const key = { keyId: 'k-server', privateKey: server.keyPair.privateKey }

  await enrolment.separate('An administrator asked this browser to begin as a new device.')
  await enrolment.separate(await signSeparation(fresh.deviceId, key))
  await enrolment.separate(await signSeparation(old.deviceId, { ...key, keyId: 'k-other' }))
  assert.equal(enrolment.deviceId, old.deviceId, 'only a pinned key’s word for this very device counts')
  assert.equal(requests.length, 0)

  await enrolment.separate(await signSeparation(old.deviceId, key))
  assert.equal(enrolment.deviceId, fresh.deviceId)
  await until(() => enrolment.view.state === 'pending')
  assert.equal(requests[0]?.publicKey, fresh.publicKey)
  assert.deepEqual(enrolment.trustedKeys, trusted)
  const kept = (await records.get(recordKeys.identity)) as IdentityRecord
  assert.equal(kept.deviceId, fresh.deviceId)
})
