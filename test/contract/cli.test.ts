/** The commands against a running server: what an administrator does all day, and what goes wrong on the way. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ENROL_DOMAIN } from '../../protocol/device-http.ts'
import { toBase64Url } from '../../protocol/keys.ts'
import { withCleanup } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { assertFails, startCliStage } from '../support/cli-stage.ts'

const { folder, server, larder, larderJson, end } = await startCliStage()
after(end)

async function packageDirectory(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = join(folder, name)
  await mkdir(directory)
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text)
  return directory
}

/** Enrols a device the way a browser does; returns its id and its code. */
async function enrolDevice(kioskLink: string | null): Promise<{ deviceId: string; code: string | null }> {
  const keys = (await crypto.subtle.generateKey('Ed25519', false, ['sign'])) as CryptoKeyPair
  const publicKey = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey)))
  const message = new TextEncoder().encode(`${ENROL_DOMAIN}${publicKey}`)
  const proof = toBase64Url(new Uint8Array(await crypto.subtle.sign('Ed25519', keys.privateKey, message)))
  const token = kioskLink && new URL(kioskLink).searchParams.get('enrol')
  const response = await fetch(new URL('/enrol', server.kioskUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ publicKey, proof, ...(token && { token }) }),
  })
  assert.ok(response.ok, await response.clone().text())
  const { device } = (await response.json()) as { device: { deviceId: string; code: string | null } }
  return device
}

test('from an empty server to a kiosk that knows what to run, with commands alone', async () => {
  const directory = await packageDirectory('lobby', { 'index.html': '<h1>Lobby</h1>', 'app.js': 'run()' })
  assert.deepEqual(await larder('site', 'create', 'berlin', '--time-zone', 'Europe/Berlin'), {
    code: 0,
    stdout: 'Site berlin: Europe/Berlin\n',
    stderr: '',
  })
  const published = await larder('publish', directory, '--package', 'lobby', '--version', '1.0.0')
  assert.equal(published.code, 0, published.stderr)
  assert.match(published.stdout, /^Published lobby release 1 \(1\.0\.0\)\n {2}digest {2}[0-9a-f]{64}\n/)
  await larderJson('profile', 'create', 'shops', '--site', 'berlin', '--package', 'lobby')

  const link = await larder('enrol', 'create', '--site', 'berlin', '--role', 'kiosk')
  assert.match(link.stdout, /^http:\/\/127\.0\.0\.1:\d+\/kiosk\/\?enrol=[A-Za-z0-9_-]{32}\n$/)
  const { deviceId } = await enrolDevice(link.stdout.trim())

  const bound = '2999-01-01T00:00:00Z'
  const windows = await larderJson(
    'package',
    'windows',
    'lobby',
    '--profile',
    'shops',
    '--enforce-until',
    bound,
  )
  assert.equal(windows.sites[0].windows.enforceProxyUntil, '2999-01-01T00:00:00.000Z')
  const explained = await larderJson('explain', '--device', deviceId, '--package', 'lobby')
  assert.deepEqual([explained.order, explained.nextChangeAt], [['stores'], '2999-01-01T00:00:00.000Z'])
  const shown = await larder('explain', '--device', deviceId.slice(0, 12), '--package', 'lobby')
  assert.match(shown.stdout, /server +closed \(W4\)/)

  const more = await packageDirectory('lobby-2', { 'index.html': '<h1>Lobby</h1>', 'more.js': 'more()' })
  const second = await larderJson('publish', more, '--package', 'lobby', '--version', '1.1.0')
  assert.equal(second.release, 2)
  const shownPackage = await larder('package', 'show', 'lobby')
  assert.match(shownPackage.stdout, /RELEASE +VERSION.*\n +2 +1\.1\.0/)
})

test('windows changes only what is given, shows what it comes to, and warns', async () => {
  await larderJson('site', 'create', 'tokyo', '--time-zone', 'Asia/Tokyo')
  await larderJson('profile', 'create', 'tables', '--site', 'tokyo', '--package', 'menu')
  const windows = (...args: string[]) => larder('package', 'windows', 'menu', '--profile', 'tables', ...args)
  const only = await windows('--only-until', '2999-01-02T02:00')
  assert.match(only.stdout, /Only distribute to proxy devices until +2999-01-02T02:00/)
  assert.match(only.stdout, /tokyo +none yet +2999-01-02 02:00 Asia\/Tokyo +off/)
  assert.match(only.stderr, /^warning: .*is set alone/)
  const both = await windows('--enforce-until', '2999-01-02T02:00')
  assert.equal(both.stderr, '')
  const off = await larderJson(
    'package',
    'windows',
    'menu',
    '--profile',
    'tables',
    '--proxy',
    'off',
    '--only-until',
    'off',
  )
  assert.deepEqual(off.distribution, {
    proxyDistribution: false,
    onlyToProxiesUntil: null,
    enforceProxyUntil: { siteLocal: '2999-01-02T02:00' },
  })
})

test('profile set replaces what is given and keeps the rest', async () => {
  await larderJson('site', 'create', 'oslo', '--time-zone', 'Europe/Oslo')
  await larderJson('profile', 'create', 'kept', '--site', 'oslo', '--package', 'a', '--package', 'b')
  const set = await larderJson('profile', 'set', 'kept', '--priority', '-4')
  assert.deepEqual([set.priority, set.sites, set.packages.length], [-4, ['oslo'], 2])
  const emptied = await larderJson('profile', 'set', 'kept', '--package', 'c')
  assert.deepEqual(
    emptied.packages.map((entry: { package: string }) => entry.package),
    ['c'],
  )
  assertFails(
    await larder('profile', 'create', 'kept'),
    1,
    /there is a profile "kept" already.*profile set kept/,
  )
})

test('a device that shows a code is accepted by it, gets a role, and is shut out again', async () => {
  await larderJson('site', 'create', 'rome', '--time-zone', 'Europe/Rome')
  const { deviceId, code } = await enrolDevice(null)
  assert.ok(code)
  const accepted = await larderJson(
    'device',
    'accept',
    code.toLowerCase(),
    '--site',
    'rome',
    '--role',
    'store',
  )
  assert.deepEqual([accepted.deviceId, accepted.state, accepted.site], [deviceId, 'accepted', 'rome'])
  assert.equal((await larderJson('device', 'set-role', deviceId, 'auto')).assignedRole, 'auto')
  assert.equal((await larderJson('device', 'revoke', deviceId)).state, 'revoked')
  assert.match((await larder('device', 'list')).stdout, new RegExp(`${deviceId} .*revoked`))
})

test('an enrolment link has its uses and no more', async () => {
  await larderJson('site', 'create', 'paris', '--time-zone', 'Europe/Paris')
  const { url } = await larderJson(
    'enrol',
    'create',
    '--site',
    'paris',
    '--role',
    'auto',
    '--uses',
    '1',
    '--expires',
    '12h',
  )
  await enrolDevice(url)
  await assert.rejects(enrolDevice(url), /enrolment-token-invalid/)
})

test('every listing is a table for people and JSON for programs', async () => {
  for (const noun of ['site', 'profile', 'package', 'device']) {
    const table = await larder(noun, 'list')
    assert.equal(table.code, 0, table.stderr)
    const json = await larderJson(noun, 'list')
    assert.ok(Array.isArray(json[`${noun}s`]))
  }
})

test('an empty listing says how to make the first', async t => {
  const empty = await startCliStage()
  t.after(() => empty.end())
  for (const noun of ['site', 'profile', 'package', 'device']) {
    const { stdout } = await empty.larder(noun, 'list')
    assert.match(stdout, /^No \w+ yet\. .*larder \w+/)
  }
})

test('publishing says what it left out, and warns of what a kiosk cannot serve', async () => {
  const directory = await packageDirectory('warned', {
    'index.html': '<iframe sandbox src="a.html"></iframe>',
    '._index.html': 'x',
    'Thumbs.db': 'x',
  })
  const publish = (...more: string[]) =>
    larder('publish', directory, '--package', 'warned', '--version', '1', ...more)
  const { code, stderr } = await publish()
  assert.equal(code, 0)
  assert.equal(
    stderr,
    'Left out 2 names that version control and file managers make: ._index.html, Thumbs.db\n' +
      'Warning: A frame with a sandbox attribute without allow-same-origin is loaded past the kiosk, so it shows an error. Add allow-same-origin, or leave the attribute out.\n  in index.html\n',
  )
  const { leftOut, warnings } = JSON.parse((await publish('--json')).stdout)
  assert.deepEqual(leftOut, ['._index.html', 'Thumbs.db'])
  assert.deepEqual(warnings[0].paths, ['index.html'])
})

test('what cannot be published says why, and nothing is half done', async () => {
  const publish = (path: string, ...args: string[]) =>
    larder('publish', path, '--package', 'broken', '--version', '1', ...args)
  assertFails(await publish(join(folder, 'nowhere')), 1, /nowhere/)
  const empty = await packageDirectory('empty', {})
  assertFails(await publish(empty), 1, /empty/)
  const file = join(folder, 'a-file')
  await writeFile(file, 'text')
  assertFails(await publish(file), 1, /a-file/)
  const illegal = await packageDirectory('illegal', { 'index.html': '', 'what?.html': '' })
  assertFails(await publish(illegal), 1, /what\?\.html/)
  const pageless = await packageDirectory('pageless', { 'start.html': 'x' })
  assertFails(await publish(pageless), 1, /index\.html.*--entry/)
  assertFails(await larder('package', 'show', 'broken'), 1, /no package "broken"/)
  assert.equal((await publish(pageless, '--entry', 'start.html')).code, 0)
})

test('names of things that do not exist are said to be unknown', async () => {
  const cases: [string[], RegExp][] = [
    [['package', 'show', 'nothing'], /no package "nothing"/],
    [['package', 'windows', 'lobby', '--profile', 'nothing'], /no profile "nothing"/],
    [['profile', 'show', 'nothing'], /no profile "nothing"/],
    [['profile', 'set', 'nothing', '--priority', '1'], /no profile "nothing"/],
    [['profile', 'create', 'x', '--site', 'nothing'], /no site "nothing"/],
    [['enrol', 'create', '--site', 'nothing', '--role', 'store'], /no site "nothing"/],
    [['device', 'show', 'nothing'], /"nothing"/],
    [['device', 'revoke', `d-${'0'.repeat(32)}`], /no device d-0/],
    [['device', 'accept', 'AAAA-AAAA', '--site', 'nothing'], /AAAA-AAAA/],
    [['explain', '--device', `d-${'0'.repeat(32)}`, '--package', 'lobby'], /no device d-0/],
  ]
  for (const [args, message] of cases) assertFails(await larder(...args), 1, message)
})

test('a command that is used wrongly ends with 2, one line, and where to read more', async () => {
  const cases: [string[], RegExp][] = [
    [
      ['publish', '.', '--package', 'x', '--version', '1', '--colour'],
      /unknown option '--colour'.*publish --help/,
    ],
    [['publish', '.', '--package'], /argument missing/],
    [['publish', '.', '--package', 'x'], /--version <label>.*not specified/],
    [['publish', '--package', 'x', '--version', '1'], /missing required argument 'path'/],
    [['publish', '.', 'extra', '--package', 'x', '--version', '1'], /too many arguments/],
    [['publish', '.', '--package', 'UPPER', '--version', '1'], /lower-case/],
    [['publish', '.', '--package', 'x', '--version', ' '], /must not be empty/],
    [['publihs'], /unknown command 'publihs'.*Did you mean publish/],
    [['site', 'create', 'x', '--time-zone', 'Mars/Olympus'], /not a time zone.*Europe\/Berlin/],
    [['site', 'create', 'x', '--time-zone', '+01:00'], /not a time zone/],
    [['site', 'create', 'x', '--time-zone', 'UTC', '--stores-wanted', '-1'], /whole number from 0 to 64/],
    [['package', 'windows', 'x', '--profile', 'p', '--only-until', 'tomorrow'], /is not a bound/],
    [['package', 'windows', 'x', '--profile', 'p', '--only-until', '2026-02-30T00:00'], /no such day/],
    [['package', 'windows', 'x', '--profile', 'p', '--enforce-until', 'P1M'], /months/],
    [['package', 'windows', 'x', '--profile', 'p', '--proxy', 'maybe'], /must be on or off/],
    [['package', 'windows', 'x'], /--profile/],
    [['profile', 'create', 'x', '--package', 'a@zero'], /whole number/],
    [['profile', 'create', 'x', '--package', 'a@1@2'], /NAME@RELEASE/],
    [['enrol', 'create', '--site', 's', '--role', 'boss'], /store, kiosk or auto/],
    [['enrol', 'create', '--site', 's', '--role', 'store', '--uses', '0'], /whole number from 1/],
    [['enrol', 'create', '--site', 's', '--role', 'store', '--expires', 'soon'], /12h/],
    [['device', 'set-role', 'd', 'boss'], /store, kiosk or auto/],
    [['explain', '--device', 'd', '--package', 'p', '--at', 'noon'], /ISO 8601/],
    [['start', '--port', '65536'], /from 0 to 65535/],
    [['start', '--port'], /argument missing/],
    [['start', '--tls-cert', 'x.pem'], /together or not at all/],
    [['start', '--public-url', 'larder.example.com'], /https:\/\/larder\.example\.com/],
    [['token', 'create'], /--data/],
    [['doctor'], /--data/],
    [['site', 'list', '--server', 'localhost'], /is not a server address/],
  ]
  for (const [args, message] of cases) assertFails(await larder(...args), 2, message)
})

test('a command group alone shows its help and counts as wrong usage', async () => {
  for (const args of [[], ['site'], ['package'], ['device']]) {
    const run = await larder(...args)
    assert.equal(run.code, 2)
    assert.match(run.stderr, /Usage: larder/)
  }
})

test('every command explains itself', async () => {
  const commands = (help: string) =>
    [...help.matchAll(/^ {2}([a-z-]+)(?: |$)/gm)].map(match => match[1] ?? '')
  const visit = async (path: string[]): Promise<void> => {
    const { code, stdout } = await larder(...path, '--help')
    assert.equal(code, 0)
    assert.match(stdout, /^Usage: larder/)
    const section = /^Commands:\n((?: {2}.*\n?)+)/m.exec(stdout)?.[1] ?? ''
    for (const name of commands(section)) await visit([...path, name])
  }
  await visit([])
})

test('a server of another version is told from something that is no Larder server, and what it says is passed on', async t => {
  const answers = [
    [
      507,
      {
        type: 'urn:larder:problem:too-warm',
        title: 'Too warm',
        status: 507,
        detail: 'The server room is too warm.',
      },
    ],
    [200, { sites: 'many' }],
    [403, { type: 'https://example.org/problem', title: 'No', status: 403 }],
  ] as const
  const other = createServer((request, response) => {
    const [status, body] = answers[Number(request.url?.split('/')[1])] ?? [404, {}]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  withCleanup(t).defer(() => {
    other.closeAllConnections()
    return new Promise(resolve => other.close(resolve))
  })
  const url = (which: number) => `http://127.0.0.1:${(other.address() as AddressInfo).port}/${which}`
  const ask = (which: number) => runCommand(['site', 'list', '--server', url(which), '--token', 'x'])
  assertFails(await ask(0), 1, /^larder: The server room is too warm$/m)
  assertFails(await ask(1), 1, /does not know \(.+\).*of another version.*--server/)
  assertFails(await ask(2), 1, /does not answer as the admin API/)
})

test('without a token, with a wrong one, and without a server, one is told what to do', async () => {
  assertFails(
    await runCommand(['site', 'list'], { LARDER_URL: server.adminUrl }),
    2,
    /--token TOKEN or set LARDER_TOKEN/,
  )
  const wrong = ['site', 'list', '--server', server.adminUrl, '--token', 'wrong']
  assertFails(await runCommand(wrong), 1, /does not accept this API token.*larder token create/)
  assertFails(await runCommand([...wrong.slice(0, -1), 'two\nlines']), 2, /no token has/)

  const stranger = createServer((_, response) => response.end('<h1>Something else</h1>'))
  await new Promise<void>(resolve => stranger.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  const ask = () => runCommand(['site', 'list', '--server', url, '--token', 'x'])
  assertFails(await ask(), 1, /does not answer as the admin API/)
  const kiosk = await runCommand([
    'site',
    'list',
    '--server',
    new URL('/', server.kioskUrl).href,
    '--token',
    'x',
  ])
  assertFails(kiosk, 1, /nothing here|admin/)
  stranger.closeAllConnections()
  await new Promise(resolve => stranger.close(resolve))
  const gone = `http://localhost:${new URL(url).port}`
  const nowhere = await runCommand(['site', 'list', '--server', gone, '--token', 'x'])
  assertFails(nowhere, 1, /cannot reach the server at http:\/\/localhost:\d+: nothing listens there/)
})
