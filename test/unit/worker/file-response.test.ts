import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReleaseFiles } from '../../../client/content/release-files.ts'
import type { ChunkBytes } from '../../../client/content/verified-chunks.ts'
import { fileResponse } from '../../../client/kiosk-page/worker/file-response.ts'
import { MIB } from '../../../protocol/limits.ts'
import type { Manifest } from '../../../protocol/manifest.ts'

/** One video of `chunkCount` chunks of a MiB; byte n of chunk c is c. `reads` tells which were read. */
function bigVideo(chunkCount: number, bad?: number) {
  const manifest: Manifest = {
    format: 1,
    package: 'lobby',
    release: 3,
    publishedAt: '2026-11-22T08:00:00Z',
    version: '1',
    entry: 'clip.mp4',
    files: [{ path: 'clip.mp4', sizeBytes: chunkCount * MIB, mediaType: 'video/mp4', chunk: 0, offset: 0 }],
    chunks: Array.from({ length: chunkCount }, (_, index) => ({
      digest: index.toString(16).padStart(64, '0'),
      sizeBytes: MIB,
    })),
  }
  const reads: number[] = []
  const files = createReleaseFiles(manifest, async ({ digest }): Promise<ChunkBytes> => {
    const index = Number.parseInt(digest, 16)
    reads.push(index)
    return index === bad
      ? { ok: false, reason: 'rotten', digest }
      : { ok: true, bytes: new Uint8Array(MIB).fill(index) }
  })
  const get = (headers: Record<string, string> = {}, method = 'GET') => {
    const [file] = manifest.files
    assert.ok(file)
    return fileResponse(files, file, new Request('https://larder.example.com/clip.mp4', { method, headers }))
  }
  return { get, reads }
}

test('a range reads only the chunks that it touches', async () => {
  const { get, reads } = bigVideo(200)
  const response = await get({ range: `bytes=${50 * MIB - 2}-${50 * MIB + 1}` })
  assert.equal(response?.status, 206)
  assert.deepEqual([...new Uint8Array((await response?.arrayBuffer()) ?? [])], [49, 49, 50, 50])
  assert.deepEqual(reads, [49, 50])
})

test('a big body is read as it is taken and no further; given up, it is read no more', async () => {
  const { get, reads } = bigVideo(200)
  const response = await get({ range: 'bytes=0-' })
  assert.equal(response?.headers.get('content-length'), String(200 * MIB))
  const reader = response?.body?.getReader()
  for (const index of [0, 1, 2]) assert.equal((await reader?.read())?.value?.[0], index)
  assert.ok(reads.length <= 5, `${reads.length} chunks are read for three that were taken`)
  await reader?.cancel()
  const read = reads.length
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(reads.length, read)
})

test('a bad chunk late in a big body ends it with an error; in a small one there is no answer', async () => {
  const { get } = bigVideo(20, 12)
  const reader = (await get())?.body?.getReader()
  for (let index = 0; index < 12; index++) assert.equal((await reader?.read())?.value?.[0], index)
  await assert.rejects(async () => reader?.read(), /rotten/)
  assert.equal(await get({ range: `bytes=${12 * MIB}-${12 * MIB + 9}` }), null)
})

test('HEAD, conditions and ranges as RFC 9110 has them', async () => {
  const { get, reads } = bigVideo(20)
  const head = await get({ range: 'bytes=0-9' }, 'HEAD')
  assert.deepEqual([head?.status, head?.headers.get('content-length')], [200, String(20 * MIB)])
  const etag = head?.headers.get('etag') ?? ''
  for (const condition of [etag, `"x", W/${etag}`, '*']) {
    assert.equal((await get({ 'if-none-match': condition }))?.status, 304, condition)
  }
  assert.equal((await get({ 'if-none-match': '"x"' }, 'HEAD'))?.status, 200)
  assert.equal((await get({ range: 'bytes=0-9', 'if-range': etag }))?.status, 206)
  assert.equal((await get({ range: 'bytes=0-9', 'if-range': 'Sun, 22 Nov 2026 08:00:00 GMT' }))?.status, 200)
  const beyond = await get({ range: `bytes=${20 * MIB}-` })
  assert.deepEqual([beyond?.status, beyond?.headers.get('content-range')], [416, `bytes */${20 * MIB}`])
  assert.ok(reads.length < 6, 'answers without a body read nothing')
})
