/** Modes in the data directory: nothing in it is for other users, and what was left open is closed and said. */
import assert from 'node:assert/strict'
import { chmod, chown, cp, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, type TestContext, test } from 'node:test'
import pino from 'pino'
import { openDataDirectory } from '../../signal-server/data-directory.ts'
import { closeToOtherUsers } from '../../signal-server/data-modes.ts'
import { temporaryDirectory } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { environmentFor, type LarderServer, runLarder, startLarder } from '../support/larder-process.ts'
import { createFilledOldRecords } from '../support/old-records.ts'
import { TLS_PAIR } from '../support/tls-pair.ts'
import { zipFile } from '../support/zip-file.ts'

const skip = process.platform === 'win32' && 'Windows has no modes'

// Processes started from here would leave everything open if they did nothing about it, as a command in this process does.
beforeEach(() => void process.umask(0))

/** A folder that every user may pass through, which those for tests are not. */
async function reachableFolder(t: TestContext): Promise<string> {
  const folder = await temporaryDirectory(t)
  await chmod(folder, 0o755)
  return folder
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

async function walk(path: string): Promise<string[]> {
  const below = await readdir(path, { recursive: true })
  return [path, ...below.map(name => join(path, name))]
}

async function assertPrivate(data: string): Promise<void> {
  for (const path of await walk(data))
    assert.equal(await modeOf(path), (await stat(path)).isDirectory() ? '700' : '600', relative(data, path))
}

/** What an earlier version left under the usual umask, in a directory made by hand. */
async function openAsBefore(data: string): Promise<void> {
  for (const path of await walk(data)) {
    const isDirectory = (await stat(path)).isDirectory()
    if (!relative(data, path).startsWith('keys')) await chmod(path, isDirectory ? 0o755 : 0o644)
  }
}

async function publish(t: TestContext, server: LarderServer, data: string): Promise<void> {
  const page = await temporaryDirectory(t)
  await writeFile(join(page, 'index.html'), '<!doctype html><title>Lobby</title>')
  const env = await environmentFor(server, data)
  const published = await runCommand(['publish', page, '--package', 'lobby', '--version', '1'], env)
  assert.equal(published.code, 0, published.stderr)
}

test('whatever the umask is, all that the server and its commands write is for their user alone', {
  skip,
}, async t => {
  const data = join(await temporaryDirectory(t), 'data')
  assert.equal((await runLarder(['token', 'create', '--data', data])).code, 0)
  await assertPrivate(data)
  const server = await startLarder(t, data)
  await publish(t, server, data)
  const { LARDER_TOKEN } = await environmentFor(server, data)
  const staged = await fetch(new URL('api/packages/lobby/archives', server.adminUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${LARDER_TOKEN}`, 'content-type': 'application/zip' },
    body: new Uint8Array(zipFile([{ name: 'index.html', content: 'staged' }])),
  })
  assert.equal(staged.ok, true, await staged.text())
  const found = (await walk(data)).map(path => relative(data, path))
  for (const name of [
    'records.db',
    'records.db-wal',
    'records.db-shm',
    'server.lock',
    join('keys', 'grant-secret'),
  ])
    assert.ok(found.includes(name), name)
  assert.ok(
    found.some(name => /^staging.*\.zip$/.test(name)),
    String(found),
  )
  await assertPrivate(data)
})

test('the copy of the records from before a migration is for the server’s user alone', { skip }, async t => {
  const data = join(await temporaryDirectory(t), 'data')
  await mkdir(data)
  await createFilledOldRecords(join(data, 'records.db'), 4)
  const created = await runLarder(['token', 'create', '--data', data])
  assert.equal(created.code, 0, created.stderr)
  assert.match(
    created.stderr,
    /^note: brought the records from version 4 to \d+; a copy from before is .*before-v/,
  )
  const [copy = ''] = (await readdir(data)).filter(name => /^records\.before-v\d+\.db$/.test(name))
  assert.equal(await modeOf(join(data, copy)), '600')
})

test('a directory that an earlier version left open is closed at start, and the log says so once', {
  skip,
}, async t => {
  const data = join(await temporaryDirectory(t), 'data')
  const first = await startLarder(t, data)
  await publish(t, first, data)
  await first.end()
  await openAsBefore(data)
  const second = await startLarder(t, data)
  await assertPrivate(data)
  await second.end()
  const lines = second.log().split('\n')
  const [repaired, ...more] = lines.filter(line => line.includes('modes repaired'))
  assert.deepEqual(more, [])
  const { level, count, paths } = JSON.parse(repaired ?? '{}')
  assert.equal(level, 40)
  assert.ok(count > 6, String(count))
  assert.deepEqual(paths.slice(0, 1), ['. 755'])
  assert.doesNotMatch(second.log(), /other users .* read this file/)
  const third = await startLarder(t, data)
  await third.end()
  assert.doesNotMatch(third.log(), /modes repaired/)
})

/** A data directory whose keys every user can read, as after `cp -r` from a backup. */
async function exposedData(t: TestContext): Promise<string> {
  const data = join(await reachableFolder(t), 'data')
  await (await startLarder(t, data)).end()
  for (const path of await walk(data)) await chmod(path, (await stat(path)).isDirectory() ? 0o755 : 0o644)
  return data
}

function auditEntries(data: string, action: string) {
  const database = new DatabaseSync(join(data, 'records.db'), { readOnly: true })
  try {
    return database
      .prepare('select actor, target, "before", "after" from audit_log where action = ? order by target')
      .all(action)
      .map(row => ({ ...row }))
  } finally {
    database.close()
  }
}

test('keys that other users could read are closed at start, said as an error, and audited', {
  skip,
}, async t => {
  const data = await exposedData(t)
  const doctor = await runCommand(['doctor', '--data', data])
  assert.equal(doctor.code, 1)
  assert.match(doctor.stdout, /data directory +failed .*let other users in.*chmod -R go= /)
  assert.match(
    doctor.stdout,
    /key file +failed .*signing-key\.json \(mode 644\).*sign releases that devices accept/,
  )
  assert.match(doctor.stdout, /key file +failed .*grant-secret \(mode 644\).*delete the file/)
  assert.match(doctor.stdout, /signing key +ok/)
  assert.equal(await modeOf(data), '755')

  const server = await startLarder(t, data)
  await server.end()
  await assertPrivate(data)
  const said = server
    .log()
    .split('\n')
    .filter(line => line.includes('could read this file until now'))
    .map(line => JSON.parse(line))
  assert.deepEqual(
    said.map(({ level, mode, path }) => [level, mode, path]),
    ['grant-secret', 'signing-key.json'].map(name => [50, '644', join(data, 'keys', name)]),
  )
  assert.deepEqual(
    auditEntries(data, 'key-file.close'),
    ['grant-secret', 'signing-key.json'].map(name => ({
      actor: 'shell',
      target: `file:${join(data, 'keys', name)}`,
      before: '{"readableByOtherUsers":true}',
      after: '{"readableByOtherUsers":false}',
    })),
  )
  assert.equal((await runCommand(['doctor', '--data', data])).code, 0)
})

test('a loose mode of a key behind closed directories is repaired without alarm', { skip }, async t => {
  const data = await exposedData(t)
  await chmod(data, 0o700)
  const doctor = await runCommand(['doctor', '--data', data])
  assert.match(doctor.stdout, /data directory +failed/)
  assert.doesNotMatch(doctor.stdout, /key file/)
  const server = await startLarder(t, data)
  await server.end()
  await assertPrivate(data)
  assert.doesNotMatch(server.log(), /read this file/)
  assert.deepEqual(auditEntries(data, 'key-file.close'), [])
})

test('a key of another user that every user can read keeps the server from starting, unless its directory can be closed', {
  skip: skip || (process.getuid?.() !== 0 && 'only root can act as another user'),
}, async t => {
  const data = await exposedData(t)
  const directory = await openDataDirectory(data)
  const log = pino({ level: 'silent' })
  const closeAs = async (uid: number) => {
    process.seteuid?.(uid)
    try {
      return (await closeToOtherUsers(directory, log)).map(({ path }) => path)
    } finally {
      process.seteuid?.(0)
    }
  }
  await assert.rejects(closeAs(65_534), {
    name: 'Failure',
    message:
      /^.*grant-secret can be read by every user of this machine \(mode 644\), and another user owns it, .* chmod 600, and start again$/,
  })
  await chown(data, 65_534, 65_534)
  const closed = await closeAs(65_534)
  assert.deepEqual(
    closed,
    ['grant-secret', 'signing-key.json'].map(name => join(data, 'keys', name)),
  )
  assert.deepEqual([await modeOf(data), await modeOf(join(data, 'keys', 'grant-secret'))], ['700', '644'])
})

test('a TLS key that every user can read is said at start, and left as it is', { skip }, async t => {
  const folder = await reachableFolder(t)
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  await writeFile(key, TLS_PAIR.key)
  await writeFile(cert, TLS_PAIR.cert)
  for (const [mode, says] of [
    [0o644, true],
    [0o640, false],
  ] as const) {
    await chmod(key, mode)
    const server = await startLarder(t, join(folder, 'data'), ['--tls-key', key, '--tls-cert', cert])
    await server.end()
    assert.equal(/"level":50.*every user of this machine can read the private key/.test(server.log()), says)
    assert.equal(await modeOf(key), mode.toString(8))
  }
})

test('doctor reports everything that is wrong at once, whatever comes first', { skip }, async t => {
  const data = await exposedData(t)
  const server = await startLarder(t, data)
  await publish(t, server, data)
  await server.end()
  const chunks = join(data, 'vault', 'chunks')
  const [prefix = ''] = await readdir(chunks)
  const [digest = ''] = await readdir(join(chunks, prefix))
  await writeFile(join(chunks, prefix, digest), 'damaged')
  await writeFile(join(data, 'keys', 'signing-key.json'), '{}')
  await chmod(data, 0o750)
  const doctor = () => runCommand(['doctor', '--data', data, '--deep'])
  const outcomes = (text: string) =>
    [...text.matchAll(/^(\S+(?: \S+)*) {2,}(ok|failed|skipped) /gm)].map(([, check, outcome]) => [
      check,
      outcome,
    ])
  const all = await doctor()
  assert.equal(all.stderr, 'larder: 3 checks failed; see above\n')
  assert.deepEqual(outcomes(all.stdout), [
    ['data directory', 'failed'],
    ['records', 'ok'],
    ['signing key', 'failed'],
    ['lobby release 1', 'failed'],
  ])

  await rename(join(data, 'records.db'), join(data, 'moved.db'))
  await writeFile(join(data, 'records.db'), 'no database at all, but long enough to be looked at as one')
  const unreadable = await doctor()
  assert.deepEqual(outcomes(unreadable.stdout), [
    ['data directory', 'failed'],
    ['records', 'failed'],
    ['signing key', 'failed'],
    ['chunks', 'skipped'],
  ])
})

test('a backup copied into a new directory is checked to the end, and only its modes are wrong', {
  skip,
}, async t => {
  const folder = await reachableFolder(t)
  const data = join(folder, 'data')
  const server = await startLarder(t, data)
  await publish(t, server, data)
  await server.end()
  const backup = join(folder, 'backup')
  process.umask(0)
  await mkdir(backup, { mode: 0o755 })
  for (const name of ['records.db', 'keys', 'vault'])
    await cp(join(data, name), join(backup, name), { recursive: true })
  const doctor = await runLarder(['doctor', '--data', backup, '--deep'])
  assert.match(doctor.stdout, /data directory +failed .*\(mode 755\)/)
  assert.match(doctor.stdout, /lobby release 1 +ok +1 chunks verified/)
  await chmod(backup, 0o700)
  const again = await runLarder(['doctor', '--data', backup, '--deep'])
  assert.equal(again.code, 0, again.stdout)
})
