/** The sentences people read while a kiosk waits. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { describeDecision, formatDuration } from '../../../policy/window-words.ts'
import { decideSources, type Role } from '../../../policy/windows.ts'

const BERLIN = { timeZone: 'Europe/Berlin' }
const NOW = Date.parse('2026-11-22T23:00:00+01:00')
const at = (text: string) => Date.parse(`2026-11-${text}+01:00`)

const words = (
  only: number | null,
  enforce: number | null,
  { role = 'kiosk' as Role, proxyDistribution = true, now = NOW, context = {} } = {},
) =>
  describeDecision(
    decideSources({ role, proxyDistribution, onlyToProxiesUntil: only, enforceProxyUntil: enforce }, now),
    now,
    { ...BERLIN, ...context },
  )

describe('the decision in words', () => {
  test('W6 a waiting kiosk says what opens, when, where that clock hangs, and how long it takes', () => {
    const now = at('23T00:00')
    assert.equal(
      words(at('23T03:12'), at('23T06:00'), { now }),
      'waiting: stores open at 03:12 (Europe/Berlin), in 3 h 12 min',
    )
    assert.equal(
      words(at('23T06:00'), at('23T03:12'), { now }),
      'waiting: the server opens at 03:12 (Europe/Berlin), in 3 h 12 min',
    )
    assert.equal(
      words(at('23T02:00'), at('23T02:00'), { now }),
      'waiting: stores and server open at 02:00 (Europe/Berlin), in 2 h',
    )
  })

  test('W6 a moment on another day carries its date, and a moment inside a minute its seconds', () => {
    assert.equal(
      words(at('23T02:00'), at('23T02:00')),
      'waiting: stores and server open on 23 Nov 2026 at 02:00 (Europe/Berlin), in 3 h',
    )
    assert.equal(
      words(at('22T23:00:05'), null),
      'from the server only; stores open at 23:00:05 (Europe/Berlin), in 5 s',
    )
  })

  test('W6 the clock is that of the zone asked for', () => {
    const context = { timeZone: 'Asia/Kathmandu' }
    assert.equal(
      words(null, at('22T23:30'), { context }),
      'from stores only; the server opens at 04:15 (Asia/Kathmandu), in 30 min',
    )
  })

  test('W4 with stores only, a kiosk without a store says so', () => {
    const opens = 'the server opens at 23:30 (Europe/Berlin), in 30 min'
    assert.equal(words(null, at('22T23:30')), `from stores only; ${opens}`)
    assert.equal(words(null, at('22T23:30'), { context: { storesOnline: 2 } }), `from stores only; ${opens}`)
    assert.equal(
      words(null, at('22T23:30'), { context: { storesOnline: 0 } }),
      `waiting: no store is online; ${opens}`,
    )
  })

  test('W5 both open: stores first', () => {
    assert.equal(words(null, null), 'from stores first, then from the server')
  })

  test('W2 proxy distribution off', () => {
    const proxyDistribution = false
    assert.equal(
      words(at('23T02:00'), null, { proxyDistribution }),
      'from the server; proxy distribution is off',
    )
    assert.equal(
      words(null, null, { role: 'store', proxyDistribution }),
      'from the server, at any time; proxy distribution is off',
    )
  })

  test('W1 W9 a store', () => {
    assert.equal(
      words(at('23T02:00'), at('23T02:00'), { role: 'store' }),
      'from fellow stores and the server, at any time',
    )
  })

  test('an unknown time zone is refused', () => {
    assert.throws(() => words(at('23T02:00'), null, { context: { timeZone: 'Mars/Base' } }), RangeError)
  })
})

describe('durations in words', () => {
  const SECOND = 1000
  const MINUTE = 60 * SECOND
  const HOUR = 60 * MINUTE
  const DAY = 24 * HOUR
  for (const [durationMs, expected] of [
    [-5, '0 s'],
    [0, '0 s'],
    [0.4, '1 s'],
    [1, '1 s'],
    [8 * SECOND, '8 s'],
    [59 * SECOND + 1, '1 min'],
    [65 * SECOND, '1 min 5 s'],
    [HOUR - 1, '1 h'],
    [3 * HOUR + 12 * MINUTE + 40 * SECOND, '3 h 12 min'],
    [3 * HOUR + 5 * SECOND, '3 h'],
    [2 * DAY + 4 * HOUR + 59 * MINUTE, '2 d 4 h'],
    [400 * DAY, '400 d'],
  ] as const)
    test(`${durationMs} ms is ${expected}`, () => assert.equal(formatDuration(durationMs), expected))
})
