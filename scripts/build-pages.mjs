// Building the pages that the server gives out: the kiosk page and the administration page.
//
// Each is built beside its place and swapped in whole, so that a server that runs meanwhile always has one to give out, and a
// build that fails or is cut off changes nothing. Decides by the sources whether there is anything to do.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { nodeForSources } from './pinned-node.mjs'
import { checkoutEnvironment, installedCommand, rootFolder, run } from './run-process.mjs'

const inRoot = (...parts) => path.join(rootFolder, ...parts)

/** @typedef {{ title: string, config: string, folder: string, stamp: string, sources: string[] }} Page */

/** @type {Page[]} `sources`: everything of the checkout that the page is made from */
const PAGES = [
  {
    title: 'kiosk page',
    config: inRoot('client', 'kiosk-page', 'vite.config.ts'),
    folder: inRoot('dist', 'kiosk'),
    stamp: inRoot('dist', 'kiosk-pages.sha256'),
    sources: ['client', 'policy', 'presentation', 'protocol', 'package-lock.json'],
  },
  {
    title: 'administration page',
    config: inRoot('signal-server', 'admin', 'vite.config.ts'),
    folder: inRoot('dist', 'admin'),
    stamp: inRoot('dist', 'admin-page.sha256'),
    sources: ['signal-server/admin', 'presentation', 'protocol', 'package-lock.json'],
  },
]

/** Whether every page that the checkout has sources of is built from these very sources. */
export function pagesAreCurrent() {
  return PAGES.every(isCurrent)
}

/**
 * Builds what is not current. For one process at a time.
 * @param {(line: string) => void} log
 * @throws {Error} with the build's own words; the page that was there before stays
 */
export async function buildPages(log) {
  for (const page of PAGES) {
    if (!isCurrent(page)) await buildPage(page, log)
  }
}

/** @param {Page} page */
function isCurrent(page) {
  if (!existsSync(page.config)) return true
  return existsSync(page.folder) && readStamp(page.stamp) === fingerprintOf(page)
}

/**
 * @param {Page} page
 * @param {(line: string) => void} log
 */
async function buildPage(page, log) {
  const vite = installedCommand('vite')
  if (!vite) throw new Error('vite is not installed: run `npm ci`, then the command again.')
  log(`Building the ${page.title} …`)
  const startedAt = Date.now()
  // Taken before the build: a source that changes meanwhile must make the page stale again.
  const fingerprint = fingerprintOf(page)
  const fresh = `${page.folder}.building`
  rmSync(fresh, { recursive: true, force: true })
  try {
    const result = await run(
      nodeForSources(),
      [vite, 'build', '--config', page.config, '--outDir', fresh, '--emptyOutDir'],
      { env: checkoutEnvironment() },
    )
    if (!result.ok) throw new Error(`The ${page.title} could not be built:\n${result.output.trimEnd()}`)
    if (!existsSync(fresh)) throw new Error(`The build of the ${page.title} wrote nothing to ${fresh}.`)
    swapIn(fresh, page.folder)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  writeFileSync(page.stamp, fingerprint)
  log(`Built the ${page.title} (${((Date.now() - startedAt) / 1000).toFixed(1)} s).`)
}

/**
 * @param {string} fresh
 * @param {string} place
 */
function swapIn(fresh, place) {
  const old = `${place}.old`
  rmSync(old, { recursive: true, force: true })
  mkdirSync(path.dirname(place), { recursive: true })
  if (existsSync(place)) renameSync(place, old)
  renameSync(fresh, place)
  rmSync(old, { recursive: true, force: true })
}

/** @param {Page} page */
function fingerprintOf(page) {
  const all = createHash('sha256')
  for (const file of page.sources.flatMap(source => filesBelow(inRoot(source)))) {
    all.update(`${path.relative(rootFolder, file)}\0${sha256(readFileSync(file))}\n`)
  }
  return all.digest('hex')
}

/**
 * @param {string} place a file or a folder
 * @returns {string[]} in an order that depends on nothing but the names
 */
function filesBelow(place) {
  if (!existsSync(place)) return []
  let entries
  try {
    entries = readdirSync(place, { withFileTypes: true })
  } catch {
    return [place]
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const full = path.join(place, entry.name)
      if (entry.isDirectory()) return filesBelow(full)
      return entry.isFile() ? [full] : []
    })
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
