/** Zip archives over the admin API: good ones become releases, each bad kind is refused with its reason and leaves nothing. */
import assert from 'node:assert/strict'
import { constants } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { type StagedArchive, stagedArchiveSchema } from '../../protocol/admin/archives.ts'
import { decodeChunk } from '../../protocol/encoded-chunk.ts'
import { MIB } from '../../protocol/limits.ts'
import { type Manifest, parseManifest } from '../../protocol/manifest.ts'
import { ArchiveStaging } from '../../signal-server/publishing/archive-staging.ts'
import { secureRandomBytes } from '../../signal-server/random.ts'
import { findSignedManifest } from '../../signal-server/records/releases.ts'
import { decodeZstd } from '../../signal-server/vault/zstd.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { reassembleFile } from '../support/reassemble-file.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { type ZipEntry, zipFile } from '../support/zip-file.ts'

after(() => assertNothingLeaks())

const ARCHIVES = '/api/packages/lobby/archives'
const RELEASES = '/api/packages/lobby/releases'
const PAGE: ZipEntry = { name: 'index.html', content: '<p>hello</p>' }
const GOOD: readonly ZipEntry[] = [PAGE, { name: 'app/run.js', content: 'run()' }]
const ENCRYPTED = 0x1

async function stageArchive(stage: AdminStage, entries: readonly ZipEntry[]): Promise<StagedArchive> {
  const { status, body } = await stage.call('POST', ARCHIVES, zipFile(entries))
  assert.equal(status, 201, JSON.stringify(body))
  return v.parse(stagedArchiveSchema, body)
}

/** What a refused archive must not leave: files, chunks, packages, audit entries of a release. */
async function assertNothingLeft(stage: AdminStage): Promise<void> {
  assert.deepEqual(await readdir(stage.stagingPath), [])
  assert.equal(stage.vault.chunks.size, 0)
  assert.equal((await stage.call('GET', '/api/packages/lobby')).status, 404)
}

const truncated = (bytes: Uint8Array, by: number) => bytes.slice(0, -by)
const BOMB = new Uint8Array(32 * MIB)

interface BadArchive {
  readonly bytes: Uint8Array
  readonly says: RegExp
  readonly status?: number
}

const BAD: Record<string, () => BadArchive> = {
  'an empty body': () => ({ bytes: new Uint8Array(0), says: /Nothing was sent/ }),
  'no zip': () => ({
    bytes: new TextEncoder().encode('%PDF-1.7 and so on and on and on'),
    says: /not a zip archive/,
  }),
  'a zip without entries': () => ({ bytes: zipFile([]), says: /contains no files/ }),
  'a zip of folders alone': () => ({
    bytes: zipFile([{ name: 'a/', method: 0 }]),
    says: /contains no files/,
  }),
  'one that was cut off': () => ({ bytes: truncated(zipFile(GOOD), 40), says: /cut off on its way/ }),
  'a part of several': () => {
    const bytes = zipFile(GOOD)
    new DataView(bytes.buffer).setUint16(bytes.length - 18, 1, true)
    return { bytes, says: /one part of several/ }
  },
  'a damaged list of files': () => {
    const bytes = zipFile(GOOD)
    const directory = new DataView(bytes.buffer).getUint32(bytes.length - 6, true)
    bytes[directory] = 0
    return { bytes, says: /list of files in the archive is damaged/ }
  },
  'fewer entries than its end record states': () => ({
    bytes: zipFile(GOOD, { entryCount: 3 }),
    says: /list of files in the archive is damaged/,
  }),
  'more entries than its end record states': () => ({
    bytes: zipFile(GOOD, { entryCount: 1 }),
    says: /list of files in the archive is damaged/,
  }),
  'more entries than its zip64 record states': () => ({
    bytes: zipFile(GOOD, { entryCount: 1, isZip64: true }),
    says: /list of files in the archive is damaged/,
  }),
  'names that become one when they are normalised': () => ({
    bytes: zipFile([PAGE, { name: 'Größe.svg' }, { name: 'Größe.svg'.normalize('NFD') }]),
    says: /is there twice, once with composed and once with decomposed characters/,
  }),
  'a path that leads out': () => ({
    bytes: zipFile([PAGE, { name: 'app/../../../etc/cron.d/x', content: 'x' }]),
    says: /leads out of the package/,
  }),
  'a path that leads out with backslashes': () => ({
    bytes: zipFile([PAGE, { name: '..\\..\\x', content: 'x' }]),
    says: /leads out of the package/,
  }),
  'an absolute path': () => ({
    bytes: zipFile([PAGE, { name: '/etc/passwd' }]),
    says: /outside of any package/,
  }),
  'a path with a drive': () => ({ bytes: zipFile([PAGE, { name: 'C:/x' }]), says: /outside of any package/ }),
  'backslashes beside slashes': () => ({
    bytes: zipFile([...GOOD, { name: 'app\\run.js' }]),
    says: /with backslashes/,
  }),
  'a symbolic link': () => ({
    bytes: zipFile([PAGE, { name: 'data', content: '/etc/passwd', mode: constants.S_IFLNK | 0o777 }]),
    says: /symbolic link/,
  }),
  'a device file': () => ({
    bytes: zipFile([PAGE, { name: 'disk', mode: constants.S_IFBLK | 0o600 }]),
    says: /device, pipe or socket/,
  }),
  'an encrypted file': () => ({
    bytes: zipFile([PAGE, { name: 'secret.txt', content: 'x', flags: ENCRYPTED }]),
    says: /encrypted\. Pack it without a password/,
  }),
  'a compression that is not known': () => ({
    bytes: zipFile([PAGE, { name: 'a.txt', packed: new Uint8Array(9), method: 14 }]),
    says: /compressed by method 14/,
  }),
  'a file that unpacks to a thousand times its size': () => ({
    bytes: zipFile([PAGE, { name: 'zeros', content: BOMB }]),
    says: /made to fill disks/,
  }),
  'many files that do so together': () => ({
    bytes: zipFile([
      PAGE,
      ...Array.from({ length: 4 }, (_, n) => ({ name: `z${n}`, content: BOMB.slice(0, 15 * MIB) })),
    ]),
    says: /The archive would unpack to \d+ times its size/,
  }),
  'more content than a package may have': () => ({
    bytes: zipFile([PAGE, { name: 'big', method: 0, content: seededBytes(1, 3 * MIB) }]),
    says: /would unpack to \d+ bytes; a package may have/,
  }),
  'an archive that is too large': () => ({
    bytes: zipFile([PAGE, { name: 'big', method: 0, content: seededBytes(1, 5 * MIB) }]),
    says: /larger than \d+ bytes/,
    status: 413,
  }),
  'files on top of one another': () => ({
    bytes: zipFile([PAGE, { name: 'again.html', content: '<p>hello</p>', offset: 0 }]),
    says: /on top of one another/,
  }),
  'a file that is larger than it says': () => ({
    bytes: zipFile([PAGE, { name: 'a.txt', content: 'a'.repeat(1000), sizeBytes: 10 }]),
    says: /more bytes than the 10/,
  }),
  'a file that is smaller than it says': () => ({
    bytes: zipFile([PAGE, { name: 'a.txt', content: 'abc', sizeBytes: 10 }]),
    says: /fewer bytes than the 10/,
  }),
  'a wrong checksum': () => ({
    bytes: zipFile([PAGE, { name: 'a.txt', content: 'abc', crc: 1 }]),
    says: /does not have the checksum/,
  }),
  'content that cannot be unpacked': () => ({
    bytes: zipFile([PAGE, { name: 'a.txt', content: 'abcdef', packed: new Uint8Array(6).fill(0xff) }]),
    says: /cannot be unpacked/,
  }),
  'the same name twice': () => ({ bytes: zipFile([PAGE, PAGE]), says: /in the archive twice/ }),
  'names that differ in case alone': () => ({
    bytes: zipFile([PAGE, { name: 'Index.HTML', content: 'x' }]),
    says: /the same where case is ignored/,
  }),
  'a file where a folder is needed': () => ({
    bytes: zipFile([PAGE, { name: 'app', content: 'x' }, { name: 'app/run.js', content: 'x' }]),
    says: /needs a directory of that name/,
  }),
  'a reserved name': () => ({
    bytes: zipFile([PAGE, { name: 'aux.js', content: 'x' }]),
    says: /reserved on Windows/,
  }),
  'control characters in a name': () => ({
    bytes: zipFile([PAGE, { name: 'a\u001b[2Jb', content: 'x' }]),
    says: /U\+001B/,
  }),
  'too many entries': () => ({
    bytes: zipFile(Array.from({ length: 51 }, (_, n) => ({ name: `f${n}`, method: 0 }))),
    says: /more than 50 entries/,
  }),
}

const LIMITS = { maxEntries: 50, maxContentBytes: 64 * MIB, maxArchiveBytes: 4 * MIB }
const OF_THEIR_OWN = { 'more content than a package may have': { maxContentBytes: 2 * MIB } }

for (const [kind, make] of Object.entries(BAD)) {
  test(`${kind}: refused with its reason, and nothing is left`, async t => {
    const own = (OF_THEIR_OWN as Record<string, object>)[kind]
    const stage = await openAdminStage(t, { limits: { ...LIMITS, ...own } })
    const { bytes, says, status = 422 } = make()
    const answer = await stage.call('POST', ARCHIVES, bytes)
    assert.equal(answer.status, status, JSON.stringify(answer.body))
    assert.match(answer.body.detail, says)
    await assertNothingLeft(stage)
    assert.deepEqual(stage.failures, [])
  })
}

test('no two kinds of bad archives share a message', () => {
  const messages = Object.values(BAD).map(make => make().says.source)
  const shared = new Set([
    'list of files in the archive is damaged',
    'contains no files',
    'leads out of the package',
    'outside of any package',
  ])
  const own = messages.filter(message => !shared.has(message))
  assert.equal(new Set(own).size, own.length)
  assert.ok(own.length + shared.size >= 24)
})

test('a good archive is checked, compared and published, byte for byte', async t => {
  const stage = await openAdminStage(t)
  const large = seededBytes(7, 700_000)
  const entries = [...GOOD, { name: 'img/large.bin', content: large }, { name: 'empty.txt', method: 0 }]
  const staged = await stageArchive(stage, entries)
  assert.deepEqual(staged.entries, ['index.html'])
  assert.deepEqual([staged.strippedFolder, staged.leftOut], [null, []])
  assert.equal(staged.comparison.against, null)
  assert.deepEqual([staged.comparison.files.total, staged.comparison.files.new], [4, 4])
  assert.equal(stage.vault.chunks.size, 0, 'nothing reaches the vault before somebody publishes')
  assert.equal((await readdir(stage.stagingPath)).length, 1)

  const wish = { stagingId: staged.stagingId, version: '1.0.0', entry: 'index.html' }
  const published = await stage.call('POST', RELEASES, wish)
  assert.equal(published.status, 201, JSON.stringify(published.body))
  assert.deepEqual([published.body.release, published.body.fileCount], [1, 4])
  assert.deepEqual(await readdir(stage.stagingPath), [])
  assert.equal((await stage.call('POST', RELEASES, wish)).status, 404, 'an archive is published once')

  const manifest = await manifestOf(stage, published.body.digest)
  for (const { name, content = '' } of entries) {
    const bytes = await fileOf(stage, manifest, String(name))
    assert.deepEqual(Buffer.from(bytes), Buffer.from(content), String(name))
  }
})

async function fileOf(stage: AdminStage, manifest: Manifest, path: string): Promise<Uint8Array> {
  const raws: Uint8Array[] = []
  for (const { digest } of manifest.chunks) {
    const encoded = await stage.vault.get(digest)
    const decoded = encoded && (await decodeChunk(encoded, decodeZstd))
    assert.ok(decoded?.ok)
    raws.push(decoded.raw)
  }
  const file = manifest.files.find(each => each.path === path)
  assert.ok(file, path)
  return reassembleFile(file, raws)
}

async function manifestOf(stage: AdminStage, digest: string) {
  const stored = await findSignedManifest(stage.records.db, digest)
  assert.ok(stored)
  const parsed = parseManifest(JSON.parse(stored.signedManifestText).manifest)
  assert.ok(parsed.ok)
  return parsed.value
}

test('the folder around everything and what file managers add are no part of the package', async t => {
  const stage = await openAdminStage(t)
  const staged = await stageArchive(stage, [
    { name: 'dist/', method: 0 },
    { name: 'dist/index.html', content: 'x' },
    { name: 'dist/pages/about.html', content: 'y' },
    { name: '__MACOSX/dist/._index.html', content: 'junk' },
    { name: 'dist/.DS_Store', content: 'junk' },
  ])
  assert.equal(staged.strippedFolder, 'dist')
  assert.deepEqual(staged.entries, ['index.html', 'pages/about.html'])
  assert.deepEqual(staged.leftOut, ['__MACOSX/dist/._index.html', 'dist/.DS_Store'])
  assert.deepEqual(
    staged.comparison.files.list.map(file => file.path),
    ['index.html', 'pages/about.html'],
  )
})

test('what is left out is counted, also where there is more of it than is named', async t => {
  const stage = await openAdminStage(t)
  const doubles = Array.from({ length: 30 }, (_, n) => ({ name: `._${n}.html`, content: 'x' }))
  const staged = await stageArchive(stage, [PAGE, ...doubles, { name: 'img/Desktop.ini' }])
  assert.equal(staged.leftOutCount, 31)
  assert.equal(staged.leftOut.length, 20)
  assert.deepEqual(staged.entries, ['index.html'])
})

test('what in an archive a kiosk cannot serve is warned of, and does not keep it from being published', async t => {
  const stage = await openAdminStage(t)
  const { stagingId, warnings } = await stageArchive(stage, [
    { name: 'index.html', content: '<object data="menu.svg"></object>' },
    { name: 'Build/app.wasm.gz', content: 'x' },
  ])
  assert.deepEqual(
    warnings.map(({ kind, paths }) => [kind, ...paths]),
    [
      ['plugin-element', 'index.html'],
      ['precompressed-file', 'Build/app.wasm.gz'],
    ],
  )
  const request = { stagingId, version: '1.0.0', entry: 'index.html' }
  assert.equal((await stage.call('POST', RELEASES, request)).status, 201)
})

test('one answer names all names that are refused, ten of them in full', async t => {
  const stage = await openAdminStage(t)
  const bad = Array.from({ length: 12 }, (_, n) => ({ name: `tiles/${n}?.png`, content: 'x' }))
  const { status, body } = await stage.call('POST', ARCHIVES, zipFile([PAGE, { name: 'con.js' }, ...bad]))
  assert.equal(status, 422)
  assert.match(
    body.detail,
    /^13 names cannot be published: .*"con\.js".*"tiles\/8\?\.png".*; and 3 more\. Rename/,
  )
  await assertNothingLeft(stage)
})

test('an archive is compared with the last release: a neighbour that changed makes no file new', async t => {
  const stage = await openAdminStage(t)
  const first = await stageArchive(stage, [...GOOD, { name: 'old.txt', content: 'old' }])
  await stage.call('POST', RELEASES, { stagingId: first.stagingId, version: '1.0.0', entry: 'index.html' })
  const { comparison } = await stageArchive(stage, [
    PAGE,
    { name: 'app/run.js', content: 'run(2)' },
    { name: 'new.txt', content: 'new' },
  ])
  assert.deepEqual(comparison.against, { release: 1, version: '1.0.0' })
  const { total, new: added, changed, removed, same } = comparison.files
  assert.deepEqual([total, added, changed, removed, same], [3, 1, 1, 1, 1])
  assert.deepEqual(comparison.files.list, [
    { path: 'app/run.js', change: 'changed', sizeBytes: 6 },
    { path: 'new.txt', change: 'new', sizeBytes: 3 },
    { path: 'old.txt', change: 'removed', sizeBytes: 3 },
  ])
  assert.deepEqual(comparison.chunks, { total: 1, new: 1, missing: 1 })
})

test('an archive is published under its own package and before its time is over', async t => {
  const stage = await openAdminStage(t)
  const { stagingId } = await stageArchive(stage, GOOD)
  const wish = { stagingId, version: '1.0.0', entry: 'index.html' }
  assert.equal((await stage.call('POST', '/api/packages/menu/releases', wish)).status, 404)
  const noEntry = await stage.call('POST', RELEASES, { ...wish, entry: 'start.html' })
  assert.deepEqual([noEntry.status, /start\.html/.test(noEntry.body.detail)], [422, true])
  assert.equal((await stage.call('POST', RELEASES, { ...wish, version: '' })).status, 400)
  assert.equal((await stage.call('POST', RELEASES, { ...wish, stagingId: '../../x' })).status, 400)
  stage.now += 3600_000
  assert.equal((await stage.call('POST', RELEASES, wish)).status, 404)
})

test('a disk that fails while an archive is published is reported, and the archive can be published again', async t => {
  const stage = await openAdminStage(t)
  const content = seededBytes(5, 900_000)
  const { stagingId } = await stageArchive(stage, [PAGE, { name: 'big.bin', content }])
  const wish = { stagingId, version: '1.0.0', entry: 'index.html' }
  const broken = t.mock.method(stage.vault, 'put', () => Promise.reject(new Error('the disk is gone')))
  assert.equal((await stage.call('POST', RELEASES, wish)).status, 500)
  assert.match(String(stage.failures[0]), /the disk is gone/)
  assert.equal((await stage.call('GET', '/api/packages/lobby')).status, 404)
  broken.mock.restore()
  assert.equal((await stage.call('POST', RELEASES, wish)).status, 201)
})

test('a body that breaks off leaves nothing', async t => {
  const stage = await openAdminStage(t)
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(zipFile(GOOD).slice(0, 20))
      controller.error(new Error('the browser was closed'))
    },
  })
  await assert.rejects(stage.archives.receive('lobby', body), /the browser was closed/)
  await assertNothingLeft(stage)
})

test('what a killed server left behind is gone at the next start; of too many archives the oldest goes', async t => {
  const stage = await openAdminStage(t)
  const { stagingId } = await stageArchive(stage, GOOD)
  for (let n = 0; n < 8; n++) await stageArchive(stage, GOOD)
  assert.equal((await readdir(stage.stagingPath)).length, 8)
  const wish = { stagingId, version: '1.0.0', entry: 'index.html' }
  assert.equal((await stage.call('POST', RELEASES, wish)).status, 404)
  await ArchiveStaging.open({
    directory: stage.stagingPath,
    publisher: stage.publisher,
    clock: () => stage.now,
    randomBytes: secureRandomBytes,
  })
  assert.deepEqual(await readdir(stage.stagingPath), [])
})
