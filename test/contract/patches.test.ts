/** Patches on a real server: made after a publication, announced when they are whole, and made later by who was killed. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { parseManifest } from '../../protocol/manifest.ts'
import { frameWithDictionary } from '../../protocol/patching/patch-frame.ts'
import { parsePatchSet, patchSetDigestOf } from '../../protocol/patching/patch-set.ts'
import { problemNameOf } from '../../protocol/problem.ts'
import { temporaryDirectory } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { environmentFor, type LarderServer, startLarder } from '../support/larder-process.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { until } from '../support/test-site.ts'

const old = seededBytes(1, 3_000_000)
/** The same, with an insertion in each of its megabytes. */
const updated = Buffer.concat(
  [0, 1, 2].flatMap(part => [
    old.subarray(part * 1_000_000, (part + 1) * 1_000_000),
    Buffer.from(`edit ${part}`),
  ]),
)

async function publish(
  t: TestContext,
  server: LarderServer,
  data: string,
  content: Uint8Array,
  version: string,
) {
  const folder = join(await temporaryDirectory(t), 'page')
  await mkdir(folder)
  await writeFile(join(folder, 'index.html'), 'a page')
  await writeFile(join(folder, 'app.js'), content)
  const args = ['publish', folder, '--package', 'lobby', '--version', version, '--json']
  const { code, stdout, stderr } = await runCommand(args, await environmentFor(server, data))
  assert.equal(code, 0, stderr)
  return (JSON.parse(stdout) as { digest: string }).digest
}

const addressOf = (server: LarderServer, path: string) => new URL(`../releases/${path}`, server.kioskUrl)

async function untilMade(server: LarderServer, from: string, to: string): Promise<string> {
  return await until('the patch is made', async () => {
    const answer = await fetch(addressOf(server, `${to}/patches/${from}`))
    if (answer.status === 200) return await answer.text()
    const document = (await answer.json()) as { type: string; retryAt?: string }
    assert.equal(problemNameOf(document.type), 'patch-coming')
    assert.ok(Date.parse(document.retryAt ?? '') > 0)
    return null
  })
}

async function manifestText(server: LarderServer, digest: string): Promise<string> {
  return await (await fetch(addressOf(server, `${digest}/manifest`))).text()
}

async function releaseOf(server: LarderServer, digest: string) {
  const parsed = parseManifest(JSON.parse(await manifestText(server, digest)).manifest)
  assert.ok(parsed.ok)
  return { digest, chunks: parsed.value.chunks }
}

test('PR-D1 PR-D5 after a publication the patch is announced; its parts need a grant', async t => {
  const data = await temporaryDirectory(t)
  const server = await startLarder(t, data)
  const first = await publish(t, server, data, old, '1.0')
  const second = await publish(t, server, data, updated, '1.1')
  const text = await untilMade(server, first, second)
  const parsed = parsePatchSet(text, await releaseOf(server, first), await releaseOf(server, second))
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const { parts } = parsed.value
  assert.equal(await patchSetDigestOf(parsed.value), hash('sha256', text, 'hex'))
  const partsBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0)
  const insteadOf = parts.flatMap(part => part.insteadOf).reduce((sum, bytes) => sum + bytes, 0)
  assert.ok(partsBytes * 100 < insteadOf, `${partsBytes} of ${insteadOf}`)

  const shown = await runCommand(['package', 'show', 'lobby', '--json'], await environmentFor(server, data))
  const [latest] = JSON.parse(shown.stdout).releases
  assert.deepEqual(latest.updates, [{ fromRelease: 1, bytes: partsBytes, chunkBytes: insteadOf }])
  const told = await runCommand(['package', 'show', 'lobby'], await environmentFor(server, data))
  assert.match(told.stdout, /UPDATE +TRAVELS AS +WITHOUT PATCHES\n1 → 2 +[\d.]+ (B|KiB) +[\d.]+ (KiB|MiB)/)

  const withoutGrant = await fetch(addressOf(server, `${second}/chunks/${parts[0]?.digest}`))
  assert.equal(withoutGrant.status, 403)
  assert.equal(problemNameOf(((await withoutGrant.json()) as { type: string }).type), 'grant-required')
  for (const path of [`${first}/patches/${second}`, `${second}/patches/${'0'.repeat(64)}`, 'x/patches/y']) {
    const answer = await fetch(addressOf(server, path))
    assert.equal(answer.status, 404)
    assert.equal(problemNameOf(((await answer.json()) as { type: string }).type), 'no-patch', path)
  }
  const wrongMethod = await fetch(addressOf(server, `${second}/patches/${first}`), { method: 'POST' })
  assert.equal(wrongMethod.status, 405)
})

test('PR-D6 the difference between two manifests is a fraction of the manifest and gives exactly its text', async t => {
  const data = await temporaryDirectory(t)
  const server = await startLarder(t, data)
  const first = await publish(t, server, data, old, '1.0')
  const second = await publish(t, server, data, updated, '1.1')
  const [oldText, newText] = [await manifestText(server, first), await manifestText(server, second)]
  const answer = await fetch(addressOf(server, `${second}/patches/${first}/manifest`))
  assert.equal(answer.status, 200)
  const part = new Uint8Array(await answer.arrayBuffer())
  assert.ok(part.byteLength * 2 < newText.length, `${part.byteLength} of ${newText.length}`)
  const dictionary = Buffer.from(oldText)
  const frame = frameWithDictionary([dictionary], part, Buffer.byteLength(newText))
  assert.ok(frame)
  assert.equal(zstdDecompressSync(frame).subarray(dictionary.length).toString(), newText)
  assert.equal((await fetch(addressOf(server, `${second}/patches/${'0'.repeat(64)}/manifest`))).status, 404)
})

test('PR-D6 a difference that was not made before is not made for a request: only those from the last three releases are there', async t => {
  const data = await temporaryDirectory(t)
  const server = await startLarder(t, data)
  const digests: string[] = []
  for (const version of ['1', '2', '3', '4', '5'])
    digests.push(await publish(t, server, data, Buffer.from(`release ${version}`), version))
  const statusOf = async (from: number, to: number) =>
    (await fetch(addressOf(server, `${digests[to - 1]}/patches/${digests[from - 1]}/manifest`))).status
  assert.deepEqual(await Promise.all([2, 3, 4].map(from => statusOf(from, 5))), [200, 200, 200])
  assert.equal(await statusOf(1, 5), 404, 'too old')
  assert.equal(await statusOf(5, 4), 404, 'backwards')
  assert.equal(await statusOf(5, 5), 404, 'the same')
  assert.equal(await statusOf(1, 2), 404, 'to a release that is not among the last few any more')
})

test('PR-D6 differences that an earlier version of the server has not made, or that were damaged, are made in the background', async t => {
  const data = await temporaryDirectory(t)
  const before = await startLarder(t, data)
  const first = await publish(t, before, data, Buffer.from('one'), '1.0')
  const second = await publish(t, before, data, Buffer.from('two'), '1.1')
  await before.end()
  const change = (statement: string, rows: number) => {
    const database = new DatabaseSync(join(data, 'records.db'))
    assert.equal(Number(database.prepare(statement).run().changes), rows, statement)
    database.close()
  }
  // One difference, and both manifests compressed.
  change('delete from manifest_differences', 3)
  const after = await startLarder(t, data)
  const difference = async (server: LarderServer) => {
    const answer = await fetch(addressOf(server, `${second}/patches/${first}/manifest`))
    if (answer.status === 200) return Buffer.from(await answer.arrayBuffer())
    assert.equal(answer.status, 404)
    return null
  }
  const made = await until('it is made', () => difference(after))
  for (const digest of [first, second])
    await until('its manifest is compressed', () => isManifestCompressed(after, digest))
  await after.end()
  change("update manifest_differences set difference = x'28b52ffd00' where from_digest != ''", 1)
  const again = await startLarder(t, data)
  assert.deepEqual(await until('it is made again', () => difference(again)), made)
})

async function isManifestCompressed(server: LarderServer, digest: string): Promise<boolean> {
  const answer = await fetch(addressOf(server, `${digest}/manifest`))
  await answer.body?.cancel()
  return answer.headers.get('content-encoding') === 'gzip'
}

test('a manifest that was compressed when it was published travels compressed, as long as the release is there', async t => {
  const data = await temporaryDirectory(t)
  const server = await startLarder(t, data)
  const digests: string[] = []
  for (const version of ['1', '2', '3', '4', '5', '6'])
    digests.push(await publish(t, server, data, Buffer.from(`release ${version}`), version))
  for (const digest of digests) assert.ok(await isManifestCompressed(server, digest), digest)
})

test('killed while a patch is made, the server announces nothing half done and makes it at the next start', async t => {
  const data = await temporaryDirectory(t)
  const before = await startLarder(t, data)
  const first = await publish(t, before, data, old, '1.0')
  const second = await publish(t, before, data, updated, '1.1')
  await before.end('SIGKILL')
  assert.ok(!before.log().includes('made a patch'), 'it was killed too late to test anything')

  const after = await startLarder(t, data)
  const parsed = parsePatchSet(
    await untilMade(after, first, second),
    await releaseOf(after, first),
    await releaseOf(after, second),
  )
  assert.ok(parsed.ok && parsed.value.parts.length > 0)
  await until('it is said in the log', () => after.log().includes('made a patch'))
  await after.end('SIGKILL')
  const again = await startLarder(t, data)
  await untilMade(again, first, second)
  assert.ok(!again.log().includes('made a patch'), 'what is made is not made again')
})
