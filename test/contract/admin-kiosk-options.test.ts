/** How a package takes over, labels, another try and what a site allows: set over the API, and told to the devices. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { retryViewSchema } from '../../protocol/admin/devices.ts'
import { deviceViewSchema, distributionViewSchema, profileViewSchema } from '../../protocol/admin-api.ts'
import { defaultUpdateOptions, noLimits } from '../../protocol/assignment.ts'
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import { toBase64Url } from '../../protocol/keys.ts'
import { type AdminStage, type Answer, openAdminStage } from '../support/admin-stage.ts'
import { packageStatus, statusOf } from '../support/device-status.ts'

const DISTRIBUTION = '/api/profiles/shops/packages/lobby/distribution'
const OPEN = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }

function assertProblem(answer: Answer, status: number, name: string, detail = /./): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.equal(answer.body.type, `urn:larder:problem:${name}`)
  assert.match(answer.body.detail, detail)
}

async function openShop(t: TestContext): Promise<AdminStage> {
  const stage = await openAdminStage(t)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin' })
  for (const name of ['lobby', 'menu', 'adverts']) await stage.publish(name, { 'index.html': name })
  await stage.call('PUT', '/api/profiles/shops', {
    sites: ['berlin'],
    packages: [{ package: 'lobby' }, { package: 'menu' }, { package: 'adverts' }],
  })
  return stage
}

async function enrolKiosk(stage: AdminStage): Promise<string> {
  const { body } = await stage.call('POST', '/api/enrolment-tokens', { site: 'berlin', role: 'kiosk' })
  const publicKey = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  const result = await stage.directory.enrol({ token: body.token, publicKey, now: stage.now })
  assert.ok(result.ok)
  return result.device.deviceId
}

const report = (stage: AdminStage, deviceId: string, change: Parameters<typeof packageStatus>[0]) =>
  stage.directory.saveStatus(deviceId, statusOf(deviceId, [packageStatus(change)]), stage.now)

test('how a package takes over is stored beside its windows, each part left as it was where nothing is sent', async t => {
  const stage = await openShop(t)
  const put = async (change: object) => {
    const answer = await stage.call('PUT', DISTRIBUTION, { ...OPEN, ...change })
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return v.parse(distributionViewSchema, answer.body)
  }
  assert.deepEqual((await put({})).update, defaultUpdateOptions)
  const activation = { when: 'window', from: '02:00', until: '04:30' }
  assert.deepEqual((await put({ activation })).update, { ...defaultUpdateOptions, activation })
  const confirmation = { by: 'ready', withinMs: 60_000 }
  stage.now += 1000
  const last = await put({ confirmation, priority: 5 })
  assert.deepEqual(last.update, { activation, confirmation, priority: 5 })
  const profile = v.parse(profileViewSchema, (await stage.call('GET', '/api/profiles/shops')).body)
  assert.deepEqual(profile.packages.find(entry => entry.package === 'lobby')?.update, last.update)

  const told = (await stage.directory.assignmentsForSite('berlin')).find(entry => entry.package === 'lobby')
  assert.deepEqual([told?.activation, told?.confirmation, told?.priority], [activation, confirmation, 5])
  const { entries } = (await stage.call('GET', '/api/audit?limit=1')).body
  assert.deepEqual(entries[0].before, { ...OPEN, ...defaultUpdateOptions, activation })
  assert.deepEqual(entries[0].after, { ...OPEN, ...last.update })
})

test('one revision counts windows and takeover alike, and who read an older one changes neither', async t => {
  const stage = await openShop(t)
  const read = (await stage.call('GET', DISTRIBUTION)).body.revision
  await stage.call('PUT', DISTRIBUTION, { ...OPEN, priority: 1, revision: read })
  const late = await stage.call('PUT', DISTRIBUTION, { ...OPEN, priority: 2, revision: read })
  assertProblem(late, 409, 'conflict', /changed by somebody else/)
  assert.equal((await stage.call('GET', DISTRIBUTION)).body.update.priority, 1)
})

test('a way to take over that is none is refused and changes nothing', async t => {
  const stage = await openShop(t)
  for (const [change, words] of [
    [{ activation: { when: 'later' } }, /activation/],
    [{ activation: { when: 'idle' } }, /idleMs/],
    [{ activation: { when: 'idle', idleMs: 10 } }, /activation\.idleMs/],
    [{ activation: { when: 'window', from: '2:00', until: '04:00' } }, /time of day such as 02:00/],
    [{ activation: { when: 'window', from: '02:00', until: '02:00' } }, /two different times/],
    [{ confirmation: { by: 'ready', withinMs: -1 } }, /withinMs/],
    [{ priority: 1.5 }, /priority/],
    [{ priority: 1001 }, /priority/],
  ] as const)
    assertProblem(await stage.call('PUT', DISTRIBUTION, { ...OPEN, ...change }), 400, 'bad-request', words)
  assert.equal((await stage.call('GET', DISTRIBUTION)).body.revision, 1)
})

test('the packages of a site stand in the order of their priorities, then of their names', async t => {
  const stage = await openShop(t)
  const order = async () =>
    (await stage.directory.assignmentsForSite('berlin')).map(assignment => assignment.package)
  assert.deepEqual(await order(), ['adverts', 'lobby', 'menu'])
  await stage.call('PUT', '/api/profiles/shops/packages/menu/distribution', { ...OPEN, priority: 10 })
  await stage.call('PUT', '/api/profiles/shops/packages/adverts/distribution', { ...OPEN, priority: -10 })
  assert.deepEqual(await order(), ['menu', 'lobby', 'adverts'])
})

test('labels replace those before, are found by searching, and reach the device in its record', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  const patch = (labels: object) => stage.call('PATCH', `/api/devices/${deviceId}`, { labels })
  await patch({ floor: '1', area: 'Café' })
  const view = v.parse(deviceViewSchema, (await patch({ floor: '2' })).body)
  assert.deepEqual(view.labels, { floor: '2' })
  assert.deepEqual((await stage.directory.device(deviceId))?.labels, { floor: '2' })
  assert.deepEqual(stage.changes.at(-1), { type: 'device', deviceId })
  const found = async (search: string) =>
    (await stage.call('GET', `/api/devices?search=${encodeURIComponent(search)}`)).body.total
  assert.deepEqual([await found('floor=2'), await found('floor=1'), await found('FLOOR')], [1, 0, 1])
  for (const labels of [{ Floor: '1' }, { 'a b': '' }, { floor: 'x'.repeat(201) }, { floor: 2 }])
    assertProblem(await patch(labels), 400, 'bad-request', /labels/)
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`label-${index}`, '']))
  assertProblem(await patch(many), 400, 'bad-request', /at most 32 labels/)
  assert.deepEqual((await stage.directory.device(deviceId))?.labels, { floor: '2' })
})

test('a release that failed is tried again when somebody asks, counted also while the device is away', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  const retry = (name = 'lobby') => stage.call('POST', `/api/devices/${deviceId}/retry`, { package: name })
  assertProblem(await retry(), 409, 'nothing-to-retry', /has not reported/)
  await report(stage, deviceId, { package: 'lobby', phase: 'active', update: 'confirmed', detail: '1 runs' })
  assertProblem(await retry(), 409, 'nothing-to-retry', /says: 1 runs/)
  await report(stage, deviceId, {
    package: 'lobby',
    wantedRelease: 4,
    phase: 'failed',
    update: 'failed',
    reason: 'release-failed',
  })
  const first = v.parse(retryViewSchema, (await retry()).body)
  assert.deepEqual(first, { package: 'lobby', release: 4, retries: 1, connection: 'offline' })
  assert.deepEqual(stage.changes.at(-1), { type: 'device', deviceId })
  stage.online.add(deviceId)
  stage.now += 1000
  const second = v.parse(retryViewSchema, (await retry()).body)
  assert.deepEqual([second.retries, second.connection], [2, 'online'])
  assert.deepEqual((await stage.directory.device(deviceId))?.retries, { lobby: 2 })
  const { entries } = (await stage.call('GET', '/api/audit?limit=1')).body
  assert.deepEqual(
    [entries[0].action, entries[0].target, entries[0].after],
    ['device.retry', `device:${deviceId}`, { package: 'lobby', release: 4, retries: 2 }],
  )
})

test('a package named like something every object has is counted like any other', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  await report(stage, deviceId, { package: 'constructor', phase: 'failed', update: 'failed' })
  const answer = await stage.call('POST', `/api/devices/${deviceId}/retry`, { package: 'constructor' })
  assert.equal(answer.body.retries, 1)
})

test('only a device that is in the fleet is asked to try again', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  await report(stage, deviceId, { package: 'lobby', phase: 'failed', update: 'failed' })
  await stage.call('PATCH', `/api/devices/${deviceId}`, { state: 'revoked' })
  const path = (id: string) => `/api/devices/${id}/retry`
  const answer = await stage.call('POST', path(deviceId), { package: 'lobby' })
  assertProblem(answer, 409, 'nothing-to-retry', /revoked/)
  const unknown = `d-${'0'.repeat(32)}`
  assertProblem(await stage.call('POST', path(unknown), { package: 'lobby' }), 404, 'not-found')
  assertProblem(await stage.call('POST', path(deviceId), {}), 400, 'bad-request', /package/)
})

test('what a site allows its stores is kept where a later change leaves it out, and told to its devices', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  const put = (change: object) =>
    stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin', ...change })
  assert.deepEqual((await stage.directory.device(deviceId))?.limits, noLimits)
  const limits = { cacheBytes: 20_000_000_000, uploadBytesPerS: 6_250_000 }
  assert.deepEqual((await put({ limits })).body.limits, limits)
  assert.deepEqual((await put({ storesWanted: 2 })).body.limits, limits)
  assert.deepEqual((await stage.directory.device(deviceId))?.limits, limits)
  assert.deepEqual((await stage.call('GET', '/api/sites/berlin')).body.limits, limits)
  assert.deepEqual((await put({ limits: noLimits })).body.limits, noLimits)
  for (const wrong of [
    { cacheBytes: -1, uploadBytesPerS: null },
    { cacheBytes: null, uploadBytesPerS: 10 },
    {},
  ])
    assertProblem(await put({ limits: wrong }), 400, 'bad-request', /limits/)
})

const REPORT: DiagnosticsReport = {
  checkedAt: '2026-11-22T12:00:00.000Z',
  userAgent: 'Mozilla/5.0',
  findings: [{ id: 'quota', title: 'Room on the disk', state: 'bad', found: 'none', mend: 'make some' }],
}

test('a device that waits to be accepted is not asked for its diagnostics, which would not be kept', async t => {
  const stage = await openShop(t)
  const enrolled = await stage.directory.enrol({ publicKey: 'w'.repeat(43), now: stage.now })
  assert.ok(enrolled.ok && enrolled.device.state === 'pending')
  const { deviceId } = enrolled.device
  stage.online.add(deviceId)
  const answer = await stage.call('POST', `/api/devices/${deviceId}/diagnose`)
  assertProblem(answer, 403, 'device-pending', /Accept it first/)
  assert.deepEqual(stage.diagnosed, [])
})

test('diagnostics are asked of a device that is online; the last report stands on its page', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  const view = async () =>
    v.parse(deviceViewSchema, (await stage.call('GET', `/api/devices/${deviceId}`)).body)
  const diagnose = (id = deviceId) => stage.call('POST', `/api/devices/${id}/diagnose`)
  assert.deepEqual([(await view()).diagnostics, (await view()).storage], [null, null])
  assertProblem(await diagnose(), 409, 'device-offline', /not online/)
  assertProblem(await diagnose(`d-${'0'.repeat(32)}`), 404, 'not-found')
  stage.online.add(deviceId)
  const asked = await diagnose()
  assert.equal(asked.status, 202)
  assert.deepEqual(stage.diagnosed, [deviceId])

  stage.now += 2000
  await stage.directory.saveDiagnostics(deviceId, { ...REPORT, findings: [] }, stage.now)
  await stage.directory.saveDiagnostics(deviceId, REPORT, stage.now)
  const { diagnostics } = await view()
  assert.deepEqual(diagnostics, { ...REPORT, receivedAt: new Date(stage.now).toISOString() })
  assert.ok(Date.parse(diagnostics?.receivedAt ?? '') >= Date.parse(asked.body.askedAt))
  assert.deepEqual(stage.failures, [])
})

test('diagnostics of a device that nobody knows are not kept', async t => {
  const stage = await openShop(t)
  await stage.directory.saveDiagnostics(`d-${'0'.repeat(32)}`, REPORT, stage.now)
  await stage.records.reports.flush()
  assert.deepEqual(await stage.records.db.selectFrom('device_diagnostics').selectAll().execute(), [])
})

test('a revoked device is accepted again with the place it had, or another one', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  const patch = (body: object) => stage.call('PATCH', `/api/devices/${deviceId}`, body)
  await patch({ state: 'revoked' })
  const again = await patch({ state: 'accepted' })
  assert.deepEqual([again.status, again.body.state, again.body.site], [200, 'accepted', 'berlin'])
  await stage.call('PUT', '/api/sites/oslo', { timeZone: 'Europe/Oslo' })
  await patch({ state: 'revoked' })
  assert.equal((await patch({ state: 'accepted', site: 'oslo' })).body.site, 'oslo')
})

test('a device that was turned away before it had a site needs one to be accepted', async t => {
  const stage = await openShop(t)
  const publicKey = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  const pending = await stage.directory.enrol({ publicKey, now: stage.now })
  assert.ok(pending.ok)
  const path = `/api/devices/${pending.device.deviceId}`
  await stage.call('PATCH', path, { state: 'revoked' })
  assertProblem(
    await stage.call('PATCH', path, { state: 'accepted' }),
    422,
    'content-invalid',
    /needs a site/,
  )
  assert.equal((await stage.call('PATCH', path, { state: 'accepted', site: 'berlin' })).status, 200)
})
