/** Strangers on the admin listener: what connections without a credential cost, and that administrators do not pay for them. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { CONNECTION_TIMEOUTS } from '../../signal-server/bounded-server.ts'
import { openAdminStage } from '../support/admin-stage.ts'
import { assertNothingLeaks, withCleanup } from '../support/cleanup.ts'
import { zipFile } from '../support/zip-file.ts'

after(() => assertNothingLeaks())

const QUICK_HEADERS = { headersMs: 100, closeMs: 50, checkEveryMs: 20 }

/** A connection that sends this and then nothing, and never closes its side. */
async function connection(
  t: TestContext,
  port: number,
  sent: string,
  localAddress = '127.0.0.1',
): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true })
  socket.on('error', () => undefined)
  socket.resume()
  withCleanup(t).defer(() => socket.destroy())
  await once(socket, 'connect')
  socket.write(sent)
  return socket
}

const connections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )

async function untilConnections(server: Server, count: number): Promise<void> {
  while ((await connections(server)) !== count) await delay(10)
}

const half = (line: string, header = '') =>
  `${line} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${header}Content-Length: 1000000\r\n\r\n{"a":`

const UNAUTHENTICATED = [
  half('POST /api/session'),
  half('POST /api/session/link'),
  half('GET /api/session'),
  half(`PUT /api/chunks/${'0'.repeat(64)}`),
  half('POST /api/packages/lobby/archives'),
  half('POST /api/packages/lobby/archives', 'Authorization: Bearer larder_wrong\r\n'),
  half('PUT /api/sites/berlin'),
  half('GET /metrics'),
  half('GET /'),
  half('POST /'),
  half('DELETE /nowhere'),
]

test('a half-sent body without a credential is cut after seconds, wherever it is sent', async t => {
  const stage = await openAdminStage(t)
  const { port, server } = await stage.listen({ strangers: { bodyMs: 100 } })
  for (const beginning of UNAUTHENTICATED)
    for (let count = 0; count < 3; count++) await connection(t, port, beginning)
  await untilConnections(server, 0)
  assert.deepEqual(stage.failures, [])
})

test('no request without a credential has a large body read', async t => {
  const stage = await openAdminStage(t)
  const large = { password: 'x'.repeat(10_000) }
  for (const path of ['/api/session', '/api/session/link'])
    assert.equal((await stage.call('POST', path, large, { authorization: '' })).status, 413)
  // The credential is looked at before the body, and what is wrong with the body is not said.
  const garbage = new TextEncoder().encode('{'.repeat(2_000_000))
  for (const [method, path] of [
    ['PUT', '/api/sites/berlin'],
    ['PUT', `/api/chunks/${'0'.repeat(64)}`],
    ['POST', '/api/packages/lobby/archives'],
  ] as const)
    assert.equal((await stage.call(method, path, garbage, { authorization: '' })).status, 401)
})

test('an upload with a credential may take its time, and is whole', async t => {
  const stage = await openAdminStage(t)
  const { port } = await stage.listen({ strangers: { bodyMs: 50 }, timeouts: { idleMs: 60 } })
  const archive = Buffer.from(zipFile([{ name: 'index.html', content: '<h1>Hi</h1>' }]))
  const socket = await connection(
    t,
    port,
    `POST /api/packages/lobby/archives HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${stage.token}\r\nContent-Length: ${archive.length}\r\n\r\n`,
  )
  let answer = ''
  socket.on('data', part => {
    answer += part
  })
  const ended = once(socket, 'end')
  const step = Math.ceil(archive.length / 4)
  for (let at = 0; at < archive.length; at += step) {
    await delay(70)
    socket.write(archive.subarray(at, at + step))
  }
  await ended
  assert.match(answer, /^HTTP\/1\.1 201 /)
})

test('another body with a credential has seconds only', async t => {
  const stage = await openAdminStage(t)
  const { port, server } = await stage.listen({ strangers: { bodyMs: 50 } })
  await connection(t, port, half('PUT /api/sites/berlin', `Authorization: Bearer ${stage.token}\r\n`))
  await untilConnections(server, 1)
  await untilConnections(server, 0)
})

test('of too many connections without a credential, the oldest of the largest network ends, and no other', async t => {
  const stage = await openAdminStage(t)
  const { port, server } = await stage.listen({ strangers: { connections: 10 } })
  const request = `GET /api/sites HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${stage.token}\r\n\r\n`
  const administrator = await connection(t, port, request, '127.0.0.1')
  await once(administrator, 'data')
  const neighbour = await connection(t, port, '', '127.0.0.1')
  const crowd: Socket[] = []
  for (let count = 0; count < 30; count++) crowd.push(await connection(t, port, '', '127.0.0.2'))
  await untilConnections(server, 11)
  const isEnded = (socket: Socket) => socket.readableEnded || socket.destroyed
  while (crowd.filter(isEnded).length < 21) await delay(10)
  assert.deepEqual(
    crowd.map(isEnded),
    crowd.map((_, index) => index < 21),
  )
  administrator.write(request)
  await once(administrator, 'data')
  assert.ok(!isEnded(neighbour))
})

test('slow headers are cut within the time that is documented', async t => {
  const { headersMs, checkEveryMs } = CONNECTION_TIMEOUTS
  assert.deepEqual([headersMs, checkEveryMs], [10_000, 5_000])
  const stage = await openAdminStage(t)
  const { port, server } = await stage.listen({ timeouts: QUICK_HEADERS })
  for (const beginning of ['', 'GET / HTTP/1.1\r\nHos']) await connection(t, port, beginning)
  await untilConnections(server, 0)
})

test('a request with two Host headers is refused before anything else is looked at', async t => {
  const stage = await openAdminStage(t)
  const { port } = await stage.listen()
  for (const path of ['/', '/api/sites']) {
    const headers = `Host: x\r\nhost: y\r\nAuthorization: Bearer ${stage.token}\r\n`
    const socket = await connection(t, port, `GET ${path} HTTP/1.1\r\n${headers}\r\n`)
    assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 400 /)
  }
})

test('garbage is answered with a problem document', async t => {
  const stage = await openAdminStage(t)
  const { port } = await stage.listen()
  const socket = await connection(t, port, 'NONSENSE\r\n\r\n')
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json/)
})
