/**
 * Seeded chaos: kills, cuts, silences, restarts, lies, slow lines, repeated and late answers, full disks, window edits, new
 * releases and patches between them in any order. Whatever happened: no closed source was asked, no chunk was kept unverified, requests and queues stayed
 * bounded, whoever waits says why, nothing is left behind; and once things work again and the windows allow it, every device
 * runs the wanted release. A failure prints its seed and operations; seeds that once failed stay.
 * More seeds: LARDER_CHAOS_SEEDS=1000-1200 node --test test/unit/engine/chaos.test.ts
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Windows } from '../../../policy/windows.ts'
import { filesOf, OPEN, type SimulatedDevice, Simulation } from '../../support/kiosk-simulator.ts'
import { seededRandom } from '../../support/virtual-time.ts'

const OPERATIONS = 25
/** Of 1,000 bytes: the pipeline of the simulation, one more that fills it, and what is asked twice at the very end. */
const MOST_REQUESTS = 4 + 1 + 8
/** `originParallel` of the simulation. */
const MOST_FETCHES = 4
const CHUNK_FRAME = 9
const SEEDS = [1, 2, 3, 4, 9, 10, 11, 12, 101, 102, 103, 104, 1492, 1523]
/** From this seed on there are patches between releases. */
const FIRST_WITH_PATCHES = 100

class Chaos {
  readonly site: Simulation
  readonly operations: string[] = []
  readonly #liars = new Set<string>()
  readonly #random: () => number
  #release = 1

  constructor(site: Simulation, random: () => number) {
    this.site = site
    this.#random = random
    site.lan.tamper = (from, _, frame) => {
      if (!this.#liars.has(from) || frame[0] !== CHUNK_FRAME || random() < 0.7) return frame
      const wrong = frame.slice()
      wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1
      return wrong
    }
  }

  async play(): Promise<void> {
    await this.#publish(OPEN)
    for (let i = 0; i < OPERATIONS; i++) {
      const pauseMs = Math.floor(this.#random() ** 3 * 20_000)
      await this.site.time.advance(pauseMs)
      const operation = await this.#operate()
      this.operations.push(`${this.site.time.nowMs}: ${operation}`)
      this.#judge()
    }
  }

  /** What holds at every moment. */
  #judge(): void {
    const { site } = this
    assert.ok(site.requests.most <= MOST_REQUESTS, `${site.requests.most} requests on one link`)
    const fetches = Math.max(0, ...site.origin.mostUnderWay.values())
    assert.ok(fetches <= MOST_FETCHES, `${fetches} requests of one device to the origin`)
    assert.ok(site.lan.mostQueuedBytes < 5_000_000, `${site.lan.mostQueuedBytes} bytes queued on one link`)
    for (const { name, lobby } of site.devices) {
      if (lobby === undefined || lobby.reason === 'up-to-date') continue
      assert.ok(lobby.detail !== '', `${name} does not say what it waits for: ${lobby.reason}`)
      if (lobby.reason === 'windows-closed')
        assert.ok(lobby.decision.nextChangeAt !== null, `${name} waits for a window that never opens`)
    }
  }

  /** Everything works again; windows end within a few minutes. */
  async heal(): Promise<void> {
    const { site } = this
    site.server.start()
    site.origin.isDown = false
    site.origin.isSilent = false
    site.server.disturb = () => ({ copies: 1, lateMs: 0 })
    site.lan.rateOf.clear()
    this.#liars.clear()
    for (const device of site.devices) {
      site.lan.setSilent(device.deviceId, false)
      if (device.kiosk === null) device.boot()
    }
    const windows = this.#windows()
    site.server.setWindows('lobby', windows)
    this.operations.push(`${site.time.nowMs}: healed, ${JSON.stringify(windows)}`)
    await site.until(`all run release ${this.#release} or say why not`, () => this.#isOver(), 20 * 60_000)
  }

  /** A device that was killed on trial three times has a reason not to try the release again. */
  #isOver(): boolean {
    return this.site.devices.every(
      ({ lobby }) => lobby?.activeRelease === this.#release || lobby?.reason === 'release-failed',
    )
  }

  async #operate(): Promise<string> {
    const { site } = this
    const device = this.#pick(site.devices)
    switch (
      this.#pick([
        'power',
        'power',
        'silence',
        'cut',
        'server',
        'origin',
        'windows',
        'windows',
        'publish',
        'rot',
        'role',
        'clock',
        'lie',
        'slow',
        'disturb',
        'full',
      ])
    ) {
      case 'power':
        if (device.kiosk === null) {
          device.boot()
          return `${device.name} boots`
        }
        device.kill()
        return `${device.name} killed`
      case 'silence': {
        const silent = this.#random() < 0.5
        site.lan.setSilent(device.deviceId, silent)
        return `${device.name} silent ${silent}`
      }
      case 'cut':
        site.lan.cut(device.deviceId)
        return `${device.name} cut`
      case 'server':
        if (site.server.isRunning) site.server.stop()
        else site.server.start()
        return `server runs ${site.server.isRunning}`
      case 'origin':
        site.origin.isDown = this.#random() < 0.3
        site.origin.isSilent = this.#random() < 0.3
        return `origin down ${site.origin.isDown} silent ${site.origin.isSilent}`
      case 'windows': {
        const windows = this.#windows()
        site.server.setWindows('lobby', windows)
        return `windows ${JSON.stringify(windows)} at ${site.server.now()}`
      }
      case 'publish':
        this.#release += 1
        await this.#publish(this.#windows())
        return `release ${this.#release}`
      case 'rot':
        return this.#rot(device)
      case 'lie': {
        const { deviceId, name } = this.#pick(site.devices.filter(each => each.name.startsWith('store')))
        if (this.#liars.delete(deviceId)) return `${name} is honest again`
        this.#liars.add(deviceId)
        return `${name} lies`
      }
      case 'slow': {
        // From a crawl that counts as a stall to a slow line that does not.
        const bytesPerMs = 0.02 * 10 ** (this.#random() * 3)
        site.lan.rateOf.set(device.deviceId, bytesPerMs)
        return `${device.name} sends ${bytesPerMs.toFixed(2)} bytes/ms`
      }
      case 'disturb': {
        const share = this.#random()
        site.server.disturb = type => this.#disturbed(type, share)
        return `${share.toFixed(2)} of the server's messages repeated or late`
      }
      case 'full':
        device.chunks.failNextPuts({ ok: false, reason: 'quota', message: 'full' })
        return `one write on ${device.name} fails`
      case 'role': {
        const role = this.#random() < 0.5 ? 'store' : 'kiosk'
        site.server.setRole(device.deviceId, role)
        return `${device.name} is a ${role}`
      }
      default: {
        const byMs = Math.floor((this.#random() - 0.5) * 20_000)
        site.server.shiftClock(byMs)
        return `server clock set by ${byMs}`
      }
    }
  }

  /** A session keeps its order: only answers to requests, which are told apart by their ids, may overtake each other. */
  #disturbed(type: string, share: number) {
    const mayBeLate = type === 'grant' || type === 'refused' || type === 'pong'
    return {
      copies: type !== 'challenge' && type !== 'welcome' && this.#random() < share ? 2 : 1,
      lateMs: mayBeLate && this.#random() < share ? Math.floor(this.#random() * 2_000) : 0,
    }
  }

  async #rot(device: SimulatedDevice): Promise<string> {
    const digest = this.#pick([...(await device.chunks.digests()), ''])
    if (digest === '') return 'nothing rots'
    await device.chunks.rot(digest)
    device.kiosk?.chunkLost(digest)
    return `${digest.slice(0, 6)} rots on ${device.name}`
  }

  async #publish(windows: Windows): Promise<void> {
    // Every other release is new as a whole, the next one only in part; with patches it differs from it in most chunks.
    const files = filesOf(Math.floor(this.#release / 2), 20_000)
    const picture = files['picture.jpg']
    if (this.site.origin.patchAfterMs !== null && picture instanceof Uint8Array)
      for (let at = 500; at < picture.byteLength; at += 1_200) picture[at] = this.#release
    await this.site.publish(
      { ...files, 'news.bin': new Uint8Array(3_000).fill(this.#release) },
      this.#release,
      windows,
    )
  }

  #windows(): Windows {
    const now = this.site.server.now()
    const bound = () => (this.#random() < 0.5 ? null : now + Math.floor((this.#random() - 0.2) * 120_000))
    return {
      proxyDistribution: this.#random() < 0.85,
      onlyToProxiesUntil: bound(),
      enforceProxyUntil: bound(),
    }
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T
  }
}

async function survive(t: TestContext, seed: number): Promise<void> {
  const random = seededRandom(seed)
  const stores = 1 + Math.floor(random() * 2)
  const site = await Simulation.create(t, { seed, stores, kiosks: 2, options: { admissionSpreadMs: 2_000 } })
  if (seed >= FIRST_WITH_PATCHES) site.origin.patchAfterMs = Math.floor(random() * 20_000)
  const chaos = new Chaos(site, random)
  try {
    await chaos.play()
    await chaos.heal()
    await site.end()
  } catch (error) {
    const story = chaos.operations.map(line => `  ${line}`).join('\n')
    throw new assert.AssertionError({
      message: `seed ${seed}, ${stores} stores:\n${story}\n${error instanceof Error ? error.message : error}`,
    })
  }
}

function wantedSeeds(): number[] {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(process.env.LARDER_CHAOS_SEEDS ?? '') ?? []
  if (from === undefined || to === undefined) return SEEDS
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i)
}

for (const seed of wantedSeeds()) test(`chaos, seed ${seed}`, t => survive(t, seed))
