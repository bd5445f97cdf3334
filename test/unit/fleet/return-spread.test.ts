/** PR-S16: what the server tells devices of the time over which they come back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { returnSpreadMs } from '../../../policy/return-spread.ts'
import { ReturnSpread } from '../../../signal-server/fleet/return-spread.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const NOW = 100 * DAY_MS

/** A clock whose only timer the test lets fire. */
class OneTimer {
  #task: (() => void) | null = null
  delayMs = 0
  now = () => NOW
  after = (delayMs: number, task: () => void) => {
    this.delayMs = delayMs
    this.#task = task
    return () => {
      this.#task = null
    }
  }
  get isSet(): boolean {
    return this.#task !== null
  }
  async fire(): Promise<void> {
    const task = this.#task
    this.#task = null
    task?.()
    await turn()
  }
}

test('PR-S16 three hundred devices a second, and no more than 200 s', () => {
  const spreads = [0, 1, 300, 10_000, 1_000_000].map(count => returnSpreadMs(count, 'kiosk'))
  assert.deepEqual(spreads, [0, 3, 1_000, 33_333, 200_000])
})

test('PR-S16 devices seen within a week count; they are counted again every quarter of an hour, a failure changing nothing', async () => {
  const clock = new OneTimer()
  const answers: (number | Error)[] = [3_000, new Error('the database is away'), 6_000]
  const asked: number[] = []
  const failures: string[] = []
  const directory = {
    countDevicesSeen: async (seenSince: number) => {
      asked.push(seenSince)
      const answer = answers.shift() ?? 0
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  const spread = new ReturnSpread({
    directory,
    clock,
    log: { error: (_, message) => failures.push(message) },
  })
  assert.equal(spread.spreadMs('kiosk'), 0, 'nothing is known before the first count')
  await turn()
  assert.equal(spread.spreadMs('kiosk'), 10_000)
  assert.equal(clock.delayMs, 900_000)
  await clock.fire()
  assert.equal(spread.spreadMs('kiosk'), 10_000)
  assert.deepEqual(failures, ['the devices of the fleet could not be counted'])
  await clock.fire()
  assert.equal(spread.spreadMs('kiosk'), 20_000)
  assert.deepEqual([...new Set(asked)], [NOW - 7 * DAY_MS])
  assert.equal(spread.spreadMs('store'), 2_500, 'stores come first')
  spread.stop()
  assert.equal(clock.isSet, false)
})
