/** When a page counts as hung, and what does not. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWatch } from '../../../client/kiosk-page/watchdog-count.ts'

/** Ticks once a second from `from` on; the seconds at which it cried. */
function cries(watch: ReturnType<typeof createWatch>, from: number, seconds: number): number[] {
  const heard: number[] = []
  for (let second = from; second < from + seconds; second++)
    if (watch.tick(second * 1_000)) heard.push(second)
  return heard
}

test('a page that does not answer for 15 s hangs, and is told of again as long as it goes on', () => {
  assert.deepEqual(cries(createWatch(), 0, 40), [15, 30])
})

test('every answer begins the time anew', () => {
  const watch = createWatch()
  for (let second = 0; second < 100; second += 10) {
    assert.deepEqual(cries(watch, second, 10), [])
    watch.answered()
  }
})

test('a machine that slept, and a browser that froze both, are no hang', () => {
  const watch = createWatch()
  assert.deepEqual(cries(watch, 0, 10), [])
  assert.deepEqual(cries(watch, 3_600, 14), [])
  watch.answered()
  assert.deepEqual(cries(watch, 3_614, 14), [])
})
