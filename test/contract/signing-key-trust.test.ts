/** What a server trusts at start: its signing key and its records as they were, or what an administrator has accepted. */
import assert from 'node:assert/strict'
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { enrolResponseSchema } from '../../protocol/device-http.ts'
import { MAX_TRUSTED_KEYS } from '../../signal-server/keys/trusted-signing-key.ts'
import { temporaryDirectory } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { assertFails } from '../support/cli-stage.ts'
import { environmentFor, type LarderServer, startLarder } from '../support/larder-process.ts'

const FREE_PORTS = ['--host', '127.0.0.1', '--port', '0', '--admin-port', '0']

const keyFile = (data: string) => join(data, 'keys', 'signing-key.json')
const recordsFile = (data: string) => join(data, 'records.db')

/** Two data directories, each used by its own server, and the ids of their keys. */
async function twoServers(t: TestContext) {
  const folder = await temporaryDirectory(t)
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')]
  for (const data of [ours, theirs]) await (await startLarder(t, data)).end()
  const [ourKey = '', theirKey = ''] = [trustedBy(ours)[0], trustedBy(theirs)[0]]
  assert.notEqual(ourKey, theirKey)
  return { folder, ours, theirs, ourKey, theirKey }
}

function query(data: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(recordsFile(data))
  try {
    return database
      .prepare(sql)
      .all()
      .map(row => ({ ...row }))
  } finally {
    database.close()
  }
}

const trustedBy = (data: string) =>
  query(data, 'select key_id from signing_keys order by created_at').map(row => String(row.key_id))

const start = (data: string, ...args: string[]) =>
  runCommand(['start', '--data', data, ...FREE_PORTS, ...args])
const doctor = (data: string) => runCommand(['doctor', '--data', data])
const untrusted = (found: string, trusted: string) =>
  new RegExp(
    `the signing key .*signing-key\\.json is ${found}, and the devices enrolled so far trust ${trusted}: they would refuse every release published from now on, until each is enrolled anew\\..* from a backup; or, .* start once with --accept-new-key`,
  )

/** The ids of the keys that a device is told to trust when it enrols now. */
async function keysToldTo(server: LarderServer): Promise<string[]> {
  const made = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = Buffer.from(await crypto.subtle.exportKey('raw', made.publicKey)).toString('base64url')
  const message = new TextEncoder().encode(`larder-enrol-v1\n${publicKey}`)
  const proof = Buffer.from(await crypto.subtle.sign('Ed25519', made.privateKey, message)).toString(
    'base64url',
  )
  const response = await fetch(new URL('/enrol', server.kioskUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ publicKey, proof }),
  })
  assert.equal(response.ok, true, await response.clone().text())
  const { trustedKeys } = (await response.json()) as { trustedKeys: { keyId: string }[] }
  return trustedKeys.map(({ keyId }) => keyId)
}

test('a first start makes a key and trusts it; a key that was put there before is taken as it is', async t => {
  const { folder, ours, ourKey } = await twoServers(t)
  assert.deepEqual(trustedBy(ours), [ourKey])
  const moved = join(folder, 'moved')
  await (await startLarder(t, moved)).end()
  for (const name of ['records.db', 'records.db-wal', 'records.db-shm'])
    await rm(join(moved, name), { force: true })
  await copyFile(keyFile(ours), keyFile(moved))
  const server = await startLarder(t, moved)
  await server.end()
  assert.deepEqual(trustedBy(moved), [ourKey])
  assert.match(server.log(), new RegExp(`"keyId":"${ourKey}","msg":"devices that enrol are told to trust`))
})

test('a signing key that devices do not trust keeps the server from starting, and doctor says the same', async t => {
  const { ours, theirs, ourKey, theirKey } = await twoServers(t)
  await copyFile(keyFile(theirs), keyFile(ours))
  assertFails(await start(ours), 1, untrusted(theirKey, ourKey))
  assert.deepEqual(trustedBy(ours), [ourKey])
  const checked = await doctor(ours)
  assert.equal(checked.code, 1)
  assert.match(checked.stdout, untrusted(theirKey, ourKey))
  assert.match(checked.stdout, /signing key +failed .*The server does not start with it\./)
})

test('records that know only an earlier key refuse the later one', async t => {
  const { folder, ours, theirs, ourKey, theirKey } = await twoServers(t)
  const backup = join(folder, 'backup.db')
  await copyFile(recordsFile(ours), backup)
  await copyFile(keyFile(theirs), keyFile(ours))
  await (await startLarder(t, ours, ['--accept-new-key'])).end()
  assert.deepEqual(trustedBy(ours), [ourKey, theirKey])
  await copyFile(backup, recordsFile(ours))
  assertFails(await start(ours), 1, untrusted(theirKey, ourKey))
})

test('with --accept-new-key the server signs with the new key, trusts both, and audits it', async t => {
  const { folder, ours, theirs, ourKey, theirKey } = await twoServers(t)
  const oldKey = join(folder, 'old-key.json')
  await copyFile(keyFile(ours), oldKey)
  const before = await startLarder(t, ours)
  await publish(folder, ours, before, '1')
  await before.end()

  await copyFile(keyFile(theirs), keyFile(ours))
  const server = await startLarder(t, ours, ['--accept-new-key'])
  assert.deepEqual(await keysToldTo(server), [ourKey, theirKey])
  await publish(folder, ours, server, '2')
  await server.end()
  assert.match(server.log(), /"level":40,.*accepted a new signing key: devices enrolled before refuse/)
  assert.deepEqual(signersOf(ours), [ourKey, theirKey])
  assert.deepEqual(
    query(ours, `select actor, target, "before", "after" from audit_log where action = 'signing-key.accept'`),
    [
      {
        actor: 'shell',
        target: `signing-key:${theirKey}`,
        before: JSON.stringify({ trusted: [ourKey] }),
        after: JSON.stringify({ trusted: [ourKey, theirKey] }),
      },
    ],
  )
  const checked = await doctor(ours)
  assert.match(checked.stdout, new RegExp(`signing key +ok +key ${theirKey}`))

  // From now on both are trusted: no option is needed, and the old file in its place undoes it.
  await (await startLarder(t, ours)).end()
  await copyFile(oldKey, keyFile(ours))
  const undone = await startLarder(t, ours)
  await publish(folder, ours, undone, '3')
  await undone.end()
  assert.deepEqual(signersOf(ours), [ourKey, theirKey, ourKey])
})

test('--accept-new-key without a new key changes nothing and says so', async t => {
  const { folder, ours, ourKey } = await twoServers(t)
  for (const data of [ours, join(folder, 'fresh')]) {
    const server = await startLarder(t, data, ['--accept-new-key'])
    await server.end()
    assert.match(server.log(), /"level":40,.*there is no new signing key, so --accept-new-key does nothing/)
    assert.equal(trustedBy(data).length, 1)
  }
  assert.deepEqual(trustedBy(ours), [ourKey])
})

test('--accept-new-key makes no key in place of one that is missing', async t => {
  const { ours, ourKey } = await twoServers(t)
  await rm(keyFile(ours))
  assertFails(await start(ours, '--accept-new-key'), 1, /signing-key\.json is missing.*backup/)
  assert.deepEqual(trustedBy(ours), [ourKey])
})

test('a key file whose halves are of two keys is damaged, also where devices trust its public half', async t => {
  const { ours, theirs } = await twoServers(t)
  const { publicKey } = JSON.parse(await readFile(keyFile(ours), 'utf8'))
  const { privateKey } = JSON.parse(await readFile(keyFile(theirs), 'utf8'))
  await writeFile(keyFile(ours), JSON.stringify({ publicKey, privateKey }))
  assertFails(await start(ours), 1, /signing-key\.json is damaged; bring it back from a backup/)
  assert.match((await doctor(ours)).stdout, /signing key +failed .*is damaged/)
})

test('no more keys are accepted than a device can trust', async t => {
  const { ours, theirs } = await twoServers(t)
  for (let number = 1; number < MAX_TRUSTED_KEYS; number++)
    query(
      ours,
      `insert into signing_keys values ('${String(number).padStart(16, '0')}', 'k${number}', 1, null)`,
    )
  await copyFile(keyFile(theirs), keyFile(ours))
  assertFails(
    await start(ours, '--accept-new-key'),
    1,
    /16 signing keys at most.*put one of the key files back/,
  )
  assert.equal(trustedBy(ours).length, MAX_TRUSTED_KEYS)
  const key = { keyId: '0'.repeat(16), publicKey: 'A'.repeat(43) }
  const canEnrol = (keys: number) =>
    v.safeParse(
      enrolResponseSchema.entries.trustedKeys,
      Array.from({ length: keys }, () => key),
    ).success
  assert.deepEqual([canEnrol(MAX_TRUSTED_KEYS), canEnrol(MAX_TRUSTED_KEYS + 1)], [true, false])
})

test('records that are missing beside chunks are not replaced by empty ones', async t => {
  const { folder, ours } = await twoServers(t)
  const server = await startLarder(t, ours)
  await publish(folder, ours, server, '1')
  await server.end()
  const backup = join(folder, 'backup.db')
  await rename(recordsFile(ours), backup)
  const lost =
    /the records .*records\.db are missing, and .*chunks has chunks .*from a backup, or move everything/
  assertFails(await start(ours), 1, lost)
  assertFails(await runCommand(['token', 'create', '--data', ours]), 1, lost)
  assert.equal((await readdir(ours)).includes('records.db'), false)
  await rename(backup, recordsFile(ours))
  await (await startLarder(t, ours)).end()
})

async function publish(folder: string, data: string, server: LarderServer, version: string): Promise<void> {
  const page = join(folder, 'page')
  await mkdir(page, { recursive: true })
  await writeFile(join(page, 'index.html'), `page ${version}`)
  const env = await environmentFor(server, data)
  const published = await runCommand(['publish', page, '--package', 'lobby', '--version', version], env)
  assert.equal(published.code, 0, published.stderr)
}

/** The ids of the keys that signed the releases, by number. */
const signersOf = (data: string) =>
  query(data, 'select signed_manifest from releases order by number').map(
    row => JSON.parse(String(row.signed_manifest)).signature.keyId,
  )
