/** Publishing as the page does it: compared before it is sent, sent uncompressed, and gone back from. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { type ComparePost, type Comparison, comparisonSchema } from '../../protocol/admin/archives.ts'
import { auditPageSchema } from '../../protocol/admin/audit.ts'
import { frameEncodedChunk } from '../../protocol/encoded-chunk.ts'
import { ChunkVaultError } from '../../signal-server/vault/chunk-vault.ts'
import { makeSite } from '../support/admin-fleet.ts'
import { type AdminStage, contentOf, digestOf, openAdminStage } from '../support/admin-stage.ts'
import { seededBytes } from '../support/seeded-bytes.ts'

async function compare(stage: AdminStage, content: ComparePost): Promise<Comparison> {
  const { status, body } = await stage.call('POST', '/api/packages/lobby/compare', content)
  assert.equal(status, 200, JSON.stringify(body))
  return v.parse(comparisonSchema, body)
}

/** A release's content as the page compares it: without version and entry page. */
function comparable(files: Readonly<Record<string, string>>): ComparePost {
  const { version: _, entry: __, ...content } = contentOf(files).body
  return content
}

const ONE = { 'index.html': 'one', 'app.js': 'run(1)', 'old.css': 'p{}' }

test('a first release is new as a whole; the same again changes nothing', async t => {
  const stage = await openAdminStage(t)
  const first = await compare(stage, comparable(ONE))
  assert.equal(first.against, null)
  assert.deepEqual([first.files.new, first.chunks.new, first.chunks.missing], [3, 3, 3])
  assert.deepEqual(first.bytes, { raw: 12, newRaw: 12, travelling: 12 })
  await stage.publish('lobby', ONE)
  const again = await compare(stage, comparable(ONE))
  assert.deepEqual(
    [again.files.same, again.files.list, again.chunks.new, again.chunks.missing],
    [3, [], 0, 0],
  )
  assert.equal(again.bytes.travelling, 0)
})

test('new, changed and removed files are told apart, with the bytes that will travel', async t => {
  const stage = await openAdminStage(t)
  await stage.publish('lobby', ONE)
  await stage.publish('menu', { 'index.html': 'known elsewhere' })
  const { against, files, chunks, bytes } = await compare(
    stage,
    comparable({ 'index.html': 'one', 'app.js': 'run(2)', 'new.txt': 'known elsewhere' }),
  )
  assert.deepEqual(against, { release: 1, version: '1.0.0' })
  assert.deepEqual(
    files.list.map(({ path, change }) => [path, change]),
    [
      ['app.js', 'changed'],
      ['new.txt', 'new'],
      ['old.css', 'removed'],
    ],
  )
  assert.deepEqual(chunks, { total: 3, new: 2, missing: 1 }, 'another package has one of them')
  assert.equal(bytes.newRaw, 'run(2)'.length + 'known elsewhere'.length)
})

test('a small file whose neighbour changed is the same where its sum says so', async t => {
  const stage = await openAdminStage(t)
  const packed = (second: string) => {
    const raw = new TextEncoder().encode(`first${second}`)
    return {
      raw,
      content: {
        files: [
          { path: 'a.txt', sizeBytes: 5, mediaType: 'text/plain', chunk: 0, offset: 0 },
          { path: 'b.txt', sizeBytes: second.length, mediaType: 'text/plain', chunk: 0, offset: 5 },
        ],
        chunks: [{ digest: digestOf(raw), sizeBytes: raw.length }],
      },
    }
  }
  const { raw, content } = packed('second')
  await stage.call('PUT', `/api/chunks/${digestOf(raw)}`, frameEncodedChunk(raw, null))
  await stage.call('POST', '/api/packages/lobby/releases', { ...content, version: '1', entry: 'a.txt' })
  const next = packed('SECOND').content
  const sums = ['first', 'SECOND'].map(text => digestOf(new TextEncoder().encode(text)))
  const withSums = {
    ...next,
    files: next.files.map((file, index) => ({ ...file, sha256: sums[index] as string })),
  }
  assert.deepEqual((await compare(stage, withSums)).files.list, [
    { path: 'b.txt', change: 'changed', sizeBytes: 6 },
  ])
  assert.equal((await compare(stage, next)).files.changed, 2, 'without sums nobody can know')
})

test('content that lies outside of its chunks is compared without harm, and what is no content is refused', async t => {
  const stage = await openAdminStage(t)
  await stage.publish('lobby', ONE)
  const content = comparable(ONE)
  const far = content.files.map(file => ({ ...file, chunk: 99, offset: 9 }))
  assert.equal((await compare(stage, { ...content, files: far })).files.changed, 3)
  for (const bad of [
    {},
    { files: [] },
    { ...content, version: '1' },
    { ...content, files: [{ path: '../x' }] },
  ])
    assert.equal((await stage.call('POST', '/api/packages/lobby/compare', bad)).status, 400)
})

test('an uncompressed chunk, which is all that browsers can send, rests and travels compressed', async t => {
  const stage = await openAdminStage(t)
  const text = new TextEncoder().encode('compress me '.repeat(1000))
  const noise = seededBytes(3, 5000)
  for (const raw of [text, noise]) {
    const { status } = await stage.call('PUT', `/api/chunks/${digestOf(raw)}`, frameEncodedChunk(raw, null))
    assert.equal(status, 201)
  }
  const sizeOf = (raw: Uint8Array) => stage.vault.chunks.get(digestOf(raw))?.length ?? 0
  assert.ok(sizeOf(text) < 200)
  assert.equal(sizeOf(noise), noise.length + 1, 'where compression gains nothing it stays as it is')
  const wrong = await stage.call('PUT', `/api/chunks/${'a'.repeat(64)}`, frameEncodedChunk(text, null))
  assert.equal(wrong.status, 422)
})

test('going back is a new release of old files: a new number, nothing to send, and the audit log says of what', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  await stage.call('PUT', '/api/profiles/shops', { sites: ['berlin'], packages: [{ package: 'lobby' }] })
  const first = await stage.publish('lobby', ONE)
  await stage.publish('lobby', { 'index.html': 'two' }, '2.0.0')
  stage.now += 1000
  const back = await stage.call('POST', '/api/packages/lobby/releases/1/republish', {
    version: '1.0.0 again',
  })
  assert.equal(back.status, 201, JSON.stringify(back.body))
  const { release, version, newChunkCount, encodedBytes, fileCount } = back.body
  assert.deepEqual([release, version, newChunkCount, fileCount], [3, '1.0.0 again', 0, 3])
  assert.equal(encodedBytes, first.body.encodedBytes)
  const [assignment] = await stage.directory.assignmentsForSite('berlin')
  assert.deepEqual([assignment?.release, assignment?.version], [3, '1.0.0 again'])
  assert.equal((await compare(stage, comparable(ONE))).files.same, 3)
  const audit = v.parse(auditPageSchema, (await stage.call('GET', '/api/audit')).body)
  assert.partialDeepStrictEqual(audit.entries[0], { action: 'release.publish', after: { filesOf: 1 } })

  const again = (path: string, body: object) => stage.call('POST', path, body)
  assert.equal((await again('/api/packages/lobby/releases/9/republish', { version: 'x' })).status, 404)
  assert.equal((await again('/api/packages/none/releases/1/republish', { version: 'x' })).status, 404)
  assert.equal((await again('/api/packages/lobby/releases/0/republish', { version: 'x' })).status, 400)
  assert.equal((await again('/api/packages/lobby/releases/1/republish', {})).status, 400)
})

test('a body of a release that is wrong is refused with the field that is', async t => {
  const stage = await openAdminStage(t)
  const content = contentOf(ONE).body
  const detail = async (body: object) =>
    (await stage.call('POST', '/api/packages/lobby/releases', body)).body.detail
  assert.match(await detail({ ...content, colour: 'red' }), /colour/)
  assert.match(await detail({ ...content, version: '' }), /version/)
  assert.match(await detail({ stagingId: 'a'.repeat(32), version: '1' }), /entry/)
})

for (const [code, name, words] of [
  ['EIO', 'storage-failed', /the disk reports an error/],
  ['ENOSPC', 'storage-full', /the disk is full/],
] as const) {
  test(`a disk that fails with ${code} under a chunk is named in the refusal, and the same chunk is taken afterwards`, async t => {
    const stage = await openAdminStage(t)
    const raw = seededBytes(1, 1000)
    const put = () => stage.call('PUT', `/api/chunks/${digestOf(raw)}`, frameEncodedChunk(raw, null))
    const cause = Object.assign(new Error(`${code}: write`), { code })
    t.mock.method(stage.vault, 'put', async () => {
      throw new ChunkVaultError('storage-failed', 'cannot store a chunk', cause)
    })
    const { status, body } = await put()
    assert.deepEqual([status, body.type], [507, `urn:larder:problem:${name}`])
    assert.match(body.detail, words)
    assert.ok(body.detail.includes(stage.storage.path))
    t.mock.restoreAll()
    assert.equal((await put()).status, 201)
  })
}
