/**
 * What devices report of the bytes that came (PR-S17), beside what the links and the origin of a simulated site carried.
 * More histories: LARDER_HISTORIES=100 LARDER_HISTORY_SEED=7 node --test test/unit/engine/traffic.test.ts
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { readTrafficRecord } from '../../../client/engine/package-record.ts'
import { Arrivals } from '../../support/arrivals.ts'
import {
  editedFiles,
  filesOf,
  OPEN,
  type SimulatedDevice,
  Simulation,
} from '../../support/kiosk-simulator.ts'
import { ReportCounter } from '../../support/report-counter.ts'

test('PR-S17 over several releases the reports add up to what the origin sent, and an update without new bytes adds none', async t => {
  const site = await Simulation.create(t, { kiosks: 0 })
  const counted = new ReportCounter()
  site.server.onStatus = (deviceId, status) => counted.report(deviceId, status)
  await site.publish(filesOf(1))
  await site.untilAllRun(1)
  await site.time.advance(2_000)
  assert.equal(counted.total().fromServer, site.origin.sentBytes)
  await site.publish(filesOf(2), 2)
  await site.untilAllRun(2)
  await site.time.advance(2_000)
  assert.equal(counted.total().fromServer, site.origin.sentBytes)
  const before = site.origin.sentBytes
  await site.publish(filesOf(2), 3)
  await site.untilAllRun(3)
  await site.time.advance(2_000)
  assert.equal(site.origin.sentBytes, before)
  assert.deepEqual(counted.total(), { fromStores: 0, fromServer: before })
})

test('PR-S17 what came from a store while the server was away is reported before the next release is wanted', async t => {
  const site = await Simulation.create(t, { kiosks: 1 })
  const arrivals = new Arrivals(site)
  const counted = new ReportCounter()
  site.server.onStatus = (deviceId, status) => counted.report(deviceId, status)
  const { deviceId } = site.device('kiosk1')
  site.lan.bytesPerMs = 15
  await site.publish(filesOf(1))
  await site.until('some chunks are here', () => arrivals.on(deviceId).fromStores > 5_000)
  site.server.stop()
  const reported = counted.of(deviceId).fromStores
  await site.until('more chunks are here', () => arrivals.on(deviceId).fromStores > reported + 10_000)
  await site.publish(filesOf(2), 2)
  site.server.start()
  await site.untilAllRun(2)
  await site.time.advance(2_000)
  assert.deepEqual(counted.of(deviceId), arrivals.on(deviceId))
})

test('PR-S17 a release that is wanted again after another is counted from nothing, also when nothing came of the other', async t => {
  const site = await Simulation.create(t, { kiosks: 0 })
  const store = site.device('store1')
  await site.publish(filesOf(1))
  await site.untilAllRun(1)
  const [first] = site.server.assignments
  assert.ok(first && (store.lobby?.bytes.fromServer ?? 0) > 0)
  site.origin.isDown = true
  await site.publish(filesOf(2), 2)
  await site.until('the other one is wanted', () => store.lobby?.wantedRelease === 2)
  site.server.assign([first])
  await site.until('the first one is wanted again', () => store.lobby?.wantedRelease === 1)
  assert.deepEqual(store.lobby?.bytes.fromServer, 0)
  site.origin.isDown = false
})

/** One thing that happens to the site; `which` chooses the device, package, or content it happens to. */
const happening = fc.record({
  what: fc.constantFrom(
    'publish',
    'publish',
    'publish',
    'go back',
    'take away',
    'reload',
    'kill',
    'server',
    'cut',
    'again',
    'clock',
    'windows',
  ),
  which: fc.nat(999),
  afterMs: fc.integer({ min: 20, max: 4_000 }),
})
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never
const PACKAGES = ['lobby', 'signs']

class History {
  readonly site: Simulation
  readonly counted = new ReportCounter()
  readonly arrivals: Arrivals
  /** Bytes that a kill cost: counted by the device, and not saved yet. */
  readonly lost = new Map<string, number>()
  #release = 0
  readonly #assigned: Simulation['server']['assignments'][number][] = []

  constructor(site: Simulation) {
    this.site = site
    this.arrivals = new Arrivals(site)
    site.server.onStatus = (deviceId, status) => this.counted.report(deviceId, status)
  }

  async play(happenings: readonly Happening[]): Promise<void> {
    const { site } = this
    // A release takes some seconds, so that most of what happens comes in the middle of one.
    site.lan.bytesPerMs = 15
    site.origin.patchAfterMs = 300
    for (const name of PACKAGES) await this.#publish(name, 1)
    await site.time.advance(20_000)
    for (const each of happenings) {
      await this.#happen(each)
      await site.time.advance(each.afterMs)
    }
    site.server.start()
    for (const device of site.devices) if (device.kiosk === null) device.boot()
    for (const { package: name } of site.server.assignments) site.server.setWindows(name, OPEN)
    await site.time.advance(60_000)
  }

  /** Never more than arrived, and no less but for what kills cost. */
  judge(): void {
    for (const { name, deviceId } of this.site.devices) {
      const counted = this.counted.of(deviceId)
      const arrived = this.arrivals.on(deviceId)
      const lost = this.lost.get(deviceId) ?? 0
      for (const source of ['fromStores', 'fromServer'] as const) {
        const short = arrived[source] - counted[source]
        assert.ok(short >= 0 && short <= lost, `${name} ${source}: ${short} short, ${lost} lost in kills`)
      }
    }
  }

  async #happen({ what, which }: Happening): Promise<void> {
    const { site } = this
    const { server } = site
    const device = site.devices[which % site.devices.length]
    const name = PACKAGES[which % PACKAGES.length]
    if (device === undefined || name === undefined) return
    const others = server.assignments.filter(assignment => assignment.package !== name)
    switch (what) {
      case 'publish':
        return this.#publish(name, which % 7)
      case 'go back': {
        const earlier = this.#assigned.filter(assignment => assignment.package === name)
        const chosen = earlier[which % earlier.length]
        return chosen && server.assign([...others, chosen])
      }
      case 'take away':
        return server.assign(others)
      case 'reload':
        await device.stop()
        device.kill()
        return device.boot()
      case 'kill':
        await this.#kill(device)
        return device.boot()
      case 'server':
        return server.isRunning ? server.stop() : server.start()
      case 'cut':
        return site.lan.cut(device.deviceId)
      case 'again': {
        const status = server.statuses.get(device.deviceId)
        return status && this.counted.report(device.deviceId, status)
      }
      case 'clock':
        return server.shiftClock((which - 500) * 100)
      case 'windows':
        return server.setWindows(name, { ...OPEN, onlyToProxiesUntil: server.now() + which * 10 })
    }
  }

  async #publish(name: string, content: number): Promise<void> {
    this.#release += 1
    // The same files as in another release, others in most chunks, for which there are patches, or all of them new.
    const files = content < 3 ? editedFiles(content) : filesOf(content === 3 ? 3 : 100 + this.#release)
    await this.site.publish(files, this.#release, OPEN, name)
    this.#assigned.push(...this.site.server.assignments.filter(({ package: each }) => each === name))
  }

  async #kill(device: SimulatedDevice): Promise<void> {
    for (const name of PACKAGES) {
      const live = device.package(name)?.bytes
      const saved = await readTrafficRecord(device.records, name)
      if (live === undefined) continue
      const unsaved = live.fromStores + live.fromServer - (saved?.fromStores ?? 0) - (saved?.fromServer ?? 0)
      this.lost.set(device.deviceId, (this.lost.get(device.deviceId) ?? 0) + Math.max(0, unsaved))
    }
    device.kill()
  }
}

test('PR-S17 over any history of updates, reloads, kills and reports that are lost or repeated, devices count what the links and the origin carried', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { minLength: 3, maxLength: 14, size: 'max' }),
      fc.nat(50),
      async (happenings, seed) => {
        const ends: (() => Promise<void> | void)[] = []
        const scope = { after: (end: () => Promise<void> | void) => void ends.push(end) } as Pick<
          TestContext,
          'after'
        >
        const site = await Simulation.create(scope, { stores: 1, kiosks: 2, seed })
        const history = new History(site)
        await history.play(happenings)
        history.judge()
        for (const end of ends) await end()
      },
    ),
    {
      numRuns: Number(process.env.LARDER_HISTORIES ?? 8),
      seed: Number(process.env.LARDER_HISTORY_SEED ?? 1),
    },
  )
})
