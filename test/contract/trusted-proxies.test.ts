/** A server behind proxies: whose word about addresses counts, and what an attack from many of them does to an administrator. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import pino from 'pino'
import { PASSWORD_LIMITS } from '../../signal-server/admin-api/login-limiter.ts'
import { hashPassword } from '../../signal-server/keys/password-hash.ts'
import { secureRandomBytes } from '../../signal-server/random.ts'
import { openRecords } from '../../signal-server/records/records.ts'
import { putSetting } from '../../signal-server/records/settings.ts'
import { startServer } from '../../signal-server/server.ts'
import { assertNothingLeaks, temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'

const PASSWORD = 'correct horse battery'
const ADMINISTRATOR = '2001:db8:a::1'
const STRANGER = '198.51.100.200'

after(() => assertNothingLeaks())

async function start(t: TestContext, data: string, trustedProxies?: readonly string[]) {
  const server = await startServer({
    data,
    host: '127.0.0.1',
    port: 0,
    adminHost: '127.0.0.1',
    adminPort: 0,
    log: pino({ level: 'silent' }),
    ...(trustedProxies && { trustedProxies }),
  })
  withCleanup(t).defer(() => server.close())
  const post = async (url: string, body: object | string, forwardedFor: string) =>
    await fetch(url, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'x-forwarded-for': forwardedFor, connection: 'close' },
    })
  const status = async (answer: Response) => {
    await answer.arrayBuffer()
    return answer.status
  }
  return {
    server,
    /** A password, from where a client's proxy says it came. */
    logIn: async (password: string, from: string) =>
      status(await post(new URL('api/session', server.adminUrl).href, { password }, from)),
    enterByLink: async (from: string) => {
      const made = await runCommand(['admin-link', '--data', data])
      const code = new URL(made.stdout.trim()).hash.replace('#link=', '')
      const body = { code, password: PASSWORD }
      return status(await post(new URL('api/session/link', server.adminUrl).href, body, from))
    },
    failToEnrol: async (from: string) =>
      status(await post(new URL('/enrol', server.kioskUrl).href, '{}', from)),
  }
}

/** The password stays, with a hash that a hundred guesses do not wait minutes for. */
async function makeGuessingCheap(data: string): Promise<void> {
  const records = await openRecords({ path: join(data, 'records.db'), randomBytes: secureRandomBytes })
  const cheap = await hashPassword(PASSWORD, { N: 1024, r: 8, p: 1 }, secureRandomBytes)
  await putSetting(records.db, 'admin-password', cheap)
  await records.close()
}

test('under an attack from many addresses the administrator logs in from a network that logged in before, also after a restart', async t => {
  const data = join(await temporaryDirectory(t), 'data')
  const first = await start(t, data, ['127.0.0.1'])
  assert.equal(await first.enterByLink(ADMINISTRATOR), 200)
  await first.server.close()
  await makeGuessingCheap(data)

  const { logIn, enterByLink } = await start(t, data, ['127.0.0.0/8'])
  // On a slow machine some tries come back meanwhile.
  let guesses = 0
  while ((await logIn('a guess', `2001:db8:c:${guesses.toString(16)}::1`)) === 401) guesses++
  assert.ok(guesses >= (PASSWORD_LIMITS.strangers?.capacity ?? 0), `${guesses} guesses`)
  assert.equal(await logIn(PASSWORD, '2001:db8:b::1'), 429, 'from a network that nobody knows')
  // Another address of the network that is known.
  assert.equal(await logIn(PASSWORD, '2001:0DB8:A:0:1::2'), 200)
  // And a link lets in from anywhere.
  assert.equal(await enterByLink(STRANGER), 200)
})

test('both listeners count clients by what a trusted proxy says, and the audit log names them', async t => {
  const data = join(await temporaryDirectory(t), 'data')
  const { server, logIn, enterByLink, failToEnrol } = await start(t, data, ['127.0.0.1', '10.0.0.0/8'])
  assert.equal(await enterByLink(`6.6.6.6, ${ADMINISTRATOR}, 10.0.0.9`), 200)
  for (let guess = 0; guess < 5; guess++) assert.equal(await logIn('a guess', STRANGER), 401)
  assert.equal(await logIn(PASSWORD, `1.2.3.4, ${STRANGER}`), 429)
  assert.equal(await logIn(PASSWORD, '198.51.100.201'), 200)

  for (let failed = 0; failed < 20; failed++) assert.equal(await failToEnrol(STRANGER), 400)
  assert.equal(await failToEnrol(`1.2.3.4, ${STRANGER}`), 429)
  assert.equal(await failToEnrol('198.51.100.201'), 400)

  const token = await runCommand(['token', 'create', '--data', data])
  const audit = await fetch(new URL('api/audit', server.adminUrl), {
    headers: { authorization: `Bearer ${token.stdout.trim()}` },
  })
  const { entries } = (await audit.json()) as { entries: { action: string; after?: { address?: string } }[] }
  const addresses = entries.map(entry => entry.after?.address).filter(address => address !== undefined)
  assert.deepEqual(addresses, ['198.51.100.201', ADMINISTRATOR])
})

test('what a client that is no trusted proxy says of its address is not believed', async t => {
  const data = join(await temporaryDirectory(t), 'data')
  const { logIn, enterByLink, failToEnrol } = await start(t, data, ['10.0.0.0/8'])
  assert.equal(await enterByLink(ADMINISTRATOR), 200)
  for (let guess = 0; guess < 5; guess++) assert.equal(await logIn('a guess', `203.0.113.${guess}`), 401)
  assert.equal(await logIn('a guess', '203.0.113.99'), 429)
  for (let failed = 0; failed < 20; failed++) assert.equal(await failToEnrol(`203.0.113.${failed}`), 400)
  assert.equal(await failToEnrol('203.0.113.99'), 429)
})

test('start refuses what is no list of proxies, with the part that is wrong', async () => {
  for (const [proxies, message] of [
    ['proxy.example.com', /"proxy\.example\.com" is no address or network of a proxy.*10\.0\.0\.0\/8/],
    ['10.0.0.1,10.0.0.0/40', /"10\.0\.0\.0\/40"/],
    ['', /"" is no address/],
    ['::/0', /trust every client/],
  ] as const) {
    const { code, stderr } = await runCommand(['start', '--trusted-proxies', proxies])
    assert.equal(code, 2, proxies)
    assert.match(stderr, /^larder: [^\n]*--trusted-proxies[^\n]*\n$/)
    assert.match(stderr, message)
  }
})
