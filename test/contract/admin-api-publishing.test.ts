/** Publishing over the admin API: what makes a release, what is refused, and what is swept away. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifySignedManifest } from '../../protocol/signed-manifest.ts'
import { encodeChunk } from '../../signal-server/vault/zstd.ts'
import { type AdminStage, contentOf, digestOf, openAdminStage, START } from '../support/admin-stage.ts'

const DAY_MS = 24 * 3600 * 1000
const FILES = { 'index.html': 'hello', 'app.js': 'run()' }

const put = async (stage: AdminStage, raw: Uint8Array) =>
  stage.call('PUT', `/api/chunks/${digestOf(raw)}`, await encodeChunk(raw))
const commit = (stage: AdminStage, body: unknown) => stage.call('POST', '/api/packages/lobby/releases', body)

test('PR-M2 a release is numbered, stamped, signed and at once what devices are to run', async t => {
  const stage = await openAdminStage(t)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin' })
  await stage.call('PUT', '/api/profiles/shops', { sites: ['berlin'], packages: [{ package: 'lobby' }] })
  const first = await stage.publish('lobby', FILES)
  assert.deepEqual([first.status, first.body.release, first.body.newChunkCount], [201, 1, 2])
  assert.equal(first.body.publishedAt, new Date(START).toISOString())

  const [assignment] = await stage.directory.assignmentsForSite('berlin')
  assert.equal(assignment?.digest, first.body.digest)
  const known = await stage.directory.releaseByDigest(first.body.digest)
  assert.ok(known)
  assert.deepEqual([...known.chunkDigests].sort(), contentOf(FILES).raws.map(digestOf).sort())
  const verified = await verifySignedManifest(
    known.signedManifestText,
    { package: 'lobby', release: 1, digest: first.body.digest, highestRelease: 0 },
    await stage.directory.trustedKeys(),
  )
  assert.ok(verified.ok)

  const second = await stage.publish('lobby', { ...FILES, 'app.js': 'run(2)' }, '2.0.0')
  assert.deepEqual([second.body.release, second.body.newChunkCount], [2, 1])
  assert.equal((await stage.directory.assignmentsForSite('berlin'))[0]?.release, 2)
})

test('the same files again make a release that says so', async t => {
  const stage = await openAdminStage(t)
  assert.equal((await stage.publish('lobby', FILES)).body.sameContentAs, null)
  const again = await stage.publish('lobby', FILES, '1.0.1')
  assert.deepEqual([again.body.release, again.body.sameContentAs, again.body.newChunkCount], [2, 1, 0])
})

test('what was just sent is not read once more for the release', async t => {
  const stage = await openAdminStage(t)
  const { raws, body } = contentOf(FILES)
  for (const raw of raws) await put(stage, raw)
  let reads = 0
  const { get } = stage.vault
  stage.vault.get = digest => {
    reads++
    return get.call(stage.vault, digest)
  }
  assert.equal((await commit(stage, body)).status, 201)
  assert.equal(reads, 0)
})

test('publications at the same moment get a number each', async t => {
  const stage = await openAdminStage(t)
  const answers = await Promise.all([1, 2, 3, 4].map(n => stage.publish('lobby', { 'index.html': `v${n}` })))
  assert.deepEqual(answers.map(answer => answer.body.release).sort(), [1, 2, 3, 4])
})

test('a release whose chunks are not all here is refused, names them, and leaves nothing', async t => {
  const stage = await openAdminStage(t)
  const { raws, body } = contentOf(FILES)
  const [first, second] = raws
  assert.ok(first && second)
  await put(stage, first)
  const asked = await stage.call('POST', '/api/packages/lobby/chunks/missing', {
    digests: raws.map(digestOf),
  })
  assert.deepEqual(asked.body, { missing: [digestOf(second)] })
  const refused = await commit(stage, body)
  assert.deepEqual([refused.status, refused.body.type], [422, 'urn:larder:problem:chunks-missing'])
  assert.match(refused.body.detail, new RegExp(digestOf(second)))
  assert.equal((await stage.call('GET', '/api/packages/lobby')).status, 404)
  assert.deepEqual(stage.changes, [])
})

test('a chunk that is not what its name says is refused', async t => {
  const stage = await openAdminStage(t)
  const encoded = await encodeChunk(new TextEncoder().encode('other'))
  for (const [digest, body] of [
    ['a'.repeat(64), encoded],
    ['a'.repeat(64), new Uint8Array([9, 9, 9])],
    ['a'.repeat(64), new Uint8Array(0)],
  ] as const) {
    const answer = await stage.call('PUT', `/api/chunks/${digest}`, body)
    assert.deepEqual([answer.status, answer.body.type], [422, 'urn:larder:problem:content-invalid'])
  }
  assert.equal((await stage.call('PUT', '/api/chunks/short', encoded)).status, 400)
  const large = new Uint8Array(4 * 1024 * 1024 + 2)
  assert.equal((await stage.call('PUT', `/api/chunks/${'a'.repeat(64)}`, large)).status, 413)
  assert.equal(stage.vault.chunks.size, 0)
})

test('PR-M5 PR-M8 a release that is not whole in itself is refused', async t => {
  const stage = await openAdminStage(t)
  const { raws, body } = contentOf(FILES)
  for (const raw of raws) await put(stage, raw)
  const [first, second] = body.files
  const refusals = [
    { ...body, entry: 'missing.html' },
    { ...body, files: [first, { ...second, path: 'APP.js' }, second] },
    { ...body, files: [first, { ...second, path: '../etc/passwd' }] },
    { ...body, files: [first, { ...second, chunk: 9 }] },
    { ...body, files: [] },
    { ...body, chunks: body.chunks.map(chunk => ({ ...chunk, sizeBytes: chunk.sizeBytes + 1 })) },
    { ...body, release: 7 },
  ]
  for (const refused of refusals) {
    const answer = await commit(stage, refused)
    assert.ok([400, 422].includes(answer.status), JSON.stringify(answer.body))
  }
  assert.equal((await stage.call('GET', '/api/packages/lobby')).status, 404)
  assert.equal((await commit(stage, body)).status, 201)
})

test('chunks that no release has are swept a day after they were last asked for, and no others', async t => {
  const stage = await openAdminStage(t)
  await stage.publish('lobby', FILES)
  const orphans = ['given up', 'asked for again', 'sent again', 'used after all'].map(text =>
    new TextEncoder().encode(text),
  )
  for (const raw of orphans) await put(stage, raw)
  const [givenUp, asked, sent, used] = orphans
  assert.ok(givenUp && asked && sent && used)
  const sweepAt = (now: number) => {
    stage.now = now
    return stage.publisher.sweep()
  }
  assert.equal(await sweepAt(START), 0)
  assert.equal(await sweepAt(START + DAY_MS), 0)
  await stage.call('POST', '/api/packages/x/chunks/missing', { digests: [digestOf(asked)] })
  await put(stage, sent)
  await stage.publish('menu', { 'index.html': 'used after all' })
  assert.equal(await sweepAt(START + DAY_MS + 1), 1)
  assert.equal(await stage.vault.has(digestOf(givenUp)), false)
  for (const raw of [asked, sent, used, ...contentOf(FILES).raws])
    assert.equal(await stage.vault.has(digestOf(raw)), true)
  assert.equal(await sweepAt(START + 3 * DAY_MS), 2)
  assert.equal(await stage.vault.has(digestOf(used)), true)
})
