/** A server killed with SIGKILL while something is published: nothing half done shows, nothing acknowledged is lost. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import {
  chunkStoredSchema,
  missingChunksViewSchema,
  type PackageView,
  packageListSchema,
  packageViewSchema,
  publishedSchema,
} from '../../protocol/admin-api.ts'
import { AdminClient } from '../../signal-server/cli/admin-client.ts'
import { type PublishingApi, uploadDirectory } from '../../signal-server/publishing/upload-directory.ts'
import { temporaryDirectory } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { environmentFor, type LarderServer, startLarder } from '../support/larder-process.ts'
import { seededBytes } from '../support/seeded-bytes.ts'

/** When the server dies: after so many chunks, or so many ms after the release was asked for, or after its answer. */
type Moment = { readonly chunks: number } | { readonly commitMs: number } | 'after the answer'

const MOMENTS: readonly Moment[] = [
  { chunks: 0 },
  { chunks: 3 },
  { commitMs: 0 },
  { commitMs: 3 },
  { commitMs: 8 },
  'after the answer',
]

const isObject = (moment: Moment | null): moment is Exclude<Moment, string> =>
  typeof moment === 'object' && moment !== null

function publishingApi(client: AdminClient, server: LarderServer, moment: Moment | null): PublishingApi {
  let sentChunks = 0
  const kill = () => void server.child.kill('SIGKILL')
  return {
    async missingChunks(digests) {
      const segments = ['packages', 'lobby', 'chunks', 'missing']
      return (await client.request('POST', segments, missingChunksViewSchema, { json: { digests } })).missing
    },
    async putChunk(digest, encoded) {
      if (isObject(moment) && 'chunks' in moment && sentChunks++ === moment.chunks) kill()
      await client.request('PUT', ['chunks', digest], chunkStoredSchema, { bytes: encoded })
    },
    async publish(content) {
      const answer = client.request('POST', ['packages', 'lobby', 'releases'], publishedSchema, {
        json: content,
      })
      if (isObject(moment) && 'commitMs' in moment) void delay(moment.commitMs).then(kill)
      const published = await answer
      if (moment !== null) kill()
      return published
    },
  }
}

test('killed at any moment of a publication, the server comes back with the old state or the new', async t => {
  const folder = await temporaryDirectory(t)
  const data = join(folder, 'data')
  const page = join(folder, 'page')
  await mkdir(page)
  await writeFile(join(page, 'index.html'), 'a page')
  /** What must be there, and whether one more may be. */
  let acknowledged = 0
  let isUncertain = false
  for (const [round, moment] of [...MOMENTS, null].entries()) {
    const server = await startLarder(t, data)
    const { LARDER_TOKEN } = await environmentFor(server, data)
    const client = new AdminClient(server.adminUrl, LARDER_TOKEN)
    const releases = await releasesOf(client)
    const latest = releases[0]?.release ?? 0
    const all = Array.from({ length: latest }, (_, index) => latest - index)
    assert.deepEqual(
      releases.map(release => release.release),
      all,
    )
    assert.ok(latest === acknowledged || (isUncertain && latest === acknowledged + 1), `${latest}`)
    acknowledged = latest

    // Some ten chunks that no round before has sent.
    await writeFile(join(page, 'picture.bin'), seededBytes(round, 1_500_000))
    const upload = { directory: page, version: `1.${round}`, entry: 'index.html' }
    const result = await uploadDirectory(publishingApi(client, server, moment), upload).catch(() => null)
    if (result?.ok) acknowledged = result.published.release
    else assert.ok(moment !== null && moment !== 'after the answer')
    isUncertain = !result && isObject(moment) && 'commitMs' in moment
    await server.end('SIGKILL')
    const doctor = await runCommand(['doctor', '--data', data, '--deep'])
    assert.equal(doctor.code, 0, doctor.stdout + doctor.stderr)
  }
})

async function releasesOf(client: AdminClient): Promise<PackageView['releases']> {
  const { packages } = await client.request('GET', ['packages'], packageListSchema)
  if (packages.length === 0) return []
  return (await client.request('GET', ['packages', 'lobby'], packageViewSchema)).releases
}
