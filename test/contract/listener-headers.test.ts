/** Headers that every answer of a listener has, whatever it is: pages, errors, answers of the API. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, describe, test } from 'node:test'
import { createDeviceListener } from '../../signal-server/fleet/device-listener.ts'
import { openAdminStage } from '../support/admin-stage.ts'
import { assertNothingLeaks, withCleanup } from '../support/cleanup.ts'
import { openStage } from '../support/device-listener-stage.ts'
import { TLS_PAIR } from '../support/tls-pair.ts'

after(() => assertNothingLeaks())

async function headersOverTls(server: Server, path: string, host: string): Promise<IncomingHttpHeaders> {
  const { port } = server.address() as AddressInfo
  const sent = request({
    host: '127.0.0.1',
    port,
    path,
    headers: { host },
    agent: false,
    rejectUnauthorized: false,
  })
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.headers
}

const isPromised = (headers: IncomingHttpHeaders) => headers['strict-transport-security']

describe('where Larder does TLS itself, browsers are told to stay with it', () => {
  const PROMISE = 'max-age=31536000'

  test('on the device listener: pages, errors and chunks alike', async t => {
    const stage = await openStage(t)
    const listener = createDeviceListener(stage.app, TLS_PAIR)
    listener.server.listen(0, '127.0.0.1')
    await once(listener.server, 'listening')
    withCleanup(t).defer(() => listener.stop())
    for (const path of ['/healthz', '/nothing', `/releases/${'a'.repeat(64)}/chunks/${'c'.repeat(64)}`])
      assert.equal(
        isPromised(await headersOverTls(listener.server, path, 'larder.example.com')),
        PROMISE,
        path,
      )
    for (const host of ['localhost:8080', 'kiosk.localhost', '127.0.0.1:8080', '[::1]:8080'])
      assert.equal(isPromised(await headersOverTls(listener.server, '/healthz', host)), undefined, host)
  })

  test('on the admin listener', async t => {
    const stage = await openAdminStage(t)
    const { server } = await stage.listen({ tls: TLS_PAIR })
    for (const path of ['/', '/api/sites', '/nothing'])
      assert.equal(isPromised(await headersOverTls(server, path, 'larder.example.com:8081')), PROMISE, path)
  })

  test('and not where another ends TLS', async t => {
    const stage = await openStage(t)
    const { headers } = await stage.send('GET', '/healthz', { host: 'larder.example.com' })
    assert.equal(isPromised(headers), undefined)
  })
})

test('every answer of the device listener is taken for what it says it is, and no error is kept', async t => {
  const stage = await openStage(t)
  for (const [method, path, isError] of [
    ['GET', '/healthz', false],
    ['GET', '/time', false],
    ['GET', '/', false],
    ['GET', '/nothing', true],
    ['GET', '/signal', true],
    ['DELETE', '/time', true],
    ['POST', '/enrol', true],
    ['GET', `/releases/${'f'.repeat(64)}/manifest`, true],
    ['GET', `/releases/${'a'.repeat(64)}/chunks/${'c'.repeat(64)}`, true],
  ] as const) {
    const { headers } = await stage.send(method, path, {}, method === 'POST' ? '{' : undefined)
    assert.equal(headers['x-content-type-options'], 'nosniff', `${method} ${path}`)
    if (isError) assert.equal(headers['cache-control'], 'no-store', `${method} ${path}`)
  }
})

test('every answer of the admin listener is strict: nothing of it runs, is framed, guessed at or kept', async t => {
  const stage = await openAdminStage(t)
  for (const [method, path, headers] of [
    ['GET', '/', { authorization: '' }],
    ['GET', '/api/sites', {}],
    ['GET', '/api/sites', { authorization: '' }],
    ['GET', '/api/nothing', {}],
    ['GET', '/nothing', { authorization: '' }],
    ['GET', '/favicon.ico', { authorization: '' }],
    ['POST', '/api/session', { authorization: '' }],
    ['GET', '/api/sites', { origin: 'https://elsewhere.test' }],
    ['GET', '/metrics', {}],
  ] as const) {
    const answer = await stage.call(method, path, method === 'POST' ? {} : undefined, headers)
    const where = `${method} ${path} ${answer.status}`
    assert.match(answer.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/, where)
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/, where)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', where)
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer', where)
    assert.equal(answer.headers.get('cache-control'), 'no-store', where)
  }
})
