/** Strangers who enrol and ask without end: they fill no list for others, and drive nothing out of memory. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ENROLMENT_CODES, MAX_PENDING_DEVICES } from '../../policy/device-budget.ts'
import { deviceIdOf, toBase64Url } from '../../protocol/keys.ts'
import { secureRandomBytes } from '../../signal-server/random.ts'
import { createFleetRecords } from '../../signal-server/records/fleet-records.ts'
import { expireWaitingDevices } from '../../signal-server/waiting-expiry.ts'
import { openAdminStage, START } from '../support/admin-stage.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { fromAddress, openStage } from '../support/device-listener-stage.ts'
import { enrolBody, generateDeviceKeys } from '../support/signaling-client.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 3600 * 1000
const TOKEN = 'T'.repeat(32)
const STRANGER = '192.0.2.1'
const NEIGHBOUR = '192.0.2.2'

after(() => assertNothingLeaks())

test('PR-E6 one address gets only so many codes at once; links go on working there, and codes elsewhere', async t => {
  let address = STRANGER
  const stage = await openStage(t, { addresses: fromAddress(() => address) })
  const enrol = async (token?: string) => {
    const body = JSON.stringify(await enrolBody(await generateDeviceKeys(), token))
    return fetch(new URL('enrol', stage.url), { method: 'POST', body })
  }
  for (let enrolled = 0; enrolled < ENROLMENT_CODES.capacity; enrolled++) {
    const response = await enrol()
    assert.equal(response.status, 200)
    await response.arrayBuffer()
  }
  const refused = await enrol()
  assert.equal(refused.status, 429)
  const { retryAt, detail } = (await refused.json()) as { retryAt: string; detail: string }
  assert.equal(retryAt, new Date(stage.clock.now() + 5_000).toISOString())
  assert.match(detail, /enrolment link/)

  stage.directory.setToken(TOKEN, { site: 'berlin', role: 'kiosk', usesLeft: 1 })
  assert.equal((await enrol(TOKEN)).status, 200)
  address = NEIGHBOUR
  assert.equal((await enrol()).status, 200)
  address = STRANGER
  stage.clock.set(stage.clock.now() + 5_000)
  assert.equal((await enrol()).status, 200)
})

test('PR-E6 where the list is full, who has not been seen for ten minutes gives way, and who listens is told', async t => {
  const stage = await openAdminStage(t)
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
    // All but one went on being there.
    last_seen_at: index === 7 ? START : START + 10 * MINUTE_MS,
    last_status: null,
    last_status_at: null,
  }))
  await stage.records.db.insertInto('devices').values(rows).execute()
  const publicKey = toBase64Url(new Uint8Array(32).fill(1))
  const enrol = (now: number) => stage.directory.enrol({ publicKey, now })
  const early = await enrol(START + 10 * MINUTE_MS - 1)
  assert.equal(early.ok ? null : early.problem, 'enrolment-closed')
  assert.match(early.ok ? '' : early.detail, /larder device dismiss/)
  assert.equal((await enrol(START + 10 * MINUTE_MS)).ok, true)
  const left = await stage.records.db.selectFrom('devices').select('device_id').execute()
  const expected = rows.map(row => row.device_id).filter(id => id !== 'd-7')
  assert.deepEqual(left.map(row => row.device_id).sort(), [...expected, await deviceIdOf(publicKey)].sort())
  assert.deepEqual(stage.changes.map(change => change.type === 'device' && change.deviceId).sort(), [
    'd-7',
    await deviceIdOf(publicKey),
  ])
})

test('PR-E6 eleven networks that ask as fast as they can fill no list: an honest screen still gets a code', async t => {
  const stage = await openAdminStage(t)
  let key = 0
  const enrol = (network: string) => {
    const publicKey = toBase64Url(
      new Uint8Array(32)
        .fill(0)
        .with(0, key >> 8)
        .with(1, key++ & 0xff),
    )
    return stage.directory.enrol({ publicKey, network, now: START })
  }
  const results = []
  for (let device = 0; device < 1100; device++) results.push(await enrol(`203.0.113.${device % 11}`))
  const screen = await enrol(NEIGHBOUR)
  assert.ok(screen.ok)
  for (let device = 0; device < 20; device++) await enrol(`203.0.113.${device % 11}`)
  assert.equal((await stage.directory.device(screen.device.deviceId))?.code, screen.device.code)
  const { total } = (await stage.call('GET', '/api/devices?state=pending&limit=1')).body
  const rows = await stage.records.db.selectFrom('devices').select('device_id').execute()
  assert.equal(rows.length, MAX_PENDING_DEVICES)
  assert.equal(total, MAX_PENDING_DEVICES)
  const refusals = results.flatMap(result => (result.ok ? [] : [result.problem]))
  assert.deepEqual([...new Set(refusals)], ['enrolment-closed'])
})

test('PR-E6 the addresses of one /64 are one stranger', async t => {
  let host = 0
  const stage = await openStage(t, { addresses: fromAddress(() => `fe80::${(++host).toString(16)}%eth0`) })
  const statuses = []
  for (let asked = 0; asked < 21; asked++)
    statuses.push((await stage.send('POST', '/enrol', {}, '{}')).status)
  assert.deepEqual([statuses.indexOf(429), statuses.length], [20, 21])
})

test('PR-E6 a device that waits and is not seen for a day is forgotten by itself', async t => {
  const stage = await openAdminStage(t)
  const enrol = async (byte: number) => {
    const publicKey = toBase64Url(new Uint8Array(32).fill(byte))
    const result = await stage.directory.enrol({ publicKey, network: NEIGHBOUR, now: START })
    assert.ok(result.ok)
    return result.device.deviceId
  }
  const [absent, seen] = [await enrol(1), await enrol(2)]
  await stage.directory.touch(seen, START + DAY_MS)
  await stage.records.reports.flush()
  const expire = () => expireWaitingDevices({ records: stage.records, clock: () => stage.now })
  stage.now = START + DAY_MS
  assert.equal(await expire(), 0)
  stage.now += 1
  assert.equal(await expire(), 1)
  assert.equal(await stage.directory.device(absent), null)
  assert.equal((await stage.directory.device(seen))?.state, 'pending')
  assert.deepEqual(stage.changes.at(-1), { type: 'device', deviceId: absent })
})

test('waiting devices are dismissed by code, by how long they wait, or all; no other device is touched', async t => {
  const stage = await openAdminStage(t)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin' })
  const enrol = async (byte: number, now: number) => {
    const publicKey = toBase64Url(new Uint8Array(32).fill(byte))
    const result = await stage.directory.enrol({ publicKey, network: NEIGHBOUR, now })
    assert.ok(result.ok)
    return result.device
  }
  const dismiss = async (body: object) => {
    const answer = await stage.call('POST', '/api/devices/dismiss', body)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return answer.body.dismissed
  }
  const [accepted, revoked, old, coded, young] = [
    await enrol(1, START),
    await enrol(2, START),
    await enrol(3, START),
    await enrol(4, START + 3_600_000),
    await enrol(5, START + 3_600_000),
  ]
  await stage.call('PATCH', `/api/devices/${accepted.deviceId}`, { state: 'accepted', site: 'berlin' })
  await stage.call('PATCH', `/api/devices/${revoked.deviceId}`, { state: 'revoked' })
  stage.now = START + 2 * 3_600_000
  assert.equal(await dismiss({ olderThanS: 3 * 3600 }), 0)
  assert.equal(await dismiss({ olderThanS: 5400 }), 1)
  assert.equal(await stage.directory.device(old.deviceId), null)
  assert.equal(await dismiss({ codes: [coded.code?.toLowerCase(), 'AAAA-AAAA'] }), 1)
  assert.equal(await dismiss({ all: true }), 1)
  assert.equal(await stage.directory.device(young.deviceId), null)
  for (const body of [{}, { all: true, olderThanS: 60 }, { codes: [] }, { all: false }])
    assert.equal((await stage.call('POST', '/api/devices/dismiss', body)).status, 400)
  assert.equal((await stage.directory.device(accepted.deviceId))?.state, 'accepted')
  assert.equal((await stage.directory.device(revoked.deviceId))?.state, 'revoked')
  const { entries } = (await stage.call('GET', '/api/audit')).body
  const dismissals = entries.filter((entry: { action: string }) => entry.action === 'device.dismiss')
  assert.deepEqual(
    dismissals.map((entry: { after: { dismissed: number } }) => entry.after.dismissed),
    [1, 1, 1],
  )
})

test('who asks for releases that do not exist drives none that does out of memory', async t => {
  const stage = await openAdminStage(t)
  const { body } = await stage.publish('lobby', { 'index.html': '<h1>Hi</h1>' })
  const known = await stage.directory.releaseByDigest(body.digest)
  assert.ok(known)
  const unknown = Array.from({ length: 100 }, (_, index) => index.toString(16).padStart(64, '0'))
  const found = await Promise.all(unknown.map(digest => stage.directory.releaseByDigest(digest)))
  assert.ok(found.every(release => release === null))
  assert.equal(await stage.directory.releaseByDigest(body.digest), known)
})

test('who asks for every manifest over and over makes the server verify each of them once', async t => {
  const stage = await openAdminStage(t)
  const digests: string[] = []
  // More than are kept in memory.
  for (let number = 1; number <= 20; number++)
    digests.push((await stage.publish('lobby', { 'index.html': `<h1>${number}</h1>` })).body.digest)
  const verified: string[] = []
  const { db, reports, changes } = stage.records
  const directory = createFleetRecords({
    ...{ db, reports, changes, randomBytes: secureRandomBytes },
    onManifest: digest => verified.push(digest),
  })
  for (let round = 0; round < 3; round++)
    for (const digest of digests) {
      assert.equal(await directory.hasRelease(digest), true)
      const text = await directory.signedManifestText(digest)
      assert.equal(text, (await stage.directory.releaseByDigest(digest))?.signedManifestText)
    }
  assert.deepEqual(verified.sort(), digests.sort())
  const [digest] = digests
  await db
    .updateTable('releases')
    .set({ signed_manifest: '{}' })
    .where('digest', '=', digest ?? '')
    .execute()
  await assert.rejects(
    directory.signedManifestText(digest ?? ''),
    /is damaged/,
    'what changed is verified again',
  )
  assert.deepEqual(
    [await directory.hasRelease('f'.repeat(64)), await directory.signedManifestText('f'.repeat(64))],
    [false, null],
  )
})
