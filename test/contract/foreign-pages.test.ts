/** Which pages may make a browser enrol or open a session: those of this server, and nobody else's. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, describe, test } from 'node:test'
import { createClientAddresses } from '../../signal-server/client-address.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { openStage, type Stage } from '../support/device-listener-stage.ts'
import { enrolBody, generateDeviceKeys } from '../support/signaling-client.ts'

after(() => assertNothingLeaks())

interface Case {
  readonly title: string
  readonly headers: Readonly<Record<string, string>>
  readonly passes: boolean
}

const HOST = 'larder.example.com'
const CASES: readonly Case[] = [
  { title: 'what is no browser', headers: { host: HOST }, passes: true },
  { title: 'the page of the server', headers: { host: HOST, origin: `http://${HOST}` }, passes: true },
  {
    title: 'the page of the server behind a proxy that ends TLS and says nothing of it',
    headers: { host: HOST, origin: `https://${HOST}` },
    passes: true,
  },
  {
    title: 'the page of the server behind a trusted proxy that ends TLS',
    headers: { host: HOST, origin: `https://${HOST}`, 'x-forwarded-proto': 'https' },
    passes: true,
  },
  {
    title: 'an unencrypted page of the same host, where the proxy ends TLS',
    headers: { host: HOST, origin: `http://${HOST}`, 'x-forwarded-proto': 'https' },
    passes: false,
  },
  {
    title: 'the page at the address of --public-url, where the proxy passes no Host header on',
    headers: { host: '127.0.0.1:8080', origin: 'https://public.example.com' },
    passes: true,
  },
  {
    title: 'a page that the browser itself says is of the same origin, whatever the proxy did to Host',
    headers: { host: '127.0.0.1:8080', origin: 'https://shop.example.com', 'sec-fetch-site': 'same-origin' },
    passes: true,
  },
  { title: 'a page of others', headers: { host: HOST, origin: 'https://evil.example' }, passes: false },
  { title: 'a page of another port', headers: { host: HOST, origin: `https://${HOST}:8443` }, passes: false },
  { title: 'a page without an origin', headers: { host: HOST, origin: 'null' }, passes: false },
  {
    title: 'a page that the browser says is of others, whatever Origin says',
    headers: { host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'cross-site' },
    passes: false,
  },
  {
    title: 'a page of a sibling host that the browser names no origin for',
    headers: { host: HOST, 'sec-fetch-site': 'same-site' },
    passes: false,
  },
]

/** The status that an attempt to open the signaling session is answered with. */
async function upgrade(stage: Stage, headers: Readonly<Record<string, string>>): Promise<number> {
  const { hostname, port } = new URL(stage.url)
  const sent = request({ hostname, port, path: '/signal', headers: { ...UPGRADE, ...headers }, agent: false })
  sent.end()
  const answered = new Promise<number>((resolve, reject) => {
    sent.once('error', reject)
    sent.once('upgrade', (answer, socket) => {
      socket.destroy()
      resolve(answer.statusCode ?? 0)
    })
    sent.once('response', answer => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
  })
  return await answered
}

const UPGRADE = {
  connection: 'upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

describe('GET /signal is for pages of this server', () => {
  for (const { title, headers, passes } of CASES)
    test(`PR-E9 ${title} ${passes ? 'may' : 'may not'} open a session`, async t => {
      const stage = await openStage(t, {
        addresses: createClientAddresses(['127.0.0.1']),
        ownOrigins: ['https://public.example.com'],
      })
      assert.equal(await upgrade(stage, headers), passes ? 101 : 403)
    })
})

describe('POST /enrol is for pages of this server', () => {
  for (const { title, headers, passes } of CASES)
    test(`PR-E9 ${title} ${passes ? 'may' : 'may not'} enrol`, async t => {
      const stage = await openStage(t, {
        addresses: createClientAddresses(['127.0.0.1']),
        ownOrigins: ['https://public.example.com'],
      })
      const body = JSON.stringify(await enrolBody(await generateDeviceKeys()))
      const answer = await stage.send('POST', '/enrol', headers, body)
      assert.equal(answer.status, passes ? 200 : 403)
      if (!passes) assert.match(answer.body, /urn:larder:problem:foreign-origin/)
    })

  test('PR-E9 a page of others that makes its visitors ask takes no enrolments from them', async t => {
    const stage = await openStage(t)
    for (let asked = 0; asked < 50; asked++)
      await stage.send('POST', '/enrol', { origin: 'https://evil.example' }, '{}')
    const body = JSON.stringify(await enrolBody(await generateDeviceKeys()))
    assert.equal((await stage.send('POST', '/enrol', {}, body)).status, 200)
  })
})
