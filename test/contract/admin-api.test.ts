/** The admin API's routes over real records: who is let in, what is refused and how, what is answered. */

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import * as v from 'valibot'
import {
  deviceListSchema,
  deviceViewSchema,
  distributionViewSchema,
  explanationSchema,
  packageViewSchema,
  profileViewSchema,
  statsSchema,
} from '../../protocol/admin-api.ts'
import { noLimits } from '../../protocol/assignment.ts'
import { toBase64Url } from '../../protocol/keys.ts'
import { type AdminStage, type Answer, openAdminStage, START } from '../support/admin-stage.ts'
import { plainStorage } from '../support/default-fields.ts'

const DISTRIBUTION = '/api/profiles/shops/packages/lobby/distribution'
const URN = 'urn:larder:problem:'

function assertProblem(answer: Answer, status: number, name: string, detail = /./): void {
  assert.equal(answer.status, status)
  assert.equal(answer.body.type, `${URN}${name}`)
  assert.match(answer.body.detail, detail)
  assert.equal(answer.headers.get('content-type'), 'application/problem+json')
}

/** One site, one release of one package, one profile that brings them together. */
async function openShop(t: TestContext): Promise<AdminStage> {
  const stage = await openAdminStage(t)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin' })
  await stage.publish('lobby', { 'index.html': 'one' })
  await stage.call('PUT', '/api/profiles/shops', {
    sites: ['berlin'],
    packages: [{ package: 'lobby', release: 'latest' }],
  })
  return stage
}

async function enrolKiosk(stage: AdminStage, role = 'kiosk'): Promise<string> {
  const { body } = await stage.call('POST', '/api/enrolment-tokens', { site: 'berlin', role })
  const publicKey = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  const result = await stage.directory.enrol({ token: body.token, publicKey, now: stage.now })
  assert.ok(result.ok)
  return result.device.deviceId
}

test('nobody is let in without a valid token, not even to what does not exist', async t => {
  const stage = await openAdminStage(t)
  for (const authorization of [
    '',
    'Bearer',
    'Bearer wrong',
    'Basic dXNlcjpwYXNz',
    `Bearer ${'x'.repeat(5000)}`,
  ]) {
    for (const path of ['/api/sites', '/api/devices', '/api/stats', '/api/nothing-here', '/api'])
      assertProblem(await stage.call('GET', path, undefined, { authorization }), 401, 'unauthenticated')
  }
})

test('what does not exist is a problem document', async t => {
  const stage = await openAdminStage(t)
  assertProblem(await stage.call('GET', '/api/nothing-here'), 404, 'not-found')
  assertProblem(await stage.call('DELETE', '/api/sites/berlin'), 404, 'not-found')
  assertProblem(await stage.call('GET', '/nothing-here'), 404, 'not-found')
})

test('lists travel compressed to who accepts it; secrets, problems and event streams never do', async t => {
  const stage = await openShop(t)
  for (let index = 0; index < 20; index++) await enrolKiosk(stage)
  const accepting = { 'accept-encoding': 'gzip, br' }
  const plain = await (await stage.open('/api/devices')).text()
  for (const path of ['/api/devices', '/metrics']) {
    const compressed = await stage.open(path, accepting)
    assert.equal(compressed.headers.get('content-encoding'), 'gzip', path)
    assert.match(compressed.headers.get('vary') ?? '', /accept-encoding/i)
    const text = gunzipSync(await compressed.arrayBuffer()).toString()
    if (path === '/api/devices') assert.equal(text, plain)
  }
  assert.equal((await stage.open('/api/devices')).headers.get('content-encoding'), null)
  const encodingOf = async (method: string, path: string, body?: unknown) =>
    (await stage.call(method, path, body, accepting)).headers.get('content-encoding')
  assert.equal(await encodingOf('POST', '/api/enrolment-tokens', { site: 'berlin', role: 'kiosk' }), null)
  assert.equal(await encodingOf('GET', '/api/nothing-here'), null)
  const events = await stage.open('/api/live', accepting)
  assert.match(events.headers.get('content-type') ?? '', /event-stream/)
  assert.equal(events.headers.get('content-encoding'), null)
  await events.body?.cancel()
})

test('the front page says where one is, and needs no token', async t => {
  const stage = await openAdminStage(t)
  const answer = await stage.call('GET', '/', undefined, { authorization: '' })
  assert.equal(answer.status, 200)
  assert.match(answer.body, /Larder is running/)
})

test('a page of another origin cannot change anything, even with a token', async t => {
  const stage = await openAdminStage(t)
  const put = (headers: Record<string, string>) =>
    stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin' }, { host: 'admin.test', ...headers })
  for (const origin of ['https://elsewhere.test', 'http://admin.test:8080', 'null'])
    assertProblem(await put({ origin }), 403, 'foreign-origin')
  assert.equal((await put({ origin: 'http://admin.test' })).status, 200)
})

test('bodies that are malformed or too large are refused and change nothing', async t => {
  const stage = await openAdminStage(t)
  const put = (body: unknown) => stage.call('PUT', '/api/sites/berlin', body)
  assertProblem(await put(new TextEncoder().encode('{')), 400, 'bad-request', /not valid JSON/)
  assertProblem(await put({}), 400, 'bad-request', /timeZone/)
  assertProblem(await put({ timeZone: 'Europe/Berlin', colour: 'red' }), 400, 'bad-request', /colour/)
  assertProblem(await put({ timeZone: 'Mars/Olympus' }), 422, 'content-invalid', /Mars\/Olympus/)
  assertProblem(await put({ timeZone: 'x'.repeat(2 ** 20) }), 413, 'too-large')
  assertProblem(
    await stage.call('PUT', '/api/sites/Berlin!', { timeZone: 'UTC' }),
    400,
    'bad-request',
    /site/,
  )
  assert.deepEqual((await stage.call('GET', '/api/sites')).body, { sites: [] })
})

test('a site keeps what a later change leaves out', async t => {
  const stage = await openAdminStage(t)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin', storesWanted: 3 })
  const changed = await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Vienna' })
  assert.deepEqual(changed.body, {
    name: 'berlin',
    timeZone: 'Europe/Vienna',
    storesWanted: 3,
    limits: noLimits,
  })
  assert.equal(await stage.directory.siteStoresWanted('berlin'), 3)
  assert.equal(await stage.directory.siteStoresWanted('nowhere'), 0)
})

test('a profile may name a package before its first release, and says so', async t => {
  const stage = await openAdminStage(t)
  const packages = [{ package: 'lobby', release: 'latest' }]
  const answer = await stage.call('PUT', '/api/profiles/shops', { sites: [], packages })
  assert.equal(answer.status, 200)
  const profile = v.parse(profileViewSchema, answer.body)
  assert.match(profile.notes.join(), /lobby/)
  assert.deepEqual(profile.packages[0]?.distribution, {
    proxyDistribution: true,
    onlyToProxiesUntil: null,
    enforceProxyUntil: null,
  })
})

test('a profile with unknown sites, unknown releases or a package twice is refused', async t => {
  const stage = await openShop(t)
  const put = (body: object) => stage.call('PUT', '/api/profiles/other', { sites: [], packages: [], ...body })
  assertProblem(await put({ sites: ['nowhere'] }), 422, 'content-invalid', /"nowhere"/)
  assertProblem(
    await put({ packages: [{ package: 'lobby', release: 9 }] }),
    422,
    'content-invalid',
    /release 9/,
  )
  const twice = [{ package: 'lobby' }, { package: 'lobby' }]
  assertProblem(await put({ packages: twice }), 422, 'content-invalid', /twice/)
  assertProblem(await stage.call('GET', '/api/profiles/other'), 404, 'not-found')
})

test('distribution options are set, resolved per site, and warned of', async t => {
  const stage = await openShop(t)
  await stage.call('PUT', '/api/sites/tokyo', { timeZone: 'Asia/Tokyo' })
  await stage.call('PUT', '/api/profiles/shops', {
    sites: ['berlin', 'tokyo'],
    packages: [{ package: 'lobby' }],
  })
  const onlyToProxiesUntil = { siteLocal: '2026-11-23T02:00' }
  const options = { proxyDistribution: true, onlyToProxiesUntil, enforceProxyUntil: null }
  const answer = await stage.call('PUT', DISTRIBUTION, options)
  assert.equal(answer.status, 200)
  const view = v.parse(distributionViewSchema, answer.body)
  assert.deepEqual(
    view.sites.map(site => [site.site, site.windows.onlyToProxiesUntil]),
    [
      ['berlin', '2026-11-23T01:00:00.000Z'],
      ['tokyo', '2026-11-22T17:00:00.000Z'],
    ],
  )
  assert.deepEqual(
    view.warnings.map(warning => [warning.code, warning.sites]),
    [['only-without-enforce', ['berlin', 'tokyo']]],
  )
  assert.equal(view.revision, 2)
  assert.deepEqual((await stage.call('GET', DISTRIBUTION)).body, answer.body)
  const [assignment] = await stage.directory.assignmentsForSite('tokyo')
  assert.equal(assignment?.windows.onlyToProxiesUntil, Date.parse('2026-11-22T17:00:00Z'))
})

test('distribution options that are bad, outdated or of nothing are refused', async t => {
  const stage = await openShop(t)
  const options = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }
  const put = (change: object, path = DISTRIBUTION) => stage.call('PUT', path, { ...options, ...change })
  assertProblem(await put({ enforceProxyUntil: '2026-11-23' }), 400, 'bad-request', /enforceProxyUntil/)
  assertProblem(await put({ enforceProxyUntil: { at: '2026-02-30T00:00:00Z' } }), 400, 'bad-request')
  assertProblem(await put({}, '/api/profiles/nothing/packages/lobby/distribution'), 404, 'not-found')
  assertProblem(await put({}, '/api/profiles/shops/packages/menu/distribution'), 404, 'not-found', /menu/)
  assert.equal((await put({ revision: 1 })).status, 200)
  assertProblem(await put({ revision: 1 }), 409, 'conflict', /revision 2/)
})

test('a package that another profile overrides at a site is shown as such', async t => {
  const stage = await openShop(t)
  const strong = { sites: ['berlin'], priority: 9, packages: [{ package: 'lobby', release: 1 }] }
  await stage.call('PUT', '/api/profiles/strong', strong)
  const view = v.parse(distributionViewSchema, (await stage.call('GET', DISTRIBUTION)).body)
  assert.equal(view.sites[0]?.overriddenBy, 'strong')
})

test('every change of the fleet is told once it is committed, and refusals are not', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  await stage.call('PATCH', `/api/devices/${deviceId}`, { role: 'store' })
  await stage.call('PATCH', `/api/devices/${deviceId}`, { site: 'nowhere' })
  assert.deepEqual(stage.changes, [
    { type: 'site', site: 'berlin' },
    { type: 'fleet' },
    { type: 'fleet' },
    { type: 'device', deviceId },
    { type: 'device', deviceId },
  ])
})

test('every change is in the audit log with who made it, and no secret is', async t => {
  const stage = await openShop(t)
  const { body } = await stage.call('POST', '/api/enrolment-tokens', { site: 'berlin', role: 'store' })
  const entries = await stage.records.db.selectFrom('audit_log').selectAll().execute()
  assert.deepEqual(entries.map(entry => entry.action).sort(), [
    'enrolment-token.create',
    'profile.put',
    'release.publish',
    'site.put',
  ])
  assert.ok(entries.every(entry => entry.actor === 'token:test' && entry.at === START))
  assert.ok(!JSON.stringify(entries).includes(body.token))
  const stored = await stage.records.db.selectFrom('enrolment_tokens').selectAll().execute()
  assert.ok(!JSON.stringify(stored).includes(body.token))
})

test('an enrolment link leads to the kiosk page, and bad requests for one are refused', async t => {
  const stage = await openShop(t)
  const post = (body: object) =>
    stage.call('POST', '/api/enrolment-tokens', { site: 'berlin', role: 'store', ...body })
  const answer = await post({ uses: 2, expiresInS: 60 })
  assert.match(answer.body.token, /^[A-Za-z0-9_-]{20,64}$/)
  assert.equal(answer.body.url, `http://larder.test/kiosk/?enrol=${answer.body.token}`)
  assert.equal(answer.body.expiresAt, '2026-11-22T12:01:00.000Z')
  assertProblem(await post({ site: 'nowhere' }), 422, 'content-invalid', /"nowhere"/)
  for (const bad of [{ role: 'boss' }, { uses: 0 }, { expiresInS: 0 }, { site: undefined }])
    assertProblem(await post(bad), 400, 'bad-request')
})

test('a device is shown with its last status and changed within bounds', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  stage.online.add(deviceId)
  const shown = v.parse(deviceViewSchema, (await stage.call('GET', `/api/devices/${deviceId}`)).body)
  assert.deepEqual(
    [shown.connection, shown.role, shown.packages, shown.reportedAt],
    ['online', 'kiosk', [], null],
  )
  const patch = (body: object) => stage.call('PATCH', `/api/devices/${deviceId}`, body)
  assert.deepEqual((await patch({ name: ' Lobby left ', role: 'store' })).body.name, 'Lobby left')
  assertProblem(await patch({ site: 'nowhere' }), 422, 'content-invalid')
  assertProblem(await patch({ state: 'pending' }), 400, 'bad-request', /accepted or revoked/)
  assertProblem(await patch({ name: 'two\nlines' }), 400, 'bad-request')
  assertProblem(await stage.call('GET', `/api/devices/d-${'0'.repeat(32)}`), 404, 'not-found')
  const listed = v.parse(deviceListSchema, (await stage.call('GET', '/api/devices')).body)
  assert.deepEqual(
    listed.devices.map(device => [device.deviceId, device.name, device.role]),
    [[deviceId, 'Lobby left', 'store']],
  )
})

test('a device that waits is accepted only together with a site', async t => {
  const stage = await openShop(t)
  const publicKey = toBase64Url(new Uint8Array(32).fill(1))
  const waiting = await stage.directory.enrol({ publicKey, now: START })
  assert.ok(waiting.ok)
  const patch = (body: object) => stage.call('PATCH', `/api/devices/${waiting.device.deviceId}`, body)
  assertProblem(await patch({ state: 'accepted' }), 422, 'content-invalid', /site/)
  assertProblem(await patch({ site: 'berlin' }), 422, 'content-invalid', /accepted/)
  assert.equal((await patch({ state: 'accepted', site: 'berlin' })).body.state, 'accepted')
})

test('W4 W7 explain gives decision, rule, reason and the next change, now and at a given time', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  const at = '2026-11-22T13:00:00.000Z'
  const options = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: { at } }
  await stage.call('PUT', DISTRIBUTION, options)
  const explain = async (query: string) =>
    v.parse(
      explanationSchema,
      (await stage.call('GET', `/api/explain?device=${deviceId}&package=lobby${query}`)).body,
    )
  const now = await explain('')
  assert.deepEqual(now.order, ['stores'])
  assert.deepEqual(
    [now.server.state, now.server.rule, now.server.reason, now.server.retryAt, now.nextChangeAt],
    ['closed', 'W4', 'enforce-proxy-pending', at, at],
  )
  assert.match(now.sentence, /the server opens at 14:00 \(Europe\/Berlin\), in 1 h/)
  const later = await explain(`&at=${at}`)
  assert.deepEqual([later.order, later.nextChangeAt], [['stores', 'server'], null])
})

test('explain refuses what it cannot answer', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  const explain = (query: string) => stage.call('GET', `/api/explain?${query}`)
  assertProblem(await explain(`device=${deviceId}`), 400, 'bad-request', /"package"/)
  assertProblem(await explain(`device=me&package=lobby`), 400, 'bad-request', /device/)
  assertProblem(await explain(`device=d-${'0'.repeat(32)}&package=lobby`), 404, 'not-found')
  assertProblem(await explain(`device=${deviceId}&package=menu`), 403, 'not-assigned', /menu/)
  assertProblem(await explain(`device=${deviceId}&package=lobby&at=tomorrow`), 400, 'bad-request', /at:/)
})

test('a package is shown with its releases and with what the fleet reports of it', async t => {
  const stage = await openShop(t)
  const deviceId = await enrolKiosk(stage)
  await stage.publish('lobby', { 'index.html': 'two' }, '2.0.0')
  await stage.directory.saveStatus(
    deviceId,
    {
      deviceId,
      role: 'kiosk',
      site: 'berlin',
      connection: 'online',
      clockOffsetMs: 0,
      storage: plainStorage,
      packages: [
        {
          package: 'lobby',
          wantedRelease: 2,
          activeRelease: 1,
          activeVersion: '1.0.0',
          phase: 'downloading',
          update: 'downloading',
          reason: 'fetching-from-stores',
          detail: '',
          decision: { stores: 'open', server: 'open', nextChangeAt: null },
          chunks: { have: 0, total: 1 },
          bytes: { fromStores: 0, fromServer: 0, reused: 0 },
        },
      ],
      peers: [],
    },
    START,
  )
  const view = v.parse(packageViewSchema, (await stage.call('GET', '/api/packages/lobby')).body)
  assert.deepEqual(
    view.releases.map(release => [
      release.release,
      release.version,
      release.devicesRunning,
      release.devicesWanting,
    ]),
    [
      [2, '2.0.0', 0, 1],
      [1, '1.0.0', 1, 0],
    ],
  )
  assert.deepEqual(view.phases, { offline: 1 })
  stage.online.add(deviceId)
  const online = v.parse(packageViewSchema, (await stage.call('GET', '/api/packages/lobby')).body)
  assert.deepEqual(online.phases, { downloading: 1 })
  assertProblem(await stage.call('GET', '/api/packages/menu'), 404, 'not-found', /larder publish/)
  const list = await stage.call('GET', '/api/packages')
  assert.deepEqual([list.body.packages[0].package, list.body.packages[0].releaseCount], ['lobby', 2])
})

test("stats give the origin's own count of chunk bytes, per release", async t => {
  const stage = await openAdminStage(t)
  const { body } = await stage.publish('lobby', { 'index.html': 'one' })
  stage.traffic.set(body.digest, 70)
  stage.traffic.set('0'.repeat(64), 7)
  const stats = v.parse(statsSchema, (await stage.call('GET', '/api/stats')).body)
  assert.equal(stats.chunkBytesSent, 77)
  assert.deepEqual(stats.releases[0], {
    digest: body.digest,
    package: 'lobby',
    release: 1,
    chunkBytesSent: 70,
  })
})

test("a failure of the server's own says nothing of its inside and is reported", async t => {
  const stage = await openAdminStage(t)
  stage.vault.sizes = () => Promise.reject(new Error('/secret/path is gone'))
  const answer = await stage.call('POST', '/api/packages/lobby/chunks/missing', { digests: [] })
  assertProblem(answer, 500, 'internal')
  assert.ok(!JSON.stringify(answer.body).includes('secret'))
  assert.match(String(stage.failures[0]), /secret/)
})
