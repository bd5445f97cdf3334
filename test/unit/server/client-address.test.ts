import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createClientAddresses } from '../../../signal-server/client-address.ts'
import { Failure } from '../../../signal-server/failure.ts'

interface Case {
  readonly title: string
  readonly peer: string
  readonly forwardedFor?: string | string[]
  readonly is: string
}

describe('the address of a client', () => {
  const { addressOf } = createClientAddresses(['10.0.0.0/8', '192.168.1.7', '2001:db8:7::/48', '127.0.0.1'])
  const CASES: readonly Case[] = [
    { title: 'is that of the connection', peer: '203.0.113.9', is: '203.0.113.9' },
    {
      title: 'is that of the connection where an untrusted peer sends a header',
      peer: '203.0.113.9',
      forwardedFor: '198.51.100.1',
      is: '203.0.113.9',
    },
    {
      title: 'is what a trusted proxy says',
      peer: '10.1.2.3',
      forwardedFor: '198.51.100.1',
      is: '198.51.100.1',
    },
    {
      title: 'is the rightmost: what the client wrote itself stands further left',
      peer: '10.1.2.3',
      forwardedFor: '1.1.1.1, 198.51.100.1',
      is: '198.51.100.1',
    },
    {
      title: 'is found behind several trusted proxies',
      peer: '10.1.2.3',
      forwardedFor: '1.1.1.1, 198.51.100.1, 192.168.1.7,10.9.9.9',
      is: '198.51.100.1',
    },
    {
      title: 'is found in a header that was sent twice',
      peer: '10.1.2.3',
      forwardedFor: ['1.1.1.1', '198.51.100.1'],
      is: '198.51.100.1',
    },
    {
      title: 'is the furthest proxy where every hop is one',
      peer: '10.1.2.3',
      forwardedFor: '10.0.0.2, 10.0.0.1',
      is: '10.0.0.2',
    },
    { title: 'is the proxy where it says nothing', peer: '10.1.2.3', is: '10.1.2.3' },
    {
      title: 'is the proxy where it says what is no address',
      peer: '10.1.2.3',
      forwardedFor: '198.51.100.1, unknown',
      is: '10.1.2.3',
    },
    {
      title: 'is known of a proxy that IPv6 carries',
      peer: '::ffff:10.1.2.3',
      forwardedFor: '198.51.100.1',
      is: '198.51.100.1',
    },
    {
      title: 'may be IPv6, behind IPv6',
      peer: '2001:db8:7::1',
      forwardedFor: '[2001:db8:1::5]:4711',
      is: '2001:db8:1::5',
    },
    { title: 'loses the port', peer: '10.1.2.3', forwardedFor: '198.51.100.1:4711', is: '198.51.100.1' },
    { title: 'is unknown once the connection is gone', peer: '', forwardedFor: '1.1.1.1', is: 'unknown' },
  ]
  for (const { title, peer, forwardedFor, is } of CASES)
    test(title, () => {
      const request = { headers: { 'x-forwarded-for': forwardedFor }, socket: { remoteAddress: peer } }
      assert.equal(addressOf(request), is)
    })

  test('is that of the connection where no proxy is trusted', () => {
    const request = { headers: { 'x-forwarded-for': '1.1.1.1' }, socket: { remoteAddress: '127.0.0.1' } }
    assert.equal(createClientAddresses().addressOf(request), '127.0.0.1')
  })
})

test('the scheme is that of the connection, or what a trusted proxy says', () => {
  const { schemeOf } = createClientAddresses(['10.0.0.1'])
  const scheme = (remoteAddress: string, said?: string, encrypted = false) =>
    schemeOf({ headers: { 'x-forwarded-proto': said }, socket: { remoteAddress, encrypted } })
  assert.equal(scheme('203.0.113.9'), 'http')
  assert.equal(scheme('203.0.113.9', undefined, true), 'https')
  assert.equal(scheme('203.0.113.9', 'https'), 'http')
  assert.equal(scheme('10.0.0.1', 'https'), 'https')
  assert.equal(scheme('10.0.0.1', 'https, http'), 'http')
  assert.equal(scheme('10.0.0.1'), 'http')
})

describe('what is no list of proxies', () => {
  for (const text of [
    '',
    'proxy.example.com',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::/129',
    '10.0.0',
    '10.0.0.0/-1',
  ])
    test(`${JSON.stringify(text)} is refused by name`, () => {
      assert.throws(
        () => createClientAddresses(['10.0.0.1', text]),
        (error: Error) => error instanceof Failure && error.message.startsWith(JSON.stringify(text)),
      )
    })

  for (const everybody of ['0.0.0.0/0', '::/0'])
    test(`${everybody} is refused: every client could say where it comes from`, () => {
      assert.throws(() => createClientAddresses([everybody]), /trust every client/)
    })
})
