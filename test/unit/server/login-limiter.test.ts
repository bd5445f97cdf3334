import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  createLoginLimiter,
  LINK_LIMITS,
  PASSWORD_LIMITS,
} from '../../../signal-server/admin-api/login-limiter.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const ADMINISTRATOR = '192.0.2.1'

describe('guessing the password', () => {
  const SPELLINGS: Readonly<Record<string, (guess: number) => string>> = {
    'the addresses of one /64': guess => `2001:db8:1:2:${guess.toString(16)}::1`,
    'link-local addresses': guess => `fe80::${(guess + 10).toString(16)}`,
    'link-local addresses with zones': guess => `fe80::${(guess + 10).toString(16)}%eth${guess}`,
    'spellings in capitals and with leading zeros': guess => `2001:0DB8:0001:2::${guess.toString(16)}`,
    'IPv4 inside IPv6, in turn with plain': guess => (guess % 2 === 0 ? '::ffff:203.0.113.7' : '203.0.113.7'),
  }
  for (const [title, addressOf] of Object.entries(SPELLINGS))
    test(`of sixty tries from ${title} five pass`, () => {
      const limiter = createLoginLimiter(PASSWORD_LIMITS)
      const passed = Array.from({ length: 60 }, (_, guess) =>
        limiter.attempt(addressOf(guess), false, START),
      ).filter(retryAt => retryAt === null)
      assert.equal(passed.length, 5)
    })

  test('strangers from many networks use up their tries together, and none of a network that logged in before', () => {
    const limiter = createLoginLimiter(PASSWORD_LIMITS)
    for (let network = 0; network < 200; network++) limiter.attempt(`203.0.113.${network}`, false, START)
    assert.equal(limiter.attempt('198.51.100.1', false, START), START + 3000)
    for (let mistake = 0; mistake < 5; mistake++)
      assert.equal(limiter.attempt(ADMINISTRATOR, true, START), null)
    assert.equal(limiter.attempt(ADMINISTRATOR, true, START), START + 30_000)
  })

  test('tries of a known network leave those of strangers alone, and a login there gives them none back', () => {
    const limiter = createLoginLimiter(PASSWORD_LIMITS)
    for (let network = 0; network < 100; network++) limiter.attempt(`203.0.113.${network}`, false, START)
    limiter.attempt(ADMINISTRATOR, true, START)
    limiter.forgive(ADMINISTRATOR, true)
    assert.notEqual(limiter.attempt('198.51.100.1', false, START), null)
  })

  test('a refused try costs its network nothing', () => {
    const limiter = createLoginLimiter(PASSWORD_LIMITS)
    for (let network = 0; network < 100; network++) limiter.attempt(`203.0.113.${network}`, false, START)
    for (let retry = 0; retry < 10; retry++) limiter.attempt('198.51.100.1', false, START)
    assert.equal(limiter.attempt('198.51.100.1', true, START), null)
  })
})

test('made-up links are counted by network alone: no crowd shuts out another network', () => {
  const limiter = createLoginLimiter(LINK_LIMITS)
  for (let guess = 0; guess < 20; guess++) assert.equal(limiter.attempt('fe80::1', false, START), null)
  assert.equal(limiter.attempt('fe80::2', false, START), START + 3000)
  for (let network = 0; network < 200; network++)
    assert.equal(limiter.attempt(`203.0.113.${network}`, false, START), null)
})
