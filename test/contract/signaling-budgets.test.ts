/** What one device may make the server and other devices pay, at a real listener: the bounds of `policy/device-budget.ts`. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { KIB } from '../../protocol/limits.ts'
import type { PeerSignal } from '../../protocol/signal/peer-signal.ts'
import { findDiagnostics, listDeviceEvents } from '../../signal-server/records/device-reports.ts'
import { findDevice } from '../../signal-server/records/devices.ts'
import { openAdminStage } from '../support/admin-stage.ts'
import { openStage, RELEASE, type Stage } from '../support/device-listener-stage.ts'
import { statusOf } from '../support/device-status.ts'
import { signalUpExamples } from '../support/protocol-examples.ts'
import { enrolDevice, generateDeviceKeys, SignalingClient } from '../support/signaling-client.ts'

/** The largest offer, of line feeds, so that it is 32 KiB as JSON. */
const LARGEST_OFFER: PeerSignal = { type: 'offer', sdp: `v=0${'\n'.repeat(16 * KIB - 3)}` }
const ANSWER: PeerSignal = { type: 'answer', sdp: 'v=0\r\n' }

async function introductionOf(kiosk: SignalingClient): Promise<string> {
  const answer = await kiosk.introduce(RELEASE)
  assert.ok(answer.type === 'introduction', JSON.stringify(answer))
  return answer.introductionId
}

function lastProblem(client: SignalingClient) {
  const last = client.heard.at(-1)
  assert.ok(last?.type === 'error', JSON.stringify(last))
  return last.problem
}

const countOf = (clients: readonly SignalingClient[], type: string) =>
  clients.reduce((sum, { heard }) => sum + heard.filter(message => message.type === type).length, 0)

test('PR-S12 a device that sends 950 signals of 32 KB to another ends its own session, not that of the other', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')
  const introductionId = await introductionOf(kiosk)

  for (let sent = 0; sent < 950; sent++) kiosk.send({ type: 'signal', introductionId, signal: LARGEST_OFFER })

  assert.equal((await kiosk.closed()).code, 4429)
  assert.equal(lastProblem(kiosk).type, 'too-many-requests')
  await store.settled()
  assert.ok(countOf([store], 'signal') * 32 * KIB <= 160 * KIB, `${countOf([store], 'signal')} relayed`)
})

test('PR-S12 spreading the signals over many introductions does not give a sender more to send', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')
  const ids: string[] = []
  for (let asked = 0; asked < 32; asked++) ids.push(await introductionOf(kiosk))

  for (let round = 0; round < 3; round++)
    for (const introductionId of ids) kiosk.send({ type: 'signal', introductionId, signal: LARGEST_OFFER })

  assert.equal((await kiosk.closed()).code, 4429)
  await store.settled()
  assert.ok(countOf([store], 'signal') * 32 * KIB <= 640 * KIB, `${countOf([store], 'signal')} relayed`)
})

test('PR-S11 what a store answers in introductions that others asked for does not end its session', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosks = [await stage.online('berlin', 'kiosk'), await stage.online('berlin', 'kiosk')]
  const candidate = { candidate: `candidate:${'1'.repeat(200)}`, sdpMid: '0', sdpMLineIndex: 0 }
  for (let asked = 0; asked < 40; asked++) {
    for (const kiosk of kiosks) {
      const introductionId = await introductionOf(kiosk)
      store.send({ type: 'signal', introductionId, signal: ANSWER })
      for (let sent = 0; sent < 20; sent++)
        store.send({ type: 'signal', introductionId, signal: { type: 'candidate', candidate } })
      await store.settled()
    }
  }
  assert.equal(store.isClosed, false)
})

test('PR-S12 bytes are counted, not only messages: the largest messages end a session after a megabyte', async t => {
  const stage = await openStage(t)
  const client = await stage.online('berlin', 'kiosk')
  const status = statusOf(client.deviceId, [])
  const text = JSON.stringify({ type: 'status', status })
  for (let sent = 0; sent < 30; sent++) client.sendRaw(`${text}${' '.repeat(60 * KIB)}`)
  assert.equal((await client.closed()).code, 4429)
})

test('PR-S12 a message is measured in bytes of UTF-8, not in characters', async t => {
  const stage = await openStage(t)
  const client = await stage.online('berlin', 'kiosk')
  client.send({ type: 'event', kind: 'bad-chunk', detail: '€'.repeat(500) })
  client.sendRaw(JSON.stringify({ type: 'event', kind: 'bad-chunk', detail: '€'.repeat(22 * KIB) }))
  assert.equal((await client.closed()).code, 1009)
})

async function waiting(stage: Stage): Promise<SignalingClient> {
  const keys = await stage.addDevice('berlin', 'kiosk')
  stage.directory.changeDevice(keys.deviceId, { state: 'pending', site: null, code: 'K7QX-2MPA' })
  return (await SignalingClient.join(stage.url, keys)).client
}

function sendReports(client: SignalingClient): void {
  client.send({ type: 'status', status: statusOf(client.deviceId, []) })
  client.send({ type: 'event', kind: 'storage-failed', detail: 'no room' })
  client.send(signalUpExamples.diagnostics)
}

test('PR-S6 nothing that a waiting device reports is written; once it is accepted it is', async t => {
  const stage = await openStage(t)
  const { directory } = stage
  const client = await waiting(stage)
  const written = () => [directory.statuses.size, directory.events.length, directory.diagnostics.size]

  for (let round = 0; round < 3; round++) sendReports(client)
  await client.settled()
  assert.deepEqual(written(), [0, 0, 0])
  assert.deepEqual(directory.touches, [client.deviceId], 'it was seen, once')

  directory.changeDevice(client.deviceId, { state: 'accepted', site: 'berlin', code: null })
  assert.equal((await client.next('device')).device.state, 'accepted')
  sendReports(client)
  await client.settled()
  assert.deepEqual(written(), [1, 1, 1])
})

test('PR-S6 the records of a device that waits say when it was seen and nothing else, whatever it reports', async t => {
  const { directory, records } = await openAdminStage(t)
  const stage = await openStage(t, { directory })
  const keys = await generateDeviceKeys()
  await enrolDevice(stage.url, keys)
  const { client } = await SignalingClient.join(stage.url, keys)
  sendReports(client)
  await client.settled()
  await records.reports.flush()

  const device = await findDevice(records.db, keys.deviceId)
  assert.deepEqual([device?.state, device?.lastSeenAt], ['pending', stage.clock.now()])
  assert.equal(device?.lastStatus, null)
  assert.deepEqual(await listDeviceEvents(records.db, keys.deviceId, 10), [])
  assert.equal(await findDiagnostics(records.db, keys.deviceId), null)
  assert.deepEqual(records.traffic.total(), { fromStores: 0, fromServer: 0, originSent: 0 })
})

test('PR-S3 nothing that a device reports after it was revoked is written', async t => {
  const stage = await openStage(t)
  const { directory } = stage
  const client = await stage.online('berlin', 'kiosk')
  directory.changeDevice(client.deviceId, { state: 'revoked' })
  sendReports(client)
  assert.equal((await client.closed()).code, 4403)
  assert.deepEqual([directory.statuses.size, directory.events.length, directory.diagnostics.size], [0, 0, 0])
})

test('PR-S6 signals of a device that waits go nowhere, also in an introduction it had before', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')
  const introductionId = await introductionOf(kiosk)
  stage.directory.changeDevice(kiosk.deviceId, { state: 'pending', site: null, code: 'K7QX-2MPA' })
  assert.equal((await kiosk.next('device')).device.state, 'pending')
  kiosk.send({ type: 'signal', introductionId, signal: ANSWER })
  await kiosk.settled()
  await store.settled()
  assert.equal(countOf([store], 'signal'), 0)
})

test('PR-S12 a waiting device may send less than an accepted one, and more once it is accepted', async t => {
  const stage = await openStage(t)
  const [stranger, accepted] = [await waiting(stage), await waiting(stage)]
  stage.directory.changeDevice(accepted.deviceId, { state: 'accepted', site: 'berlin', code: null })
  await accepted.next('device')
  for (const client of [stranger, accepted]) {
    const text = JSON.stringify({ type: 'status', status: statusOf(client.deviceId, []) })
    for (let sent = 0; sent < 10; sent++) client.sendRaw(`${text}${' '.repeat(60 * KIB)}`)
  }
  assert.equal((await stranger.closed()).code, 4429)
  await accepted.settled()
})

test('PR-S9 four kiosks that hold every introduction of a store do not keep another kiosk from it', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  for (let index = 0; index < 4; index++) {
    const greedy = await stage.online('berlin', 'kiosk')
    for (let asked = 0; asked < 32; asked++) await introductionOf(greedy)
  }
  const honest = await stage.online('berlin', 'kiosk')
  const introductionId = await introductionOf(honest)

  honest.send({ type: 'signal', introductionId, signal: { type: 'offer', sdp: 'v=0\r\n' } })
  assert.equal((await store.next('signal')).from, honest.deviceId)
})

async function crowd(t: TestContext) {
  const stage = await openStage(t)
  const kiosks = await Promise.all(Array.from({ length: 150 }, () => stage.online('berlin', 'kiosk')))
  return { stage, kiosks }
}

test('PR-S8 a store that reconnects in a loop costs 150 kiosks one message a second, and is told when to come back', async t => {
  const { stage, kiosks } = await crowd(t)
  const store = await stage.addDevice('berlin', 'store')
  const startedAt = performance.now()
  let refused: SignalingClient | null = null
  let sessions = 0
  while (refused === null && sessions < 100) {
    const client = await SignalingClient.open(stage.url, store)
    await client.hello((await client.next('challenge')).nonce)
    await client.next('welcome').then(
      () => sessions++,
      () => {
        refused = client
      },
    )
    if (refused === null) await client.close()
  }
  assert.ok(refused !== null, 'reconnected a hundred times')
  assert.equal(sessions, 30)
  assert.equal((await (refused as SignalingClient).closed()).code, 4429)
  const { type, retryAt } = lastProblem(refused)
  assert.equal(type, 'too-many-requests')
  assert.equal(retryAt, stage.clock.now() + 10_000)

  await Promise.all(kiosks.map(kiosk => kiosk.settled()))
  const seconds = (performance.now() - startedAt) / 1000
  const perKiosk = countOf(kiosks, 'stores') / kiosks.length
  assert.ok(perKiosk <= 2 + seconds, `${perKiosk} messages for each kiosk in ${seconds} s`)

  stage.clock.set(stage.clock.now() + 10_000)
  await SignalingClient.join(stage.url, store)
})
