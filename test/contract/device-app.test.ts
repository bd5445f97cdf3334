import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { WebSocket } from 'ws'
import { withCleanup } from '../support/cleanup.ts'
import { fromAddress, openStage, START, type Stage } from '../support/device-listener-stage.ts'
import { enrolBody, enrolDevice, generateDeviceKeys, SignalingClient } from '../support/signaling-client.ts'

const TOKEN = 'T'.repeat(32)

function at(stage: Stage, path: string, init?: RequestInit): Promise<Response> {
  return fetch(new URL(path, stage.url), { redirect: 'manual', ...init })
}

function enrol(stage: Stage, body: unknown): Promise<Response> {
  return at(stage, 'enrol', { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
}

async function problemNameOf(response: Response): Promise<string> {
  assert.equal(response.headers.get('content-type'), 'application/problem+json')
  const document = (await response.json()) as { type: string; status: number }
  assert.equal(document.status, response.status)
  return document.type.replace('urn:larder:problem:', '')
}

/** Sends bytes that no HTTP client would send, and returns all that comes back. */
async function sendRaw(stage: Stage, bytes: string): Promise<string> {
  const { hostname, port } = new URL(stage.url)
  const socket = connect(Number(port), hostname)
  socket.end(bytes)
  let answer = ''
  for await (const part of socket) answer += part
  return answer
}

async function builtKioskPage(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'larder-kiosk-'))
  t.after(() => rm(directory, { recursive: true }))
  await mkdir(join(directory, 'assets'))
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>Kiosk</title>')
  await writeFile(join(directory, 'diagnostics.html'), '<!doctype html><title>Diagnostics</title>')
  await writeFile(join(directory, 'sw.js'), '// worker')
  await writeFile(join(directory, 'assets/main-abc123.js'), '// main')
  await writeFile(join(directory, 'assets/zstd-abc123.wasm'), 'wasm')
  return directory
}

test('PR-E1 PR-E3 a device enrols with a token and can connect', async t => {
  const stage = await openStage(t)
  stage.directory.setToken(TOKEN, { site: 'berlin', role: 'store', usesLeft: 1 })
  const keys = await generateDeviceKeys()
  const { device, trustedKeys } = await enrolDevice(stage.url, keys, TOKEN, 'Front desk')
  assert.equal(device.deviceId, keys.deviceId)
  assert.equal(device.state, 'accepted')
  assert.equal(device.role, 'store')
  assert.equal(device.name, 'Front desk')
  assert.deepEqual(trustedKeys, stage.directory.keys)
  await SignalingClient.join(stage.url, keys)
})

test('PR-E4 a device without a token waits with a code', async t => {
  const stage = await openStage(t)
  const { device } = await enrolDevice(stage.url, await generateDeviceKeys())
  assert.equal(device.state, 'pending')
  assert.match(device.code ?? '', /^[A-Z0-9]{4}-[A-Z0-9]{4}$/)
})

test('PR-E2 a proof by another key, or over other bytes, enrols nothing', async t => {
  const stage = await openStage(t)
  stage.directory.setToken(TOKEN, { site: 'berlin', role: 'store', usesLeft: 1 })
  const [mine, other] = [await generateDeviceKeys(), await generateDeviceKeys()]
  const right = await enrolBody(mine, TOKEN)
  const wrong = [
    { ...right, publicKey: other.publicKey },
    { ...right, proof: await mine.sign(new TextEncoder().encode(mine.publicKey)) },
    { ...right, publicKey: 'A'.repeat(43) },
  ]
  for (const body of wrong) {
    const response = await enrol(stage, body)
    assert.equal(response.status, 403)
    assert.equal(await problemNameOf(response), 'signature-invalid')
  }
  assert.equal((await enrol(stage, right)).status, 200)
})

test('PR-E3 unknown and used-up tokens are refused', async t => {
  const stage = await openStage(t)
  stage.directory.setToken(TOKEN, { site: 'berlin', role: 'kiosk', usesLeft: 1 })
  await enrolDevice(stage.url, await generateDeviceKeys(), TOKEN)
  for (const token of [TOKEN, 'U'.repeat(32)]) {
    const response = await enrol(stage, await enrolBody(await generateDeviceKeys(), token))
    assert.equal(response.status, 403)
    assert.equal(await problemNameOf(response), 'enrolment-token-invalid')
  }
})

test('PR-E5 malformed and oversized enrolments get a clear problem', async t => {
  const stage = await openStage(t)
  for (const body of ['', 'no json', '[]', '{}', '{"publicKey":"x","proof":"y"}', 'null']) {
    const response = await enrol(stage, body)
    assert.equal(response.status, 400)
    assert.equal(await problemNameOf(response), 'bad-request')
  }
  const large = await enrol(stage, JSON.stringify({ name: 'x'.repeat(5000) }))
  assert.equal(large.status, 413)
  assert.equal(await problemNameOf(large), 'too-large')
})

test('PR-E6 an address that fails again and again waits; another does not', async t => {
  let address = '192.0.2.1'
  const stage = await openStage(t, { addresses: fromAddress(() => address) })
  stage.directory.setToken(TOKEN, { site: 'berlin', role: 'kiosk', usesLeft: 100 })
  for (let failed = 0; failed < 20; failed++) assert.equal((await enrol(stage, '{}')).status, 400)
  const good = await enrolBody(await generateDeviceKeys(), TOKEN)
  const refused = await enrol(stage, good)
  assert.equal(refused.status, 429)
  assert.equal(
    ((await refused.json()) as { retryAt: string }).retryAt,
    new Date(START + 10_000).toISOString(),
  )
  address = '192.0.2.2'
  assert.equal((await enrol(stage, good)).status, 200)
  address = '192.0.2.1'
  stage.clock.set(START + 10_000)
  assert.equal((await enrol(stage, good)).status, 200)
})

test('PR-E6 a revoked device that asks until it is accepted again shuts out nobody of its address', async t => {
  const stage = await openStage(t)
  stage.directory.setToken(TOKEN, { site: 'berlin', role: 'kiosk', usesLeft: 2 })
  const keys = await generateDeviceKeys()
  const { device } = await enrolDevice(stage.url, keys, TOKEN)
  stage.directory.changeDevice(device.deviceId, { state: 'revoked' })
  for (let asked = 0; asked < 25; asked++) {
    const response = await enrol(stage, await enrolBody(keys))
    assert.equal(await problemNameOf(response), 'device-revoked')
  }
  assert.equal((await enrol(stage, await enrolBody(await generateDeviceKeys(), TOKEN))).status, 200)
  stage.directory.changeDevice(device.deviceId, { state: 'accepted' })
  assert.equal((await enrol(stage, await enrolBody(keys))).status, 200)
})

test('health and time are there, and never cached', async t => {
  const stage = await openStage(t)
  const health = await at(stage, 'healthz')
  assert.deepEqual(await health.json(), { status: 'ok' })
  const time = await at(stage, 'time')
  assert.deepEqual(await time.json(), { serverTime: '2026-11-22T12:00:00.000Z' })
  for (const response of [health, time]) assert.equal(response.headers.get('cache-control'), 'no-store')
})

test('redirects are relative, so that a path prefix survives, and keep the enrolment link', async t => {
  const stage = await openStage(t)
  for (const path of ['?enrol=abc', 'kiosk?enrol=abc']) {
    const response = await at(stage, path)
    assert.equal(response.status, 302)
    assert.equal(response.headers.get('location'), 'kiosk/?enrol=abc')
  }
})

test('the kiosk page is served with the headers that each of its files needs', async t => {
  const stage = await openStage(t, { kioskDirectory: await builtKioskPage(t) })
  const page = await at(stage, 'kiosk/?enrol=abc')
  assert.equal(page.status, 200)
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
  assert.match(await page.text(), /Kiosk/)
  assert.equal(page.headers.get('cache-control'), 'no-cache')
  assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
  const policy = page.headers.get('content-security-policy') ?? ''
  for (const part of [
    "script-src 'self' blob: 'wasm-unsafe-eval'",
    "frame-src 'self'",
    "frame-ancestors 'none'",
    "default-src 'none'",
  ]) {
    assert.ok(policy.includes(part), part)
  }
  const etag = page.headers.get('etag') ?? ''
  assert.equal((await at(stage, 'kiosk/', { headers: { 'if-none-match': etag } })).status, 304)

  const worker = await at(stage, 'kiosk/sw.js')
  assert.match(worker.headers.get('content-type') ?? '', /javascript/)
  assert.equal(worker.headers.get('cache-control'), 'no-cache')
  const asset = await at(stage, 'kiosk/assets/main-abc123.js')
  assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(
    (await at(stage, 'kiosk/assets/zstd-abc123.wasm')).headers.get('content-type'),
    'application/wasm',
  )
  const diagnostics = await at(stage, 'kiosk/diagnostics')
  assert.match(diagnostics.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
  assert.match(await diagnostics.text(), /Diagnostics/)
  // What stands at the address of an app is looked at by the page, in its frame.
  const app = await at(stage, 'kiosk/app/lobby/')
  assert.doesNotMatch(app.headers.get('content-security-policy') ?? '', /frame-ancestors/)
})

test('nothing outside the kiosk page is served as part of it', async t => {
  const stage = await openStage(t, { kioskDirectory: await builtKioskPage(t) })
  for (const path of [
    'kiosk/none.js',
    'kiosk/assets/',
    'kiosk/%2e%2e/package.json',
    'kiosk/..%2f..%2fetc%2fpasswd',
    'kiosk/%00',
    'kiosk/%zz',
  ]) {
    const response = await at(stage, path)
    assert.equal(response.status, 404, path)
    assert.equal(await problemNameOf(response), 'not-found')
  }
})

test('package content that no service worker answers is not there, and says what to do', async t => {
  const stage = await openStage(t, { kioskDirectory: await builtKioskPage(t) })
  const response = await at(stage, 'kiosk/app/lobby/index.html')
  assert.equal(response.status, 503)
  assert.match(await response.text(), /Open the kiosk page first/)
})

test('a kiosk page that was never built is said to be so', async t => {
  const stage = await openStage(t)
  const response = await at(stage, 'kiosk/')
  assert.equal(response.status, 503)
  assert.match(await response.text(), /npm run build/)
})

test('unknown paths and methods get problem documents', async t => {
  const stage = await openStage(t)
  for (const path of ['nothing', 'api/devices', '%zz', 'a'.repeat(5000)]) {
    const response = await at(stage, path)
    assert.equal(response.status, 404, path)
    assert.equal(await problemNameOf(response), 'not-found')
  }
  for (const path of ['', 'healthz', 'time', `releases/${'a'.repeat(64)}/manifest`]) {
    const response = await at(stage, path, { method: 'DELETE' })
    assert.equal(response.status, 405, path)
    assert.match(response.headers.get('allow') ?? '', /GET/)
  }
  assert.equal((await at(stage, 'enrol')).status, 405)
  assert.equal((await at(stage, 'signal')).status, 400)
})

test('cookies of 60 KiB, as apps of the same host may set them, keep no kiosk from the server', async t => {
  const stage = await openStage(t)
  const cookies = Array.from({ length: 15 }, (_, index) => `part${index}=${'x'.repeat(4080)}`).join('; ')
  const head = `Host: x\r\nCookie: ${cookies}\r\n`
  assert.match(
    await sendRaw(stage, `GET /time HTTP/1.1\r\n${head}Connection: close\r\n\r\n`),
    /^HTTP\/1.1 200 /,
  )
  const socket = new WebSocket(stage.url.replace('http', 'ws').concat('signal'), {
    headers: { cookie: cookies },
  })
  withCleanup(t).defer(() => socket.terminate())
  await once(socket, 'open')
})

test('what is hardly HTTP ends its connection with a problem document, and the server goes on', async t => {
  const stage = await openStage(t)
  assert.match(await sendRaw(stage, 'NONSENSE\r\n\r\n'), /^HTTP\/1.1 400 .*application\/problem\+json/s)
  const huge = `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(70_000)}\r\n\r\n`
  assert.match(
    await sendRaw(stage, huge),
    /^HTTP\/1.1 431 .*application\/problem\+json.*longer than the 64 KiB that are taken\. A browser sends its cookies/s,
  )
  assert.match(
    await sendRaw(stage, 'GET //[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1.1 40\d/,
  )
  assert.match(
    await sendRaw(stage, 'GET / HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1.1 400/,
  )
  const upgrade = 'GET /time HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: h2c\r\n\r\n'
  assert.match(await sendRaw(stage, upgrade), /^HTTP\/1.1 200/)
  const elsewhere =
    'GET /time HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  assert.doesNotMatch(await sendRaw(stage, elsewhere), /^HTTP\/1.1 101/)
  assert.equal((await at(stage, 'healthz')).status, 200)
})
