/** `/metrics`: the server's own counts, and the fleet as the records have it, for Prometheus. */
import { Counter, Gauge } from 'prom-client'
import type { AdminDeps } from './deps.ts'
import { type AdminRoute, route } from './route.ts'

/** Each device is in one of them at most: one without a package, or without a report yet, is in none. */
const STATES = ['pending', 'offline', 'onWanted', 'downloading', 'waiting', 'failed'] as const

export function metricsRoutes({ records, storage, watch, metrics }: AdminDeps): readonly AdminRoute[] {
  const { registry } = metrics
  const registers = [registry]
  const devices = new Gauge({
    name: 'larder_devices',
    help: 'Devices by what they are doing, offline before all; pending ones wait to be accepted, revoked ones are not counted',
    labelNames: ['state'],
    registers,
  })
  const online = new Gauge({
    name: 'larder_devices_online',
    help: 'Accepted devices that are connected',
    registers,
  })
  const bytes = new Counter({
    name: 'larder_bytes_total',
    help: 'Encoded bytes that devices report to have fetched, by source: stores or server',
    labelNames: ['source'],
    registers,
  })
  const sent = new Counter({
    name: 'larder_origin_sent_bytes_total',
    help: 'Encoded chunk bytes that this server has sent',
    registers,
  })

  const damagedChunks = new Gauge({
    name: 'larder_damaged_chunks',
    help: 'Stored chunks that are damaged, unreadable or missing, and are not served',
    registers,
  })
  const damagedManifests = new Gauge({
    name: 'larder_damaged_manifests',
    help: 'Releases whose stored manifest is damaged, so that devices refuse it',
    registers,
  })
  const recordsDamaged = new Gauge({
    name: 'larder_records_damaged',
    help: '1 when SQLite found something wrong with the records, else 0',
    registers,
  })
  const failingJobs = new Gauge({
    name: 'larder_failing_jobs',
    help: 'Work of the server in the background that fails and is tried again',
    registers,
  })
  const writable = new Gauge({
    name: 'larder_storage_writable',
    help: '1 while the server can write to its disk, 0 while publications and changes are refused',
    registers,
  })

  async function read(): Promise<void> {
    await Promise.all([watch.board.settled(), records.reports.flush(), records.traffic.flush()])
    const { counts } = watch.board
    for (const state of STATES) devices.set({ state }, counts[state])
    online.set(counts.online)
    writable.set(storage.trouble === null ? 1 : 0)
    const { fromStores, fromServer, originSent } = records.traffic.total()
    bytes.reset()
    bytes.inc({ source: 'stores' }, fromStores)
    bytes.inc({ source: 'server' }, fromServer)
    sent.reset()
    sent.inc(originSent)
    const upkeep = watch.upkeep()
    damagedChunks.set(upkeep.damagedChunks)
    damagedManifests.set(upkeep.damagedManifests)
    recordsDamaged.set(upkeep.recordsDamage === null ? 0 : 1)
    failingJobs.set(upkeep.failingJobs.length)
  }

  return [
    route(
      {
        method: 'GET',
        path: '/metrics',
        summary: 'Counts of the server and of the fleet, for Prometheus',
        answer: null,
        answerMediaType: registry.contentType,
      },
      async ({ c }) => {
        await read()
        return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType })
      },
    ),
  ]
}
