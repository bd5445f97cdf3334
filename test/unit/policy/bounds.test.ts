/**
 * Bounds to instants. The oracle for wall times is independent of the code under test: it walks through the instants,
 * minute by minute, and reads each one's wall time with Intl.DateTimeFormat.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isTimeZone, resolveBound, resolveWindows } from '../../../policy/bounds.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const PUBLISHED_AT = Date.parse('2026-03-28T12:00:00Z')

const resolveLocal = (siteLocal: string, timeZone: string) =>
  resolveBound({ siteLocal }, { timeZone, publishedAt: PUBLISHED_AT })

/** Wall time of an instant, `YYYY-MM-DDTHH:MM`. */
function wallClock(timeZone: string): (epochMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  return epochMs => {
    const parts = Object.fromEntries(format.formatToParts(epochMs).map(part => [part.type, part.value]))
    return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`
  }
}

/**
 * The oracle for the hours around an instant: wall time → its first occurrence; for a wall time that never occurs, the
 * first instant whose wall time is past it. Wall times sort as text.
 */
function oracleAround(timeZone: string, centre: number): (wallTime: string) => number | undefined {
  const read = wallClock(timeZone)
  const firstAt = new Map<string, number>()
  for (let at = centre - 30 * HOUR_MS; at <= centre + 30 * HOUR_MS; at += MINUTE_MS) {
    const wallTime = read(at)
    if (!firstAt.has(wallTime)) firstAt.set(wallTime, at)
  }
  const byTime = [...firstAt]
  return wallTime => firstAt.get(wallTime) ?? byTime.find(([other]) => other > wallTime)?.[1]
}

/** A wall time some minutes off another, reckoned on paper: without any time zone. */
const shifted = (wallTime: string, minutes: number) =>
  new Date(Date.parse(`${wallTime}:00Z`) + minutes * MINUTE_MS).toISOString().slice(0, 16)

interface Change {
  readonly timeZone: string
  readonly what: string
  /** The transition: the first instant with the new offset. */
  readonly at: string
}

const CHANGES: readonly Change[] = [
  { timeZone: 'Europe/Berlin', what: 'gap of 1 h', at: '2026-03-29T01:00:00Z' },
  { timeZone: 'Europe/Berlin', what: 'overlap of 1 h', at: '2026-10-25T01:00:00Z' },
  { timeZone: 'America/New_York', what: 'gap of 1 h', at: '2026-03-08T07:00:00Z' },
  { timeZone: 'America/New_York', what: 'overlap of 1 h', at: '2026-11-01T06:00:00Z' },
  { timeZone: 'Australia/Lord_Howe', what: 'gap of 30 min', at: '2026-10-03T15:30:00Z' },
  { timeZone: 'Australia/Lord_Howe', what: 'overlap of 30 min', at: '2026-04-04T15:00:00Z' },
  { timeZone: 'Asia/Kathmandu', what: 'no change, at +05:45', at: '2026-03-29T01:00:00Z' },
  { timeZone: 'Asia/Kathmandu', what: 'gap of 15 min', at: '1985-12-31T18:30:00Z' },
]

describe('bounds', () => {
  test('B2 an instant means itself, whatever the zone', () => {
    const context = { timeZone: 'Asia/Kathmandu', publishedAt: PUBLISHED_AT }
    assert.equal(resolveBound({ at: '2026-11-23T02:00:00Z' }, context), Date.UTC(2026, 10, 23, 2))
    assert.equal(resolveBound({ at: '2026-11-23T02:00+05:45' }, context), Date.UTC(2026, 10, 22, 20, 15))
    assert.equal(
      resolveBound({ at: '2026-11-23T02:00:00.250Z' }, context),
      Date.UTC(2026, 10, 23, 2, 0, 0, 250),
    )
  })

  test('B3 a wall time is read in the time zone of the site, to the second', () => {
    assert.equal(resolveLocal('2026-11-23T02:00', 'Europe/Berlin'), Date.parse('2026-11-23T01:00:00Z'))
    assert.equal(resolveLocal('2026-11-23T02:00:07', 'Asia/Kathmandu'), Date.parse('2026-11-22T20:15:07Z'))
  })

  test('B4 a skipped wall time moves forward to the transition itself', () => {
    for (const minute of ['00', '01', '30', '59'])
      assert.equal(
        resolveLocal(`2026-03-29T02:${minute}`, 'Europe/Berlin'),
        Date.parse('2026-03-29T01:00:00Z'),
      )
    assert.equal(resolveLocal('2026-03-29T02:59:59', 'Europe/Berlin'), Date.parse('2026-03-29T01:00:00Z'))
  })

  test('B4 a day that a zone skipped as a whole moves to the first instant after it', () => {
    for (const wallTime of ['2011-12-30T00:00', '2011-12-30T12:00', '2011-12-30T23:59:59'])
      assert.equal(resolveLocal(wallTime, 'Pacific/Apia'), Date.parse('2011-12-30T10:00:00Z'))
  })

  test('B5 a wall time that occurs twice means the first', () => {
    assert.equal(resolveLocal('2026-10-25T02:30', 'Europe/Berlin'), Date.parse('2026-10-25T00:30:00Z'))
    assert.equal(resolveLocal('2026-04-05T01:45', 'Australia/Lord_Howe'), Date.parse('2026-04-04T14:45:00Z'))
  })

  for (const { timeZone, what, at } of CHANGES)
    test(`B3 B4 B5 every minute within four hours of a change matches the scan of instants: ${timeZone}, ${what}`, () => {
      const expected = oracleAround(timeZone, Date.parse(at))
      const centre = wallClock(timeZone)(Date.parse(at))
      for (let minutes = -240; minutes <= 240; minutes++) {
        const wallTime = shifted(centre, minutes)
        assert.equal(resolveLocal(wallTime, timeZone), expected(wallTime), wallTime)
      }
    })

  test('B3 B4 B5 any wall time of any year matches the scan of instants', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu']
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(1975, 0) / MINUTE_MS, max: Date.UTC(2060, 0) / MINUTE_MS }),
        (timeZone, minute) => {
          const wallTime = new Date(minute * MINUTE_MS).toISOString().slice(0, 16)
          const resolved = resolveLocal(wallTime, timeZone)
          const read = wallClock(timeZone)
          // First instant, among those that can show this wall time, which shows it or a later one.
          assert.ok(read(resolved) >= wallTime)
          for (const backMs of [1, MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS])
            assert.ok(read(resolved - backMs) < wallTime, `${timeZone} ${wallTime} - ${backMs}`)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('B6 a duration counts from publication in real hours, also across a clock change', () => {
    const context = { timeZone: 'Europe/Berlin', publishedAt: PUBLISHED_AT }
    assert.equal(resolveBound({ afterPublish: 'P1D' }, context), PUBLISHED_AT + 24 * HOUR_MS)
    assert.equal(resolveBound({ afterPublish: 'PT0S' }, context), PUBLISHED_AT)
    assert.equal(resolveBound({ afterPublish: 'P1DT2H' }, context), PUBLISHED_AT + 26 * HOUR_MS)
  })

  test('B7 a bound that is off stays off; the others become instants', () => {
    const options = {
      proxyDistribution: true,
      onlyToProxiesUntil: { siteLocal: '2026-11-23T02:00' },
      enforceProxyUntil: null,
    }
    assert.deepEqual(resolveWindows(options, { timeZone: 'Europe/Berlin', publishedAt: PUBLISHED_AT }), {
      proxyDistribution: true,
      onlyToProxiesUntil: Date.parse('2026-11-23T01:00:00Z'),
      enforceProxyUntil: null,
    })
  })

  test('B8 time zones are names of the IANA database', () => {
    for (const name of ['Europe/Berlin', 'America/Argentina/Ushuaia', 'Asia/Kathmandu', 'UTC', 'Etc/GMT+2'])
      assert.equal(isTimeZone(name), true, name)
    for (const name of [
      '',
      ' ',
      'Mars/Base',
      'Europe/Berlin ',
      '+02:00',
      '-05',
      'Europe/',
      '../etc',
      'CEST2',
    ])
      assert.equal(isTimeZone(name), false, name)
  })

  test('B8 a wall time in an unknown zone is refused with what to write', () => {
    assert.throws(() => resolveLocal('2026-11-23T02:00', '+02:00'), {
      name: 'RangeError',
      message: '"+02:00" is not a known time zone; use an IANA name such as Europe/Berlin.',
    })
  })

  test('B2 B3 B6 what no schema let through never becomes an instant', () => {
    const context = { timeZone: 'Europe/Berlin', publishedAt: PUBLISHED_AT }
    for (const bound of [{ at: 'soon' }, { siteLocal: 'soon' }, { afterPublish: 'P1M' }])
      assert.throws(() => resolveBound(bound, context), RangeError)
    assert.throws(
      () => resolveBound({ afterPublish: 'PT4H' }, { ...context, publishedAt: Number.NaN }),
      RangeError,
    )
  })
})
