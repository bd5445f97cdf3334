/** What the figures were measured on: the part of every report that tells whether two of them can be compared. */
import { execFile } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { findChromium, findFirefox } from '../../scripts/find-browsers.mjs'

const execute = promisify(execFile)

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly kernel: string
  readonly node: string
  readonly chromium: string | null
  readonly firefox: string | null
  /** ISO 8601. */
  readonly measuredAt: string
}

export async function describeMachine(): Promise<Machine> {
  const [chromium, firefox] = await Promise.all([versionOf(await findChromium()), versionOf(findFirefox())])
  const processors = cpus()
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.versions.node,
    chromium,
    firefox,
    measuredAt: new Date().toISOString(),
  }
}

/** What a program says about itself with `--version`, on one line; null when it is not there. */
export async function versionOf(executable: string | null, option = '--version'): Promise<string | null> {
  if (executable === null) return null
  try {
    const { stdout, stderr } = await execute(executable, [option], { timeout: 20_000 })
    return (stdout || stderr).trim().split('\n')[0] ?? null
  } catch {
    return null
  }
}
