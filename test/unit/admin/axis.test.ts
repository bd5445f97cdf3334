/** The numbers behind the window designer's axis: stretches, ticks, pixels, keys; and the wall clocks they stand on. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  movedByKey,
  Scale,
  STEP_MS,
  stretchFor,
  ticksOf,
} from '../../../signal-server/admin/designer/axis.ts'
import { defaultInstant } from '../../../signal-server/admin/designer/defaults.ts'
import { instantOfWallTime, wallTime, zoneOffsetMs } from '../../../signal-server/admin/designer/zone-time.ts'

const HOUR_MS = 3_600_000
const NOW = Date.parse('2026-11-22T21:10:00Z')

describe('the stretch of the axis', () => {
  test('shows now and the bounds with room on both sides', () => {
    const bounds = [NOW + 30 * HOUR_MS, NOW - 2 * HOUR_MS]
    const { from, to } = stretchFor(NOW, bounds)
    for (const at of [NOW, ...bounds]) assert.ok(from < at && at < to)
  })

  test('never shows less than a good part of a day, nor a bound so far away that the rest is pressed flat', () => {
    const { from, to } = stretchFor(NOW, [null, NOW + 400 * 24 * HOUR_MS])
    assert.ok(to - from >= 12 * HOUR_MS)
    assert.ok(to - from <= 48 * HOUR_MS)
  })
})

describe('ticks', () => {
  test('stand at whole hours of the zone, no more than fit, and mark where days begin', () => {
    const ticks = ticksOf({ from: NOW, to: NOW + 26 * HOUR_MS }, 'Asia/Kolkata', 10)
    assert.ok(ticks.length > 2 && ticks.length <= 11)
    for (const { at } of ticks) assert.match(wallTime(at, 'Asia/Kolkata'), /:00$/)
    assert.deepEqual(
      ticks.filter(({ startsDay }) => startsDay).map(({ at }) => wallTime(at, 'Asia/Kolkata').slice(11)),
      ['00:00'],
    )
  })

  test('stay at whole hours across a clock change', () => {
    const from = Date.parse('2026-03-28T18:00:00Z')
    const ticks = ticksOf({ from, to: from + 24 * HOUR_MS }, 'Europe/Berlin', 8)
    assert.deepEqual(
      ticks.map(({ at }) => Number(wallTime(at, 'Europe/Berlin').slice(11, 13)) % 3),
      ticks.map(() => 0),
    )
  })
})

describe('pixels and keys', () => {
  test('a pixel means the nearest step, and what lies outside stands at the edge', () => {
    const from = Math.floor(NOW / STEP_MS) * STEP_MS
    const scale = new Scale({ from, to: from + 10 * HOUR_MS }, 10, 400)
    assert.equal(scale.x(from - HOUR_MS), 10)
    assert.equal(scale.x(from + 99 * HOUR_MS), 410)
    assert.equal(scale.at(scale.x(from + 5 * HOUR_MS) + 3), from + 5 * HOUR_MS)
    assert.equal(scale.at(-50), from)
  })

  test('arrows move by 15 minutes, with Shift by an hour, page keys by a day', () => {
    const at = Math.floor(NOW / STEP_MS) * STEP_MS
    assert.equal(movedByKey(at, 'ArrowRight', false), at + STEP_MS)
    assert.equal(movedByKey(at, 'ArrowDown', false), at - STEP_MS)
    assert.equal(movedByKey(at, 'ArrowLeft', true), at - HOUR_MS)
    assert.equal(movedByKey(at, 'PageUp', false), at + 24 * HOUR_MS)
    assert.equal(movedByKey(at, 'Tab', false), null)
  })

  test('a time between two steps goes to the next step first', () => {
    const step = Math.floor(NOW / STEP_MS) * STEP_MS
    assert.equal(movedByKey(step + 1, 'ArrowRight', true), step + STEP_MS)
    assert.equal(movedByKey(step + 1, 'ArrowLeft', false), step)
  })
})

describe('wall clocks', () => {
  test('B3 an instant and the wall time of a zone lead to one another', () => {
    for (const zone of ['Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns', 'UTC', 'Pacific/Chatham']) {
      assert.equal(instantOfWallTime(wallTime(NOW, zone), zone), NOW, zone)
      assert.ok(Number.isInteger(zoneOffsetMs(NOW, zone) / (15 * 60_000)))
    }
  })

  test('a zone that this browser does not know is shown as UTC instead of failing', () => {
    assert.equal(wallTime(NOW, 'Mars/Olympus'), '2026-11-22T21:10')
  })

  test('a bound that is switched on lies ahead, and the second one after the first', () => {
    const none = { onlyToProxiesUntil: null, enforceProxyUntil: null }
    const only = defaultInstant('onlyToProxiesUntil', none, NOW, 'Europe/Berlin')
    assert.ok(only > NOW)
    assert.equal(wallTime(only, 'Europe/Berlin').slice(11), '22:00')
    const enforce = defaultInstant(
      'enforceProxyUntil',
      { ...none, onlyToProxiesUntil: only },
      NOW,
      'Europe/Berlin',
    )
    assert.ok(enforce > only)
    assert.equal(wallTime(enforce, 'Europe/Berlin').slice(11), '06:00')
  })
})
