import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStage, RELEASE, type Stage } from '../support/device-listener-stage.ts'
import { signalUpExamples } from '../support/protocol-examples.ts'
import { SignalingClient } from '../support/signaling-client.ts'

interface Misuse {
  readonly what: string
  readonly send: (client: SignalingClient) => void
  readonly code: number
}

const MISUSES: readonly Misuse[] = [
  { what: 'text that is no JSON', send: c => c.sendRaw('hello?'), code: 4400 },
  { what: 'an empty message', send: c => c.sendRaw(''), code: 4400 },
  { what: 'JSON that is no object', send: c => c.sendRaw('[1,2,3]'), code: 4400 },
  { what: 'an unknown type', send: c => c.sendRaw('{"type":"become-admin"}'), code: 4400 },
  { what: 'a message of the server', send: c => c.sendRaw('{"type":"pong","id":"a"}'), code: 4400 },
  { what: 'a field too many', send: c => c.sendRaw('{"type":"ping","id":"a","extra":1}'), code: 4400 },
  {
    what: 'prototype games',
    send: c => c.sendRaw('{"__proto__":{"type":"ping"},"type":"constructor"}'),
    code: 4400,
  },
  { what: 'very deep JSON', send: c => c.sendRaw('['.repeat(30_000)), code: 4400 },
  { what: 'a binary message', send: c => c.sendRaw(new Uint8Array([1, 2, 3])), code: 4400 },
  { what: 'a message over 64 KiB', send: c => c.sendRaw(`"${'x'.repeat(64 * 1024)}"`), code: 1009 },
]

async function bystanderOf(stage: Stage): Promise<SignalingClient> {
  await stage.online('berlin', 'store')
  return stage.online('berlin', 'kiosk')
}

for (const { what, send, code } of MISUSES) {
  test(`PR-S12 ${what} ends the session that sent it, before and after the handshake, and no other`, async t => {
    const stage = await openStage(t)
    const bystander = await bystanderOf(stage)
    const early = await SignalingClient.open(stage.url, await stage.addDevice('berlin', 'kiosk'))
    await early.next('challenge')
    const late = await stage.online('berlin', 'kiosk')
    for (const client of [early, late]) {
      send(client)
      assert.equal((await client.closed()).code, code)
      if (code !== 1009) assert.equal(client.heard.at(-1)?.type, 'error')
    }
    assert.equal((await bystander.introduce(RELEASE)).type, 'introduction')
    assert.deepEqual(stage.errors, [])
  })
}

test('PR-S12 messages out of order end the session', async t => {
  const stage = await openStage(t)
  const early = await SignalingClient.open(stage.url, await stage.addDevice('berlin', 'kiosk'))
  await early.next('challenge')
  early.send({ type: 'ping', id: 'a' })
  assert.equal((await early.closed()).code, 4400)

  const twice = await SignalingClient.open(stage.url, await stage.addDevice('berlin', 'kiosk'))
  const { nonce } = await twice.next('challenge')
  await twice.hello(nonce)
  await twice.next('welcome')
  await twice.hello(nonce)
  assert.equal((await twice.closed()).code, 4400)
})

test('PR-S12 a flood ends the session that sends it; everybody else goes on', async t => {
  const stage = await openStage(t)
  const bystander = await bystanderOf(stage)
  const flooder = await stage.online('berlin', 'kiosk')
  for (let sent = 0; sent < 1200; sent++) flooder.send({ type: 'ping', id: 'a' })
  assert.equal((await flooder.closed()).code, 4429)
  const error = flooder.heard.at(-1)
  assert.equal(error?.type === 'error' && error.problem.type, 'too-many-requests')
  assert.equal((await bystander.introduce(RELEASE)).type, 'introduction')
})

test('PR-S12 diagnostics cost what they weigh: a dozen at once end the session', async t => {
  const stage = await openStage(t)
  const client = await stage.online('berlin', 'kiosk')
  for (let sent = 0; sent < 12; sent++) client.send(signalUpExamples.diagnostics)
  assert.equal((await client.closed()).code, 4429)
})

test('PR-S12 a burst as ICE makes it is no flood', async t => {
  const stage = await openStage(t)
  const store = await stage.online('berlin', 'store')
  const kiosk = await stage.online('berlin', 'kiosk')
  const answer = await kiosk.introduce(RELEASE)
  assert.equal(answer.type, 'introduction')
  if (answer.type !== 'introduction') return
  const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 }
  for (let sent = 0; sent < 500; sent++) {
    kiosk.send({
      type: 'signal',
      introductionId: answer.introductionId,
      signal: { type: 'candidate', candidate },
    })
  }
  await kiosk.settled()
  await store.settled()
  assert.equal(store.heard.filter(message => message.type === 'signal').length, 500)
})

test('PR-S1 who does not say hello in time is let go', async t => {
  const stage = await openStage(t, { signaling: { helloTimeoutMs: 20 } })
  const client = await SignalingClient.open(stage.url, await stage.addDevice('berlin', 'kiosk'))
  await client.next('challenge')
  stage.clock.set(stage.clock.now() + 20)
  assert.equal((await client.closed()).code, 4408)
})

test('PR-S14 who is silent for twice the heartbeat is let go; who pings stays', async t => {
  const stage = await openStage(t, { signaling: { heartbeatMs: 100 } })
  const silent = await stage.online('berlin', 'kiosk')
  const lively = await stage.online('berlin', 'kiosk')
  stage.clock.set(stage.clock.now() + 199)
  await lively.settled()
  stage.clock.set(stage.clock.now() + 1)
  assert.equal((await silent.closed()).code, 4408)
  await lively.settled()
})

test('PR-S12 a device cut off without a word is offline, and comes back', async t => {
  const stage = await openStage(t)
  const kiosk = await stage.online('berlin', 'kiosk')
  const store = await stage.online('berlin', 'store')
  assert.equal((await kiosk.next('stores')).online, 1)
  store.cut()
  assert.equal((await kiosk.next('stores')).online, 0)
  await SignalingClient.join(stage.url, store.keys)
  assert.equal((await kiosk.next('stores')).online, 1)
})
