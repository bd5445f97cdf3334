// Installing Debian's packages where that is possible without asking: as root, on Debian or a system made of it.

import { readFileSync } from 'node:fs'
import { run } from './run-process.mjs'

const APT_LIMIT_MS = 10 * 60_000

/** Whether apt-get may be used here without asking a person. */
export function mayInstall() {
  return process.getuid?.() === 0 && isDebianLike()
}

export function isDebianLike() {
  try {
    return /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

/**
 * Installs the packages with apt-get.
 * @param {string[]} packages
 * @returns {Promise<{ ok: true } | { ok: false, problem: string }>}
 */
export async function installPackages(packages) {
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeLimitMs: APT_LIMIT_MS,
  }
  const update = await run('apt-get', ['update', '-q'], options)
  if (!update.ok) return { ok: false, problem: `apt-get update failed: ${reasonIn(update.output)}.` }
  const install = ['install', '-y', '-q', '--no-install-recommends', ...packages]
  const installed = await run('apt-get', install, options)
  if (installed.ok) return { ok: true }
  return {
    ok: false,
    problem: `apt-get install ${packages.join(' ')} failed: ${reasonIn(installed.output)}.`,
  }
}

/**
 * The line of a tool's output that says why it failed.
 * @param {string} output
 */
export function reasonIn(output) {
  const lines = output
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
  const telling = lines.find(line => /error|^E:|unable|cannot|time limit|not found/i.test(line))
  return (telling ?? lines.at(-1) ?? 'it gave no reason').replace(/\.$/, '').slice(0, 300)
}
