import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WakeTimer } from '../../../client/engine/timer.ts'
import type { Platform } from '../../../client/ports.ts'
import { VirtualTime } from '../../support/virtual-time.ts'

function timed() {
  const time = new VirtualTime()
  let timers = 0
  const wakes: number[] = []
  const platform = {
    monotonicMs: () => time.nowMs,
    setTimer: (delayMs: number, callback: () => void) => {
      timers++
      return time.setTimer(delayMs, callback)
    },
  } as Platform
  const timer = new WakeTimer(platform, () => wakes.push(time.nowMs))
  return { time, timer, wakes, timersSet: () => timers }
}

test('only the last word counts, whether earlier or later, and a wake comes once', async () => {
  const { time, timer, wakes } = timed()
  timer.set(100)
  timer.set(300)
  timer.set(200)
  await time.advance(1_000)
  assert.deepEqual(wakes, [200])
  timer.set(1_500)
  timer.set(null)
  await time.advance(1_000)
  assert.deepEqual(wakes, [200])
})

test('a wake that is put off with every frame costs no timer each time', async () => {
  const { time, timer, wakes, timersSet } = timed()
  for (let frame = 0; frame < 1_000; frame++) {
    timer.set(time.nowMs + 5_000)
    await time.advance(10)
  }
  assert.ok(timersSet() <= 3, `${timersSet()} timers`)
  assert.deepEqual(wakes, [])
  await time.advance(5_000)
  assert.deepEqual(wakes, [14_990])
})
