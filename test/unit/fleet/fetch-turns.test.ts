import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_TURN_LIMITS, FetchTurns } from '../../../signal-server/fleet/fetch-turns.ts'

const LIMITS = { ...DEFAULT_TURN_LIMITS, atOnce: 2 }
const GRANT_MS = 300_000

/** Turns of a site, the virtual time, and everybody who asks. */
function site(limits = LIMITS) {
  const turns = new FetchTurns(limits)
  let now = 0
  return {
    turns,
    at: (ms: number) => {
      now = ms
    },
    ask: (deviceId: string, chance = 0.5) => turns.ask(deviceId, now + GRANT_MS, now, chance),
  }
}

test('T1 so many devices fetch at once, and the others are told when to come back', () => {
  const { ask } = site()
  assert.deepEqual(ask('a'), { admitted: true })
  assert.deepEqual(ask('b'), { admitted: true })
  const third = ask('c')
  assert.ok(!third.admitted && third.retryAt > 0 && third.retryAt <= LIMITS.maxRetryMs)
})

test('T1 who holds a turn keeps it: the next grant comes before the last one ends', () => {
  const { ask, at } = site()
  ask('a')
  ask('b')
  ask('c')
  at(GRANT_MS - 1)
  assert.equal(ask('a').admitted, true)
  at(GRANT_MS + 1)
  assert.equal(ask('a').admitted, true)
})

test('T2 those who wait come back spread out, later the further back they stand', () => {
  const { ask } = site()
  ask('a')
  ask('b')
  const retries = ['c', 'd', 'e', 'f', 'g'].map(device => {
    const turn = ask(device, 0)
    return turn.admitted ? 0 : turn.retryAt
  })
  assert.deepEqual(retries, [5_000, 5_000, 10_000, 10_000, 15_000])
  const [early, late] = [0, 0.999].map(chance => ask('c', chance))
  assert.ok(early && late && !early.admitted && !late.admitted && early.retryAt < late.retryAt)
})

test('T3 nobody overtakes who came earlier and comes back in time', () => {
  const { ask, at, turns } = site()
  for (const device of ['a', 'b', 'c', 'd']) ask(device)
  at(5_000)
  turns.finish('a')
  assert.equal(ask('late').admitted, false)
  assert.equal(ask('d').admitted, false)
  assert.equal(ask('c').admitted, true)
})

test('T3 who does not come back loses its place, and nobody waits for it', () => {
  const { ask, at, turns } = site()
  for (const device of ['a', 'b', 'c']) ask(device)
  turns.finish('a')
  at(LIMITS.maxRetryMs + LIMITS.lateMs)
  assert.equal(ask('d').admitted, true)
})

test('T4 a device that is done, that is gone for a minute, or whose grant has ended gives its turn to the next', () => {
  const ways: readonly ((stage: ReturnType<typeof site>) => void)[] = [
    ({ turns }) => turns.finish('a'),
    ({ turns, at, ask }) => {
      turns.leave('a', 0)
      at(LIMITS.absenceMs - 1)
      assert.equal(ask('c').admitted, false)
      at(LIMITS.absenceMs)
    },
    ({ at }) => at(GRANT_MS),
  ]
  for (const way of ways) {
    const stage = site()
    stage.ask('a')
    stage.ask('b')
    stage.ask('c')
    way(stage)
    assert.equal(stage.ask('c').admitted, true)
  }
})

test('T4 a device that never gets done makes room while others wait, and only then', () => {
  const { ask, at } = site()
  const renewed = (from: number, until: number) => {
    for (let now = from; now < until; now += 60_000) {
      at(now)
      assert.equal(ask('a').admitted, true)
      assert.equal(ask('b').admitted, true)
    }
  }
  renewed(0, LIMITS.turnMs + 600_000)
  assert.equal(ask('c').admitted, false)
  assert.equal(ask('a').admitted, false)
  assert.equal(ask('c').admitted, true)
})

test('T5 a site without stores of any size: everybody gets its turn, never more than the limit at once', () => {
  const { turns, at } = site()
  const fetching = new Map<string, number>()
  const done = new Set<string>()
  const comesAt = new Map(Array.from({ length: 50 }, (_, place) => [`kiosk-${place}`, 0]))
  const fetchMs = 20_000
  let seed = 1
  const chance = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  let now = 0
  for (; done.size < 50 && now < 3_600_000; now += 500) {
    at(now)
    for (const [device, endsAt] of fetching) {
      if (now < endsAt) continue
      fetching.delete(device)
      done.add(device)
      turns.finish(device)
    }
    for (const [device, dueAt] of comesAt) {
      if (now < dueAt) continue
      const turn = turns.ask(device, now + GRANT_MS, now, chance())
      if (turn.admitted) {
        comesAt.delete(device)
        fetching.set(device, now + fetchMs)
      } else {
        comesAt.set(device, turn.retryAt)
      }
    }
    assert.ok(fetching.size <= LIMITS.atOnce)
  }
  assert.equal(done.size, 50)
  // Whoever waits comes within its pause: a turn is mostly given on at once, and never left lying for longer than that.
  assert.ok(now <= (50 / LIMITS.atOnce) * (fetchMs + LIMITS.maxRetryMs), `took ${now} ms`)
  assert.ok(turns.isIdle)
})
