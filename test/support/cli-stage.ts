/** A server in this process, and the commands run against it as an administrator runs them. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { type RunningServer, startServer } from '../../signal-server/server.ts'
import { type CliRun, runCommand } from './cli-run.ts'

export interface CliStage {
  /** A folder of the test's own; the server's data is in `data` below it. */
  readonly folder: string
  /** The one that runs now. */
  readonly server: RunningServer
  readonly env: { readonly LARDER_URL: string; readonly LARDER_TOKEN: string }
  larder(...args: string[]): Promise<CliRun>
  /** With `--json`; fails if the command does. */
  // biome-ignore lint/suspicious/noExplicitAny: what a command prints is what the test looks at
  larderJson(...args: string[]): Promise<any>
  /** Stops the server, lets `meanwhile` do something with its data directory, and starts it again on other ports. */
  restart(meanwhile: (data: string) => Promise<void>): Promise<void>
  end(): Promise<void>
}

export async function startCliStage(): Promise<CliStage> {
  const folder = await mkdtemp(join(tmpdir(), 'larder-test-'))
  const data = join(folder, 'data')
  const free = { host: '127.0.0.1', port: 0, adminHost: '127.0.0.1', adminPort: 0 }
  const start = () => startServer({ data, ...free, log: pino({ level: 'silent' }) })
  let server = await start()
  const token = await runCommand(['token', 'create', '--data', data])
  const LARDER_TOKEN = token.stdout.trim()
  const envNow = () => ({ LARDER_URL: server.adminUrl, LARDER_TOKEN })
  const larder = (...args: string[]) => runCommand(args, envNow())
  return {
    folder,
    get server() {
      return server
    },
    get env() {
      return envNow()
    },
    larder,
    larderJson: async (...args) => {
      const { code, stdout, stderr } = await larder(...args, '--json')
      assert.equal(code, 0, stderr)
      return JSON.parse(stdout)
    },
    restart: async meanwhile => {
      await server.close()
      await meanwhile(data)
      server = await start()
    },
    end: async () => {
      await server.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** One clear line on standard error, and nothing on standard output. */
export function assertFails(run: CliRun, code: 1 | 2, message: RegExp): void {
  assert.equal(run.code, code, run.stderr)
  assert.equal(run.stdout, '')
  assert.match(run.stderr, /^larder: [^\n]+\n$/)
  assert.match(run.stderr, message)
  assert.doesNotMatch(run.stderr, /^ +at /m)
}
