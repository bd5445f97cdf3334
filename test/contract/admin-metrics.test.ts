/** What Prometheus reads: the fleet by what it does, bytes by source, introductions, refusals by reason, latencies. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { problem } from '../../protocol/problem.ts'
import { enrolMany, makeSite, report } from '../support/admin-fleet.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { temporaryDirectory } from '../support/cleanup.ts'
import { environmentFor, startLarder } from '../support/larder-process.ts'

/** The samples of a scrape by name and labels, as they stand in the text. */
async function scrape(stage: AdminStage): Promise<ReadonlyMap<string, number>> {
  const { status, body, headers } = await stage.call('GET', '/metrics')
  assert.equal(status, 200)
  assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  const lines = String(body)
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map(line => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

test('nobody reads them without credentials', async t => {
  const stage = await openAdminStage(t)
  const answer = await stage.call('GET', '/metrics', undefined, { authorization: '' })
  assert.deepEqual([answer.status, answer.body.type], [401, 'urn:larder:problem:unauthenticated'])
})

test('the fleet and its bytes are there, also when there is nothing yet', async t => {
  const stage = await openAdminStage(t)
  const samples = await scrape(stage)
  for (const state of ['pending', 'offline', 'onWanted', 'downloading', 'waiting', 'failed'])
    assert.equal(samples.get(`larder_devices{state="${state}"}`), 0)
  assert.equal(samples.get('larder_devices_online'), 0)
  assert.equal(samples.get('larder_bytes_total{source="stores"}'), 0)
  assert.equal(samples.get('larder_bytes_total{source="server"}'), 0)
  stage.records.traffic.addOriginSent(4711, stage.now)
  assert.equal((await scrape(stage)).get('larder_origin_sent_bytes_total'), 4711)
  assert.equal((await scrape(stage)).get('larder_origin_sent_bytes_total'), 4711, 'a scrape adds nothing')
})

test('a device that is offline counts as offline, whatever it reported', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const [deviceId] = await enrolMany(stage, 1)
  assert.ok(deviceId)
  await report(stage, deviceId, { phase: 'active', activeRelease: 1, activeVersion: '1.0.0' })
  const states = async () => {
    const samples = await scrape(stage)
    return ['offline', 'onWanted'].map(state => samples.get(`larder_devices{state="${state}"}`))
  }
  assert.deepEqual(await states(), [0, 1])
  stage.online.delete(deviceId)
  assert.deepEqual(await states(), [1, 0])
})

test('introductions, grants and refusals are counted as devices are told of them', async t => {
  const stage = await openAdminStage(t)
  const { metrics } = stage
  const peer = { deviceId: `d-${'0'.repeat(32)}`, role: 'store' } as const
  metrics.sent({ type: 'introduction', introductionId: 'a', peer, initiator: false })
  metrics.sent({ type: 'introduction', introductionId: 'a', requestId: 'r', peer, initiator: true })
  metrics.sent({
    type: 'grant',
    requestId: 'r',
    release: '0'.repeat(64),
    token: 't',
    expiresAt: '2026-11-22T12:00:00Z',
  })
  for (let count = 0; count < 3; count++)
    metrics.sent({ type: 'refused', requestId: 'r', problem: problem('window-closed') })
  metrics.sent({ type: 'error', problem: problem('device-revoked') })
  const samples = await scrape(stage)
  assert.equal(samples.get('larder_introductions_total'), 1)
  assert.equal(samples.get('larder_grants_total'), 1)
  assert.equal(samples.get('larder_refusals_total{at="signal",reason="window-closed"}'), 3)
  assert.equal(samples.get('larder_refusals_total{at="signal",reason="device-revoked"}'), 1)
})

test('requests are measured by route, never by address, and refusals by reason', async t => {
  const stage = await openAdminStage(t)
  for (const site of ['berlin', 'vienna', 'rome']) {
    await stage.call('PUT', `/api/sites/${site}`, { timeZone: 'UTC' })
    await stage.call('GET', `/api/sites/no-${site}`)
    await stage.call('GET', `/api/${site}`)
    await stage.call('GET', `/somewhere/${site}`)
    await stage.call('BREW', `/api/sites/${site}`)
  }
  const samples = await scrape(stage)
  const counted = (labels: string) =>
    samples.get(`larder_http_request_duration_seconds_count{listener="admin",${labels}}`)
  assert.equal(counted('route="/api/sites/:site",method="PUT",status="200"'), 3)
  assert.equal(counted('route="/api/sites/:site",method="GET",status="404"'), 3)
  assert.equal(counted('route="other",method="GET",status="404"'), 6)
  assert.equal(counted('route="other",method="other",status="404"'), 3)
  assert.equal(samples.get('larder_refusals_total{at="admin",reason="not-found"}'), 12)
  assert.ok([...samples.keys()].every(name => !/berlin|vienna|rome/.test(name)))
})

test('a running server measures the listener of devices too, and its own process', async t => {
  const data = join(await temporaryDirectory(t), 'data')
  const server = await startLarder(t, data)
  const { LARDER_TOKEN } = await environmentFor(server, data)
  const unknown = '0'.repeat(64)
  await fetch(new URL('/healthz', server.kioskUrl))
  await fetch(new URL(`/releases/${unknown}/chunks/${unknown}`, server.kioskUrl))
  const scraped = await fetch(new URL('/metrics', server.adminUrl), {
    headers: { authorization: `Bearer ${LARDER_TOKEN}` },
  })
  const text = await scraped.text()
  const counted = 'larder_http_request_duration_seconds_count{listener="devices",route='
  assert.ok(text.includes(`${counted}"/healthz",method="GET",status="200"} 1`))
  assert.ok(text.includes(`${counted}"/releases/:digest/chunks/:hash",method="GET",status="404"} 1`))
  assert.ok(text.includes('larder_refusals_total{at="devices",reason="not-found"} 1'))
  assert.match(text, /^process_resident_memory_bytes \d+/m)
})
