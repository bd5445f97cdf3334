/** Starting on a disk that cannot be written: what a server cannot do without, what it makes anew, and who of two may write. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openSigningKey } from '../../signal-server/keys/signing-key.ts'
import { assertNothingLeaks, temporaryDirectory } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { publishRelease, startOnSmallDisk } from '../support/disk-stage.ts'
import { type LarderServer, runLarder, startLarder } from '../support/larder-process.ts'
import { mountSmallDisk, noSmallDisk } from '../support/small-disk.ts'
import { until } from '../support/until.ts'

after(() => assertNothingLeaks())

test('a first start on a full disk is refused in one line, and succeeds when there is room', {
  skip: noSmallDisk,
}, async t => {
  const disk = await mountSmallDisk(t, 4 * 1024 * 1024)
  const data = join(disk.path, 'data')
  disk.fill()
  const start = ['start', '--data', data, '--host', '127.0.0.1', '--port', '0', '--admin-port', '0']
  const { code, stderr } = await runLarder(start)
  assert.equal(code, 1)
  assert.match(stderr, /^larder: [^\n]*the disk is full; free some space[^\n]*\n$/)
  disk.free()
  const server = await startLarder(t, data)
  assert.equal((await fetch(new URL('healthz', new URL('/', server.kioskUrl)))).status, 200)
})

test('a signing key that does not fit on the disk leaves nothing behind, and is made when there is room', {
  skip: noSmallDisk,
}, async t => {
  const disk = await mountSmallDisk(t, 1024 * 1024)
  const keys = join(disk.path, 'keys')
  disk.fill()
  await assert.rejects(openSigningKey(keys, []), /signing-key\.json: the disk is full; free some space/)
  assert.deepEqual(await readdir(keys), [])
  disk.free()
  const made = await openSigningKey(keys, [])
  assert.equal((await openSigningKey(keys, [])).keyId, made.keyId)
})

test('a secret for grants that does not fit on the disk is good until the server ends, and is made anew then', {
  skip: noSmallDisk,
}, async t => {
  const stage = await startOnSmallDisk(t)
  await stage.restart('SIGTERM', () => {
    rmSync(join(stage.data, 'keys', 'grant-secret'))
    stage.disk.fill()
  })
  await stage.assertServes()
  assert.equal((await stage.trouble())?.reason, 'full')
  await stage.restart('SIGTERM', () => stage.disk.free())
  await stage.assertServes()
  assert.ok((await readdir(join(stage.data, 'keys'))).includes('grant-secret'))
})

test('a patch and a look for chunks without a release that find no room at a start do not stop the server from serving', {
  skip: noSmallDisk,
}, async t => {
  const stage = await startOnSmallDisk(t)
  const first = stage.release
  stage.release = await publishRelease(t, stage, 2)
  // Before the patch is made: the next start makes it.
  await stage.restart('SIGKILL', () => stage.disk.fill())
  await stage.assertServes()
  await until('the server sees that there is no room', async () => (await stage.trouble()) !== null)
  const patch = `releases/${stage.release.digest}/patches/${first.digest}`
  assert.notEqual((await fetch(new URL(patch, stage.deviceUrl()))).status, 500)
  await stage.assertServes()
  stage.disk.free()
  await until('the server sees that there is room', async () => (await stage.trouble()) === null)
})

test('two servers on a directory that was read-only: both serve, and one of them writes when it can be written', {
  skip: noSmallDisk,
}, async t => {
  const stage = await startOnSmallDisk(t)
  await stage.restart('SIGTERM', () => stage.disk.remount('ro'))
  const second = await startLarder(t, stage.data)
  assert.equal((await fetch(new URL('healthz', new URL('/', second.kioskUrl)))).status, 200)
  stage.disk.remount('rw')
  const putAt = (server: LarderServer, name: string) =>
    runCommand(['site', 'create', name, '--time-zone', 'UTC'], {
      ...stage.env,
      LARDER_URL: server.adminUrl,
    })
  const codes = [(await putAt(stage.server, 'first')).code, (await putAt(second, 'second')).code]
  const [writer] = codes.map((code, index) => (code === 0 ? index : -1)).filter(index => index >= 0)
  assert.equal(codes.filter(code => code === 0).length, 1, JSON.stringify(codes))
  const third = await runLarder(['start', '--data', stage.data, '--port', '0', '--admin-port', '0'])
  assert.match(third.stderr, /another larder server is running/)
  assert.ok(writer !== undefined)
})

test('an upload too large for the disk is refused, gives its room back at once, and changes go on', {
  skip: noSmallDisk,
}, async t => {
  const stage = await startOnSmallDisk(t)
  const folder = await temporaryDirectory(t)
  // More than the disk has, and no two chunks alike.
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>large</title>')
  await writeFile(join(folder, 'film.bin'), randomBytes(40 * 1024 * 1024))
  const published = await stage.larder('publish', folder, '--package', 'large', '--version', '1')
  assert.equal(published.code, 1)
  assert.match(published.stderr, /the disk is full/)
  await until('the server sees that there is room', async () => (await stage.trouble()) === null)
  await stage.assertServes()
  const site = await stage.larder('site', 'create', 'afterwards', '--time-zone', 'UTC')
  assert.equal(site.code, 0, site.stderr)
})
