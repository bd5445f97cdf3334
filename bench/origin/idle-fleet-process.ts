/** The process of an {@link IdleFleet}: thousands of devices on one event loop. Ends when it is killed. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { BenchDevice, type Handshake } from '../support/bench-device.ts'
import type { FleetCalls } from './idle-fleet.ts'

const ENROLMENTS_AT_ONCE = 32
const POLL_MS = 20

/** What these devices wait for each other, all being on one event loop. */
const loopDelay = monitorEventLoopDelay({ resolution: 10 })
loopDelay.enable()

const devices: BenchDevice[] = []
const kiosks: BenchDevice[] = []

type Answering = {
  [N in keyof FleetCalls]: (...args: Parameters<FleetCalls[N]>) => Promise<ReturnType<FleetCalls[N]>>
}

const calls: Answering = {
  async enrol({ deviceUrl, sites, devicesPerSite }) {
    const wanted = sites.flatMap(({ storeToken, kioskToken }) =>
      Array.from({ length: devicesPerSite }, (_, place) => (place === 0 ? storeToken : kioskToken)),
    )
    await eachOf(wanted.entries(), ENROLMENTS_AT_ONCE, async ([place, token]) => {
      const device = await BenchDevice.enrol(deviceUrl, token)
      devices.push(device)
      if (place % devicesPerSite !== 0) kiosks.push(device)
    })
    return null
  },

  async connect(atOnce) {
    const begunAt = Date.now()
    await eachOf(devices.values(), atOnce, async device => {
      device.start()
      while (!device.isOnline) await delay(POLL_MS)
    })
    return handshakesSince(begunAt)
  },

  async allOnline(since) {
    while (!devices.every(device => device.isOnline && (device.handshake?.welcomedAt ?? 0) >= since))
      await delay(POLL_MS)
    const failures = devices.reduce((sum, device) => sum + device.failures, 0)
    for (const device of devices) device.failures = 0
    const loopDelayMs = loopDelay.max / 1e6
    loopDelay.reset()
    return { handshakes: handshakesSince(since), failures, loopDelayMs }
  },

  async introduce({ release, each, atOnce }) {
    const milliseconds: number[] = []
    const refusals: Record<string, number> = {}
    const questions = Array.from({ length: each }, () => kiosks).flat()
    await eachOf(questions.values(), atOnce, async kiosk => {
      const askedAt = performance.now()
      const answer = await kiosk.introduce(release)
      milliseconds.push(performance.now() - askedAt)
      if (answer.type !== 'refused') return
      refusals[answer.problem.type] = (refusals[answer.problem.type] ?? 0) + 1
    })
    return { milliseconds, refusals }
  },

  async onlineCount() {
    return devices.filter(device => device.isOnline).length
  },

  async grants({ release, count }) {
    const tokens: string[] = []
    for (const device of devices.slice(0, count)) {
      const answer = await device.grant(release)
      if (answer.type !== 'grant') throw new Error(`no grant: ${JSON.stringify(answer)}`)
      tokens.push(answer.token)
    }
    return tokens
  },
}

function handshakesSince(since: number): Handshake[] {
  return devices.flatMap(({ handshake }) =>
    handshake !== null && handshake.welcomedAt >= since ? handshake : [],
  )
}

/** Works through all of them, so many at once. */
async function eachOf<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value)
    }),
  )
}

process.on('message', (call: { id: number; name: keyof FleetCalls; args: unknown[] }) => {
  const answer = calls[call.name] as (...args: unknown[]) => Promise<unknown>
  answer(...call.args).then(
    value => process.send?.({ id: call.id, value }),
    error => process.send?.({ id: call.id, error: String(error?.stack ?? error) }),
  )
})
