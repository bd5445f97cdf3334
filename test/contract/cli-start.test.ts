/** The server as a process: how it starts, what keeps it from starting, how it stops, and commands on its directory. */
import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryDirectory } from '../support/cleanup.ts'
import { type CliRun, runCommand } from '../support/cli-run.ts'
import { environmentFor, runLarder, startLarder } from '../support/larder-process.ts'

const FREE_PORTS = ['--host', '127.0.0.1', '--port', '0', '--admin-port', '0']

function assertFails(run: CliRun, message: RegExp): void {
  assert.equal(run.code, 1, run.stderr)
  assert.equal(run.stdout, '')
  assert.match(run.stderr, /^larder: [^\n]+\n$/)
  assert.match(run.stderr, message)
}

async function newData(t: TestContext): Promise<string> {
  return join(await temporaryDirectory(t), 'data')
}

test('the server says where it is, serves both listeners, and stops cleanly', async t => {
  const data = await newData(t)
  const server = await startLarder(t, data)
  assert.equal((await fetch(new URL('/healthz', server.kioskUrl))).status, 200)
  assert.match(await (await fetch(server.adminUrl)).text(), /<title>Larder/)
  assert.equal((await fetch(new URL('/api/sites', server.adminUrl))).status, 401)
  assert.equal((await fetch(new URL('/api/sites', server.kioskUrl))).status, 404)
  assert.equal(await server.end('SIGTERM'), 0)
  assert.match(server.log(), /"msg":"stopped"/)
})

test('the data directory is for its owner alone, and so are the keys in it', {
  skip: process.platform === 'win32',
}, async t => {
  const data = await newData(t)
  const server = await startLarder(t, data)
  await server.end()
  const modes = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
  assert.equal(await modes(data), '700')
  assert.equal(await modes(join(data, 'keys')), '700')
  for (const name of await readdir(join(data, 'keys')))
    assert.equal(await modes(join(data, 'keys', name)), '600')
})

test('keys and records survive a kill, and no secret is logged', async t => {
  const data = await newData(t)
  const first = await startLarder(t, data)
  const env = await environmentFor(first, data)
  assert.equal((await runCommand(['site', 'create', 'berlin', '--time-zone', 'Europe/Berlin'], env)).code, 0)
  const link = await runCommand(['enrol', 'create', '--site', 'berlin', '--role', 'store'], env)
  await first.end('SIGKILL')
  const second = await startLarder(t, data)
  const sites = await runCommand(['site', 'list'], { ...env, LARDER_URL: second.adminUrl })
  assert.match(sites.stdout, /berlin/)
  const secret = new URL(link.stdout).searchParams.get('enrol') ?? ''
  for (const text of [env.LARDER_TOKEN, secret])
    assert.ok(text.length > 20 && !(first.log() + second.log()).includes(text))
})

test('a second server on the same data directory is refused, and can start once the first was killed', async t => {
  const data = await newData(t)
  const first = await startLarder(t, data)
  assertFails(
    await runCommand(['start', '--data', data, ...FREE_PORTS]),
    /another larder server is running on .*data/,
  )
  assert.equal((await fetch(new URL('/healthz', first.kioskUrl))).status, 200)
  await first.end('SIGKILL')
  await startLarder(t, data)
})

test('tokens made by other processes while the server runs are valid at once', async t => {
  const data = await newData(t)
  const server = await startLarder(t, data)
  const admin = await environmentFor(server, data)
  const putSites = Array.from({ length: 20 }, (_, index) =>
    runCommand(['site', 'create', `site-${index}`, '--time-zone', 'UTC'], admin),
  )
  const made = await Promise.all([1, 2].map(() => runLarder(['token', 'create', '--data', data])))
  for (const put of await Promise.all(putSites)) assert.equal(put.code, 0, put.stderr)
  for (const { stdout } of made) {
    const list = await runCommand(['site', 'list', '--json'], { ...admin, LARDER_TOKEN: stdout.trim() })
    assert.equal(JSON.parse(list.stdout).sites.length, 20)
  }
})

test('a port in use, a host that is not here: one line that names the option', async t => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  t.after(() => other.close())
  const { port } = other.address() as AddressInfo
  const data = await newData(t)
  const start = (...args: string[]) => runCommand(['start', '--data', data, ...FREE_PORTS, ...args])
  assertFails(await start('--port', String(port)), /port \d+ on 127\.0\.0\.1 is in use; .*--port/)
  assertFails(await start('--admin-port', String(port)), /in use; .*--admin-port/)
  assertFails(await start('--host', '203.0.113.7'), /"203\.0\.113\.7" is no address of this machine.*--host/)
})

test('a data directory that cannot be used: one line that says why', async t => {
  const folder = await temporaryDirectory(t)
  const file = join(folder, 'file')
  await writeFile(file, 'text')
  const newer = join(folder, 'newer')
  await mkdir(newer, { mode: 0o700 })
  await writeFile(join(newer, 'records.db'), 'not a database at all')
  const start = (data: string) => runCommand(['start', '--data', data, ...FREE_PORTS])
  assertFails(await start(file), /not a directory/)
  assertFails(await start(join(file, 'below')), /not a directory/)
  assertFails(await start(newer), /records\.db/)
  if (process.platform === 'linux') assertFails(await start('/proc/larder'), /data directory/)
  if (process.getuid?.() !== 0) {
    const locked = join(folder, 'locked')
    await mkdir(locked, { mode: 0o500 })
    t.after(() => chmod(locked, 0o700))
    assertFails(await start(locked), /may not read and write there/)
  }
})

test('TLS files that are missing or no certificate: one line that names them', async t => {
  const folder = await temporaryDirectory(t)
  const file = join(folder, 'cert.pem')
  await writeFile(file, 'no certificate')
  const start = (cert: string) =>
    runCommand([
      'start',
      '--data',
      join(folder, 'data'),
      ...FREE_PORTS,
      '--tls-cert',
      cert,
      '--tls-key',
      file,
    ])
  assertFails(await start(join(folder, 'missing.pem')), /--tls-cert.*missing\.pem/)
  assertFails(await start(file), /cert\.pem.*not a PEM certificate/)
})

test('a lost signing key is not replaced by one that no device trusts', async t => {
  const data = await newData(t)
  await (await startLarder(t, data)).end()
  await rm(join(data, 'keys', 'signing-key.json'))
  assertFails(
    await runCommand(['start', '--data', data, ...FREE_PORTS]),
    /signing-key\.json is missing.*backup/,
  )
})

test('doctor finds a whole directory whole, and names what is missing or rotten', async t => {
  const data = await newData(t)
  const server = await startLarder(t, data)
  const env = await environmentFor(server, data)
  const page = join(data, '..', 'page')
  await mkdir(page)
  await writeFile(join(page, 'index.html'), 'hello')
  const published = await runCommand(['publish', page, '--package', 'lobby', '--version', '1'], env)
  assert.equal(published.code, 0, published.stderr)
  const running = await runCommand(['doctor', '--data', data])
  assert.equal(running.code, 0, running.stderr)
  assert.match(running.stdout, /server +ok +running/)
  await server.end()

  const doctor = (...args: string[]) => runCommand(['doctor', '--data', data, ...args])
  assert.match((await doctor('--deep')).stdout, /lobby release 1 +ok +1 chunks verified/)
  const chunks = join(data, 'vault', 'chunks')
  const [prefix = ''] = await readdir(chunks)
  const [digest = ''] = await readdir(join(chunks, prefix))
  await writeFile(join(chunks, prefix, digest), 'rotten')
  assert.equal((await doctor()).code, 0)
  const deep = await doctor('--deep')
  assert.deepEqual([deep.code, deep.stderr], [1, 'larder: 1 check failed; see above\n'])
  assert.match(deep.stdout, new RegExp(`failed.*${digest}`))
  const nothing = await runCommand(['doctor', '--data', join(data, 'nothing')])
  assert.equal(nothing.code, 1)
  assert.match(nothing.stderr, /no records of a Larder server/)
})
