/**
 * Seeded chaos: kills, cuts, silences, restarts, window edits and new releases in any order. Whatever happened, once things
 * work again and the windows allow it, every device runs the wanted release; and the simulation's own judgement holds: no
 * closed source was asked, nothing is left behind. A failure prints its seed and operations; seeds that once failed stay.
 * More seeds: LARDER_CHAOS_SEEDS=1000-1200 node --test test/unit/engine/chaos.test.ts
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Windows } from '../../../policy/windows.ts'
import { filesOf, OPEN, type SimulatedDevice, Simulation } from '../../support/kiosk-simulator.ts'
import { seededRandom } from '../../support/virtual-time.ts'

const OPERATIONS = 25
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8]

class Chaos {
  readonly site: Simulation
  readonly operations: string[] = []
  readonly #random: () => number
  #release = 1

  constructor(site: Simulation, random: () => number) {
    this.site = site
    this.#random = random
  }

  async play(): Promise<void> {
    await this.#publish(OPEN)
    for (let i = 0; i < OPERATIONS; i++) {
      const pauseMs = Math.floor(this.#random() ** 3 * 20_000)
      await this.site.time.advance(pauseMs)
      const operation = await this.#operate()
      this.operations.push(`${this.site.time.nowMs}: ${operation}`)
    }
  }

  /** Everything works again; windows end within a few minutes. */
  async heal(): Promise<void> {
    const { site } = this
    site.server.start()
    site.origin.isDown = false
    site.origin.isSilent = false
    for (const device of site.devices) {
      site.lan.setSilent(device.deviceId, false)
      if (device.kiosk === null) device.boot()
    }
    const windows = this.#windows()
    site.server.setWindows('lobby', windows)
    this.operations.push(`${site.time.nowMs}: healed, ${JSON.stringify(windows)}`)
    await site.untilAllRun(this.#release, 20 * 60_000)
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

  async #rot(device: SimulatedDevice): Promise<string> {
    const digest = this.#pick([...(await device.chunks.digests()), ''])
    if (digest === '') return 'nothing rots'
    await device.chunks.rot(digest)
    device.kiosk?.chunkLost(digest)
    return `${digest.slice(0, 6)} rots on ${device.name}`
  }

  async #publish(windows: Windows): Promise<void> {
    const files = filesOf(1, 20_000)
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
  const site = await Simulation.create(t, { seed, stores, kiosks: 2 })
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
