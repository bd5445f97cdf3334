/** The real `larder` command in processes of its own, as people run it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { withCleanup } from './cleanup.ts'
import { runCommand } from './cli-run.ts'

const MAIN = fileURLToPath(new URL('../../signal-server/cli/main.ts', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command to its end. `env` replaces LARDER_URL and LARDER_TOKEN; nothing of the surroundings leaks in. */
export async function runLarder(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawnLarder(args, env)
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', chunk => {
    stdout += chunk
  })
  child.stderr?.on('data', chunk => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

export interface LarderServer {
  readonly kioskUrl: string
  readonly adminUrl: string
  /** With a one-time code while no password is set. */
  readonly adminLink: string
  readonly child: ChildProcess
  /** Everything it has written to standard error so far. */
  log(): string
  /** Ends it with a signal and resolves with its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts a server on free ports and resolves when it says that it is ready. It ends with the test. */
export async function startLarder(
  t: TestContext,
  data: string,
  args: readonly string[] = [],
): Promise<LarderServer> {
  const child = spawnLarder(
    ['start', '--data', data, '--host', '127.0.0.1', '--port', '0', '--admin-port', '0', ...args],
    {},
  )
  let stdout = ''
  let stderr = ''
  const closed = once(child, 'close')
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    await closed
    return child.exitCode
  }
  withCleanup(t).defer(() => end('SIGKILL'))
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', chunk => {
      stdout += chunk
      const line = /^ready (\{.*\})$/m.exec(stdout)?.[1]
      if (line !== undefined) resolve(line)
    })
    child.stderr?.on('data', chunk => {
      stderr += chunk
    })
    child.once('close', () => reject(new Error(`the server ended before it was ready: ${stderr}`)))
  })
  const { kioskUrl, adminUrl, adminLink } = JSON.parse(await ready)
  return { kioskUrl, adminUrl, adminLink, child, log: () => stderr, end }
}

/** A token for the server on `data`, as the environment that commands take it from. */
export async function environmentFor(
  server: LarderServer,
  data: string,
): Promise<{ LARDER_URL: string; LARDER_TOKEN: string }> {
  const { code, stdout, stderr } = await runCommand(['token', 'create', '--data', data])
  if (code !== 0) throw new Error(`no token: ${stderr}`)
  return { LARDER_URL: server.adminUrl, LARDER_TOKEN: stdout.trim() }
}

/** Where a process writes: a pipe to the test, or a file descriptor. */
type Output = 'pipe' | number

/** Starts a process and leaves it to the test. */
export function spawnLarder(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { stdout = 'pipe', stderr = 'pipe' }: { readonly stdout?: Output; readonly stderr?: Output } = {},
): ChildProcess {
  const { LARDER_URL: _, LARDER_TOKEN: __, ...surroundings } = process.env
  return spawn(process.execPath, [MAIN, ...args], {
    env: { ...surroundings, ...env },
    stdio: ['ignore', stdout, stderr],
  })
}
