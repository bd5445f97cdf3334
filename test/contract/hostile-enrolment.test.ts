/** Strangers who enrol and ask without end: they fill no list for others, and drive nothing out of memory. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { MAX_PENDING_DEVICES } from '../../policy/device-budget.ts'
import { deviceIdOf, toBase64Url } from '../../protocol/keys.ts'
import { openAdminStage, START } from '../support/admin-stage.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { fromAddress, openStage } from '../support/device-listener-stage.ts'
import { enrolBody, generateDeviceKeys } from '../support/signaling-client.ts'

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
  for (let enrolled = 0; enrolled < 100; enrolled++) {
    const response = await enrol()
    assert.equal(response.status, 200)
    await response.arrayBuffer()
  }
  const refused = await enrol()
  assert.equal(refused.status, 429)
  const { retryAt, detail } = (await refused.json()) as { retryAt: string; detail: string }
  assert.equal(retryAt, new Date(stage.clock.now() + 60_000).toISOString())
  assert.match(detail, /enrolment link/)

  stage.directory.setToken(TOKEN, { site: 'berlin', role: 'kiosk', usesLeft: 1 })
  assert.equal((await enrol(TOKEN)).status, 200)
  address = NEIGHBOUR
  assert.equal((await enrol()).status, 200)
  address = STRANGER
  stage.clock.set(stage.clock.now() + 60_000)
  assert.equal((await enrol()).status, 200)
})

test('PR-E6 a full waiting list lets go of those who have not been seen for a day, and tells who listens', async t => {
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
    // The first one went on being there.
    last_seen_at: index === 0 ? START + DAY_MS : START,
    last_status: null,
    last_status_at: null,
  }))
  await stage.records.db.insertInto('devices').values(rows).execute()
  const publicKey = toBase64Url(new Uint8Array(32).fill(1))
  const enrol = (now: number) => stage.directory.enrol({ publicKey, now })
  const early = await enrol(START + DAY_MS)
  assert.equal(early.ok ? null : early.problem, 'enrolment-closed')
  assert.equal((await enrol(START + DAY_MS + 1)).ok, true)
  const left = await stage.records.db.selectFrom('devices').select('device_id').orderBy('device_id').execute()
  assert.deepEqual(left.map(row => row.device_id).sort(), ['d-0', await deviceIdOf(publicKey)].sort())
  assert.equal(stage.changes.length, MAX_PENDING_DEVICES)
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
