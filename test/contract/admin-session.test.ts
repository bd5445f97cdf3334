/** Getting in: one-time links, the password, sessions that end, and what a guesser meets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { sessionViewSchema } from '../../protocol/admin/session.ts'
import { AdminBrowser, makeLink, PASSWORD } from '../support/admin-browser.ts'
import { type Answer, openAdminStage } from '../support/admin-stage.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

function assertProblem(answer: Answer, status: number, name: string, detail = /./): void {
  assert.deepEqual([answer.status, answer.body.type], [status, `urn:larder:problem:${name}`])
  assert.match(answer.body.detail, detail)
}

const isIn = async (browser: AdminBrowser) =>
  v.parse(sessionViewSchema, (await browser.call('GET', '/api/session')).body).authenticated

test('a first start: nobody is in, the link asks for a password, and with one it logs in', async t => {
  const stage = await openAdminStage(t)
  const browser = new AdminBrowser(stage)
  assert.deepEqual((await browser.call('GET', '/api/session')).body, {
    authenticated: false,
    passwordSet: false,
    via: null,
    actor: null,
    expiresAt: null,
  })
  assertProblem(
    await browser.call('POST', '/api/session', { password: '' }),
    401,
    'unauthenticated',
    /admin-link/,
  )

  const code = await makeLink(stage)
  assertProblem(await browser.call('POST', '/api/session/link', { code }), 422, 'content-invalid', /choose/)
  assertProblem(
    await browser.call('POST', '/api/session/link', { code, password: 'short' }),
    400,
    'bad-request',
    /at least 10/,
  )
  const entered = await browser.call('POST', '/api/session/link', { code, password: PASSWORD })
  assert.equal(entered.status, 200)
  assert.equal(entered.body.authenticated, true)
  const { body } = await browser.call('GET', '/api/session')
  assert.deepEqual([body.authenticated, body.passwordSet, body.via], [true, true, 'session'])
  assert.equal((await browser.call('GET', '/api/sites')).status, 200)
})

test('the cookie is not for scripts, other sites or other ports, and over TLS only where the page came over TLS', async t => {
  const stage = await openAdminStage(t)
  const plain = await new AdminBrowser(stage).enter()
  const cookie = plain.headers.get('set-cookie') ?? ''
  for (const attribute of [/; HttpOnly/, /; SameSite=Strict/, /; Path=\//, /; Max-Age=\d+/])
    assert.match(cookie, attribute)
  assert.doesNotMatch(cookie, /Secure|Domain/)

  const overTls = new AdminBrowser(stage)
  const answer = await overTls.call(
    'POST',
    '/api/session',
    { password: PASSWORD },
    { 'x-forwarded-proto': 'https', origin: 'https://admin.test' },
  )
  assert.match(answer.headers.get('set-cookie') ?? '', /^__Host-larder-session=.*; Secure/)
  assert.equal(
    (
      await overTls.call('GET', '/api/session', undefined, {
        'x-forwarded-proto': 'https',
        origin: 'https://admin.test',
      })
    ).body.via,
    'session',
  )
  const elsewhere = await new AdminBrowser(stage).call('POST', 'http://admin.test:8081/api/session', {
    password: PASSWORD,
  })
  assert.match(elsewhere.headers.get('set-cookie') ?? '', /^larder-session-8081=/)
})

test('the page is known behind a proxy by the scheme that a trusted proxy names, or by the address of --admin-url', async t => {
  const stage = await openAdminStage(t)
  const browser = new AdminBrowser(stage)
  await browser.enter()
  const logIn = async (headers: Record<string, string>) =>
    (await browser.call('POST', '/api/session', { password: PASSWORD }, headers)).status
  assert.equal(await logIn({ origin: 'https://admin.test' }), 403)
  assert.equal(await logIn({ origin: 'https://admin.test', 'x-forwarded-proto': 'https' }), 200)
  assert.equal(await logIn({ origin: 'http://admin.test', 'x-forwarded-proto': 'https' }), 403)
  assert.equal(await logIn({ origin: 'https://admin.example.com', host: '127.0.0.1:8081' }), 200)
  assert.equal(await logIn({ origin: 'https://admin.example.com:444', host: '127.0.0.1:8081' }), 403)
})

test('a link is good once, for a quarter of an hour, and no longer after a password was set', async t => {
  const stage = await openAdminStage(t)
  const first = await makeLink(stage)
  const outstanding = await makeLink(stage)
  const use = (code: string) =>
    new AdminBrowser(stage).call('POST', '/api/session/link', { code, password: PASSWORD })
  assert.equal((await use(first)).status, 200)
  for (const code of [first, outstanding, 'made up'])
    assertProblem(await use(code), 401, 'unauthenticated', /used already or has expired/)

  const late = await makeLink(stage)
  stage.now += 15 * MINUTE_MS
  assertProblem(await use(late), 401, 'unauthenticated')
  const alone = await makeLink(stage)
  const browser = new AdminBrowser(stage, '192.0.2.9')
  assert.equal((await browser.call('POST', '/api/session/link', { code: alone })).status, 200)
  assert.ok(await isIn(browser), 'with a password set, a link alone logs in')
})

test('two who use one link at the same moment: one is in', async t => {
  const stage = await openAdminStage(t)
  const code = await makeLink(stage)
  const answers = await Promise.all(
    [1, 2, 3].map(() =>
      new AdminBrowser(stage).call('POST', '/api/session/link', { code, password: PASSWORD }),
    ),
  )
  assert.deepEqual(answers.map(answer => answer.status).sort(), [200, 401, 401])
})

test('the password logs in, and nothing like it does', async t => {
  const stage = await openAdminStage(t)
  await new AdminBrowser(stage).enter('größer als gedacht')
  const log = (password: string) => new AdminBrowser(stage).call('POST', '/api/session', { password })
  for (const password of ['', 'größer als gedacht ', 'Größer als gedacht'])
    assertProblem(await log(password), 401, 'unauthenticated', /not the password/)
  assert.equal((await log('größer als gedacht'.normalize('NFD'))).status, 200)
})

test('guessing is slowed down per address, told when to come back, and does not lock out others', async t => {
  const stage = await openAdminStage(t)
  await new AdminBrowser(stage).enter()
  const guesser = new AdminBrowser(stage, '198.51.100.7')
  const guess = () => guesser.call('POST', '/api/session', { password: 'a guess' })
  const answers: Answer[] = []
  for (let count = 0; count < 6; count++) answers.push(await guess())
  assert.deepEqual(
    answers.map(answer => answer.status),
    [401, 401, 401, 401, 401, 429],
  )
  const refused = answers.at(-1)
  assert.equal(Date.parse(refused?.body.retryAt), stage.now + 30_000)
  assert.equal(refused?.headers.get('retry-after'), '30')
  assertProblem(
    await guesser.call('POST', '/api/session', { password: PASSWORD }),
    429,
    'too-many-requests',
    /Too many/,
  )
  const other = new AdminBrowser(stage, '198.51.100.8')
  assert.equal((await other.call('POST', '/api/session', { password: PASSWORD })).status, 200)

  stage.now += 30_000
  assert.equal((await guesser.call('POST', '/api/session', { password: PASSWORD })).status, 200)
  assert.equal((await guess()).status, 401, 'who was right begins anew')
})

test('a crowd of addresses, or one with a whole IPv6 network, gets no further', async t => {
  const stage = await openAdminStage(t)
  await new AdminBrowser(stage).enter()
  const guessFrom = async (address: string) =>
    (await new AdminBrowser(stage, address).call('POST', '/api/session', { password: 'a guess' })).status
  for (let count = 1; count <= 5; count++) assert.equal(await guessFrom(`2001:db8:1:2:${count}::1`), 401)
  assert.equal(await guessFrom('2001:db8:1:2:ffff::1'), 429)
  for (let count = 0; count < 95; count++) assert.equal(await guessFrom(`203.0.113.${count}`), 401)
  assert.equal(await guessFrom('203.0.113.200'), 429)
})

test('logging out ends this session only, logging out everywhere ends them all', async t => {
  const stage = await openAdminStage(t)
  const one = new AdminBrowser(stage)
  await one.enter()
  const [two, three] = [new AdminBrowser(stage), new AdminBrowser(stage)]
  for (const browser of [two, three])
    assert.equal((await browser.call('POST', '/api/session', { password: PASSWORD })).status, 200)

  const copy = one.twin()
  assert.equal((await one.call('DELETE', '/api/session')).status, 204)
  assert.equal(one.cookie, null)
  assertProblem(await copy.call('GET', '/api/sites'), 401, 'unauthenticated')
  assert.ok((await isIn(two)) && (await isIn(three)))

  assert.equal((await two.call('DELETE', '/api/sessions')).status, 204)
  for (const browser of [two, three]) assert.equal(await isIn(browser), false)
})

test('a session outlives the process, and ends unused after a day and used after two weeks', async t => {
  const stage = await openAdminStage(t)
  const used = new AdminBrowser(stage)
  await used.enter()
  const idle = new AdminBrowser(stage)
  await idle.call('POST', '/api/session', { password: PASSWORD })
  // Nothing of a session is in memory: a second application over the same records knows it.
  assert.equal((await stage.records.db.selectFrom('admin_sessions').selectAll().execute()).length, 2)

  stage.now += 23 * HOUR_MS
  assert.ok(await isIn(used))
  stage.now += HOUR_MS
  assert.equal(await isIn(idle), false)
  for (let hours = 24; hours < 14 * 24; hours += 12) {
    assert.ok(await isIn(used))
    stage.now += 12 * HOUR_MS
  }
  assert.equal(await isIn(used), false)
})

test('the password is changed by who knows it; other sessions and links end', async t => {
  const stage = await openAdminStage(t)
  const mine = new AdminBrowser(stage)
  await mine.enter()
  const other = new AdminBrowser(stage)
  await other.call('POST', '/api/session', { password: PASSWORD })
  const link = await makeLink(stage)
  const next = 'staple battery horse'
  assertProblem(
    await mine.call('POST', '/api/session/password', { current: 'wrong', next }),
    422,
    'content-invalid',
    /current/,
  )
  assertProblem(
    await mine.call('POST', '/api/session/password', { current: PASSWORD, next: 'short' }),
    400,
    'bad-request',
    /at least 10/,
  )
  assert.equal((await mine.call('POST', '/api/session/password', { current: PASSWORD, next })).status, 204)
  assert.ok(await isIn(mine))
  assert.equal(await isIn(other), false)
  assert.equal((await other.call('POST', '/api/session/link', { code: link })).status, 401)
  assert.equal((await other.call('POST', '/api/session', { password: PASSWORD })).status, 401)
  assert.equal((await other.call('POST', '/api/session', { password: next })).status, 200)
})

test('a lost password: a new link sets another one, and every session ends', async t => {
  const stage = await openAdminStage(t)
  const before = new AdminBrowser(stage)
  await before.enter('the lost password')
  const after = new AdminBrowser(stage)
  await after.enter('the new password')
  assert.equal(await isIn(before), false)
  assert.ok(await isIn(after))
})

test('a wrong token is not rescued by the session beside it', async t => {
  const stage = await openAdminStage(t)
  const browser = new AdminBrowser(stage)
  await browser.enter()
  const headers = { authorization: 'Bearer wrong' }
  assertProblem(await browser.call('GET', '/api/sites', undefined, headers), 401, 'unauthenticated')
})

test('secrets are nowhere in the records, and getting in and out is in the audit log', async t => {
  const stage = await openAdminStage(t)
  const browser = new AdminBrowser(stage, '192.0.2.77')
  const code = await makeLink(stage)
  await browser.call('POST', '/api/session/link', { code, password: PASSWORD }, { 'user-agent': 'Test/1' })
  const secret = browser.cookie?.split('=')[1] ?? ''
  assert.ok(secret.length >= 43)
  stage.now += 1
  await browser.call('DELETE', '/api/session')

  const { db } = stage.records
  const everything = JSON.stringify([
    await db.selectFrom('audit_log').selectAll().execute(),
    await db.selectFrom('settings').selectAll().execute(),
    await db.selectFrom('admin_sessions').selectAll().execute(),
    await db.selectFrom('admin_links').selectAll().execute(),
  ])
  for (const text of [PASSWORD, code, secret]) assert.ok(!everything.includes(text))
  const entries = (await stage.call('GET', '/api/audit')).body.entries
  assert.deepEqual(
    entries.map((entry: { action: string }) => entry.action),
    ['session.logout', 'password.set'],
  )
  assert.deepEqual(entries[1].after, { address: '192.0.2.77', browser: 'Test/1' })
})

test('the live feed of a session ends when it logs out, and of a token when it is revoked; others go on', async t => {
  const stage = await openAdminStage(t)
  const browser = new AdminBrowser(stage)
  await browser.enter()
  const { token, id } = (await stage.call('POST', '/api/tokens', { name: 'wall' })).body
  const open = async (headers: Record<string, string>) => {
    const response = await stage.open('/api/live', headers)
    assert.equal(response.status, 200)
    const reader = response.body?.getReader()
    assert.ok(reader)
    t.after(() => reader.cancel())
    await reader.read()
    return reader
  }
  const untilEnd = async (reader: ReadableStreamDefaultReader<Uint8Array>) => {
    while (!(await reader.read()).done);
  }
  const ofSession = await open({ authorization: '', cookie: browser.cookie ?? '' })
  const ofToken = await open({ authorization: `Bearer ${token}` })
  const other = await open({})
  await browser.call('DELETE', '/api/session')
  await untilEnd(ofSession)
  await stage.call('DELETE', `/api/tokens/${id}`)
  await untilEnd(ofToken)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'UTC' })
  assert.equal((await other.read()).done, false)
})
