/** The live feed: what a page hears while things happen, when it comes back, and after the server was started again. */
import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { toBase64Url } from '../../protocol/keys.ts'
import { enrolMany, makeSite, report } from '../support/admin-fleet.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { assertNothingLeaks, temporaryDirectory } from '../support/cleanup.ts'
import { packageStatus, statusOf } from '../support/device-status.ts'
import { EventReader } from '../support/event-reader.ts'
import { environmentFor, startLarder } from '../support/larder-process.ts'
import { enrolDevice, generateDeviceKeys, SignalingClient } from '../support/signaling-client.ts'

after(() => assertNothingLeaks())

const RUNS = { phase: 'active', activeRelease: 1, activeVersion: '1.0.0', detail: '1.0.0 runs' } as const

async function listen(
  t: TestContext,
  stage: AdminStage,
  query = '',
  lastEventId?: string,
): Promise<EventReader> {
  const response = await stage.open(
    `/api/live${query}`,
    lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  )
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  return new EventReader(t, response)
}

test('a page hears which devices left the list, and the counts are without them', async t => {
  const stage = await openAdminStage(t)
  const publicKey = toBase64Url(new Uint8Array(32).fill(1))
  const waiting = await stage.directory.enrol({ publicKey, now: stage.now })
  assert.ok(waiting.ok)
  const page = await listen(t, stage)
  await page.next('reset')
  assert.equal((await page.next('overview')).counts.pending, 1)
  assert.equal((await stage.call('POST', '/api/devices/dismiss', { all: true })).body.dismissed, 1)
  assert.deepEqual(await page.next('devices'), { devices: [], gone: [waiting.device.deviceId] })
  assert.equal((await page.next('overview')).counts.pending, 0)
  assert.equal((await stage.call('GET', `/api/devices/${waiting.device.deviceId}`)).status, 404)
})

test('a page hears where the fleet stands, then rows, counts and sites as they change', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const [deviceId] = await enrolMany(stage, 1, { online: false })
  assert.ok(deviceId)
  const page = await listen(t, stage)
  await page.next('reset')
  assert.deepEqual((await page.next('overview')).counts.devices, 1)
  stage.online.add(deviceId)
  await report(stage, deviceId, RUNS)
  const { devices } = await page.next('devices')
  assert.deepEqual(
    devices.map(row => [row.deviceId, row.connection, row.phase, row.detail]),
    [[deviceId, 'online', 'active', '1.0.0 runs']],
  )
  assert.deepEqual(
    (await page.next('sites')).sites.map(site => [site.name, site.counts.onWanted]),
    [['berlin', 1]],
  )
  const { counts } = await page.next('overview')
  assert.deepEqual([counts.online, counts.onWanted], [1, 1])
  await makeSite(stage, 'oslo')
  const { sites } = await page.next('sites')
  assert.deepEqual(
    sites.map(site => site.name),
    ['oslo'],
  )
  assert.deepEqual(await page.next('changed'), { what: 'site' })
  assert.deepEqual(stage.failures, [])
})

test('a hundred changes of a device within a moment are one row', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const [deviceId] = await enrolMany(stage, 1)
  assert.ok(deviceId)
  const page = await listen(t, stage)
  await page.next('overview')
  for (let have = 1; have <= 100; have++) await report(stage, deviceId, { chunks: { have, total: 100 } })
  const { devices } = await page.next(
    'devices',
    ({ devices: [row] }) => row?.packages[0]?.chunks.have === 100,
  )
  assert.equal(devices.length, 1)
  assert.ok(page.heard.filter(event => event.name === 'devices').length <= 2)
})

test('a page that comes back hears what it missed; one that cannot know is told to read again', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const [a, b] = await enrolMany(stage, 2)
  assert.ok(a && b)
  const page = await listen(t, stage)
  await page.next('overview')
  await report(stage, a, RUNS)
  await page.next('devices')
  const { lastId } = page
  await page.close()
  await report(stage, b, RUNS)

  const back = await listen(t, stage, '', lastId)
  assert.deepEqual(
    (await back.next('devices')).devices.map(row => row.deviceId),
    [b],
  )
  assert.ok(back.heard.every(event => event.name !== 'reset'))
  for (const strange of ['other.5', 'feed.999999', 'feed.x', '', 'feed.-1']) {
    const lost = await listen(t, stage, '', strange)
    await lost.next('reset')
    await lost.next('overview')
  }
})

test('the picture of one site comes as it moves, and stops when nothing does', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const [store] = await enrolMany(stage, 1, { role: 'store' })
  assert.ok(store)
  const page = await listen(t, stage, '?site=berlin')
  assert.deepEqual((await page.next('site')).links, [])
  await report(stage, store, { bytes: { fromStores: 0, fromServer: 0, reused: 0 } })
  stage.now += 1000
  await report(stage, store, { bytes: { fromStores: 0, fromServer: 5000, reused: 0 } })
  const moving = await page.next('site', ({ links }) => links.length > 0)
  assert.deepEqual(moving.links, [{ from: 'server', to: store, bytesPerS: 5000 }])
  stage.now += 10_000
  assert.deepEqual((await page.next('site', ({ links }) => links.length === 0)).links, [])
  assert.equal((await stage.call('GET', '/api/live?site=..%2Fx')).status, 400)
})

test('a page listens on through a restart of the server: it comes back and is told where the fleet stands', async t => {
  const data = await temporaryDirectory(t)
  const first = await startLarder(t, data)
  const { LARDER_TOKEN } = await environmentFor(first, data)
  const headers = { authorization: `Bearer ${LARDER_TOKEN}`, 'content-type': 'application/json' }
  const call = (server: { adminUrl: string }, method: string, path: string, body?: object) =>
    fetch(new URL(path, server.adminUrl), { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const ask = async (method: string, path: string, body?: object) =>
    (await call(first, method, path, body)).json()
  await ask('PUT', 'api/sites/berlin', { timeZone: 'Europe/Berlin' })
  const { token } = await ask('POST', 'api/enrolment-tokens', { site: 'berlin', role: 'kiosk' })
  const keys = await generateDeviceKeys()
  await enrolDevice(new URL('/', first.kioskUrl).href, keys, token)
  const page = new EventReader(t, await call(first, 'GET', 'api/live'))
  await page.next('overview')
  const { client } = await SignalingClient.join(new URL('/', first.kioskUrl).href, keys)
  client.send({
    type: 'status',
    status: statusOf(keys.deviceId, [
      packageStatus({ bytes: { fromStores: 70, fromServer: 30, reused: 0 } }),
    ]),
  })
  const before = await page.next(
    'overview',
    ({ counts, bytes }) => counts.online === 1 && bytes.total.fromStores === 70,
  )
  assert.equal(before.counts.downloading, 1)
  const ended = page.ended()
  assert.equal(await first.end(), 0)
  await ended

  const second = await startLarder(t, data)
  const response = await fetch(new URL('api/live', second.adminUrl), {
    headers: { ...headers, 'last-event-id': page.lastId },
  })
  const back = new EventReader(t, response)
  await back.next('reset')
  const { counts, bytes } = await back.next('overview')
  // What it said before is no state of now: it is offline, and downloads nothing.
  assert.deepEqual([counts.devices, counts.offline, counts.downloading], [1, 1, 0])
  assert.deepEqual(bytes.total, { fromStores: 70, fromServer: 30, originSent: 0 })
  const again = await SignalingClient.join(new URL('/', second.kioskUrl).href, keys)
  await back.next('devices', ({ devices }) => devices.some(row => row.connection === 'online'))
  again.client.cut()
  await back.next('devices', ({ devices }) => devices.some(row => row.connection === 'offline'))
  await back.close()
})
