/** Outsiders on the network: connections that do nothing, too little or too much, while devices go on working. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { assertNothingLeaks, withCleanup } from '../support/cleanup.ts'
import { openStage, RELEASE, type Stage } from '../support/device-listener-stage.ts'
import { enrolBody, generateDeviceKeys } from '../support/signaling-client.ts'

after(() => assertNothingLeaks())

const QUICK = { headersMs: 100, requestMs: 150, idleMs: 200, closeMs: 50, checkEveryMs: 20 }
const UPGRADE =
  'GET /signal HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

/** A connection that never reads what it is sent, and never closes its side. */
async function deafConnection(t: TestContext, stage: Stage, firstBytes: string): Promise<Socket> {
  const { hostname, port } = new URL(stage.url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  socket.on('error', () => undefined)
  withCleanup(t).defer(() => socket.destroy())
  await once(socket, 'connect')
  socket.write(firstBytes)
  return socket
}

/** Resolves when the server has let go of the connection: what is written to it then comes back as a reset. */
async function untilCut(socket: Socket, written: string): Promise<void> {
  while (!socket.destroyed) {
    socket.write(written)
    await delay(20)
  }
}

const openSockets = (count: number, open: () => Promise<Socket>) =>
  Promise.all(Array.from({ length: count }, open))

test('connections that send nothing, half a request, or one byte now and then are cut, also when they never read', async t => {
  const stage = await openStage(t, {}, QUICK)
  const kiosk = await stage.online('berlin', 'kiosk')
  const beginnings = [
    '',
    'GET /time HTTP/1.1\r\nHos',
    'POST /enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{',
  ]
  for (const beginning of beginnings) {
    const sockets = await openSockets(20, () => deafConnection(t, stage, beginning))
    await kiosk.settled()
    await Promise.all(sockets.map(socket => untilCut(socket, 'x')))
  }
  await kiosk.settled()
})

test('garbage is answered and the connection cut, also when nobody reads the answer', async t => {
  const stage = await openStage(t, {}, { closeMs: 50 })
  for (const garbage of [
    'NONSENSE\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ]) {
    await untilCut(await deafConnection(t, stage, garbage), 'more')
  }
})

test('who does not read an answer does not keep it in memory for ever', async t => {
  const release = 'e'.repeat(64)
  const stage = await openStage(t, {}, QUICK)
  // More than the buffers of two kernels.
  const signedManifestText = 'x'.repeat(24 * 1024 * 1024)
  stage.directory.setRelease(release, {
    package: 'big',
    release: 1,
    signedManifestText,
    chunkDigests: new Set(),
  })
  await deafConnection(t, stage, `GET /releases/${release}/manifest HTTP/1.1\r\nHost: x\r\n\r\n`)
  while ((await stage.connectionCount()) > 0) await delay(20)
})

test('a hundred WebSockets that say nothing hinder nobody, and are let go', async t => {
  const stage = await openStage(t, { signaling: { helloTimeoutMs: 100 } }, QUICK)
  const kiosk = await stage.online('berlin', 'kiosk')
  const store = await stage.online('berlin', 'store')
  const idle = await openSockets(100, () => deafConnection(t, stage, UPGRADE))
  assert.equal((await kiosk.introduce(RELEASE)).type, 'introduction')
  await store.next('introduction')
  stage.clock.set(stage.clock.now() + 100)
  await Promise.all(idle.map(socket => untilCut(socket, '\x89\x80\x00\x00\x00\x00')))
  await kiosk.settled()
})

/** Masked frames of a WebSocket client, without payload. */
const PING = '\x89\x80\x00\x00\x00\x00'
const PONG = '\x8a\x80\x00\x00\x00\x00'

test('PR-S12 pings and pongs of the WebSocket itself count for the rate', async t => {
  const stage = await openStage(t)
  for (const frame of [PING, PONG]) {
    const { hostname, port } = new URL(stage.url)
    const socket = connect(Number(port), hostname)
    withCleanup(t).defer(() => socket.destroy())
    let answer = ''
    socket.on('data', part => {
      answer += part.toString('latin1')
    })
    const ended = once(socket, 'close')
    socket.write(UPGRADE)
    socket.write(Buffer.from(frame.repeat(1200), 'latin1'))
    await ended
    // Of pings at once ws lets go by itself.
    if (frame === PONG) assert.match(answer, /too-many-requests/)
  }
})

test('a request that breaks off in the middle is no error of the server', async t => {
  const stage = await openStage(t)
  const { hostname, port } = new URL(stage.url)
  const body = JSON.stringify(await enrolBody(await generateDeviceKeys()))
  for (const sent of ['', body.slice(0, 20)]) {
    const socket = connect(Number(port), hostname)
    socket.write(`POST /enrol HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${sent}`)
    await delay(10)
    socket.destroy()
    await once(socket, 'close')
  }
  assert.equal((await fetch(new URL('healthz', stage.url))).status, 200)
  assert.deepEqual(stage.errors, [])
})

const upgradeTo = (target: string, host: string) =>
  UPGRADE.replace('/signal', target).replace('Host: x', `Host: ${host}`)

test('addresses and Host headers that make no sense get an error, lead nowhere else, and log nothing', async t => {
  const stage = await openStage(t)
  const targets = [
    '/kiosk/%E0%A4%A',
    '/kiosk/%00',
    '/kiosk/..%2f..%2fpackage.json',
    '//evil.example/%2f..',
    '/kiosk/%252e%252e/sw.js',
  ]
  for (const target of targets) {
    assert.match(
      await exchange(stage, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      /^HTTP\/1.1 (404|503)/,
    )
  }
  for (const host of ['a b', 'http://evil/', 'evil.example/..?x#@y', '[', '']) {
    assert.match(
      await exchange(stage, `GET /kiosk HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
      /^HTTP\/1.1 400/,
    )
    assert.match(await exchange(stage, upgradeTo('/signal', host)), /^HTTP\/1.1 [45]/)
  }
  // Whatever name the client gives the server, it is sent nowhere but below the address it asked.
  const redirected = await exchange(
    stage,
    'GET /kiosk?enrol=abc HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
  )
  assert.match(redirected, /\r\nlocation: kiosk\/\?enrol=abc\r\n/i)
  assert.deepEqual(stage.errors, [])
})

test('a request with two Host headers is refused, as a request and as an upgrade', async t => {
  const stage = await openStage(t)
  const page = 'GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n'
  assert.match(await exchange(stage, page), /^HTTP\/1.1 400 [\s\S]*one Host header/)
  const chunk = `GET /releases/${RELEASE}/chunks/${'c'.repeat(64)} HTTP/1.1\r\nHost: x\r\nHost: x\r\nConnection: close\r\n\r\n`
  assert.match(await exchange(stage, chunk), /^HTTP\/1.1 400/)
  assert.match(await exchange(stage, UPGRADE.replace('Host: x', 'Host: x\r\nHOST: y')), /^HTTP\/1.1 400/)
  assert.deepEqual(stage.errors, [])
})

async function exchange(stage: Stage, text: string): Promise<string> {
  const { hostname, port } = new URL(stage.url)
  const socket = connect(Number(port), hostname)
  socket.end(text)
  let answer = ''
  for await (const part of socket) answer += part
  return answer
}
