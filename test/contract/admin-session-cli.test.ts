/** The ways in that begin on the server's machine: the link of a first start, and `larder admin-link`. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { startLarder } from '../support/larder-process.ts'

const PASSWORD = 'correct horse battery'

const codeOf = (link: string) => /#link=([A-Za-z0-9_-]{43})$/.exec(link.trim())?.[1] ?? ''

function post(adminUrl: string, path: string, body: unknown): Promise<Response> {
  return fetch(new URL(path, adminUrl), { method: 'POST', body: JSON.stringify(body) })
}

test('a first start prints a link that sets the password; sessions and password outlive a kill', async t => {
  const data = join(await temporaryDirectory(t), 'data')
  const first = await startLarder(t, data)
  assert.ok(first.adminLink.startsWith(`${first.adminUrl}#link=`))
  assert.ok(first.log().includes(first.adminLink), 'people read the terminal')
  const entered = await post(first.adminUrl, '/api/session/link', {
    code: codeOf(first.adminLink),
    password: PASSWORD,
  })
  assert.equal(entered.status, 200)
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
  const { port } = new URL(first.adminUrl)
  await first.end('SIGKILL')

  const second = await startLarder(t, data, ['--admin-port', port])
  assert.equal(second.adminLink, second.adminUrl, 'nobody needs a link once there is a password')
  const session = await fetch(new URL('/api/session', second.adminUrl), { headers: { cookie } })
  assert.equal((await session.json()).authenticated, true)
  assert.equal((await post(second.adminUrl, '/api/session', { password: PASSWORD })).status, 200)
  assert.equal((await post(second.adminUrl, '/api/session', { password: 'guess' })).status, 401)
  for (const secret of [PASSWORD, cookie.split('=')[1] ?? ''])
    assert.ok(secret.length > 10 && !(first.log() + second.log()).includes(secret))
})

test('larder admin-link prints a link to the running server, also where a password is lost', async t => {
  const data = join(await temporaryDirectory(t), 'data')
  const server = await startLarder(t, data)
  await post(server.adminUrl, '/api/session/link', { code: codeOf(server.adminLink), password: PASSWORD })
  const { code, stdout, stderr } = await runCommand(['admin-link', '--data', data])
  assert.deepEqual([code, stderr], [0, ''])
  assert.ok(stdout.startsWith(`${server.adminUrl}#link=`))
  const next = 'staple battery horse'
  const entered = await post(server.adminUrl, '/api/session/link', { code: codeOf(stdout), password: next })
  assert.equal(entered.status, 200)
  assert.equal((await post(server.adminUrl, '/api/session', { password: PASSWORD })).status, 401)
  assert.equal((await post(server.adminUrl, '/api/session', { password: next })).status, 200)

  const elsewhere = await runCommand([
    'admin-link',
    '--data',
    data,
    '--admin-url',
    'https://admin.example.com/larder/',
  ])
  assert.match(elsewhere.stdout, /^https:\/\/admin\.example\.com\/larder\/#link=[A-Za-z0-9_-]{43}\n$/)
})

test('larder admin-link wants a directory that a server has used', async t => {
  const data = join(await temporaryDirectory(t), 'data')
  const { code, stdout, stderr } = await runCommand(['admin-link', '--data', data])
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /no records of a Larder server/)
  const wrong = await runCommand(['admin-link', '--data', data, '--admin-url', 'admin'])
  assert.equal(wrong.code, 2)
})
