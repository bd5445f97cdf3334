/**
 * Deny by default: every route that the OpenAPI document lists, and the list is complete, refuses whoever has no business
 * there, and changes nothing.
 */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { toBase64Url } from '../../protocol/keys.ts'
import { createGrantKey } from '../../signal-server/fleet/grants.ts'
import { randomApiToken, secureRandomBytes } from '../../signal-server/random.ts'
import { insertApiToken } from '../../signal-server/records/api-tokens.ts'
import { AdminBrowser, PASSWORD } from '../support/admin-browser.ts'
import { type ListedRoute, listRoutes } from '../support/admin-routes.ts'
import { type AdminStage, type Answer, openAdminStage } from '../support/admin-stage.ts'

/** All that may be asked without credentials. Another one here is a decision, not an accident. */
const PUBLIC = ['GET /api/session', 'POST /api/session', 'POST /api/session/link']

async function openWalk(t: TestContext) {
  const stage = await openAdminStage(t)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin' })
  await stage.publish('lobby', { 'index.html': 'one' })
  await stage.call('PUT', '/api/profiles/shops', {
    sites: ['berlin'],
    packages: [{ package: 'lobby', release: 'latest' }],
  })
  const { token, deviceId } = await enrol(stage)
  return { stage, routes: await listRoutes(stage), enrolmentToken: token, deviceId }
}

async function enrol(stage: AdminStage) {
  const { token } = (
    await stage.call('POST', '/api/enrolment-tokens', { site: 'berlin', role: 'kiosk', uses: 2 })
  ).body
  const publicKey = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  const result = await stage.directory.enrol({ token, publicKey, now: stage.now })
  assert.ok(result.ok)
  return { token: String(token), publicKey, deviceId: result.device.deviceId }
}

/** Asks every route, and proves that each refused and that nothing has changed. */
async function refusesAll(
  stage: AdminStage,
  routes: readonly ListedRoute[],
  ask: (route: ListedRoute) => Promise<Answer>,
  expected: { readonly status: number; readonly type: string },
): Promise<void> {
  const before = await everything(stage)
  assert.ok(routes.length > 10)
  for (const route of routes) {
    const answer = await ask(route)
    const name = `${route.method} ${route.template}`
    assert.deepEqual(
      [name, answer.status, answer.body?.type],
      [name, expected.status, `urn:larder:problem:${expected.type}`],
    )
    assert.equal(answer.headers.get('content-type'), 'application/problem+json', name)
    assert.equal(answer.headers.get('access-control-allow-origin'), null, name)
    assert.equal(answer.headers.get('set-cookie'), null, name)
  }
  assert.deepEqual(await everything(stage), before)
  assert.deepEqual(stage.failures, [])
}

async function everything({ records: { db } }: AdminStage) {
  return {
    audit: await db.selectFrom('audit_log').selectAll().orderBy('id').execute(),
    sites: await db.selectFrom('sites').selectAll().execute(),
    profiles: await db.selectFrom('profile_packages').selectAll().execute(),
    devices: await db.selectFrom('devices').selectAll().execute(),
    releases: await db.selectFrom('releases').select('digest').execute(),
    sessions: await db.selectFrom('admin_sessions').select('session_hash').execute(),
    settings: await db.selectFrom('settings').selectAll().execute(),
  }
}

const unauthenticated = { status: 401, type: 'unauthenticated' }
const foreign = { status: 403, type: 'foreign-origin' }

test('the document lists every route there is, and names those that need no credentials', async t => {
  const { stage, routes } = await openWalk(t)
  const there = stage.app.routes
    .filter(({ method, path }) => method !== 'ALL' && /^\/(api|metrics)/.test(path))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
  const listed = routes.map(({ method, template }) => `${method} ${template}`)
  assert.deepEqual([...new Set(there)].sort(), listed.sort())
  const open = routes.filter(route => route.isPublic).map(route => `${route.method} ${route.template}`)
  assert.deepEqual(open.sort(), [...PUBLIC].sort())
})

test('without credentials every route refuses, and the public ones let nobody in', async t => {
  const { stage, routes } = await openWalk(t)
  const ask = ({ method, path, body }: ListedRoute) => stage.call(method, path, body, { authorization: '' })
  await refusesAll(
    stage,
    routes.filter(route => !route.isPublic),
    ask,
    unauthenticated,
  )
  const bodies = [{ password: 'guess' }, { code: 'guess', password: PASSWORD }]
  for (const [index, path] of ['/api/session', '/api/session/link'].entries()) {
    const answer = await stage.call('POST', path, bodies[index], { authorization: '' })
    assert.equal(answer.status, 401)
    assert.equal(answer.headers.get('set-cookie'), null)
  }
  const { body } = await stage.call('GET', '/api/session', undefined, { authorization: '' })
  assert.deepEqual([body.authenticated, body.actor], [false, null])
})

test("with a device's credentials every route refuses", async t => {
  const { stage, routes, enrolmentToken, deviceId } = await openWalk(t)
  const grant = createGrantKey(secureRandomBytes(32)).seal({
    device: deviceId,
    release: '0'.repeat(64),
    expiresAt: stage.now + 60_000,
  })
  const credentials: Record<string, string>[] = [
    { authorization: `Bearer ${grant}` },
    { authorization: `Grant ${grant}` },
    { authorization: `Bearer ${enrolmentToken}` },
    { authorization: `Bearer ${deviceId}` },
    { authorization: '', cookie: `larder-session=${enrolmentToken}` },
    { authorization: '', cookie: `larder-session=${encodeURIComponent(grant)}` },
  ]
  for (const headers of credentials)
    await refusesAll(
      stage,
      routes.filter(route => !route.isPublic),
      ({ method, path, body }) => stage.call(method, path, body, headers),
      unauthenticated,
    )
})

test('with a revoked token every route refuses', async t => {
  const { stage, routes } = await openWalk(t)
  const secret = randomApiToken(secureRandomBytes)
  const { id } = await insertApiToken(
    stage.records.db,
    { tokenHash: hash('sha256', secret, 'hex'), name: 'once' },
    stage.now,
  )
  const headers = { authorization: `Bearer ${secret}` }
  assert.equal((await stage.call('GET', '/api/sites', undefined, headers)).status, 200)
  await stage.call('DELETE', `/api/tokens/${id}`)
  await refusesAll(
    stage,
    routes.filter(route => !route.isPublic),
    ({ method, path, body }) => stage.call(method, path, body, headers),
    unauthenticated,
  )
})

test('with a session that has ended every route refuses', async t => {
  const { stage, routes } = await openWalk(t)
  const browser = new AdminBrowser(stage)
  await browser.enter()
  const stolen = browser.twin()
  await browser.call('DELETE', '/api/session')
  await refusesAll(
    stage,
    routes.filter(route => !route.isPublic),
    ({ method, path, body }) => stolen.call(method, path, body),
    unauthenticated,
  )
})

test('from a foreign origin every route refuses, with a valid session or token too', async t => {
  const { stage, routes } = await openWalk(t)
  const browser = new AdminBrowser(stage)
  await browser.enter()
  // The kiosk listener's origin is one of them: same host, another port, and with it the same cookies.
  for (const origin of [
    'https://elsewhere.test',
    'http://admin.test:8080',
    // The same host by another scheme: what answers without TLS may be an attacker on the network.
    'https://admin.test',
    'http://admin.test.elsewhere.test',
    'null',
  ])
    await refusesAll(
      stage,
      routes,
      ({ method, path, body }) => browser.call(method, path, body, { origin, 'sec-fetch-site': 'same-site' }),
      foreign,
    )
  await refusesAll(
    stage,
    routes,
    ({ method, path, body }) =>
      stage.call(method, path, body, { host: 'admin.test', origin: 'https://elsewhere.test' }),
    foreign,
  )
})

test('what the browser says is of another site is refused, whatever its origin header says', async t => {
  const { stage, routes } = await openWalk(t)
  const browser = new AdminBrowser(stage)
  await browser.enter()
  for (const site of ['cross-site', 'same-site'])
    await refusesAll(
      stage,
      routes,
      ({ method, path, body }) => browser.call(method, path, body, { 'sec-fetch-site': site }),
      foreign,
    )
})

test('what a foreign page can send without telling its origin is refused where the browser says so', async t => {
  const { stage, routes } = await openWalk(t)
  const browser = new AdminBrowser(stage)
  await browser.enter()
  for (const site of ['cross-site', 'same-site'])
    await refusesAll(
      stage,
      routes,
      ({ method, path, body }) =>
        stage.call(method, path, body, {
          authorization: '',
          host: 'admin.test',
          cookie: browser.cookie ?? '',
          'sec-fetch-site': site,
        }),
      foreign,
    )
})

test('a change that comes with a session has to say that it comes from the page', async t => {
  const { stage, routes } = await openWalk(t)
  const browser = new AdminBrowser(stage)
  await browser.enter()
  await refusesAll(
    stage,
    [...routes.filter(route => route.method !== 'GET' && !route.isPublic)],
    ({ method, path, body }) =>
      stage.call(method, path, body, { authorization: '', host: 'admin.test', cookie: browser.cookie ?? '' }),
    foreign,
  )
})
