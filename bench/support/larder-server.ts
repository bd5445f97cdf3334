/**
 * A real Larder server in a process of its own on a data directory of its own, and an administrator who does everything with
 * the commands and routes that people use. Bytes are what the server itself counts.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { publishedSchema, type Stats, statsSchema } from '../../protocol/admin-api.ts'
import { parseWith } from '../../protocol/parse.ts'
import { runCli } from '../../signal-server/cli/program.ts'

const MAIN = fileURLToPath(new URL('../../signal-server/cli/main.ts', import.meta.url))

export interface ServerPlace {
  readonly data: string
  /** 127.0.0.1 unless said otherwise. */
  readonly host?: string
  readonly adminHost?: string
  /** Under which this process reaches the administration, where `adminHost` is every address. */
  readonly adminName?: string
  /** 0, the default, takes free ones. */
  readonly port?: number
  readonly adminPort?: number
  /** Put before the command, such as `ip netns exec origin`. */
  readonly prefix?: readonly string[]
  /** Options of Node itself, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface LarderServer {
  readonly place: ServerPlace
  /** With a final slash, as {@link LarderServer.adminUrl}. */
  readonly kioskUrl: string
  readonly adminUrl: string
  /** Of the server process itself, also when a prefix started it. */
  readonly pid: number
  /** Everything it has written to standard error so far. */
  log(): string
  /** Ends it; SIGKILL is the power cut. */
  end(signal?: NodeJS.Signals): Promise<void>
}

/** Resolves when the server says that it is ready. */
export async function startLarderServer(place: ServerPlace): Promise<LarderServer> {
  const { LARDER_URL: _, LARDER_TOKEN: __, ...surroundings } = process.env
  const command = [
    ...(place.prefix ?? []),
    process.execPath,
    ...(place.nodeOptions ?? []),
    MAIN,
    ...['start', '--data', place.data],
    ...['--host', place.host ?? '127.0.0.1', '--port', String(place.port ?? 0)],
    ...['--admin-host', place.adminHost ?? '127.0.0.1', '--admin-port', String(place.adminPort ?? 0)],
  ]
  const [program = process.execPath, ...args] = command
  const child = spawn(program, args, {
    env: { ...surroundings, ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const { kioskUrl, adminUrl } = await readyLine(child, () => log)
  const admin = new URL(adminUrl)
  if (place.adminName !== undefined) admin.hostname = place.adminName
  return {
    place,
    kioskUrl,
    adminUrl: admin.href,
    // `ip netns exec` replaces itself by what it starts, so the id is the server's.
    pid: child.pid ?? 0,
    log: () => log,
    end: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const closed = once(child, 'close')
      child.kill(signal)
      await closed
    },
  }
}

/** A new process where the old one was: same data, same ports. */
export async function restartLarderServer(server: LarderServer): Promise<LarderServer> {
  const port = Number(new URL(server.kioskUrl).port)
  const adminPort = Number(new URL(server.adminUrl).port)
  return startLarderServer({ ...server.place, port, adminPort })
}

function readyLine(child: ChildProcess, log: () => string): Promise<{ kioskUrl: string; adminUrl: string }> {
  return new Promise((resolve, reject) => {
    let out = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text
      const line = /^ready (\{.*\})$/m.exec(out)?.[1]
      if (line !== undefined) resolve(JSON.parse(line))
    })
    child.once('error', reject)
    child.once('close', () => reject(new Error(`the server ended before it was ready: ${log()}`)))
  })
}

export class Administrator {
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly adminUrl: string
  readonly token: string

  private constructor(adminUrl: string, token: string) {
    this.adminUrl = adminUrl
    this.token = token
    this.#env = { ...process.env, LARDER_URL: adminUrl, LARDER_TOKEN: token }
  }

  static async of(server: LarderServer): Promise<Administrator> {
    const newcomer = new Administrator(server.adminUrl, '')
    return new Administrator(
      server.adminUrl,
      await newcomer.larder('token', 'create', '--data', server.place.data),
    )
  }

  /** Runs a command as it would be typed, and gives back what it printed. @throws Error when it fails */
  async larder(...args: readonly string[]): Promise<string> {
    let out = ''
    let err = ''
    const code = await runCli(args, {
      out: text => {
        out += text
      },
      err: text => {
        err += text
      },
      outliveOutput: () => undefined,
      isWatched: false,
      env: this.#env,
      now: () => Date.now(),
    })
    if (code !== 0) throw new Error(`larder ${args.join(' ')} failed: ${err}`)
    return out.trim()
  }

  /** Publishes a directory; sizes as the server counts them. */
  async publish(directory: string, packageName: string, version: string) {
    const text = await this.larder(
      ...['publish', directory, '--package', packageName, '--version', version, '--json'],
    )
    const parsed = parseWith(publishedSchema, JSON.parse(text))
    if (!parsed.ok) throw new Error(`larder publish printed something unknown: ${parsed.message}`)
    return parsed.value
  }

  /** A link that enrols so many devices of a site. */
  async enrolmentLink(site: string, role: 'store' | 'kiosk' | 'auto', uses: number): Promise<string> {
    return this.larder('enrol', 'create', '--site', site, '--role', role, '--uses', String(uses))
  }

  /** A route of the administration. @throws Error with its answer unless it is a success */
  async call(method: string, route: string, body?: unknown): Promise<unknown> {
    const response = await fetch(new URL(route, this.adminUrl), {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }

  /** What the origin has sent since its process began. */
  async stats(): Promise<Stats> {
    const parsed = parseWith(statsSchema, await this.call('GET', 'api/stats'))
    if (!parsed.ok) throw new Error(`the server's statistics are not understood: ${parsed.message}`)
    return parsed.value
  }
}
