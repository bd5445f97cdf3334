/** Bits that a disk lost, on a real server: never served, told to administrators, repaired by publishing the same files again. */
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { parseManifest } from '../../protocol/manifest.ts'
import { problemNameOf } from '../../protocol/problem.ts'
import { runCommand } from '../support/cli-run.ts'
import { type CliStage, startCliStage } from '../support/cli-stage.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { enrolDevice, generateDeviceKeys, SignalingClient } from '../support/signaling-client.ts'
import { until } from '../support/test-site.ts'

let stage: CliStage
let folder: string
let origin: URL
let device: SignalingClient
let token: string
let release: { digest: string; chunks: readonly { readonly digest: string }[] }

const fileOf = (digest: string) => join(stage.folder, 'data', 'vault', 'chunks', digest.slice(0, 2), digest)

async function flipBit(digest: string): Promise<void> {
  const bytes = await readFile(fileOf(digest))
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(fileOf(digest), bytes)
}

const get = (path: string) =>
  fetch(new URL(`releases/${path}`, origin), { headers: { authorization: `Bearer ${token}` } })

const show = async () => (await stage.larderJson('package', 'show', 'lobby')).releases

async function api(path: string): Promise<Response> {
  return await fetch(new URL(path, stage.server.adminUrl), {
    headers: { authorization: `Bearer ${stage.env.LARDER_TOKEN}` },
  })
}

async function publish(
  version: string,
  content: Uint8Array,
): Promise<{ digest: string; newChunkCount: number }> {
  await writeFile(join(folder, 'app.bin'), content)
  return await stage.larderJson('publish', folder, '--package', 'lobby', '--version', version)
}

async function manifestOf(digest: string) {
  const parsed = parseManifest((await (await get(`${digest}/manifest`)).json()).manifest)
  assert.ok(parsed.ok)
  return parsed.value
}

async function grantFor(digest: string): Promise<string> {
  device.send({ type: 'grant', requestId: `g-${digest.slice(0, 8)}`, release: digest })
  return (await device.next('grant')).token
}

/** Chunks that were sent to the server since it started and were new there. */
async function chunksSent(): Promise<number> {
  const text = await (await api('metrics')).text()
  const line =
    /^larder_http_request_duration_seconds_count\{[^}]*route="\/api\/chunks\/:digest"[^}]*\} (\d+)$/m
  return Number(line.exec(text)?.[1] ?? 0)
}

const content = seededBytes(1, 2_000_000)

/** The same files again: a new release of the same chunks, which the device may fetch. */
async function publishAgain(version: string): Promise<void> {
  const { digest } = await publish(version, content)
  token = await grantFor(digest)
  release = { ...release, digest }
}

before(async () => {
  stage = await startCliStage()
  origin = new URL('..', stage.server.kioskUrl)
  folder = join(stage.folder, 'page')
  await mkdir(folder)
  await writeFile(join(folder, 'index.html'), 'a page')
  await stage.larderJson('site', 'create', 'berlin', '--time-zone', 'Europe/Berlin')
  const { digest } = await publish('1.0', content)
  await stage.larderJson('profile', 'create', 'shops', '--site', 'berlin', '--package', 'lobby')
  const link = await stage.larder('enrol', 'create', '--site', 'berlin', '--role', 'store')
  const keys = await generateDeviceKeys()
  await enrolDevice(String(origin), keys, new URL(link.stdout.trim()).searchParams.get('enrol') ?? '')
  device = (await SignalingClient.join(String(origin), keys)).client
  token = await grantFor(digest)
  release = { digest, chunks: (await manifestOf(digest)).chunks }
  assert.ok(release.chunks.length >= 5)
})
after(() => stage.end())

test('damaged and truncated chunks are not served, are told, and publishing the same files again repairs exactly them', async () => {
  const [flipped, cut, whole] = release.chunks.slice(1).map(chunk => chunk.digest)
  assert.ok(flipped && cut && whole)
  await flipBit(flipped)
  await truncate(fileOf(cut), 0)
  for (const digest of [flipped, cut, flipped]) {
    const answer = await get(`${release.digest}/chunks/${digest}`)
    assert.equal(answer.status, 404)
    const problem = (await answer.json()) as { type: string; detail: string }
    assert.equal(problemNameOf(problem.type), 'not-found')
    assert.match(problem.detail, /damaged or missing on the server/)
  }
  assert.equal((await get(`${release.digest}/chunks/${whole}`)).status, 200)

  assert.equal((await show())[0].damagedChunks, 2)
  const count = release.chunks.length
  assert.match(
    (await stage.larder('package', 'show', 'lobby')).stdout,
    new RegExp(
      `Release 1: 2 of ${count} chunks are damaged or missing on the server's disk\\. Publish the same files again to repair them\\.`,
    ),
  )
  assert.equal((await (await api('api/overview')).json()).upkeep.damagedChunks, 2)
  assert.match(await (await api('metrics')).text(), /^larder_damaged_chunks 2$/m)

  const missing = await (
    await fetch(new URL('api/packages/lobby/chunks/missing', stage.server.adminUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${stage.env.LARDER_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ digests: release.chunks.map(chunk => chunk.digest) }),
    })
  ).json()
  assert.deepEqual(missing.missing.sort(), [flipped, cut].sort(), 'exactly these are to be sent')
  const sentBefore = await chunksSent()
  const again = await stage.larder('publish', folder, '--package', 'lobby', '--version', '1.0 again')
  assert.match(again.stdout, /repaired +2 chunks of earlier releases\n/)
  const { digest } = (await show())[0]
  token = await grantFor(digest)
  release = { ...release, digest }
  assert.equal((await chunksSent()) - sentBefore, 2)
  for (const digest of [flipped, cut])
    assert.equal((await get(`${release.digest}/chunks/${digest}`)).status, 200)
  assert.deepEqual(
    (await show()).map((one: { damagedChunks: number }) => one.damagedChunks),
    [0, 0],
  )
  assert.equal((await (await api('api/overview')).json()).upkeep.damagedChunks, 0)
  assert.deepEqual(await readdir(join(stage.folder, 'data', 'vault', 'damaged')), [])
})

test('a device that says a chunk came wrong from the server has that chunk looked at, and no more than a few', async () => {
  const digests = release.chunks.map(chunk => chunk.digest)
  const target = 2
  // Served once, so that only the file is wrong and not what is in memory.
  assert.equal((await get(`${release.digest}/chunks/${digests[target]}`)).status, 200)
  await flipBit(digests[target] ?? '')
  const report = (index: number) =>
    device.send({
      type: 'event',
      kind: 'bad-chunk',
      package: 'lobby',
      release: 1,
      detail: `chunk ${index} of lobby from the server was wrong`,
    })
  report(target)
  await until('it is found', async () => (await show()).at(-1).damagedChunks === 1)
  await publishAgain('1.0 once more')

  // Its budget is five reports, and one is spent: the last of these is not looked into.
  const last = digests.length - 1
  await flipBit(digests[last] ?? '')
  for (const index of [0, 0, 0, 0, 1, 1, 1, 3, 4, last]) {
    report(index)
    await until('it is taken in', async () => (await (await api('api/overview')).json()).counts.devices === 1)
  }
  await stage.larderJson('device', 'show', device.deviceId)
  assert.equal((await show()).at(-1).damagedChunks, 0)
  assert.equal((await get(`${release.digest}/chunks/${digests[last]}`)).status, 404)
  await publishAgain('1.0 at last')
})

test('a patch with a damaged part is made again', async () => {
  const changed = Buffer.concat([content.slice(0, 900_000), Buffer.from('an edit'), content.slice(900_000)])
  const from = (await show())[0].digest
  const to = (await publish('1.1', changed)).digest
  const patchSet = async () => {
    const answer = await get(`${to}/patches/${from}`)
    return answer.status === 200 ? ((await answer.json()) as { parts: { digest: string }[] }) : null
  }
  const [part] = (await until('the patch is made', patchSet)).parts
  assert.ok(part)
  await truncate(fileOf(part.digest), 40)
  token = await grantFor(to)
  assert.equal((await get(`${to}/chunks/${part.digest}`)).status, 404)
  await until('it is whole again', async () => {
    return (await patchSet()) !== null && (await get(`${to}/chunks/${part.digest}`)).status === 200
  })
  assert.equal((await (await api('api/overview')).json()).upkeep.damagedChunks, 0)
})

test('doctor --deep finds damaged chunks, parts and manifests, and publishing repairs what it found', async () => {
  const releases = await show()
  const [flipped] = release.chunks.slice(1).map(chunk => chunk.digest)
  assert.ok(flipped)
  await stage.restart(async data => {
    const doctor = async (...args: string[]) => {
      const { code, stdout } = await runCommand(['doctor', '--data', data, '--json', ...args])
      const findings: { check: string; outcome: string; detail: string }[] = JSON.parse(stdout).findings
      return { code, of: (check: string) => findings.find(finding => finding.check === check) }
    }
    assert.equal((await doctor('--deep')).code, 0)
    await flipBit(flipped)
    const vault = join(data, 'vault', 'chunks')
    const database = new DatabaseSync(join(data, 'records.db'))
    const part = database.prepare('select part_digest from patch_parts limit 1').get()?.part_digest as string
    await truncate(join(vault, part.slice(0, 2), part), 10)
    const shallow = await doctor()
    assert.equal(shallow.code, 0, 'only reading them shows it')
    const deep = await doctor('--deep')
    assert.equal(deep.code, 1)
    assert.match(
      deep.of('lobby release 1')?.detail ?? '',
      new RegExp(`1 is damaged, such as ${flipped}; publish the same files again`),
    )
    assert.match(deep.of('patches')?.detail ?? '', /1 is damaged; start the server/)
    assert.equal((await doctor()).of('lobby release 1')?.outcome, 'failed', 'it stays missing')

    const text = database.prepare('select signed_manifest as text from releases where number = 2').get()
      ?.text as string
    const store = (manifest: string) =>
      database.prepare('update releases set signed_manifest = ? where number = 2').run(manifest)
    store(text.replace('"1.0 again"', '"1.0 agaim"'))
    assert.match((await doctor()).of('lobby release 2')?.detail ?? '', /stored manifest is damaged/)
    store(text)
    database.close()
  })
  await publish('1.2', content)
  const after = await show()
  assert.equal(after.length, releases.length + 1)
  assert.ok(after.every((one: { damagedChunks: number }) => one.damagedChunks === 0))
})

test('a manifest that was damaged in the records is not served, and administrators are told', async () => {
  const { digest } = (await show())[0]
  let text = ''
  await stage.restart(async data => {
    const database = new DatabaseSync(join(data, 'records.db'))
    text = database.prepare('select signed_manifest as text from releases where digest = ?').get(digest)
      ?.text as string
    database
      .prepare('update releases set signed_manifest = ? where digest = ?')
      .run(text.replace('"sizeBytes":', '"sizeBytes":1'), digest)
    database.close()
  })
  origin = new URL('..', stage.server.kioskUrl)
  assert.equal((await get(`${digest}/manifest`)).status, 500)
  assert.equal((await (await api('api/overview')).json()).upkeep.damagedManifests, 1)
  assert.match(await (await api('metrics')).text(), /^larder_damaged_manifests 1$/m)
})
