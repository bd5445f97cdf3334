/**
 * From one store to one kiosk and to three, against the same bytes over a raw data channel and over WebTorrent, in turns. And how
 * much memory a kiosk's page takes while it gets a large release.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Bench, BenchContext, BenchOutcome, Measure, Target } from '../support/bench-context.ts'
import { installOtherSoftware, otherSoftwareVersion } from '../support/other-software.ts'
import { startStaticServer } from '../support/static-server.ts'
import { inTurns, median, ratiosWithinRounds } from '../support/statistics.ts'
import type { Delivery } from './delivery.ts'
import { openLarderSite } from './larder.ts'
import { measureMemory } from './memory.ts'
import { loopback, openLan } from './place.ts'
import { openRawChannels } from './raw-channel.ts'
import { openSwarm } from './webtorrent.ts'

const MIB = 1024 * 1024
const MB = 1_000_000

export const bench: Bench = {
  title: 'store to kiosk, against a raw data channel and WebTorrent; memory of the page',
  rounds: 3,
  settings: {
    part: 'all',
    megabytes: 96,
    fileMegabytes: 96,
    frameKiB: 256,
    lanMbits: 0,
    memoryMegabytes: 1000,
  },
  run,
}

const PARTS = { one: 1, three: 3 } as const

async function run(context: BenchContext): Promise<BenchOutcome> {
  const { part } = context.settings
  if (!['all', 'one', 'three', 'memory'].includes(String(part)))
    throw new Error(`part is all, one, three or memory, not "${part}"`)
  const outcomes: BenchOutcome[] = []
  for (const [name, kiosks] of Object.entries(PARTS))
    if (part === 'all' || part === name) outcomes.push(await measureSpeed(context, kiosks))
  if (part === 'all' || part === 'memory')
    outcomes.push(await measureMemory(context, context.number('memoryMegabytes') * MB))
  return {
    measures: outcomes.flatMap(({ measures }) => measures),
    targets: outcomes.flatMap(({ targets }) => targets),
    notes: outcomes.flatMap(({ notes }) => notes),
  }
}

async function measureSpeed(context: BenchContext, kiosks: number): Promise<BenchOutcome> {
  await installOtherSoftware(context.log)
  const bytes = context.number('megabytes') * MB
  const folder = path.join(context.scratch, `pages-${kiosks}`)
  await mkdir(folder)
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>bench</title>')
  const lanMbits = context.number('lanMbits')
  const place = lanMbits === 0 ? loopback() : await openLan(context, 1 + kiosks, lanMbits)
  const pages = await startStaticServer(folder, place.serverHost, place.prefix)
  context.onClose(() => pages.close())
  const url = `http://${place.serverName}:${pages.port}/index.html`

  const raw = await openRawChannels(context, place, url, kiosks)
  const larder = await openLarderSite(context, place, kiosks, context.number('fileMegabytes') * MB)
  const swarm = await openSwarm(context, place, folder, url, kiosks)
  const told = async (name: string, delivery: Promise<Delivery>) => {
    const { seconds, cpuSeconds } = await delivery
    context.log(
      `one to ${kiosks}, ${name}: ${((kiosks * bytes) / seconds / MIB).toFixed(1)} MiB/s, CPU ${cpuSeconds.toFixed(1)} s`,
    )
    return { seconds, cpuSeconds }
  }
  const results = await inTurns(context.rounds, {
    raw: () => told('raw', raw.deliver(bytes, context.number('frameKiB') * 1024)),
    larder: () => told('Larder', larder.deliver(bytes)),
    webtorrent: () => told('WebTorrent', swarm.deliver(bytes)),
  })
  await Promise.all([raw.close(), larder.close(), swarm.close()])

  const speed = (all: readonly Delivery[]) => all.map(({ seconds }) => (kiosks * bytes) / seconds / MIB)
  const cpu = (all: readonly Delivery[]) =>
    all.map(({ cpuSeconds }) => (1000 * cpuSeconds * MIB) / (kiosks * bytes))
  const names = {
    raw: 'raw channel',
    larder: 'Larder, verified and stored',
    webtorrent: `WebTorrent ${otherSoftwareVersion('webtorrent')}`,
  }
  const to = `one → ${kiosks === 1 ? 'one' : 'three'}`
  const measures: Measure[] = (['raw', 'larder', 'webtorrent'] as const).flatMap(key => [
    { name: `${to}: ${names[key]}`, unit: 'MiB/s', values: speed(results[key]) },
    { name: `${to}: ${names[key]}, CPU of all browsers`, unit: 'ms/MiB', values: cpu(results[key]) },
  ])
  const ratio = (other: readonly Delivery[]) =>
    median(ratiosWithinRounds(speed(results.larder), speed(other)))
  const targets: Target[] = [
    {
      name: `${to}: Larder / WebTorrent`,
      value: ratio(results.webtorrent),
      unit: '×',
      bound: { atLeast: 2 },
    },
  ]
  if (kiosks === 1)
    targets.unshift({
      name: `${to}: Larder / raw channel`,
      value: ratio(results.raw),
      unit: '×',
      bound: { atLeast: 0.95 },
    })
  return {
    measures,
    targets,
    notes: [
      `${to}: ${bytes} incompressible bytes${kiosks > 1 ? ' to each, speeds are sums' : ''}; Larder from the moment the window is opened until the last chunk is durable, links open.`,
    ],
  }
}
