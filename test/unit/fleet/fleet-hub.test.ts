import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STORES_NEWS_EVERY_MS } from '../../../policy/device-budget.ts'
import { STORE_ABSENCE_GRACE_MS } from '../../../policy/store-promotion.ts'
import type { AssignedRole } from '../../../protocol/primitives.ts'
import { DirectoryCache } from '../../../signal-server/fleet/directory-cache.ts'
import { FleetHub, type HubSession } from '../../../signal-server/fleet/fleet-hub.ts'
import type { ServerClock } from '../../../signal-server/fleet/server-clock.ts'
import type { SessionEvent } from '../../../signal-server/fleet/session-types.ts'
import type { DeviceRecord } from '../../../signal-server/fleet-directory.ts'
import { plainRecord } from '../../support/default-fields.ts'
import { FakeFleetDirectory } from '../../support/fake-fleet-directory.ts'

/** Time that passes only when told to, and then runs what is due, in order. */
class VirtualClock implements ServerClock {
  #now = 1_000_000
  readonly #tasks = new Set<{ readonly at: number; readonly task: () => void }>()

  now(): number {
    return this.#now
  }

  after(delayMs: number, task: () => void): () => void {
    const entry = { at: this.#now + delayMs, task }
    this.#tasks.add(entry)
    return () => this.#tasks.delete(entry)
  }

  get pendingTasks(): number {
    return this.#tasks.size
  }

  advance(durationMs: number): void {
    const end = this.#now + durationMs
    for (;;) {
      const [next] = [...this.#tasks].filter(each => each.at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#now = next.at
      this.#tasks.delete(next)
      next.task()
    }
    this.#now = end
  }
}

class RecordedSession implements HubSession {
  readonly events: SessionEvent[] = []
  readonly address: string
  constructor(address = '192.0.2.1') {
    this.address = address
  }
  deliver(event: SessionEvent): void {
    this.events.push(event)
  }
  get role(): string | undefined {
    const views = this.events.flatMap(event => ('view' in event ? [event.view] : []))
    return views.at(-1)?.device.role
  }
  get returnSpreadMs(): number | undefined {
    return this.events.find(event => event.type === 'joined')?.returnSpreadMs
  }
  count(type: SessionEvent['type']): number {
    return this.events.filter(event => event.type === type).length
  }
}

/** Lets every promise that can go on do so. */
const settle = () => new Promise(resolve => setImmediate(resolve))

function setUp() {
  const directory = new FakeFleetDirectory()
  const clock = new VirtualClock()
  const errors: object[] = []
  let nextId = 0
  const hub = new FleetHub({
    directory: new DirectoryCache(directory),
    clock,
    log: { error: fields => errors.push(fields) },
    randomId: () => `i${nextId++}`,
    returnSpread: { spreadMs: role => (role === 'store' ? 1_000 : 8_000), stop: () => undefined },
  })
  directory.setSite('berlin', { storesWanted: 1 })

  function know(name: string, assignedRole: AssignedRole = 'auto'): string {
    const deviceId = `d-${name.repeat(32)}`
    const record: DeviceRecord = {
      deviceId,
      publicKey: 'k',
      name: '',
      state: 'accepted',
      code: null,
      assignedRole,
      site: 'berlin',
      timeZone: 'UTC',
      ...plainRecord,
    }
    directory.setDevice(record)
    return deviceId
  }

  async function join(deviceId: string): Promise<RecordedSession> {
    const session = new RecordedSession()
    await hub.join(deviceId, session)
    await settle()
    return session
  }
  return { directory, clock, hub, errors, know, join }
}

test('W8 the role stays over a reload and moves on when the store stays away', async () => {
  const { clock, hub, know, join } = setUp()
  const [a, b] = [know('a'), know('b')]
  const first = await join(a)
  const second = await join(b)
  assert.deepEqual([first.role, second.role], ['store', 'kiosk'])

  hub.leave(a, first)
  clock.advance(STORE_ABSENCE_GRACE_MS - 10_000)
  assert.equal(second.role, 'kiosk')
  const again = await join(a)
  assert.deepEqual([again.role, second.role], ['store', 'kiosk'])

  hub.leave(a, again)
  clock.advance(STORE_ABSENCE_GRACE_MS + 5_000)
  assert.equal(second.role, 'store')
  assert.equal((await join(a)).role, 'kiosk')
})

test('PR-S16 each is told the spread of its role in force', async () => {
  const { know, join } = setUp()
  const spreads = [await join(know('a')), await join(know('b'))].map(({ returnSpreadMs }) => returnSpreadMs)
  assert.deepEqual(spreads, [1_000, 8_000])
})

test('W8 a fixed store that comes frees the auto device of its role', async () => {
  const { know, join } = setUp()
  const auto = await join(know('a'))
  assert.equal(auto.role, 'store')
  await join(know('s', 'store'))
  assert.equal(auto.role, 'kiosk')
})

/** How often the sessions were shown a view. */
const shown = (sessions: readonly RecordedSession[]) =>
  sessions.reduce((sum, session) => sum + session.count('view-changed'), 0)

test('PR-S8 that a store came is told at once; what follows within a second is told together, and what was undone is not', async () => {
  const { clock, hub, know, join } = setUp()
  const kiosk = await join(know('k', 'kiosk'))
  const storesOf = (session: RecordedSession) => {
    const last = session.events.findLast(event => event.type === 'view-changed')
    return last?.type === 'view-changed' ? last.view.storesOnline : null
  }
  const [a, b] = [know('a', 'store'), know('b', 'store')]
  const first = await join(a)
  assert.equal(storesOf(kiosk), 1)
  await join(b)
  assert.equal(storesOf(kiosk), 1)
  clock.advance(STORES_NEWS_EVERY_MS)
  assert.equal(storesOf(kiosk), 2)

  clock.advance(10 * STORES_NEWS_EVERY_MS)
  hub.leave(a, first)
  assert.equal(storesOf(kiosk), 2)
  clock.advance(STORES_NEWS_EVERY_MS)
  assert.equal(storesOf(kiosk), 1)
})

test('PR-S8 a store that reconnects all the time costs others one view a second, one of an auto store and of a kiosk none more', async () => {
  for (const role of ['store', 'auto', 'kiosk'] as const) {
    const { clock, hub, know, join } = setUp()
    const others = [
      await join(know('k', 'kiosk')),
      await join(know('l', 'kiosk')),
      await join(know('m', 'auto')),
    ]
    const flapping = know('f', role)
    let session = await join(flapping)
    clock.advance(10_000)
    const before = shown(others)
    for (let round = 0; round < 20; round++) {
      hub.leave(flapping, session)
      session = await join(flapping)
      clock.advance(100)
    }
    clock.advance(10_000)
    assert.ok(shown(others) - before <= 3 * others.length, `${role}: ${shown(others) - before} views`)
    assert.ok(others.every(other => other.count('replaced') === 0))
  }
})

test('PR-S7 a device may begin thirty sessions at once and then one in ten seconds; another device is not concerned', async () => {
  const { clock, hub, know, join } = setUp()
  const [a, b] = [know('a', 'kiosk'), know('b', 'kiosk')]
  const sessions: RecordedSession[] = []
  for (let begun = 0; begun < 40; begun++) sessions.push(await join(a))
  assert.equal(sessions.filter(session => session.count('joined') === 1).length, 30)
  assert.deepEqual(sessions.at(-1)?.events, [{ type: 'join-refused', retryAt: clock.now() + 10_000 }])
  assert.equal(sessions[29]?.count('replaced'), 0, 'a refused session replaces none')
  assert.equal(hub.isOnline(a), true)
  assert.equal((await join(b)).count('joined'), 1)
  clock.advance(10_000)
  assert.equal((await join(a)).count('joined'), 1)
  assert.equal((await join(a)).count('join-refused'), 1)
})

test('PR-S7 a device whose network fails every ten seconds is never refused', async () => {
  const { clock, hub, know, join } = setUp()
  const a = know('a', 'kiosk')
  for (let second = 0; second < 3600; second += 10) {
    const session = await join(a)
    assert.equal(session.count('joined'), 1)
    hub.leave(a, session)
    clock.advance(10_000)
  }
})

test('PR-S3 a device that is revoked while it joins does not stay', async () => {
  const { directory, hub, know } = setUp()
  const a = know('a')
  const session = new RecordedSession()
  const joining = hub.join(a, session)
  directory.changeDevice(a, { state: 'revoked' })
  await joining
  await settle()
  assert.equal(session.count('device-gone'), 1)
})

test('PR-S3 a device whose record disappears is told once', async () => {
  const { directory, know, join } = setUp()
  const a = know('a')
  const session = await join(a)
  directory.removeDevice(a)
  await settle()
  assert.deepEqual(session.events.at(-1), { type: 'device-gone', problem: 'device-unknown' })
})

test('PR-S7 of two sessions that join at once one is left, and the leaving of the other changes nothing', async () => {
  const { hub, know } = setUp()
  const a = know('a')
  const [one, two] = [new RecordedSession(), new RecordedSession()]
  await Promise.all([hub.join(a, one), hub.join(a, two)])
  assert.equal(one.count('replaced') + two.count('replaced'), 1)
  hub.leave(a, one)
  assert.equal(hub.isOnline(a), true)
  hub.leave(a, two)
  assert.equal(hub.isOnline(a), false)
})

test('a session that is over before its join is through is never online', async () => {
  const { hub, know } = setUp()
  const a = know('a')
  const session = new RecordedSession()
  const joining = hub.join(a, session)
  hub.leave(a, session)
  await joining
  assert.equal(hub.isOnline(a), false)
  assert.deepEqual(session.events, [])
})

test('a change that cannot be read is logged, and the next one goes through', async () => {
  const { directory, hub, errors, know, join } = setUp()
  const a = know('a', 'kiosk')
  const session = await join(a)
  directory.failure = new Error('database is locked')
  directory.changeDevice(a, { name: 'One' })
  await settle()
  assert.equal(errors.length, 1)
  directory.failure = null
  directory.changeDevice(a, { name: 'Two' })
  await settle()
  const last = session.events.at(-1)
  assert.equal(last?.type === 'view-changed' && last.view.device.name, 'Two')
  assert.equal(hub.isOnline(a), true)
})

test('a hub that was stopped leaves no timer and no listener, and has told everybody', async () => {
  const { directory, clock, hub, know, join } = setUp()
  const session = await join(know('a'))
  hub.stop()
  assert.equal(session.count('server-stopping'), 1)
  hub.leave(know('a'), session)
  assert.equal(clock.pendingTasks, 0)
  assert.equal(directory.listenerCount, 0)
})
