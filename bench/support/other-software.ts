/** Software that Larder is measured against: bench/ has a package.json and a lock file of its own, installed on demand. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runNpm } from '../../scripts/run-process.mjs'

const FOLDER = fileURLToPath(new URL('..', import.meta.url))
const STAMP = path.join(FOLDER, 'node_modules', '.larder-bench')

/** Installs what bench/package-lock.json names unless it is there. @throws Error with what npm said */
export async function installOtherSoftware(log: (line: string) => void): Promise<void> {
  const wanted = readFileSync(path.join(FOLDER, 'package-lock.json'), 'utf8')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return
  log('installing the software to compare with (npm ci in bench/)')
  const { ok, output } = await runNpm(['ci', '--prefix', FOLDER])
  if (!ok) throw new Error(`npm ci in bench/ failed:\n${output}`)
  writeFileSync(STAMP, wanted)
}

/** Absolute path of a file in bench/node_modules, such as `webtorrent/dist/webtorrent.min.js`. */
export function otherSoftwareFile(...parts: readonly string[]): string {
  return path.join(FOLDER, 'node_modules', ...parts)
}

/** The installed version of one of its packages. */
export function otherSoftwareVersion(name: string): string {
  const { version } = createRequire(import.meta.url)(otherSoftwareFile(name, 'package.json'))
  return String(version)
}
