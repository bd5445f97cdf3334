import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { networkOf } from '../../../signal-server/client-network.ts'

describe('the network that a rate limit counts', () => {
  const SPELLINGS: readonly (readonly [network: string, ...addresses: string[]])[] = [
    ['203.0.113.7', '203.0.113.7', '::ffff:203.0.113.7', '::FFFF:cb00:7107', '0:0:0:0:0:ffff:203.0.113.7'],
    ['fe80:0:0:0::/64', 'fe80::a', 'fe80::b', 'FE80:0:0:0:1:2:3:4', 'fe80::1%eth0', 'fe80:0000::1'],
    ['2001:db8:0:1::/64', '2001:db8:0:1::', '2001:0DB8::1:0:0:0:9', '2001:db8:0:1:ffff:ffff:ffff:ffff'],
    ['0:0:0:0::/64', '::', '::1', '::203.0.113.7'],
  ]
  for (const [network, ...addresses] of SPELLINGS)
    test(`every spelling of an address of ${network} gives that network`, () => {
      for (const address of addresses) assert.equal(networkOf(address), network, address)
    })

  test('two networks of IPv6 that differ in their 64th bit are two', () => {
    assert.notEqual(networkOf('2001:db8:0:1::1'), networkOf('2001:db8:0:0::1'))
  })

  test('a text that is no address counts as one network', () => {
    for (const text of ['unknown', '', '1.2.3', 'fe80:::', '::ffff:300.1.1.1'])
      assert.equal(networkOf(text), text)
  })
})
