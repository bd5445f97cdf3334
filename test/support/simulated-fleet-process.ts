/** The process of a {@link SimulatedFleet}: thousands of devices on one event loop. Ends when it is killed. */
import { setTimeout as delay } from 'node:timers/promises'
import type { PackageStatus } from '../../protocol/device-status.ts'
import { packageStatus, statusOf } from './device-status.ts'
import { enrolDevice, generateDeviceKeys, SignalingClient } from './signaling-client.ts'
import type { FleetCalls, FleetPlan, FleetTruth } from './simulated-fleet.ts'

/** Enrolments and handshakes under way at once: enough to keep the server busy, not so many that one waits for long. */
const AT_ONCE = 16
const TICK_MS = 50
/** Well under the silence after which the server ends a session. */
const PING_EVERY_MS = 20_000
const TOTAL_CHUNKS = 40
/** Stepped through unevenly, so that no two counts are the same by chance. */
const PHASES = [
  ...(['waiting', 'downloading', 'active', 'downloading', 'failed', 'active', 'staged'] as const),
  ...(['waiting', 'downloading', 'active', 'downloading', 'active', 'downloading'] as const),
]

interface Device {
  readonly index: number
  readonly site: string
  readonly name: string
  readonly client: SignalingClient
  reports: number
  last: PackageStatus
}

const devices: Device[] = []
let reports = 0

type Answering = {
  [N in keyof FleetCalls]: (...args: Parameters<FleetCalls[N]>) => Promise<ReturnType<FleetCalls[N]>>
}

const calls: Answering = {
  async start({ deviceUrl, devicesPerSite, sites }: FleetPlan) {
    const wanted = sites.flatMap(({ site, token }) =>
      Array.from({ length: devicesPerSite }, (_, place) => ({ site, token, name: `${site}/${place + 1}` })),
    )
    const joined = new Array<Device>(wanted.length)
    const queue = wanted.entries()
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const [index, { site, token, name }] of queue) {
          const keys = await generateDeviceKeys()
          await enrolDevice(deviceUrl, keys, token, name)
          const { client } = await SignalingClient.join(deviceUrl, keys)
          joined[index] = { index, site, name, client, reports: 0, last: packageStatus() }
        }
      }),
    )
    devices.push(...joined)
    keepAlive()
    for (const device of devices) report(device)
    await settled()
    return null
  },

  async report({ count, perSecond, busy }) {
    const begunAt = performance.now()
    const turns = { busy: 0, rest: 0 }
    for (let sent = 0; sent < count; ) {
      const due = Math.min(count, Math.ceil(((performance.now() - begunAt) / 1000) * perSecond))
      for (; sent < due; sent++) {
        const index = sent % 2 === 0 ? turns.busy++ % busy : busy + (turns.rest++ % (devices.length - busy))
        const device = devices[index]
        if (device) report(device)
      }
      await delay(TICK_MS)
    }
    await settled()
    return null
  },

  async truth() {
    const byPhase = { waiting: 0, downloading: 0, staged: 0, active: 0, failed: 0 }
    let fromStores = 0
    let fromServer = 0
    for (const { last } of devices) {
      byPhase[last.phase]++
      fromStores += last.bytes.fromStores
      fromServer += last.bytes.fromServer
    }
    const said = devices.map(({ client: { deviceId }, name, last: { phase, detail } }) => ({
      deviceId,
      name,
      phase,
      detail,
    }))
    return { devices: said, byPhase, fromStores, fromServer, reports } satisfies FleetTruth
  },
}

/** The next step of a transfer that never ends: other counters, another phase, another sentence. */
function report(device: Device): void {
  const { index, last } = device
  device.reports++
  reports++
  const phase = PHASES[(index * device.reports) % PHASES.length] ?? 'waiting'
  device.last = packageStatus({
    phase,
    activeRelease: phase === 'active' ? 1 : null,
    activeVersion: phase === 'active' ? '1.0.0' : null,
    detail: `report ${device.reports} of ${device.name}: ${phase}`,
    chunks: { have: (device.reports * 7 + index) % TOTAL_CHUNKS, total: TOTAL_CHUNKS },
    bytes: {
      fromStores: last.bytes.fromStores + 10_000 * (1 + (index % 7)),
      fromServer: last.bytes.fromServer + 1_000 * (index % 3),
      reused: 0,
    },
  })
  const { deviceId } = device.client
  device.client.send({ type: 'status', status: statusOf(deviceId, [device.last], { site: device.site }) })
}

/** The server answers each device in order: what was reported before is in. */
async function settled(): Promise<void> {
  const queue = devices.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const { client } of queue) await client.settled()
    }),
  )
}

function keepAlive(): void {
  let next = 0
  setInterval(() => {
    const due = Math.ceil((devices.length * 1000) / PING_EVERY_MS)
    for (let sent = 0; sent < due; sent++)
      devices[next++ % devices.length]?.client.send({ type: 'ping', id: 'still-here' })
  }, 1000)
}

process.on('message', (call: { id: number; name: keyof FleetCalls; args: unknown[] }) => {
  const answer = calls[call.name] as (...args: unknown[]) => Promise<unknown>
  answer(...call.args).then(
    value => process.send?.({ id: call.id, value }),
    error => process.send?.({ id: call.id, error: String(error?.stack ?? error) }),
  )
})
