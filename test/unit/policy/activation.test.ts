/** When a complete release may take over: rules A2 to A8 (docs/POLICY.md), by server time on the site's clock. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type ActivationMoment, decideActivation, mayAppActivate } from '../../../policy/activation.ts'
import { describeActivation } from '../../../policy/activation-words.ts'
import type { Activation } from '../../../protocol/assignment.ts'

const window = (from: string, until: string): Activation => ({ when: 'window', from, until })
const at = (instant: string, timeZone = 'Europe/Berlin'): ActivationMoment => ({
  serverNow: Date.parse(instant),
  timeZone,
  idleForMs: 0,
})
const opensAt = (activation: Activation, moment: ActivationMoment) => {
  const decision = decideActivation(activation, moment)
  if (decision.state === 'open' || decision.reason !== 'before-window') return decision
  return new Date(decision.opensAt).toISOString()
}
const isOpen = (activation: Activation, moment: ActivationMoment) =>
  decideActivation(activation, moment).state === 'open'

test('A2 at once is at once, whoever uses the screen and whatever time it is', () => {
  const nobodyKnows = { serverNow: null, timeZone: 'UTC', idleForMs: 0 }
  assert.deepEqual(decideActivation({ when: 'at-once' }, nobodyKnows), { state: 'open', closesAt: null })
})

test('A3 idle: open from exactly the time on that nobody touched the screen; needs no clock', () => {
  const idle: Activation = { when: 'idle', idleMs: 300_000 }
  const after = (idleForMs: number) => ({ serverNow: null, timeZone: 'UTC', idleForMs })
  assert.deepEqual(decideActivation(idle, after(299_999)), {
    state: 'closed',
    reason: 'screen-in-use',
    opensInMs: 1,
  })
  assert.ok(isOpen(idle, after(300_000)))
})

describe('A4 the daily window', () => {
  const night = window('02:00', '04:00')

  test('from its first millisecond up to and without its end', () => {
    assert.equal(opensAt(night, at('2026-11-23T00:59:59.999Z')), '2026-11-23T01:00:00.000Z')
    assert.deepEqual(decideActivation(night, at('2026-11-23T01:00:00Z')), {
      state: 'open',
      closesAt: Date.parse('2026-11-23T03:00:00Z'),
    })
    assert.ok(isOpen(night, at('2026-11-23T02:59:59.999Z')))
    assert.equal(opensAt(night, at('2026-11-23T03:00:00Z')), '2026-11-24T01:00:00.000Z')
  })

  test('on the clock of the site, wherever that is', () => {
    assert.equal(opensAt(night, at('2026-11-23T12:00:00Z', 'Asia/Kathmandu')), '2026-11-23T20:15:00.000Z')
    assert.equal(opensAt(night, at('2026-11-23T12:00:00Z', 'Pacific/Auckland')), '2026-11-23T13:00:00.000Z')
    assert.equal(
      opensAt(night, at('2026-11-23T12:00:00Z', 'America/Los_Angeles')),
      '2026-11-24T10:00:00.000Z',
    )
  })

  test('one that ends earlier than it begins runs past midnight', () => {
    const late = window('23:00', '01:30')
    assert.ok(!isOpen(late, at('2026-11-23T21:59:59.999Z')))
    assert.ok(isOpen(late, at('2026-11-23T22:00:00Z')))
    assert.ok(isOpen(late, at('2026-11-23T23:30:00Z')), 'the day after has begun at the site')
    assert.equal(opensAt(late, at('2026-11-24T00:30:00Z')), '2026-11-24T22:00:00.000Z')
  })
})

test('A4 server time has fractions of a millisecond', () => {
  const moment = { ...at('2026-11-23T00:59:59.999Z'), timeZone: 'Europe/Berlin' }
  const justBefore = { ...moment, serverNow: (moment.serverNow ?? 0) + 0.75 }
  assert.equal(opensAt(window('02:00', '04:00'), justBefore), '2026-11-23T01:00:00.000Z')
  assert.ok(isOpen(window('02:00', '04:00'), { ...moment, serverNow: (moment.serverNow ?? 0) + 1.25 }))
})

describe('A5 days on which the clocks change', () => {
  test('a time that is skipped is the first that exists after it', () => {
    // On 29 March 2026 the clocks of Berlin go from 02:00 to 03:00.
    assert.equal(opensAt(window('02:30', '04:00'), at('2026-03-28T12:00:00Z')), '2026-03-29T01:00:00.000Z')
    const until = decideActivation(window('01:00', '02:30'), at('2026-03-29T00:30:00Z'))
    assert.deepEqual(until, { state: 'open', closesAt: Date.parse('2026-03-29T01:00:00Z') })
  })

  test('a window that is skipped whole comes back the day after', () => {
    assert.equal(opensAt(window('02:15', '02:45'), at('2026-03-28T12:00:00Z')), '2026-03-30T00:15:00.000Z')
  })

  test('a time that comes twice is the first of the two, for the beginning as for the end', () => {
    // On 25 October 2026 the hour from 02:00 to 03:00 comes twice in Berlin.
    assert.deepEqual(decideActivation(window('02:15', '02:45'), at('2026-10-25T00:15:00Z')), {
      state: 'open',
      closesAt: Date.parse('2026-10-25T00:45:00Z'),
    })
    assert.ok(!isOpen(window('02:15', '02:45'), at('2026-10-25T01:30:00Z')), 'the second time')
    assert.deepEqual(decideActivation(window('02:00', '03:00'), at('2026-10-25T01:59:59Z')), {
      state: 'open',
      closesAt: Date.parse('2026-10-25T02:00:00Z'),
    })
  })

  test('a day that a place has skipped altogether swallows one window', () => {
    // Samoa went from 29 to 31 December 2011.
    const night = window('02:00', '04:00')
    assert.equal(opensAt(night, at('2011-12-30T09:00:00Z', 'Pacific/Apia')), '2011-12-30T12:00:00.000Z')
  })
})

test('A6 a window waits for as long as nobody knows what time it is', () => {
  const moment = { serverNow: null, timeZone: 'Europe/Berlin', idleForMs: 1e9 }
  assert.deepEqual(decideActivation(window('00:00', '23:59'), moment), {
    state: 'closed',
    reason: 'time-unknown',
  })
})

test('A7 a time zone that this browser does not know counts as UTC', () => {
  assert.equal(
    opensAt(window('02:00', '04:00'), at('2026-11-23T12:00:00Z', 'Mars/Olympus')),
    '2026-11-24T02:00:00.000Z',
  )
})

test('A8 the app may choose among the people at the screen, not outside the window', () => {
  const moment = at('2026-11-23T12:00:00Z')
  assert.equal(mayAppActivate({ when: 'idle', idleMs: 300_000 }, moment).state, 'open')
  assert.equal(mayAppActivate({ when: 'at-once' }, moment).state, 'open')
  assert.equal(mayAppActivate(window('02:00', '04:00'), moment).state, 'closed')
  assert.equal(mayAppActivate(window('12:00', '14:00'), moment).state, 'open')
})

test('A4 what a decision promises comes true at exactly its instant, in any zone and any year', () => {
  const zones = Intl.supportedValuesOf('timeZone')
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(parts => parts.map(part => String(part).padStart(2, '0')).join(':'))
  fc.assert(
    fc.property(
      time,
      time,
      fc.constantFrom(...zones),
      fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2060-01-01') }),
      (from, until, timeZone, serverNow) => {
        fc.pre(from !== until)
        const daily = window(from, until)
        const moment = { serverNow, timeZone, idleForMs: 0 }
        const decision = decideActivation(daily, moment)
        if (decision.state === 'open') {
          const { closesAt } = decision
          assert.ok(closesAt !== null && closesAt > serverNow)
          assert.ok(isOpen(daily, { ...moment, serverNow: closesAt - 1 }))
          return
        }
        assert.equal(decision.reason, 'before-window')
        if (decision.reason !== 'before-window') return
        assert.ok(decision.opensAt - serverNow <= 3 * 24 * 3_600_000)
        assert.ok(isOpen(daily, { ...moment, serverNow: decision.opensAt }))
        assert.ok(!isOpen(daily, { ...moment, serverNow: decision.opensAt - 1 }))
      },
    ),
    { numRuns: 300 },
  )
})

test('the sentence says until when, or what for, it waits', () => {
  const words = (activation: Activation, moment: ActivationMoment) =>
    describeActivation(decideActivation(activation, moment), moment)
  assert.equal(
    words(window('02:00', '04:00'), at('2026-11-22T21:48:00Z')),
    'takes over on 23 Nov 2026 at 02:00 (Europe/Berlin), in 3 h 12 min',
  )
  assert.equal(
    words({ when: 'idle', idleMs: 300_000 }, at('2026-11-23T12:00:00Z')),
    'takes over when nobody has touched the screen for another 5 min',
  )
  assert.match(
    words(window('02:00', '04:00'), { serverNow: null, timeZone: 'UTC', idleForMs: 0 }),
    /as soon as the server has said what time it is/,
  )
  assert.equal(words({ when: 'at-once' }, at('2026-11-23T12:00:00Z')), 'takes over now')
})
