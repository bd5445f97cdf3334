/** The commands' HTTP client against servers that do not behave. */
import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { sendRequest } from '../../signal-server/cli/http-request.ts'

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const ask = (url: string, body?: Uint8Array, timeoutMs = 10_000) =>
  sendRequest(url, { method: 'PUT', headers: {}, ...(body && { body }), timeoutMs })

const isTimeout = (error: Error) => (error.cause as Error | undefined)?.name === 'TimeoutError'

test('an answer that never begins, and one that never ends, are a timeout', async t => {
  await assert.rejects(ask(await serve(t, () => {}), undefined, 50), isTimeout)
  const stops = await serve(t, (_, answer) => {
    answer.write('the first half')
  })
  await assert.rejects(ask(stops, undefined, 200), isTimeout)
})

test('a connection that breaks in the middle of the answer is an error with a code', async t => {
  const breaks = await serve(t, (_, answer) => {
    answer.writeHead(200, { 'content-length': 100 })
    answer.write('the first half', () => answer.destroy())
  })
  await assert.rejects(ask(breaks), { code: 'ECONNRESET' })
})

test('the refusal of a body that nobody reads arrives', async t => {
  const refuses = await serve(t, (request, answer) => {
    answer.writeHead(413, { connection: 'close' }).end('too large', () => request.destroy())
  })
  const { status, text } = await ask(refuses, new Uint8Array(16 * 1024 * 1024))
  assert.deepEqual([status, text], [413, 'too large'])
})
