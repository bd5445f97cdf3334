import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toBase64Url } from '../../protocol/keys.ts'
import { toInstant } from '../../protocol/primitives.ts'
import { isSeparation, signSeparation } from '../../protocol/separation.ts'
import { MIN_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../protocol/version.ts'
import { plainIdentity } from '../support/default-fields.ts'
import { assignment, openStage, RELEASE, START } from '../support/device-listener-stage.ts'
import { statusOf } from '../support/device-status.ts'
import { signalUpExamples } from '../support/protocol-examples.ts'
import { enrolDevice, generateDeviceKeys, SignalingClient } from '../support/signaling-client.ts'
import { until } from '../support/until.ts'

test('PR-S1 PR-S4 a device that proves its key is welcomed with what it is to run', async t => {
  const stage = await openStage(t, { iceServers: [{ urls: ['stun:stun.example:3478'] }] })
  const windows = { onlyToProxiesUntil: START + 1000, enforceProxyUntil: START + 2000 }
  stage.directory.setSite('berlin', { assignments: [assignment({ windows })] })
  const keys = await stage.addDevice('berlin', 'kiosk')

  const { client, welcome } = await SignalingClient.join(stage.url, keys)

  assert.deepEqual(welcome.device, {
    deviceId: keys.deviceId,
    name: '',
    state: 'accepted',
    code: null,
    role: 'kiosk',
    assignedRole: 'kiosk',
    site: 'berlin',
    timeZone: 'Europe/Berlin',
    ...plainIdentity,
  })
  assert.deepEqual(welcome.assignments, [assignment({ windows })])
  assert.equal(welcome.serverTime, START)
  assert.equal(welcome.storesOnline, 0)
  assert.deepEqual(welcome.iceServers, [{ urls: ['stun:stun.example:3478'] }])
  assert.equal(welcome.heartbeatMs, 25_000)
  assert.equal(welcome.returnSpreadMs, 0)
  assert.equal(stage.app.hub.isOnline(client.deviceId), true)
})

test('PR-S2 a hello whose signature is wrong ends the session, and nothing was told', async t => {
  const stage = await openStage(t)
  const keys = await stage.addDevice('berlin', 'kiosk')
  const client = await SignalingClient.open(stage.url, keys)
  const { nonce } = await client.next('challenge')
  await client.hello(nonce, { signature: 'A'.repeat(86) })

  const { problem } = await client.next('error')
  assert.equal(problem.type, 'signature-invalid')
  assert.equal((await client.closed()).code, 4403)
  assert.deepEqual(
    client.heard.map(message => message.type),
    ['challenge', 'error'],
  )
})

test('PR-S2 a hello recorded from another session is of no use', async t => {
  const stage = await openStage(t)
  const keys = await stage.addDevice('berlin', 'kiosk')
  const first = await SignalingClient.open(stage.url, keys)
  const { nonce } = await first.next('challenge')
  const second = await SignalingClient.open(stage.url, keys)
  await second.next('challenge')

  await second.hello(nonce)

  assert.equal((await second.next('error')).problem.type, 'signature-invalid')
  assert.equal((await second.closed()).code, 4403)
})

test('PR-S2 one device cannot sign for another', async t => {
  const stage = await openStage(t)
  const victim = await stage.addDevice('berlin', 'store')
  const attacker = await SignalingClient.open(stage.url, await stage.addDevice('berlin', 'kiosk'))
  const { nonce } = await attacker.next('challenge')
  await attacker.hello(nonce, { deviceId: victim.deviceId })
  assert.equal((await attacker.next('error')).problem.type, 'signature-invalid')
})

test('PR-S3 unknown and revoked devices are told so and turned away', async t => {
  const stage = await openStage(t)
  const revoked = await stage.addDevice('berlin', 'kiosk')
  stage.directory.changeDevice(revoked.deviceId, { state: 'revoked' })
  const cases = [
    { keys: await generateDeviceKeys(), type: 'device-unknown' },
    { keys: revoked, type: 'device-revoked' },
  ]
  for (const { keys, type } of cases) {
    const client = await SignalingClient.open(stage.url, keys)
    const { nonce } = await client.next('challenge')
    await client.hello(nonce)
    assert.equal((await client.next('error')).problem.type, type)
    assert.equal((await client.closed()).code, 4403)
  }
})

test('PR-S3 revoking a device ends its live session at once; others stay', async t => {
  const stage = await openStage(t)
  const other = await stage.online('berlin', 'kiosk')
  const client = await stage.online('berlin', 'kiosk')
  stage.directory.changeDevice(client.deviceId, { state: 'revoked' })
  assert.equal((await client.next('error')).problem.type, 'device-revoked')
  assert.equal((await client.closed()).code, 4403)
  assert.equal(stage.app.hub.isOnline(client.deviceId), false)
  await other.settled()
})

test('PR-S5 a device that is too old is told so in words, whatever else its hello holds', async t => {
  const stage = await openStage(t)
  const client = await SignalingClient.open(stage.url, await stage.addDevice('berlin', 'kiosk'))
  await client.next('challenge')
  client.sendRaw(
    JSON.stringify({ type: 'hello', protocolVersion: MIN_PROTOCOL_VERSION - 1, somethingOld: true }),
  )
  assert.equal((await client.next('error')).problem.type, 'protocol-unsupported')
  assert.equal((await client.closed()).code, 4426)
})

test('PR-S5 a device of a later version is welcome as long as it speaks ours', async t => {
  const stage = await openStage(t)
  const client = await SignalingClient.open(stage.url, await stage.addDevice('berlin', 'kiosk'))
  const challenge = await client.next('challenge')
  assert.equal(challenge.protocolVersion, PROTOCOL_VERSION)
  assert.equal(challenge.minProtocolVersion, MIN_PROTOCOL_VERSION)
  await client.hello(challenge.nonce, { protocolVersion: PROTOCOL_VERSION + 1 })
  await client.next('welcome')
})

test('PR-S6 a pending device is welcomed with its code, refused everything else, and told when it is accepted', async t => {
  const stage = await openStage(t)
  const keys = await stage.addDevice('berlin', 'kiosk')
  stage.directory.changeDevice(keys.deviceId, { state: 'pending', site: null, code: 'K7QX-2MPA' })
  const { client, welcome } = await SignalingClient.join(stage.url, keys)
  assert.equal(welcome.device.state, 'pending')
  assert.equal(welcome.device.code, 'K7QX-2MPA')
  assert.deepEqual(welcome.assignments, [])
  for (const answer of [await client.introduce(RELEASE), await client.askGrant(RELEASE)]) {
    assert.equal(answer.type === 'refused' && answer.problem.type, 'device-pending')
  }

  stage.directory.changeDevice(keys.deviceId, { state: 'accepted', site: 'berlin', code: null })

  assert.equal((await client.next('device')).device.state, 'accepted')
  assert.deepEqual((await client.next('assignments')).assignments, [assignment()])
  assert.equal((await client.askGrant(RELEASE)).type, 'grant')
})

test('PR-S7 a second session of a device takes over and the first is told', async t => {
  const stage = await openStage(t)
  const keys = await stage.addDevice('berlin', 'store')
  const { client: first } = await SignalingClient.join(stage.url, keys)
  const { client: second } = await SignalingClient.join(stage.url, keys)
  assert.equal((await first.next('error')).problem.type, 'conflict')
  assert.equal((await first.closed()).code, 4409)
  await second.settled()
  assert.equal(stage.app.hub.isOnline(keys.deviceId), true)
  assert.equal(stage.app.hub.onlineCount, 1)
})

test('two browsers with one key are told from a page that is reloaded, and an administrator learns of it', async t => {
  const stage = await openStage(t)
  const keys = await stage.addDevice('berlin', 'store')
  const { hub } = stage.app
  for (let reload = 0; reload < 8; reload++) {
    const { client } = await SignalingClient.join(stage.url, keys)
    await client.close()
    await client.closed()
  }
  assert.equal(hub.duplicateOf(keys.deviceId), null)

  let { client: last } = await SignalingClient.join(stage.url, keys)
  for (let change = 0; change < 4; change++) {
    assert.equal(hub.duplicateOf(keys.deviceId), null)
    const { client: next } = await SignalingClient.join(stage.url, keys)
    assert.equal((await last.closed()).code, 4409)
    await next.settled()
    last = next
  }
  await until('it counts as a duplicate', () => hub.duplicateOf(keys.deviceId) !== null)
  assert.deepEqual(hub.duplicateOf(keys.deviceId)?.addresses, ['127.0.0.1', '127.0.0.1'])
  const events = () => stage.directory.events.filter(({ event }) => event.kind === 'duplicate-identity')
  assert.equal(events().length, 1)
  assert.match(
    events()[0]?.event.detail ?? '',
    /^Two browsers have the key of this device .* both at 127\.0\.0\.1/,
  )
})

test('PR-S7 a browser that is asked to begin as a new device is told so with a proof', async t => {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)))
  const stage = await openStage(t, {
    signSeparation: deviceId => signSeparation(deviceId, { keyId: 'k-1', privateKey: pair.privateKey }),
  })
  const keys = await stage.addDevice('berlin', 'store')
  assert.equal(await stage.app.hub.separate(keys.deviceId), null, 'no browser is there')
  const { client } = await SignalingClient.join(stage.url, keys)
  assert.deepEqual(await stage.app.hub.separate(keys.deviceId), { address: '127.0.0.1' })
  const { problem } = await client.next('error')
  assert.equal(problem.type, 'already-exists')
  assert.equal(await isSeparation(problem.detail ?? '', keys.deviceId, [{ keyId: 'k-1', publicKey }]), true)
  assert.equal((await client.closed()).code, 4403)
})

test('PR-S8 a change reaches those it concerns, and only them', async t => {
  const stage = await openStage(t)
  const berlin = await stage.online('berlin', 'kiosk')
  const oslo = await stage.online('oslo', 'kiosk')
  const changed = [assignment({ windows: { enforceProxyUntil: START + 5000 } })]

  stage.directory.setSite('berlin', { assignments: changed })
  assert.deepEqual((await berlin.next('assignments')).assignments, changed)
  stage.directory.changeDevice(berlin.deviceId, { name: 'Front desk' })
  assert.equal((await berlin.next('device')).device.name, 'Front desk')
  stage.directory.changeDevice(berlin.deviceId, { assignedRole: 'store' })
  assert.equal((await berlin.next('device')).device.role, 'store')
  stage.directory.setSite('berlin', { assignments: changed })
  await berlin.settled()
  await oslo.settled()

  assert.deepEqual(
    oslo.heard.map(m => m.type),
    ['challenge', 'welcome', 'pong'],
  )
  assert.deepEqual(
    berlin.heard.map(m => m.type),
    ['challenge', 'welcome', 'assignments', 'device', 'device', 'pong'],
  )
})

test('PR-S8 devices hear how many stores are online, themselves not counted', async t => {
  const stage = await openStage(t)
  const kiosk = await stage.online('berlin', 'kiosk')
  const store = await stage.online('berlin', 'store')
  assert.equal((await kiosk.next('stores')).online, 1)
  await store.close()
  assert.equal((await kiosk.next('stores')).online, 0)
  assert.deepEqual(
    store.heard.map(m => m.type),
    ['challenge', 'welcome'],
  )
})

test('W8 an auto device is promoted when its site wants a store, and told so', async t => {
  const stage = await openStage(t)
  const auto = await stage.online('berlin', 'auto')
  stage.directory.setSite('berlin', { storesWanted: 1 })
  const { device } = await auto.next('device')
  assert.equal(device.role, 'store')
  assert.equal(device.assignedRole, 'auto')
  const { welcome } = await SignalingClient.join(stage.url, await stage.addDevice('berlin', 'auto'))
  assert.equal(welcome.device.role, 'kiosk')
  assert.equal(welcome.storesOnline, 1)
})

test('PR-S13 a status and events are kept under the device of the session', async t => {
  const stage = await openStage(t)
  const client = await stage.online('berlin', 'kiosk')
  const status = statusOf(client.deviceId, [])
  client.send({ type: 'status', status })
  client.send({ type: 'event', kind: 'bad-chunk', detail: 'chunk 3', peer: `d-${'0'.repeat(32)}` })
  await client.settled()
  assert.deepEqual(stage.directory.statuses.get(client.deviceId), status)
  assert.deepEqual(stage.directory.events, [
    {
      deviceId: client.deviceId,
      event: { kind: 'bad-chunk', detail: 'chunk 3', peer: `d-${'0'.repeat(32)}` },
    },
  ])

  client.send({
    type: 'status',
    status: { ...status, deviceId: `d-${'1'.repeat(32)}` },
  })
  assert.equal((await client.next('error')).problem.type, 'protocol-violation')
  assert.equal(stage.directory.statuses.size, 1)
})

test('PR-S14 pings are answered with the time of the server', async t => {
  const stage = await openStage(t)
  const client = await stage.online('berlin', 'kiosk')
  stage.clock.set(START + 1234)
  client.send({ type: 'ping', id: 'p1' })
  assert.equal(toInstant((await client.next('pong')).serverTime), toInstant(START + 1234))
})

test('a directory that fails ends the session with a plain message, and the next one works', async t => {
  const stage = await openStage(t)
  const keys = await stage.addDevice('berlin', 'kiosk')
  const client = await SignalingClient.open(stage.url, keys)
  const { nonce } = await client.next('challenge')
  stage.directory.failure = new Error('disk on fire')
  await client.hello(nonce)
  const { problem } = await client.next('error')
  assert.equal(problem.type, 'internal')
  assert.doesNotMatch(JSON.stringify(problem), /fire/)
  assert.equal((await client.closed()).code, 4500)
  assert.equal(stage.errors.length, 1)
  stage.directory.failure = null
  await SignalingClient.join(stage.url, keys)
})

test('a server that stops says goodbye with code 1001', async t => {
  const stage = await openStage(t)
  const client = await stage.online('berlin', 'kiosk')
  stage.app.hub.stop()
  assert.equal((await client.closed()).code, 1001)
})

test('PR-S6 only a device that waits is told where it is accepted, and only by a server that knows', async t => {
  const adminUrl = 'https://admin.example/'
  const stage = await openStage(t, { adminUrl })
  const { device } = await enrolDevice(stage.url, await generateDeviceKeys())
  assert.equal(device.adminUrl, adminUrl)
  const keys = await stage.addDevice('berlin', 'kiosk')
  stage.directory.changeDevice(keys.deviceId, { state: 'pending', site: null, code: 'K7QX-2MPA' })
  const { client, welcome } = await SignalingClient.join(stage.url, keys)
  assert.equal(welcome.device.adminUrl, adminUrl)
  stage.directory.changeDevice(keys.deviceId, { state: 'accepted', site: 'berlin', code: null })
  assert.equal((await client.next('device')).device.adminUrl, null)

  const silent = await openStage(t)
  assert.equal((await enrolDevice(silent.url, await generateDeviceKeys())).device.adminUrl, null)
})

test('PR-S8 labels, tries and limits reach a device that is online at once, and one that comes back in its welcome', async t => {
  const stage = await openStage(t)
  const client = await stage.online('berlin', 'kiosk')
  const { deviceId } = client
  const change = {
    labels: { floor: '2' },
    retries: { lobby: 1 },
    limits: { cacheBytes: 1000, uploadBytesPerS: null },
  }
  stage.directory.changeDevice(deviceId, change)
  const { device } = await client.next('device')
  assert.deepEqual({ labels: device.labels, retries: device.retries, limits: device.limits }, change)

  const keys = await stage.addDevice('berlin', 'kiosk')
  stage.directory.changeDevice(keys.deviceId, { retries: { lobby: 7 } })
  assert.deepEqual((await SignalingClient.join(stage.url, keys)).welcome.device.retries, { lobby: 7 })
})

test('PR-S3 a revoked device that is accepted again is welcomed with the key it has', async t => {
  const stage = await openStage(t)
  const keys = await stage.addDevice('berlin', 'kiosk')
  stage.directory.changeDevice(keys.deviceId, { state: 'revoked' })
  const refused = await SignalingClient.open(stage.url, keys)
  await refused.hello((await refused.next('challenge')).nonce)
  const { problem } = await refused.next('error')
  assert.match(problem.detail ?? '', /accept it again/)
  stage.directory.changeDevice(keys.deviceId, { state: 'accepted' })
  assert.equal((await SignalingClient.join(stage.url, keys)).welcome.device.state, 'accepted')
})

test('PR-S13 a device that is asked for its diagnostics sends them, and they are kept as its own', async t => {
  const stage = await openStage(t)
  const client = await stage.online('berlin', 'kiosk')
  assert.equal(stage.app.hub.diagnose(client.deviceId), true)
  await client.next('diagnose')
  client.send(signalUpExamples.diagnostics)
  await client.settled()
  assert.deepEqual(stage.directory.diagnostics.get(client.deviceId), signalUpExamples.diagnostics.report)
  assert.equal(stage.app.hub.diagnose((await stage.addDevice('berlin', 'kiosk')).deviceId), false)
})
