/**
 * A site behind a slow uplink, of network namespaces on this machine. Linux, root, Python 3 and /dev/net/tun.
 *
 *   origin 10.91.0.1 ══ uplink, shaped ══ 10.91.0.2 gateway 10.92.0.1 ── bridge ── hosts 10.92.0.11, .12 …
 *
 * The LAN is as fast as this machine, or each host's line has `lanMbits` in both directions.
 *
 * The origin has a second interface to this machine's own namespace for the administration: nothing of that crosses the
 * uplink. Everything is removed on `close`.
 */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const WAN_LINK = fileURLToPath(new URL('./wan-link.py', import.meta.url))

export interface SiteNetworkOptions {
  readonly hosts: number
  /** Towards the site, and away from it. */
  readonly downMbits: number
  readonly upMbits: number
  /** One way. */
  readonly delayMs: number
  readonly lanMbits?: number
  /** Where the wrappers that start browsers in a namespace are written. */
  readonly scratch: string
}

export interface LinkCounters {
  readonly packets: number
  readonly bytes: number
  readonly dropped: number
}

/** `down`: towards the site. IP packets, with all their headers. */
export interface LinkStats {
  readonly down: LinkCounters
  readonly up: LinkCounters
}

export interface SiteNetwork {
  /** The origin's address as the site reaches it, and as this process does. */
  readonly originAddress: string
  readonly originAdminAddress: string
  /** The command prefix that runs something at the origin. */
  readonly atOrigin: readonly string[]
  /** The same for host 1, 2, … of the site. */
  atHost(host: number): readonly string[]
  hostAddress(host: number): string
  /** An executable that is this browser inside a host's namespace. */
  browserIn(host: number, executablePath: string): Promise<string>
  stats(): Promise<LinkStats>
  close(): Promise<void>
}

/** @throws Error that says what is missing on this machine */
export async function openSiteNetwork(options: SiteNetworkOptions): Promise<SiteNetwork> {
  checkMachine()
  // Two benchmarks at once must not share names: interfaces are limited to 15 characters.
  const prefix = `lb${process.pid % 100_000}`
  const namespace = (name: string) => `${prefix}-${name}`
  const origin = namespace('origin')
  const gateway = namespace('gateway')
  const made: string[] = []
  let wan: WanLink | null = null
  let originAdminAddress = ''
  const close = async () => {
    await wan?.close()
    for (const name of made.reverse()) await execute('ip', ['netns', 'del', name]).catch(() => undefined)
  }
  const add = async (name: string) => {
    await ip('netns', 'add', name)
    made.push(name)
    // An address that IPv6 gives itself a second later is a change of network to a browser, which drops what it loads.
    await execute('ip', ['netns', 'exec', name, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1'])
    await ip('-n', name, 'link', 'set', 'lo', 'up')
  }
  try {
    await add(origin)
    await add(gateway)
    wan = await openWanLink(origin, gateway, options)
    await ip('-n', origin, 'route', 'add', 'default', 'via', '10.91.0.2')
    await ip('-n', gateway, 'route', 'add', 'default', 'via', '10.91.0.1')
    await ip('-n', gateway, 'link', 'add', 'br0', 'type', 'bridge')
    await ip('-n', gateway, 'addr', 'add', '10.92.0.1/24', 'dev', 'br0')
    await ip('-n', gateway, 'link', 'set', 'br0', 'up')
    await execute('ip', ['netns', 'exec', gateway, 'sysctl', '-qw', 'net.ipv4.ip_forward=1'])
    originAdminAddress = await connectAdministration(origin, `${prefix}adm`)
    for (let host = 1; host <= options.hosts; host++) {
      const name = namespace(`k${host}`)
      await add(name)
      await ip(...`link add eth0 netns ${name} type veth peer name k${host} netns ${gateway}`.split(' '))
      await ip('-n', gateway, 'link', 'set', `k${host}`, 'master', 'br0', 'up')
      await ip('-n', name, 'addr', 'add', `10.92.0.${10 + host}/24`, 'dev', 'eth0')
      await ip('-n', name, 'link', 'set', 'eth0', 'up')
      await ip('-n', name, 'route', 'add', 'default', 'via', '10.92.0.1')
      if (options.lanMbits !== undefined) {
        await shape(name, 'eth0', options.lanMbits)
        await shape(gateway, `k${host}`, options.lanMbits)
      }
    }
  } catch (error) {
    await close()
    throw error
  }
  const link = wan
  return {
    originAddress: '10.91.0.1',
    originAdminAddress,
    atOrigin: ['ip', 'netns', 'exec', origin],
    atHost: host => ['ip', 'netns', 'exec', namespace(`k${host}`)],
    hostAddress: host => `10.92.0.${10 + host}`,
    browserIn: (host, executablePath) =>
      writeWrapper(path.join(options.scratch, 'wrappers', `k${host}`), namespace(`k${host}`), executablePath),
    stats: () => link.stats(),
    close,
  }
}

function checkMachine(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('network namespaces need Linux and root; run this benchmark as root')
  try {
    accessSync('/dev/net/tun')
  } catch {
    throw new Error('there is no /dev/net/tun here, which the slow uplink is made with')
  }
}

/** What leaves by an interface. The queue holds 20 ms, as that of a switch or an access point does. */
async function shape(namespace: string, device: string, mbits: number): Promise<void> {
  const filter = `tbf rate ${mbits}mbit burst 64kb latency 20ms`
  await execute('tc', `-n ${namespace} qdisc add dev ${device} root ${filter}`.split(' '))
}

async function ip(...args: readonly string[]): Promise<void> {
  await execute('ip', [...args])
}

/**
 * Two addresses of 10.93.0.0/16 between the origin and this process: not a way for the site, whose routes do not know it. The
 * origin's address.
 */
async function connectAdministration(origin: string, name: string): Promise<string> {
  const first = (process.pid % 16_384) * 4
  const address = (host: number) => `10.93.${first >> 8}.${(first & 255) + host}`
  await ip(...`link add ${name} type veth peer name adm0 netns ${origin}`.split(' '))
  await ip('addr', 'add', `${address(2)}/30`, 'dev', name)
  await ip('link', 'set', name, 'up')
  await ip('-n', origin, 'addr', 'add', `${address(1)}/30`, 'dev', 'adm0')
  await ip('-n', origin, 'link', 'set', 'adm0', 'up')
  return address(1)
}

/** playwright-core talks to a browser over descriptors 3 and 4, which nsenter passes on. */
async function writeWrapper(file: string, namespace: string, executablePath: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, `#!/bin/sh\nexec nsenter --net=/run/netns/${namespace} '${executablePath}' "$@"\n`)
  await chmod(file, 0o755)
  return file
}

interface WanLink {
  stats(): Promise<LinkStats>
  close(): Promise<void>
}

async function openWanLink(
  origin: string,
  gateway: string,
  { downMbits, upMbits, delayMs }: SiteNetworkOptions,
): Promise<WanLink> {
  const child: ChildProcessWithoutNullStreams = spawn('python3', [
    WAN_LINK,
    ...['--a', origin, '10.91.0.1/30', '--b', gateway, '10.91.0.2/30'],
    ...['--down', String(downMbits), '--up', String(upMbits), '--delay', String(delayMs)],
  ])
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextLine = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`the uplink ended: ${complaint || 'without a word'}`)
    return value
  }
  const failed = once(child, 'error').then(([error]) => Promise.reject(error))
  failed.catch(() => undefined)
  await Promise.race([nextLine(), failed])
  return {
    stats: async () => {
      child.stdin.write('stats\n')
      return JSON.parse(await nextLine())
    },
    close: async () => {
      if (child.exitCode !== null) return
      const closed = once(child, 'close')
      child.stdin.end()
      await closed
    },
  }
}
