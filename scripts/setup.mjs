// What a fresh clone lacks: dependencies, built pages, a browser. Every command calls this first, so each of
// `npm start`, `npm run demo` and `npm test` works alone; with nothing to do it is silent and takes milliseconds.
//
// Runs on Node 18 and later with nothing installed, so it imports only Node's own modules.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buildPages, pagesAreCurrent } from './build-pages.mjs'
import { findChromium, findFirefox } from './find-browsers.mjs'
import { getChromium } from './get-chromium.mjs'
import { getFirefox } from './get-firefox.mjs'
import { pinnedNodePackage } from './pinned-node.mjs'
import { rootFolder, runNpm } from './run-process.mjs'
import { underLock } from './setup-lock.mjs'

const inRoot = (...parts) => path.join(rootFolder, ...parts)
const LOCK_FILE = inRoot('package-lock.json')
const DEPENDENCIES_STAMP = inRoot('node_modules', '.larder-setup')

/**
 * Brings the checkout to where the wanted parts work, one process at a time.
 * @param {{ browser: boolean, firefox?: boolean, pages: boolean, log: (line: string) => void }} wanted dependencies always;
 *   `pages` builds the pages whose sources have changed; `browser` gets a Chromium if there is none, `firefox` a Firefox
 *   where that is possible
 * @returns {Promise<{ chromiumPath: string | null }>} the path when `browser` was wanted
 * @throws {Error} whose message says what went wrong and what to do
 */
export async function setUp({ browser, firefox = false, pages, log }) {
  const steps = [
    { isDone: dependenciesAreCurrent, run: () => installDependencies(log) },
    ...(pages ? [{ isDone: pagesAreCurrent, run: () => buildPages(log) }] : []),
    ...(browser
      ? [{ isDone: async () => (await findChromium()) !== null, run: () => getChromium(log) }]
      : []),
    ...(firefox ? [{ isDone: () => findFirefox() !== null, run: () => getFirefox(log) }] : []),
  ]
  for (const step of steps) {
    if (await step.isDone()) continue
    await underLock(
      inRoot('.larder', 'setup.lock'),
      // Another command may have done it while this one waited.
      async () => (await step.isDone()) || (await step.run()),
      pid => log(`Waiting for another set-up of this checkout${pid ? ` (process ${pid})` : ''} …`),
    )
  }
  return { chromiumPath: browser ? await findChromium() : null }
}

function dependenciesAreCurrent() {
  const wanted = sha256(readFileSync(LOCK_FILE))
  if (readStamp(DEPENDENCIES_STAMP) === wanted) return true
  if (!installedByHand()) return false
  writeFileSync(DEPENDENCIES_STAMP, wanted)
  return true
}

/**
 * Whether somebody's own `npm ci` or `npm install` has put in place exactly what the lock file names: npm writes its
 * record last, so a cut-off installation has none.
 */
function installedByHand() {
  try {
    const installed = JSON.parse(readFileSync(inRoot('node_modules', '.package-lock.json'), 'utf8')).packages
    const wanted = JSON.parse(readFileSync(LOCK_FILE, 'utf8')).packages
    return Object.entries(wanted).every(([where, entry]) => {
      if (where === '') return true
      const there = installed[where]
      if (there) return there.version === entry.version
      // Optional packages are mostly other platforms'; the Node for this one is not optional to us.
      return entry.optional === true && where !== `node_modules/${pinnedNodePackage}`
    })
  } catch {
    return false
  }
}

/** @param {(line: string) => void} log */
async function installDependencies(log) {
  const wanted = sha256(readFileSync(LOCK_FILE))
  log(
    existsSync(inRoot('node_modules'))
      ? 'Dependencies have changed. Installing …'
      : 'Installing dependencies …',
  )
  const startedAt = Date.now()
  // Development packages too, whatever NODE_ENV says: the type check and the page's build need them.
  const result = await runNpm([
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])
  if (!result.ok) throw new Error(installationProblem(result.output))
  writeFileSync(DEPENDENCIES_STAMP, wanted)
  log(`Dependencies installed (${seconds(startedAt)}).`)
}

/**
 * npm's own words without the page of usage it adds, and what to do about them.
 * @param {string} output
 */
function installationProblem(output) {
  const [telling = ''] = output.split(/^npm error Clean install a project/m)
  const lines = telling.split('\n').filter(line => !/^(npm error)?\s*$/.test(line))
  const advice = /code EUSAGE/.test(output)
    ? 'package.json and package-lock.json do not agree: run `npm install` and commit the lock file.'
    : 'Check that the npm registry can be reached, then run the command again.'
  return ['npm ci failed:', ...lines, advice].join('\n')
}

/** @param {string} file */
function readStamp(file) {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}

/** @param {Buffer} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

/** @param {number} startedAt */
function seconds(startedAt) {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`
}
