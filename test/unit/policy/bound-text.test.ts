/** Bounds as JSON and as text: what is taken, what is refused, and whether the refusal helps. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import {
  type Bound,
  boundSchema,
  boundText,
  parseBoundText,
  parseDurationMs,
} from '../../../protocol/bound.ts'

const messagesOf = (input: unknown) => {
  const result = v.safeParse(boundSchema, input)
  return result.success ? [] : result.issues.map(issue => issue.message)
}
const HOUR_MS = 3_600_000

const GOOD: readonly Bound[] = [
  { at: '2026-11-23T02:00:00Z' },
  { at: '2026-11-23T02:00Z' },
  { at: '2026-11-23T02:00:00.250Z' },
  { at: '2028-02-29T23:59:59-09:30' },
  { siteLocal: '2026-11-23T02:00' },
  { siteLocal: '2026-11-23T02:00:30' },
  { afterPublish: 'PT4H' },
  { afterPublish: 'P1DT2H' },
  { afterPublish: 'PT0S' },
  { afterPublish: 'PT0.5S' },
  { afterPublish: 'P1W' },
]

const BAD: readonly (readonly [Bound, RegExp])[] = [
  [{ at: '2026-11-23T02:00:00' }, /needs Z or an offset/],
  [{ at: '2026-02-30T02:00:00Z' }, /no such day/],
  [{ at: '2026-13-01T02:00:00Z' }, /no such day/],
  [{ at: '2027-02-29T02:00:00+01:00' }, /no such day/],
  [{ at: '2026-11-23T24:00:00Z' }, /no such time of day/],
  [{ at: '2026-11-23T02:00:60Z' }, /no such time of day/],
  [{ at: '2026-11-23T02:00:00+24:00' }, /is not an instant/],
  [{ at: '2026-11-23T02:00:00+0100' }, /is not an instant/],
  [{ at: '2026-11-23 02:00:00Z' }, /is not an instant/],
  [{ at: '0026-11-23T02:00:00Z' }, /year must be/],
  [{ siteLocal: '2026-11-23T02:00Z' }, /without fraction, Z or offset/],
  [{ siteLocal: '2026-04-31T02:00' }, /no such day/],
  [{ siteLocal: '2026-11-23T02:60' }, /no such time of day/],
  [{ siteLocal: '2026-11-23' }, /is not a wall time/],
  [{ siteLocal: '02:00' }, /is not a wall time/],
  [{ afterPublish: '-PT4H' }, /must not be negative/],
  [{ afterPublish: 'P1M' }, /count in days/],
  [{ afterPublish: 'P1Y2D' }, /count in days/],
  [{ afterPublish: 'P' }, /is not a duration/],
  [{ afterPublish: 'PT' }, /is not a duration/],
  [{ afterPublish: 'P1DT' }, /is not a duration/],
  [{ afterPublish: '4H' }, /is not a duration/],
  [{ afterPublish: 'PT1.5H' }, /is not a duration/],
  [{ afterPublish: 'P3651D' }, /too long/],
]

describe('bounds as JSON', () => {
  for (const bound of GOOD)
    test(`B1 ${JSON.stringify(bound)} is a bound`, () => assert.deepEqual(v.parse(boundSchema, bound), bound))

  for (const [bound, expected] of BAD)
    test(`B1 ${JSON.stringify(bound)} is refused in one sentence`, () => {
      const messages = messagesOf(bound)
      assert.equal(messages.length, 1)
      assert.match(messages[0] ?? '', expected)
    })

  for (const input of [
    {},
    null,
    'PT4H',
    [],
    { at: 5 },
    { until: '2026-11-23T02:00:00Z' },
    { at: '2026-11-23T02:00:00Z', afterPublish: 'PT4H' },
    { at: '2026-11-23T02:00:00Z', note: 'x' },
  ])
    test(`B1 ${JSON.stringify(input)} has not exactly one of the three keys`, () => {
      const messages = messagesOf(input)
      assert.equal(messages.length, 1)
      assert.match(messages[0] ?? '', /exactly one key/)
    })
})

describe('durations after publication', () => {
  for (const [text, hours] of [
    ['PT4H', 4],
    ['PT90M', 1.5],
    ['P1DT2H', 26],
    ['P1W', 168],
    ['PT0S', 0],
    ['PT1.5S', 1.5 / 3600],
  ] as const)
    test(`B6 ${text} is ${hours} h`, () => assert.equal(parseDurationMs(text), hours * HOUR_MS))

  test('B6 what is no duration has no length', () => {
    for (const text of ['', 'P', 'PT', 'P1M', '-PT1H', 'PT1H ', 'P9999D'])
      assert.equal(parseDurationMs(text), null)
  })
})

describe('bounds on the command line', () => {
  test('B7 off means no bound', () => {
    assert.deepEqual(parseBoundText('off'), { ok: true, bound: null })
    assert.deepEqual(parseBoundText(' OFF '), { ok: true, bound: null })
  })

  test('B1 every good bound is read back from its text', () => {
    for (const bound of [null, ...GOOD])
      assert.deepEqual(parseBoundText(boundText(bound)), { ok: true, bound })
  })

  test('B1 a duration may be typed in small letters', () => {
    assert.deepEqual(parseBoundText('pt4h'), { ok: true, bound: { afterPublish: 'PT4H' } })
  })

  for (const [text, expected] of [
    ['', /is not a bound\. Write/],
    ['tomorrow', /is not a bound\. Write/],
    ['2026-11-23', /is not a bound\. Write/],
    ['2026-11-23 02:00', /is not a bound\. Write/],
    ['2026-02-30T02:00:00Z', /no such day/],
    ['2026-02-30T02:00', /no such day/],
    ['2026-11-23T02:00:00z', /write it as 2026-11-23T02:00:00Z/],
    ['2026-11-23T02:00+0100', /write it as 2026-11-23T02:00:00Z/],
    ['2026-11-23T2', /is not a wall time/],
    ['-PT4H', /must not be negative/],
    ['P1M', /count in days/],
    ['PT4', /write it as PT4H/],
  ] as const)
    test(`B1 ${JSON.stringify(text)} is refused with what to write instead`, () => {
      const result = parseBoundText(text)
      assert.ok(!result.ok)
      assert.match(result.message, expected)
    })

  test('B1 any text gives a bound of the schema or one short printable line', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.stringMatching(/^[-+0-9TPZDHMSW:.]{0,30}$/),
    )
    fc.assert(
      fc.property(texts, text => {
        const result = parseBoundText(text)
        if (result.ok) {
          if (result.bound !== null) assert.ok(v.is(boundSchema, result.bound))
        } else {
          assert.ok(result.message.length < 600)
          // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be printed
          assert.doesNotMatch(result.message, /[\u0000-\u001f]/)
        }
      }),
    )
  })
})
