/** Requests that break off in the middle: a line in the log at most, and the server goes on. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { assertNothingLeaks, temporaryDirectory } from '../support/cleanup.ts'
import { environmentFor, startLarder } from '../support/larder-process.ts'

after(() => assertNothingLeaks())

test('a body that is broken off leaves no stack trace in the log', async t => {
  const data = join(await temporaryDirectory(t), 'data')
  const server = await startLarder(t, data)
  const { LARDER_TOKEN } = await environmentFor(server, data)
  const abort = async (url: string, line: string, headers = '') => {
    const { hostname, port } = new URL(url)
    for (const sent of ['', '{"a":', 'x'.repeat(200_000)]) {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => undefined)
      const request = `${line} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${headers}Content-Length: 1000000\r\n\r\n${sent}`
      await new Promise(resolve => socket.write(request, resolve))
      await delay(30)
      socket.resetAndDestroy()
      await once(socket, 'close')
    }
  }
  const credential = `Authorization: Bearer ${LARDER_TOKEN}\r\n`
  await abort(server.kioskUrl, 'POST /enrol')
  await abort(server.adminUrl, 'POST /api/session')
  for (const line of [
    'POST /api/packages/lobby/archives',
    `PUT /api/chunks/${'0'.repeat(64)}`,
    'PUT /api/sites/berlin',
    'POST /api/packages/lobby/releases',
    'POST /api/packages/lobby/chunks/missing',
  ]) {
    await abort(server.adminUrl, line, credential)
    await abort(server.adminUrl, line)
  }
  for (const path of ['GET /api/openapi.json', 'GET /api/live', 'GET /'])
    await abort(server.adminUrl, path, credential)
  for (const path of ['GET /kiosk/', 'GET /kiosk/sw.js']) await abort(server.kioskUrl, path)
  assert.equal((await fetch(new URL('/healthz', server.kioskUrl))).status, 200)
  assert.equal((await fetch(new URL('/api/sites', server.adminUrl))).status, 401)
  await server.end()
  const log = server.log()
  assert.doesNotMatch(log, /^ +at |"stack"|"level":50/m)
  // Those of strangers are not even a line.
  const lines = log.split('\n').filter(line => line.includes('broke off'))
  assert.equal(lines.length, 5 * 3)
  assert.match(lines[0] ?? '', /"actor":"token:[^"]+","request":"POST \/api\/packages\/lobby\/archives"/)
})
