/**
 * The origin alone: chunks served against nginx over the same files, ten thousand devices that only hold their session, and
 * all of them coming back after the server was killed.
 */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bench, BenchContext, BenchOutcome, Measure, Target } from '../support/bench-context.ts'
import {
  Administrator,
  type LarderServer,
  restartLarderServer,
  startLarderServer,
} from '../support/larder-server.ts'
import { versionOf } from '../support/machine.ts'
import { peakResidentBytes, residentBytes, usageOfTrees } from '../support/process-usage.ts'
import { writeRandomPackage } from '../support/random-package.ts'
import { inTurns, median, quantile, ratiosWithinRounds } from '../support/statistics.ts'
import { type IdleFleet, startIdleFleet } from './idle-fleet.ts'
import { type Load, type Request, runLoad, startNginx } from './load.ts'

const PACKAGE = 'bench'
const MB = 1_000_000
const NGINX_PORT = 18_480
/** Devices whose grants the load generator uses in turn; no more of a site than get a grant at once (T1). */
const GRANTS = 64
const GRANTS_PER_SITE = 4

export const bench: Bench = {
  title: 'the origin alone: chunks against nginx, idle devices, all of them coming back',
  rounds: 3,
  settings: {
    part: 'both',
    megabytes: 64,
    connections: 32,
    seconds: 6,
    devices: 10_000,
    devicesPerSite: 20,
    processes: 2,
    idleSeconds: 60,
  },
  run,
}

async function run(context: BenchContext): Promise<BenchOutcome> {
  const { part } = context.settings
  if (part !== 'both' && part !== 'chunks' && part !== 'devices')
    throw new Error(`part is both, chunks or devices, not "${part}"`)
  const outcomes = [
    ...(part === 'devices' ? [] : [await chunkServing(context)]),
    ...(part === 'chunks' ? [] : [await idleDevices(context)]),
  ]
  return {
    measures: outcomes.flatMap(({ measures }) => measures),
    targets: outcomes.flatMap(({ targets }) => targets),
    notes: outcomes.flatMap(({ notes }) => notes),
  }
}

async function chunkServing(context: BenchContext): Promise<BenchOutcome> {
  const stage = await openStage(context, 'chunks', {
    sites: GRANTS / GRANTS_PER_SITE,
    devicesPerSite: GRANTS_PER_SITE,
  })
  const { server, admin, release, fleet } = stage
  await fleet.enrol(stage.plan)
  await fleet.connect(GRANTS)
  const grants = await fleet.grants({ release, count: GRANTS })
  const chunksFolder = path.join(server.place.data, 'vault', 'chunks')
  const files = (await readdir(chunksFolder, { recursive: true })).filter(name => name.includes('/'))
  const nginx = await startNginx(context.scratch, chunksFolder, NGINX_PORT)
  context.onClose(() => nginx.close())

  const larderRequests: Request[] = files.map((file, at) => ({
    path: `/releases/${release}/chunks/${path.basename(file)}`,
    headers: { authorization: `Bearer ${grants[at % grants.length]}` },
  }))
  const nginxRequests: Request[] = files.map(file => ({ path: `/${file}`, headers: {} }))
  const load = { connections: context.number('connections'), seconds: context.number('seconds') }
  const countedBefore = (await admin.stats()).chunkBytesSent
  const results = await inTurns(context.rounds, {
    larder: () =>
      withCpu(server.pid, () =>
        runLoad(context.scratch, new URL(server.kioskUrl).origin, larderRequests, load),
      ),
    nginx: () => withCpu(nginx.pid, () => runLoad(context.scratch, nginx.url, nginxRequests, load)),
  })
  const counted = (await admin.stats()).chunkBytesSent - countedBefore
  for (const [name, loads] of Object.entries(results)) {
    const errors = loads.reduce((sum, each) => sum + each.errors, 0)
    if (errors > 0) throw new Error(`${name} gave ${errors} answers that were none`)
  }
  const larderMemory = await residentBytes(server.pid)
  const nginxMemory = (await usageOfTrees([nginx.pid])).memoryBytes
  await stage.close()
  await nginx.close()

  const of = <T>(loads: readonly T[], pick: (load: T) => number) => loads.map(pick)
  const rows = (name: string, loads: readonly CostlyLoad[]): Measure[] => [
    { name: `${name}: requests`, unit: '/s', values: of(loads, load => load.requestsPerSecond) },
    { name: `${name}: bytes`, unit: 'MB/s', values: of(loads, load => load.megabytesPerSecond) },
    { name: `${name}: an answer, median`, unit: 'ms', values: of(loads, load => load.medianMs) },
    { name: `${name}: an answer, p99`, unit: 'ms', values: of(loads, load => load.p99Ms) },
    { name: `${name}: CPU of the server`, unit: 's/GB', values: of(loads, load => load.cpuSecondsPerGb) },
  ]
  return {
    measures: [
      ...rows('Larder', results.larder),
      ...rows('nginx', results.nginx),
      { name: 'Larder: resident after the load', unit: 'MB', values: [larderMemory / MB] },
      { name: 'nginx: memory of all processes', unit: 'MB', values: [nginxMemory / MB] },
    ],
    targets: [
      {
        name: 'chunks, MB/s, Larder / nginx',
        value: median(
          ratiosWithinRounds(
            of(results.larder, load => load.megabytesPerSecond),
            of(results.nginx, load => load.megabytesPerSecond),
          ),
        ),
        unit: '×',
        bound: { atLeast: 0.8 },
      },
    ],
    notes: [
      `${files.length} chunks, ${Math.round(stage.encodedBytes / files.length / 1024)} KiB on average; ${load.connections} connections; ${grants.length} devices' grants, checked at every request.`,
      `The origin counted ${counted} chunk bytes over the rounds; nginx is ${await versionOf('nginx', '-v')}, one worker a core; the load generator shares the cores.`,
    ],
  }
}

async function idleDevices(context: BenchContext): Promise<BenchOutcome> {
  const devicesPerSite = context.number('devicesPerSite')
  const devices = context.number('devices')
  const processes = context.number('processes')
  const sites = Math.ceil(devices / devicesPerSite)
  const stage = await openStage(context, 'devices', { sites, devicesPerSite })
  const fleets = [stage.fleet, ...Array.from({ length: processes - 1 }, () => newFleet(context))]
  const count = sites * devicesPerSite
  const emptyMemory = await residentBytes(stage.server.pid)

  context.log(`enrolling ${count} devices of ${sites} sites`)
  const enrolSeconds = await timed(() =>
    Promise.all(
      fleets.map((fleet, at) =>
        fleet.enrol({ ...stage.plan, sites: stage.plan.sites.filter((_, site) => site % processes === at) }),
      ),
    ),
  )
  // A process that has just done something else holds garbage of it: what a connection takes is measured in a fresh one.
  await stage.server.end()
  const server = await restartLarderServer(stage.server)
  context.onClose(() => server.end('SIGKILL'))
  await delay(context.number('idleSeconds') * 500)
  const knownMemory = await residentBytes(server.pid)

  context.log('all connect')
  const connecting = { handshakes: [] as number[], seconds: 0 }
  connecting.seconds = await timed(async () => {
    const all = await Promise.all(fleets.map(fleet => fleet.connect(64)))
    connecting.handshakes = all.flat().map(handshake => handshake.milliseconds)
  })
  context.log(`${connecting.handshakes.length} are connected, and idle now`)
  const cpuBefore = await usageOfTrees([server.pid])
  await delay(context.number('idleSeconds') * 1000)
  const idleMemory = await residentBytes(server.pid)
  const idleCpu =
    ((await usageOfTrees([server.pid])).cpuMs - cpuBefore.cpuMs) / context.number('idleSeconds') / 10

  context.log('introductions')
  const introductions = await measureIntroductions(fleets, stage.release)
  context.log('kill -9, restart, all come back')
  const back = await killAndReturn(context, server, fleets, count)
  await stage.close()
  await Promise.all(fleets.map(fleet => fleet.close()))

  const perDevice = (idleMemory - knownMemory) / count / 1024
  const one = (name: string, unit: string, value: number): Measure => ({ name, unit, values: [value] })
  const targets: Target[] = [
    { name: 'memory of a connected idle device', value: perDevice, unit: 'KiB', bound: { atMost: 25 } },
    { name: 'all back after a kill', value: back.seconds, unit: 's', bound: { atMost: 60 } },
    {
      name: 'handshake then, p99',
      value: quantile(back.handshakes, 0.99),
      unit: 'ms',
      bound: { atMost: 1000 },
    },
  ]
  return {
    measures: [
      one('enrolments', '/s', count / enrolSeconds),
      one('server resident, no devices', 'MB', emptyMemory / MB),
      one(`server resident, ${count} devices known`, 'MB', knownMemory / MB),
      one(`server resident, ${count} devices connected and idle`, 'MB', idleMemory / MB),
      one('memory of a connected idle device', 'KiB', perDevice),
      one('CPU of the server with all of them idle', '% of a core', idleCpu),
      one('handshakes, 64 at once in each process', '/s', count / connecting.seconds),
      one('a handshake then, p50', 'ms', median(connecting.handshakes)),
      one('a handshake then, p99', 'ms', quantile(connecting.handshakes, 0.99)),
      one('introductions', '/s', introductions.perSecond),
      one('an introduction, p50', 'ms', median(introductions.milliseconds)),
      one('an introduction, p99', 'ms', quantile(introductions.milliseconds, 0.99)),
      one('after a kill: server ready', 's', back.readySeconds),
      one('after a kill: last device back', 's', back.seconds),
      one('after a kill: a handshake, p50', 'ms', median(back.handshakes)),
      one('after a kill: a handshake, p99', 'ms', quantile(back.handshakes, 0.99)),
      one('after a kill: connections turned away or failed', '', back.failures),
      one('after a kill: longest that the devices’ own process kept them waiting', 'ms', back.loopDelayMs),
      one('server: most that was ever resident', 'MB', back.peakBytes / MB),
    ],
    targets,
    notes: [
      `${count} devices of ${sites} sites in ${processes} processes on the same cores, running the device's own signaling machine; each reports a status when it is welcomed and keeps its heartbeat.`,
      `Introductions: ${introductions.milliseconds.length} asked, 64 at once in each process; refused: ${JSON.stringify(introductions.refusals)}.`,
      'Kernel memory of sockets is not in the figures.',
    ],
  }
}

async function measureIntroductions(fleets: readonly IdleFleet[], release: string) {
  let answers: Awaited<ReturnType<IdleFleet['introduce']>>[] = []
  const seconds = await timed(async () => {
    answers = await Promise.all(fleets.map(fleet => fleet.introduce({ release, each: 2, atOnce: 64 })))
  })
  const milliseconds = answers.flatMap(answer => answer.milliseconds)
  const refusals: Record<string, number> = {}
  for (const answer of answers)
    for (const [reason, times] of Object.entries(answer.refusals))
      refusals[reason] = (refusals[reason] ?? 0) + times
  return { milliseconds, refusals, perSecond: milliseconds.length / seconds }
}

async function killAndReturn(
  context: BenchContext,
  server: LarderServer,
  fleets: readonly IdleFleet[],
  count: number,
) {
  await Promise.all(fleets.map(fleet => fleet.allOnline(0)))
  const killedAt = Date.now()
  await server.end('SIGKILL')
  const again = await restartLarderServer(server)
  context.onClose(() => again.end('SIGKILL'))
  const readySeconds = (Date.now() - killedAt) / 1000
  const returned = await Promise.all(fleets.map(fleet => fleet.allOnline(killedAt)))
  const handshakes = returned.flatMap(each => each.handshakes)
  if (handshakes.length !== count) throw new Error(`${handshakes.length} of ${count} devices came back`)
  const lastAt = handshakes.reduce((last, { welcomedAt }) => Math.max(last, welcomedAt), killedAt)
  return {
    readySeconds,
    seconds: (lastAt - killedAt) / 1000,
    handshakes: handshakes.map(handshake => handshake.milliseconds),
    loopDelayMs: Math.max(...returned.map(each => each.loopDelayMs)),
    failures: returned.reduce((sum, { failures }) => sum + failures, 0),
    peakBytes: await peakResidentBytes(again.pid),
  }
}

interface CostlyLoad extends Load {
  readonly cpuSecondsPerGb: number
}

async function withCpu(pid: number, work: () => Promise<Load>): Promise<CostlyLoad> {
  const before = await usageOfTrees([pid])
  const load = await work()
  const cpuMs = (await usageOfTrees([pid])).cpuMs - before.cpuMs
  return { ...load, cpuSecondsPerGb: cpuMs / 1000 / (load.bytes / 1e9) }
}

/** A server with one package assigned to so many sites, and the tokens that devices enrol with. */
async function openStage(
  context: BenchContext,
  name: string,
  { sites, devicesPerSite }: { readonly sites: number; readonly devicesPerSite: number },
) {
  const server = await startLarderServer({ data: path.join(context.scratch, name) })
  context.onClose(() => server.end('SIGKILL'))
  const admin = await Administrator.of(server)
  const folder = await writeRandomPackage(path.join(context.scratch, `${name}-package`), {
    bytes: context.number('megabytes') * MB,
    fileBytes: 5 * MB,
    seed: `origin ${name}`,
  })
  const { digest, encodedBytes } = await admin.publish(folder, PACKAGE, '1.0.0')
  const names = Array.from({ length: sites }, (_, at) => `site-${at + 1}`)
  const plan = []
  for (const site of names) {
    await admin.call('PUT', `api/sites/${site}`, { timeZone: 'Europe/Berlin' })
    const tokenFor = async (role: string) => {
      const made = await admin.call('POST', 'api/enrolment-tokens', { site, role, uses: devicesPerSite })
      return (made as { token: string }).token
    }
    plan.push({ storeToken: await tokenFor('store'), kioskToken: await tokenFor('kiosk') })
  }
  await admin.call('PUT', 'api/profiles/screens', { sites: names, packages: [{ package: PACKAGE }] })
  return {
    server,
    admin,
    release: digest,
    encodedBytes,
    fleet: newFleet(context),
    plan: { deviceUrl: server.kioskUrl, sites: plan, devicesPerSite },
    close: () => server.end(),
  }
}

function newFleet(context: BenchContext): IdleFleet {
  const fleet = startIdleFleet()
  context.onClose(() => fleet.close())
  return fleet
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / 1000
}
