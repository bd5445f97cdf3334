/** PR-S17 with a real server: an engine that fetches from it, and what every place says of the bytes that came. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { createFetchOrigin } from '../../client/adapters/browser/fetch-origin.ts'
import { loadOrCreateIdentity } from '../../client/adapters/browser/identity.ts'
import { createWebPlatform } from '../../client/adapters/browser/web-platform.ts'
import { openWebSocketLink, signalUrl } from '../../client/adapters/browser/websocket-link.ts'
import { createMemoryChunkStore, createMemoryRecordStore } from '../../client/adapters/memory-stores.ts'
import { createKioskEngine } from '../../client/engine/kiosk-engine.ts'
import { LocalChunkIo } from '../../client/engine/local-chunk-io.ts'
import type { Kiosk } from '../../client/kiosk-api.ts'
import { decodeChunk } from '../../protocol/encoded-chunk.ts'
import { formatBytes } from '../../signal-server/cli/words.ts'
import { withCleanup } from '../support/cleanup.ts'
import { startCliStage } from '../support/cli-stage.ts'
import { packageStatus, statusOf } from '../support/device-status.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { enrolDevice, generateDeviceKeys, SignalingClient } from '../support/signaling-client.ts'
import { decodeZstdHere } from '../support/small-patch.ts'
import { until } from '../support/until.ts'

const stage = await startCliStage()
const { folder, larder, larderJson } = stage
after(stage.end)
const deviceUrl = new URL('/', stage.server.kioskUrl)

/** The same disk each time: what a page has when it is loaded again. */
function deviceOf(t: TestContext) {
  const chunks = createMemoryChunkStore()
  const records = createMemoryRecordStore()
  let running: Kiosk | null = null
  withCleanup(t).defer(() => running?.stop())
  return async () => {
    await running?.stop()
    running = createKioskEngine({
      chunks: new LocalChunkIo(
        chunks,
        async (encoded, sizeBytes) => {
          const decoded = await decodeChunk(encoded, decodeZstdHere, sizeBytes)
          return decoded.ok ? (decoded.raw as Uint8Array<ArrayBuffer>) : null
        },
        undefined,
        decodeZstdHere,
      ),
      records,
      openSignalLink: openWebSocketLink(signalUrl(deviceUrl)),
      openPeerLink: () => assert.fail('there is nobody to link to'),
      origin: createFetchOrigin(deviceUrl),
      platform: { ...createWebPlatform(), log: () => {} },
      loadIdentity: loadOrCreateIdentity,
      // Reports also while the manifest of the next release is on its way.
      options: { statusIntervalMs: 10 },
    })
    return running
  }
}

async function read(path: string) {
  const { LARDER_URL, LARDER_TOKEN } = stage.env
  const answer = await fetch(new URL(path, LARDER_URL), {
    headers: { authorization: `Bearer ${LARDER_TOKEN}` },
  })
  assert.equal(answer.status, 200)
  return answer
}
const readJson = async (path: string) => (await read(path)).json()

async function publish(version: string, picture: Uint8Array): Promise<void> {
  const directory = join(folder, version)
  await mkdir(directory)
  await writeFile(join(directory, 'index.html'), `<h1>Lobby</h1>`)
  await writeFile(join(directory, 'picture.bin'), picture)
  await larderJson('publish', directory, '--package', 'lobby', '--version', version)
}

/** What each place says in all; they are the same, or the test fails. */
async function total(): Promise<{ fromStores: number; fromServer: number; originSent: number }> {
  const { bytes } = await readJson('/api/overview')
  assert.deepEqual({ ...bytes.total, since: bytes.today.since }, bytes.today, 'today and in all')
  for (const range of ['1h', '24h', '7d']) {
    const { points } = await readJson(`/api/traffic?range=${range}`)
    for (const key of ['fromStores', 'fromServer', 'originSent'])
      assert.equal(
        points.reduce((sum: number, point: Record<string, number>) => sum + (point[key] ?? 0), 0),
        bytes.total[key],
        `${key} over ${range}`,
      )
  }
  const metrics = await (await read('/metrics')).text()
  const sample = (name: string) =>
    Number(
      metrics
        .split('\n')
        .find(line => line.startsWith(`${name} `))
        ?.split(' ')[1],
    )
  assert.deepEqual(
    {
      fromStores: sample('larder_bytes_total{source="stores"}'),
      fromServer: sample('larder_bytes_total{source="server"}'),
      originSent: sample('larder_origin_sent_bytes_total'),
    },
    bytes.total,
  )
  assert.equal((await readJson('/api/stats')).chunkBytesSent, bytes.total.originSent)
  return bytes.total
}

test('PR-S17 over updates and reloads the overview, the chart, the metrics and the commands agree with what the origin sent', async t => {
  await larderJson('site', 'create', 'berlin', '--time-zone', 'UTC')
  await larderJson('profile', 'create', 'shops', '--site', 'berlin', '--package', 'lobby')
  const { token } = await larderJson('enrol', 'create', '--site', 'berlin', '--role', 'store')
  const load = deviceOf(t)
  let kiosk = await load()
  await kiosk.enrol(token)
  const { deviceId } = kiosk.status()
  const lastReported = async () => (await larderJson('device', 'show', deviceId)).packages[0]
  const reported = async (release: number) => {
    await until(`release ${release} is reported as complete`, async () => {
      const status = await lastReported()
      return (
        status?.wantedRelease === release &&
        status.chunks.total > 0 &&
        status.chunks.have === status.chunks.total
      )
    })
    return await total()
  }

  await publish('1.0.0', seededBytes(1, 400_000))
  const first = await reported(1)
  assert.ok(first.originSent > 400_000)
  assert.deepEqual(first, { fromStores: 0, fromServer: first.originSent, originSent: first.originSent })

  kiosk = await load()
  await publish('2.0.0', seededBytes(2, 300_000))
  const second = await reported(2)
  assert.ok(second.originSent > first.originSent + 300_000)
  assert.equal(second.fromServer, second.originSent)
  const { bytes } = await lastReported()
  assert.equal(bytes.fromServer, second.originSent - first.originSent, 'of the release alone')
  const words = await larder('device', 'show', deviceId)
  assert.ok(words.stdout.includes(`${formatBytes(bytes.fromServer)} from the server`), words.stdout)

  await publish('3.0.0', seededBytes(2, 300_000))
  assert.deepEqual(await reported(3), second, 'nothing travelled')
  kiosk = await load()
  await until('it is back', () => kiosk.status().connection === 'online')
  assert.deepEqual(await reported(3), second, 'nothing travelled')

  // A kiosk of the site says what it had from the store.
  const keys = await generateDeviceKeys()
  const enrolment = await larderJson('enrol', 'create', '--site', 'berlin', '--role', 'kiosk')
  await enrolDevice(deviceUrl.href, keys, enrolment.token)
  const { client } = await SignalingClient.join(deviceUrl.href, keys)
  withCleanup(t).defer(() => client.close())
  for (const fromStores of [1_000, 5_000, 5_000]) {
    const entry = packageStatus({ wantedRelease: 3, bytes: { fromStores, fromServer: 0, reused: 0 } })
    client.send({ type: 'status', status: statusOf(keys.deviceId, [entry]) })
  }
  await client.settled()
  assert.deepEqual(await total(), { ...second, fromStores: 5_000 })
  const { share } = await readJson('/api/overview')
  assert.equal(share.fromStores, 5_000 / (5_000 + second.fromServer))
})
