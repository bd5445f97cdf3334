import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PeerSignal } from '../../protocol/signal/peer-signal.ts'
import { assignment, OTHER_RELEASE, openStage, RELEASE, START } from '../support/device-listener-stage.ts'
import { SignalingClient } from '../support/signaling-client.ts'

const OFFER: PeerSignal = { type: 'offer', sdp: 'v=0\r\n' }
const ANSWER: PeerSignal = { type: 'answer', sdp: 'v=0\r\n' }
const CANDIDATE: PeerSignal = {
  type: 'candidate',
  candidate: { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 },
}

async function introduced(kiosk: SignalingClient, release = RELEASE) {
  const answer = await kiosk.introduce(release)
  assert.equal(answer.type, 'introduction', JSON.stringify(answer))
  return answer as Extract<typeof answer, { type: 'introduction' }>
}

async function refused(client: SignalingClient, release = RELEASE) {
  const answer = await client.introduce(release)
  assert.equal(answer.type, 'refused', JSON.stringify(answer))
  return (answer as Extract<typeof answer, { type: 'refused' }>).problem
}

test('PR-S9 a kiosk is introduced to a store of its site; the asker begins', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')

  const asked = await introduced(kiosk)
  const told = await store.next('introduction')

  assert.deepEqual(asked.peer, { deviceId: store.deviceId, role: 'store' })
  assert.equal(asked.initiator, true)
  assert.deepEqual(told, {
    type: 'introduction',
    introductionId: asked.introductionId,
    peer: { deviceId: kiosk.deviceId, role: 'kiosk' },
    initiator: false,
  })
})

test('PR-S10 signals pass between the two ends, and the server says who sent them', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')
  const { introductionId } = await introduced(kiosk)
  await store.next('introduction')

  kiosk.send({ type: 'signal', introductionId, signal: OFFER })
  assert.deepEqual(await store.next('signal'), {
    type: 'signal',
    introductionId,
    from: kiosk.deviceId,
    signal: OFFER,
  })
  store.send({ type: 'signal', introductionId, signal: ANSWER })
  assert.deepEqual(await kiosk.next('signal'), {
    type: 'signal',
    introductionId,
    from: store.deviceId,
    signal: ANSWER,
  })
})

test('PR-S10 a sender cannot be claimed', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')
  const { introductionId } = await introduced(kiosk)
  kiosk.sendRaw(JSON.stringify({ type: 'signal', introductionId, signal: OFFER, from: store.deviceId }))
  assert.equal((await kiosk.next('error')).problem.type, 'protocol-violation')
  await store.settled()
  assert.equal(store.heard.filter(message => message.type === 'signal').length, 0)
})

test('PR-S10 a third device cannot speak into an introduction, and is not punished for a late signal', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')
  const third = await stage.online('berlin', 'kiosk')
  const stranger = await stage.online('oslo', 'store')
  const { introductionId } = await introduced(kiosk)
  for (const intruder of [third, stranger]) {
    intruder.send({ type: 'signal', introductionId, signal: OFFER })
    intruder.send({ type: 'signal', introductionId: 'never-existed', signal: OFFER })
    await intruder.settled()
  }
  await store.settled()
  await kiosk.settled()
  for (const end of [store, kiosk])
    assert.equal(
      end.heard.some(message => message.type === 'signal'),
      false,
    )
})

test('PR-S9 a device of another site is never introduced, whatever it sends', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const stranger = await stage.online('oslo', 'kiosk')
  assert.equal((await refused(stranger)).type, 'no-store-online')
  assert.equal((await refused(stranger, OTHER_RELEASE)).type, 'not-assigned')
  stranger.sendRaw(JSON.stringify({ type: 'introduce', requestId: 'x', release: RELEASE, site: 'berlin' }))
  await stranger.closed()
  await store.settled()
  assert.equal(
    store.heard.some(message => message.type === 'introduction'),
    false,
  )
})

test('PR-S9 a device that moves to another site can no longer signal to the old one', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')
  const { introductionId } = await introduced(kiosk)
  stage.directory.changeDevice(kiosk.deviceId, { site: 'oslo' })
  assert.equal((await kiosk.next('device')).device.site, 'oslo')
  kiosk.send({ type: 'signal', introductionId, signal: OFFER })
  await kiosk.settled()
  await store.settled()
  assert.equal(
    store.heard.some(message => message.type === 'signal'),
    false,
  )
  assert.equal((await refused(kiosk)).type, 'no-store-online')
})

test('W3 before its time a kiosk is refused with the instant at which it may come back', async t => {
  const stage = await openStage(t)
  const opensAt = START + 3_600_000
  stage.directory.setSite('berlin', {
    assignments: [assignment({ windows: { onlyToProxiesUntil: opensAt } })],
  })
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')

  const problem = await refused(kiosk)
  assert.equal(problem.type, 'window-closed')
  assert.equal(problem.retryAt, opensAt)
  stage.clock.set(opensAt - 1)
  assert.equal((await refused(kiosk)).type, 'window-closed')
  stage.clock.set(opensAt)
  assert.equal((await introduced(kiosk)).peer.deviceId, store.deviceId)
})

test('W9 a store is introduced to its fellow stores while the window is closed to kiosks', async t => {
  const stage = await openStage(t)
  stage.directory.setSite('berlin', {
    assignments: [assignment({ windows: { onlyToProxiesUntil: START + 1 } })],
  })
  const first = await stage.online('berlin', 'store')
  assert.equal((await refused(first)).type, 'no-store-online')
  const second = await stage.online('berlin', 'store')
  assert.deepEqual((await introduced(first)).peer, { deviceId: second.deviceId, role: 'store' })
})

test('W2 with proxy distribution off nobody is introduced', async t => {
  const stage = await openStage(t)
  stage.directory.setSite('berlin', { assignments: [assignment({ windows: { proxyDistribution: false } })] })
  const store = await stage.online('berlin', 'store')
  await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')
  for (const device of [kiosk, store]) assert.equal((await refused(device)).type, 'proxy-distribution-off')
})

test('asking again leads to another store', async t => {
  const stage = await openStage(t)
  const stores = [await stage.online('berlin', 'store'), await stage.online('berlin', 'store')]
  const kiosk = await stage.online('berlin', 'kiosk')
  const met = [await introduced(kiosk), await introduced(kiosk)].map(each => each.peer.deviceId)
  assert.deepEqual(met.sort(), stores.map(store => store.deviceId).sort())
})

test('PR-S11 a handshake survives that one end reconnects in the middle', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')
  const { introductionId } = await introduced(kiosk)
  await store.next('introduction')
  await store.close()
  assert.equal((await kiosk.next('stores')).online, 0)
  kiosk.send({ type: 'signal', introductionId, signal: OFFER })
  kiosk.send({ type: 'signal', introductionId, signal: CANDIDATE })
  await kiosk.settled()

  const { client: again } = await SignalingClient.join(stage.url, store.keys)

  assert.deepEqual((await again.next('signal')).signal, OFFER)
  assert.deepEqual((await again.next('signal')).signal, CANDIDATE)
  again.send({ type: 'signal', introductionId, signal: ANSWER })
  assert.equal((await kiosk.next('signal')).from, store.deviceId)
})

test('PR-S11 an introduction without signals ends by itself', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')
  const { introductionId } = await introduced(kiosk)
  stage.clock.set(START + 120_000)
  kiosk.send({ type: 'signal', introductionId, signal: OFFER })
  await kiosk.settled()
  await store.settled()
  assert.equal(
    store.heard.some(message => message.type === 'signal'),
    false,
  )
})

test('a device that asks without end is refused, and others are not', async t => {
  const stage = await openStage(t)
  await stage.online('berlin', 'store')
  const greedy = await stage.online('berlin', 'kiosk')
  const modest = await stage.online('berlin', 'kiosk')
  for (let asked = 0; asked < 32; asked++) await introduced(greedy)
  assert.equal((await refused(greedy)).type, 'too-many-requests')
  await introduced(modest)
})
