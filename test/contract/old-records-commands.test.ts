/** Commands on a data directory whose records an earlier version wrote: who migrates them, and who only looks. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { lockDataDirectory, openDataDirectory } from '../../signal-server/data-directory.ts'
import { copyPathOf } from '../../signal-server/records/copy-before-migration.ts'
import { RECORDS_VERSION } from '../../signal-server/records/migrations.ts'
import { temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { assertFails } from '../support/cli-stage.ts'
import { startLarder } from '../support/larder-process.ts'
import { createFilledOldRecords, readAllRows } from '../support/old-records.ts'

const OLD = 2
const FREE_PORTS = ['--host', '127.0.0.1', '--port', '0', '--admin-port', '0']

/** A data directory of version 2, with a key that its records trust and without chunks. */
async function oldData(t: TestContext, folder?: string): Promise<string> {
  const made = join(await temporaryDirectory(t), 'made-by-this-version')
  await (await startLarder(t, made)).end()
  const data = join(folder ?? (await temporaryDirectory(t)), 'data')
  await mkdir(join(data, 'keys'), { recursive: true, mode: 0o700 })
  for (const name of ['signing-key.json', 'grant-secret'])
    await copyFile(join(made, 'keys', name), join(data, 'keys', name))
  const path = join(data, 'records.db')
  await createFilledOldRecords(path, OLD)
  const [key] = readAllRows(join(made, 'records.db')).signing_keys ?? []
  const database = new DatabaseSync(path)
  database
    .prepare('update signing_keys set key_id = ?, public_key = ?')
    .run(key?.key_id ?? null, key?.public_key ?? null)
  database.close()
  return data
}

const versionOf = (data: string) => readAllRows(join(data, 'records.db')).schema_version?.[0]?.version

const copiesIn = async (data: string) => (await readdir(data)).filter(name => name.includes('.before-'))

test('a start migrates, after a copy, and its log says where the copy is', async t => {
  const data = await oldData(t)
  const server = await startLarder(t, data)
  await server.end()
  assert.equal(versionOf(data), RECORDS_VERSION)
  const copyPath = copyPathOf(join(data, 'records.db'), RECORDS_VERSION)
  const line = server
    .log()
    .split('\n')
    .find(text => text.includes('brought the records up to date'))
  const { from, to, copyPath: logged } = JSON.parse(line ?? '{}')
  assert.deepEqual([from, to, logged], [OLD, RECORDS_VERSION, copyPath])
})

test('doctor checks records of an earlier version in full and migrates nothing', async t => {
  const data = await oldData(t)
  const before = readAllRows(join(data, 'records.db'))
  const { stdout } = await runCommand(['doctor', '--data', data])
  assert.match(
    stdout,
    new RegExp(
      `records +ok .*the next start brings them from version ${OLD} to ${RECORDS_VERSION}, after copying them to .*records\\.before-v${RECORDS_VERSION}\\.db`,
    ),
  )
  assert.match(stdout, /signing key +ok +key [0-9a-f]{16}/)
  assert.match(stdout, /lobby release 2 +failed +of 2 chunks 2 are missing/)
  assert.deepEqual(readAllRows(join(data, 'records.db')), before)
  assert.deepEqual(await copiesIn(data), [])
})

test('a command leaves old records alone while a server runs on them, and migrates them when it has ended', async t => {
  const data = await oldData(t)
  const { release } = lockDataDirectory(await openDataDirectory(data))
  for (const command of [['token', 'create'], ['admin-link']])
    assertFails(await runCommand([...command, '--data', data]), 1, /another larder server is running on/)
  assert.equal(versionOf(data), OLD)
  assert.deepEqual(await copiesIn(data), [])
  release()
  const created = await runCommand(['token', 'create', '--data', data])
  assert.equal(created.code, 0, created.stderr)
  assert.match(
    created.stderr,
    /^note: brought the records from version 2 to \d+; a copy from before is .*\n$/,
  )
  assert.equal(versionOf(data), RECORDS_VERSION)
})

test('without room for a copy, start and doctor say how much is needed and where', {
  skip: (process.platform !== 'linux' || process.getuid?.() !== 0) && 'only root can mount a small disk',
}, async t => {
  const disk = await temporaryDirectory(t)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'pipe' })
  withCleanup(t).defer(() => execFileSync('umount', ['--lazy', disk]))
  const data = await oldData(t, disk)
  // SQLite's lock and its index of the log, which opening the directory needs, are there by now.
  await runCommand(['doctor', '--data', data])
  await writeFile(join(disk, 'other.bin'), new Uint8Array(450_000))
  const sentence = new RegExp(`needs \\d+ kB free in ${data}, and \\d+ kB are; .* nothing was changed`)
  assertFails(await runCommand(['start', '--data', data, ...FREE_PORTS]), 1, sentence)
  assert.match((await runCommand(['doctor', '--data', data])).stdout, sentence)
  assert.equal(versionOf(data), OLD)
  await rm(join(disk, 'other.bin'))
  await (await startLarder(t, data)).end()
  assert.equal(versionOf(data), RECORDS_VERSION)
})
