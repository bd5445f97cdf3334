/** The copy of the records from before a migration, and migrations that are killed: old records are never lost. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { secureRandomBytes } from '../../signal-server/random.ts'
import { copyPathOf } from '../../signal-server/records/copy-before-migration.ts'
import { migrate, RECORDS_VERSION } from '../../signal-server/records/migrations.ts'
import { openRecords, type RecordsOptions } from '../../signal-server/records/records.ts'
import { openSqlite } from '../../signal-server/records/sqlite.ts'
import { temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { countStatements } from '../support/count-statements.ts'
import {
  createFilledOldRecords,
  OLD_VERSIONS,
  readAllRows,
  readTables,
  type TableRows,
} from '../support/old-records.ts'

const CHILD = fileURLToPath(new URL('../support/migrate-until-killed.ts', import.meta.url))

const newPath = async (t: TestContext) => join(await temporaryDirectory(t), 'records.db')

async function openAndClose(path: string, options: Partial<RecordsOptions> = {}): Promise<void> {
  const records = await openRecords({ path, randomBytes: secureRandomBytes, ...options })
  await records.close()
}

/** Without the log and its index, which a reader leaves behind. */
const filesBeside = async (path: string) =>
  (await readdir(join(path, '..'))).filter(name => !/-(wal|shm)$/.test(name)).sort()

function setVersion(path: string, version: number): void {
  const database = new DatabaseSync(path)
  database.exec(`update schema_version set version = ${version}`)
  database.close()
}

/** Every row and every column that was there before is there still; statuses and tokens have learnt what versions since added. */
function assertNothingLost(before: TableRows, after: TableRows): void {
  for (const [table, rows] of Object.entries(before)) {
    if (table === 'schema_version') continue
    const kept = after[table] ?? []
    assert.equal(kept.length, rows.length, table)
    for (const [index, row] of rows.entries()) {
      for (const [column, value] of Object.entries(row)) {
        const now = kept[index]?.[column]
        if (table === 'devices' && column === 'last_status' && typeof value === 'string')
          assert.deepEqual(keepFieldsOf(JSON.parse(String(now)), JSON.parse(value)), JSON.parse(value))
        else assert.deepEqual(now, value, `${table}.${column}`)
      }
    }
  }
}

/** Of `value` only the fields that `model` has. */
// biome-ignore lint/suspicious/noExplicitAny: any JSON
function keepFieldsOf(value: any, model: any): any {
  if (Array.isArray(model)) return model.map((item, index) => keepFieldsOf(value?.[index], item))
  if (typeof model !== 'object' || model === null) return value
  return Object.fromEntries(Object.keys(model).map(key => [key, keepFieldsOf(value?.[key], model[key])]))
}

for (const version of OLD_VERSIONS) {
  test(`records of version ${version} are copied before they are migrated, and every row is in both`, async t => {
    const path = await newPath(t)
    await createFilledOldRecords(path, version)
    const before = readAllRows(path)
    assert.deepEqual(before.schema_version, [{ version }])
    for (const [table, rows] of Object.entries(before))
      assert.notEqual(rows.length, 0, `${table} has no rows`)
    await openAndClose(path)
    const after = readAllRows(path)
    assert.deepEqual(after.schema_version, [{ version: RECORDS_VERSION }])
    assertNothingLost(before, after)
    const copy = copyPathOf(path, RECORDS_VERSION)
    assert.deepEqual(readAllRows(copy), before)
    assert.deepEqual(await filesBeside(path), [`records.before-v${RECORDS_VERSION}.db`, 'records.db'])
    if (process.platform !== 'win32') assert.equal((await stat(copy)).mode & 0o777, 0o600)

    const restored = await newPath(t)
    await copyFile(copy, restored)
    await openAndClose(restored)
    assertNothingLost(before, readAllRows(restored))

    const fresh = await newPath(t)
    await openAndClose(fresh)
    assert.deepEqual(readTables(path), readTables(fresh))
  })
}

test('new records and records of this version are not copied', async t => {
  const path = await newPath(t)
  for (const _ of ['new', 'opened again'])
    await openAndClose(path, { onMigrated: () => assert.fail('nothing was to be migrated') })
  assert.deepEqual(await filesBeside(path), ['records.db'])
})

test('what was committed and still lies in the write-ahead log is in the copy', async t => {
  const path = await newPath(t)
  await createFilledOldRecords(path, 1)
  const writer = new DatabaseSync(path)
  withCleanup(t).use(writer)
  writer.exec("pragma wal_autocheckpoint = 0; insert into packages values ('late', 5)")
  await openAndClose(path)
  const names = readAllRows(copyPathOf(path, RECORDS_VERSION)).packages?.map(({ name }) => name)
  assert.deepEqual(names, ['lobby', 'menu', 'late'])
})

test('two copies are kept: the one made now and the one of the latest version beside it', async t => {
  const path = await newPath(t)
  await createFilledOldRecords(path, 1)
  for (const version of [2, 3]) await copyFile(path, copyPathOf(path, version))
  await writeFile(join(path, '..', 'records.before-vacation.db'), 'not a copy')
  await openAndClose(path)
  assert.deepEqual(await filesBeside(path), [
    'records.before-v3.db',
    `records.before-v${RECORDS_VERSION}.db`,
    'records.before-vacation.db',
    'records.db',
  ])
})

test('a copy that cannot be made stops the migration, and the old records are untouched', async t => {
  const path = await newPath(t)
  await createFilledOldRecords(path, 3)
  const before = readAllRows(path)
  const blocked = `${copyPathOf(path, RECORDS_VERSION)}.new`
  await mkdir(join(blocked, 'in the way'), { recursive: true })
  await assert.rejects(openAndClose(path), {
    name: 'Failure',
    message: /^the records cannot be copied to .*records\.before-v\d+\.db, .*nothing was changed$/,
  })
  assert.deepEqual(readAllRows(path), before)
  await rm(blocked, { recursive: true })
  await openAndClose(path)
  assert.deepEqual(readAllRows(path).schema_version, [{ version: RECORDS_VERSION }])
})

test('without room for the copy nothing is changed, and one line says how much is needed and where', {
  skip: (process.platform !== 'linux' || process.getuid?.() !== 0) && 'only root can mount a small disk',
}, async t => {
  const disk = await temporaryDirectory(t)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'pipe' })
  withCleanup(t).defer(() => execFileSync('umount', ['--lazy', disk]))
  const path = join(disk, 'records.db')
  await createFilledOldRecords(path, 4)
  await writeFile(join(disk, 'other.bin'), new Uint8Array(2_400_000))
  fill(path, 100_000)
  const before = readAllRows(path)
  const error = await openRecords({ path, randomBytes: secureRandomBytes }).then(
    () => assert.fail('opened'),
    error => error,
  )
  assert.equal(error.name, 'Failure')
  assert.match(
    error.message,
    new RegExp(`needs \\d+ kB free in ${disk}, and \\d+ kB are; free some .* nothing was changed$`),
  )
  assert.deepEqual(readAllRows(path), before)
  assert.deepEqual(await filesBeside(path), ['other.bin', 'records.db'])
  await rm(join(disk, 'other.bin'))
  await openAndClose(path)
  assertNothingLost(before, readAllRows(path))
})

test('records of a newer version are refused, and the message names the copy that this version can open', async t => {
  const path = await newPath(t)
  await createFilledOldRecords(path, 3)
  await openAndClose(path)
  const tooNew = RECORDS_VERSION + 2
  setVersion(path, tooNew)
  // From before the last update: too new as well.
  await copyFile(path, copyPathOf(path, tooNew))
  setVersion(copyPathOf(path, tooNew), RECORDS_VERSION + 1)
  const opening = () => openAndClose(path)
  await assert.rejects(opening, {
    message: new RegExp(
      `^the records are of version ${tooNew}, and this Larder knows versions up to ${RECORDS_VERSION}; start a Larder at least as new .*, or bring back the copy .*records\\.before-v${RECORDS_VERSION}\\.db \\(version 3, made \\d{4}-.*Z\\), without what was changed since$`,
    ),
  })
  await rm(copyPathOf(path, RECORDS_VERSION))
  await assert.rejects(opening, { message: /start a Larder at least as new as the one that wrote them$/ })
})

test('of two processes that open old records at once one migrates, and both work', async t => {
  const path = await newPath(t)
  await createFilledOldRecords(path, 1)
  const before = readAllRows(path)
  const ended = await Promise.all([1, 2, 3].map(() => runChild(path, 'none')))
  assert.deepEqual(ended, [0, 0, 0])
  assert.deepEqual(readAllRows(copyPathOf(path, RECORDS_VERSION)), before)
  assertNothingLost(before, readAllRows(path))
})

/** Resolves with the exit code, or with the signal. */
async function runChild(path: string, moment: string): Promise<number | string | null> {
  const child = spawn(process.execPath, [CHILD, path, moment], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code, signal] = await once(child, 'close')
  return code ?? signal
}

/** The statement with which the steps begin: the two before it find out the version. */
const FIRST_STEP = 3

describe('a migration that is killed', { concurrency: 2 }, () => {
  for (const version of OLD_VERSIONS) {
    test(`from version ${version}, at any moment: the old records or the new, never a mixture, and opening again finishes`, async t => {
      const statements = await countMigration(t, version)
      const moments = [
        'before-copy',
        'after-copy',
        ...new Set(
          [FIRST_STEP, Math.ceil((FIRST_STEP + statements) / 2), statements].map(at => `statement:${at}`),
        ),
        'after-commit',
      ]
      for (const moment of moments) {
        const path = await newPath(t)
        await createFilledOldRecords(path, version)
        const before = readAllRows(path)
        assert.equal(await runChild(path, moment), 'SIGKILL', moment)
        const found = readAllRows(path)
        if (moment === 'after-commit') assertNothingLost(before, found)
        else assert.deepEqual(found, before, moment)
        const copies = (await readdir(join(path, '..'))).filter(name => name.includes('.before-'))
        assert.deepEqual(copies, moment === 'before-copy' ? [] : [`records.before-v${RECORDS_VERSION}.db`])

        await openAndClose(path)
        const after = readAllRows(path)
        assert.deepEqual(after.schema_version, [{ version: RECORDS_VERSION }])
        assertNothingLost(before, after)
        assert.deepEqual(readAllRows(copyPathOf(path, RECORDS_VERSION)), before)
      }
    })
  }

  test('while the copy is written: no half copy has the name of a whole one, and opening again makes it', async t => {
    const { path, before } = await killWhileCopying(t)
    const name = `records.before-v${RECORDS_VERSION}.db`
    assert.ok(!(await filesBeside(path)).includes(name))
    assert.deepEqual(countRows(path), before)
    await openAndClose(path)
    assert.deepEqual(countRows(copyPathOf(path, RECORDS_VERSION)), before)
    assert.deepEqual(await filesBeside(path), [name, 'records.db'])
  })
})

/** How often the moment is tried for: on a busy machine the process may finish before it is looked at. */
const KILL_ATTEMPTS = 5

async function killWhileCopying(t: TestContext) {
  for (let attempt = 1; attempt <= KILL_ATTEMPTS; attempt++) {
    const path = await newPath(t)
    await createFilledOldRecords(path, 2)
    fill(path, 60_000_000)
    const before = countRows(path)
    const child = spawn(process.execPath, [CHILD, path, 'none'], { stdio: ['ignore', 'ignore', 'inherit'] })
    const closed = once(child, 'close')
    const unfinished = `${copyPathOf(path, RECORDS_VERSION)}.new`
    // Tens of milliseconds lie between the first page and the last, so every turn of the event loop looks.
    while (child.exitCode === null && !(statSync(unfinished, { throwIfNoEntry: false })?.size ?? 0))
      await new Promise(resolve => setImmediate(resolve))
    child.kill('SIGKILL')
    await closed
    if (existsSync(unfinished)) return { path, before }
  }
  return assert.fail('every process had finished its copy before it was killed')
}

/** How many statements the migration from this version consists of. */
async function countMigration(t: TestContext, version: number): Promise<number> {
  const path = await newPath(t)
  await createFilledOldRecords(path, version)
  let statements = 0
  const db = openSqlite(path)
  await migrate(
    countStatements(db, count => {
      statements = count
    }),
  )
  await db.destroy()
  return statements
}

/** Makes the records larger by about so many bytes. */
function fill(path: string, bytes: number): void {
  const database = new DatabaseSync(path)
  const detail = 'x'.repeat(10_000)
  database.exec('begin')
  const insert = database.prepare(
    "insert into device_events values ('d-11111111111111111111111111111111', ?, 1, 'filler', null, null, null, ?)",
  )
  for (let number = 100; number < 100 + bytes / detail.length; number++) insert.run(number, detail)
  database.exec('commit')
  database.close()
}

function countRows(path: string): Record<string, number> {
  const { schema_version: _, ...tables } = readAllRows(path)
  return Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, rows.length]))
}
