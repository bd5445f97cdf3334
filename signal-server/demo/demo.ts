/**
 * `larder demo`: a whole site on this machine. Everything an administrator would do is done with the commands an
 * administrator would type; the devices are browsers of their own. Leaves nothing behind but what it printed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pino, { type Logger } from 'pino'
import { formatBytes } from '../../presentation/sizes-and-spans.ts'
import { publishedSchema, type Stats, statsSchema } from '../../protocol/admin-api.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { parseWith } from '../../protocol/parse.ts'
import { findChromium } from '../../scripts/find-browsers.mjs'
import type { CliIo } from '../cli/io.ts'
import { Failure } from '../failure.ts'
import { LogLines } from '../log-lines.ts'
import { type RunningServer, startServer } from '../server.ts'
import { type KioskBrowser, openKioskBrowser } from './kiosk-browser.ts'
import { createLiveView } from './live-view.ts'

export interface DemoOptions {
  readonly kiosks: number
  readonly stores: number
  readonly once: boolean
  readonly json: boolean
}

export type RunCommand = (args: readonly string[], io: CliIo) => Promise<number>

const PACKAGE = 'lobby'
const EXAMPLE = fileURLToPath(new URL('../../examples/lobby/v1', import.meta.url))
const PREFERRED_PORTS = { port: 8080, adminPort: 8081 }
const REDRAW_INTERVAL_MS = 250
/** Long for a slow machine that starts many browsers; a demo that takes longer hangs. */
const RUN_TIMEOUT_MS = 180_000

interface DemoDevice {
  readonly name: string
  readonly role: 'store' | 'kiosk'
  readonly browser: KioskBrowser
}

/** Runs until Ctrl-C (`signal`), or with `once` until every device runs the release. */
export async function runDemo(
  options: DemoOptions,
  io: CliIo,
  run: RunCommand,
  stop: AbortSignal,
): Promise<void> {
  const executablePath = await findChromium()
  if (executablePath === null)
    throw new Failure('no Chromium was found; install one or set LARDER_CHROMIUM to its path')
  const root = await mkdtemp(join(tmpdir(), 'larder-demo-'))
  const closers: (() => Promise<unknown>)[] = [
    () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  ]
  try {
    await demo(options, io, run, stop, { root, executablePath, onClose: closer => closers.push(closer) })
  } finally {
    for (const closer of closers.reverse()) await closer().catch(() => {})
  }
}

interface Surroundings {
  readonly root: string
  readonly executablePath: string
  readonly onClose: (closer: () => Promise<unknown>) => void
}

async function demo(
  options: DemoOptions,
  io: CliIo,
  run: RunCommand,
  stop: AbortSignal,
  { root, executablePath, onClose }: Surroundings,
): Promise<void> {
  // With --json standard output holds the document alone.
  const say = (text: string) => (options.json ? io.err(text) : io.out(text))
  const data = join(root, 'data')
  const server = await startOnFreePorts(data)
  onClose(() => server.close())
  const admin = createAdministrator(run, io, server.adminUrl)
  admin.env.LARDER_TOKEN = await admin.command('token', 'create', '--data', data, '--name', 'demo')

  const published = publishedOf(
    await admin.command('publish', EXAMPLE, '--package', PACKAGE, '--version', '1.0.0', '--json'),
  )
  say(
    `published ${PACKAGE} ${published.version}: ${published.fileCount} files, ${formatBytes(published.encodedBytes)} to travel\n`,
  )
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
  await admin.command('site', 'create', 'demo', '--time-zone', timeZone)
  await admin.command('profile', 'create', 'lobby-screens', '--site', 'demo', '--package', PACKAGE)
  const storeLink = await admin.command(
    'enrol',
    'create',
    '--site',
    'demo',
    '--role',
    'store',
    '--uses',
    String(options.stores + 1),
  )
  const kioskLink = await admin.command(
    'enrol',
    'create',
    '--site',
    'demo',
    '--role',
    'kiosk',
    '--uses',
    String(options.kiosks + 10),
  )

  const devices: DemoDevice[] = []
  const open = async (role: DemoDevice['role'], number: number) => {
    const name = `${role}-${number}`
    const profileDirectory = join(root, name)
    const url = role === 'store' ? storeLink : kioskLink
    const browser = await openKioskBrowser({ executablePath, profileDirectory, url })
    onClose(() => browser.close())
    devices.push({ name, role, browser })
  }
  say(
    `opening ${count(options.stores, 'store')} and ${count(options.kiosks, 'kiosk')}, each a browser of its own\n\n`,
  )
  for (let number = 1; number <= options.stores; number++) await open('store', number)
  await waitUntilOnline(devices, stop)
  for (let number = 1; number <= options.kiosks; number++) await open('kiosk', number)

  const columns = io.isWatched && process.stdout.isTTY && !options.json ? process.stdout.columns : null
  const view = createLiveView(say, columns)
  let statuses = await watch(
    devices,
    view,
    status => allActive(status, published.release),
    stop,
    RUN_TIMEOUT_MS,
  )
  if (stop.aborted) return
  await nameDevices(devices, statuses, server.adminUrl, admin.env.LARDER_TOKEN)
  const stats = await fetchStats(server.adminUrl, admin.env.LARDER_TOKEN)
  say(`\n${summaryLine(devices, statuses, stats)}\n`)

  if (!options.once) {
    say(lookAround(kioskLink, server, admin.env.LARDER_TOKEN))
    statuses = await watch(devices, view, () => false, stop, Number.POSITIVE_INFINITY)
  }
  if (options.json)
    io.out(
      `${JSON.stringify(document(devices, statuses, stats, published, kioskLink, server.adminUrl), null, 2)}\n`,
    )
}

async function startOnFreePorts(data: string) {
  const lines = new LogLines(2, { onLost: lost => log.error({ lost }, 'lines of the log were lost') })
  process.once('exit', () => lines.writeRestSync())
  const log: Logger = pino({ name: 'larder', base: null, level: 'error' }, lines)
  const options = { data, host: '127.0.0.1', adminHost: '127.0.0.1', log }
  try {
    return await startServer({ ...options, ...PREFERRED_PORTS })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return await startServer({ ...options, port: 0, adminPort: 0 })
  }
}

/** Runs commands as a person at this server would, and gives back what they print. */
function createAdministrator(run: RunCommand, io: CliIo, adminUrl: string) {
  const env: Record<string, string | undefined> = { ...io.env, LARDER_URL: adminUrl }
  return {
    env,
    async command(...args: string[]): Promise<string> {
      let out = ''
      let err = ''
      const quietly: CliIo = {
        ...io,
        env,
        isWatched: false,
        out: text => {
          out += text
        },
        err: text => {
          err += text
        },
      }
      const code = await run(args, quietly)
      if (code !== 0) throw new Failure(`larder ${args.join(' ')} failed: ${err.trim()}`)
      return out.trim()
    },
  }
}

function publishedOf(text: string) {
  const parsed = parseWith(publishedSchema, JSON.parse(text))
  if (!parsed.ok) throw new Failure(`larder publish printed something unknown: ${parsed.message}`)
  return parsed.value
}

async function waitUntilOnline(devices: readonly DemoDevice[], stop: AbortSignal): Promise<void> {
  await poll(stop, RUN_TIMEOUT_MS, async () => {
    const statuses = await Promise.all(devices.map(({ browser }) => browser.status()))
    return statuses.every(status => status?.connection === 'online')
  })
}

/** Draws until `done` says so; resolves with the last statuses. */
async function watch(
  devices: readonly DemoDevice[],
  view: ReturnType<typeof createLiveView>,
  done: (statuses: readonly (DeviceStatus | null)[]) => boolean,
  stop: AbortSignal,
  timeoutMs: number,
): Promise<readonly (DeviceStatus | null)[]> {
  let statuses: readonly (DeviceStatus | null)[] = []
  await poll(stop, timeoutMs, async () => {
    statuses = await Promise.all(devices.map(({ browser }) => browser.status()))
    view.draw(devices.map(({ name }, at) => ({ name, status: packageOf(statuses[at] ?? null) })))
    return done(statuses)
  })
  return statuses
}

/** Asks again until it is true, until Ctrl-C, or until it has clearly failed. */
async function poll(stop: AbortSignal, timeoutMs: number, isDone: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!stop.aborted && !(await isDone())) {
    if (performance.now() > deadline)
      throw new Failure('the devices did not get the release in time; run it again, or see `npm test`')
    await delay(REDRAW_INTERVAL_MS)
  }
}

function packageOf(status: DeviceStatus | null) {
  return status?.packages.find(candidate => candidate.package === PACKAGE) ?? null
}

function allActive(statuses: readonly (DeviceStatus | null)[], release: number): boolean {
  return statuses.every(status => {
    const found = packageOf(status)
    return found?.phase === 'active' && found.activeRelease === release
  })
}

/** So that the administration page calls the devices as this terminal does. */
async function nameDevices(
  devices: readonly DemoDevice[],
  statuses: readonly (DeviceStatus | null)[],
  adminUrl: string,
  token: string,
): Promise<void> {
  for (const [at, { name }] of devices.entries()) {
    const deviceId = statuses[at]?.deviceId
    if (deviceId === undefined) continue
    await fetch(new URL(`api/devices/${deviceId}`, adminUrl), {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    })
  }
}

async function fetchStats(adminUrl: string, token: string): Promise<Stats> {
  const response = await fetch(new URL('api/stats', adminUrl), {
    headers: { authorization: `Bearer ${token}` },
  })
  const parsed = parseWith(statsSchema, await response.json())
  if (!parsed.ok) throw new Failure(`the server's statistics are not understood: ${parsed.message}`)
  return parsed.value
}

function bytesOf(statuses: readonly (DeviceStatus | null)[]) {
  return statuses.map(status => packageOf(status)?.bytes ?? { fromStores: 0, fromServer: 0, reused: 0 })
}

function summaryLine(
  devices: readonly DemoDevice[],
  statuses: readonly (DeviceStatus | null)[],
  stats: Stats,
): string {
  const fromStores = bytesOf(statuses).reduce((sum, bytes) => sum + bytes.fromStores, 0)
  return `${formatBytes(stats.chunkBytesSent)} crossed from the origin and ${formatBytes(fromStores)} came from stores: ${count(devices.length, 'device')} run ${PACKAGE} 1.0.0.`
}

function lookAround(kioskLink: string, server: RunningServer, token: string): string {
  return [
    '',
    `See it yourself    open ${kioskLink}`,
    `Administer it      open ${server.adminLink} (once, within 15 minutes)`,
    `From a shell       export LARDER_URL=${server.adminUrl} LARDER_TOKEN=${token}`,
    `Send an update     npx larder publish examples/lobby/v2 --package ${PACKAGE} --version 1.1.0`,
    'Ctrl-C ends it and removes what it made.',
    '',
    '',
  ].join('\n')
}

function document(
  devices: readonly DemoDevice[],
  statuses: readonly (DeviceStatus | null)[],
  stats: Stats,
  published: { readonly release: number; readonly version: string; readonly encodedBytes: number },
  kioskUrl: string,
  adminUrl: string,
) {
  return {
    package: PACKAGE,
    release: published.release,
    version: published.version,
    encodedBytes: published.encodedBytes,
    devices: devices.map(({ name, role }, at) => {
      const status = statuses[at] ?? null
      const found = packageOf(status)
      return {
        name,
        deviceId: status?.deviceId ?? null,
        role,
        phase: found?.phase ?? null,
        activeVersion: found?.activeVersion ?? null,
        bytes: bytesOf([status])[0],
      }
    }),
    origin: { chunkBytesSent: stats.chunkBytesSent },
    kioskUrl,
    adminUrl,
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
