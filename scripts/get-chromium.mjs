// Getting a Chromium where there is none: Playwright's download where it is reachable, else Debian's package.
//
// Looking for one that is already there is scripts/find-browsers.mjs. Installs nothing on a system it does not know.

import path from 'node:path'
import { installPackages, isDebianLike, mayInstall, reasonIn } from './debian-packages.mjs'
import { findChromium } from './find-browsers.mjs'
import { nodeForSources } from './pinned-node.mjs'
import { installedCommand, rootFolder, run } from './run-process.mjs'

const DOWNLOAD_LIMIT_MS = 4 * 60_000
/** A download host that answers at all answers within this time; without it an unreachable one costs minutes. */
const CONNECT_LIMIT_MS = 5_000
const APT_LIMIT_MS = 10 * 60_000
const FIRST_START_LIMIT_MS = 30_000

/**
 * @param {(line: string) => void} log
 * @returns {Promise<string>} absolute path of a Chromium that starts
 * @throws {Error} that says what was tried and what to do
 */
export async function getChromium(log) {
  const tried = []
  log("No Chromium found. Trying Playwright's download …")
  const downloaded = await downloadWithPlaywright()
  if (downloaded.ok) return downloaded.path
  tried.push(downloaded.problem)

  if (mayInstall()) {
    log(`${downloaded.problem} Installing Debian's chromium with apt-get …`)
    const installed = await installWithApt()
    if (installed.ok) return installed.path
    tried.push(installed.problem)
  }
  throw new Error(
    [
      'The demo and the browser tests need a Chromium, and none could be found or fetched.',
      ...tried.map(problem => `  - ${problem}`),
      `What to do: ${advice()}`,
      'Or set LARDER_CHROMIUM to the path of any Chromium or Chrome, and run the command again.',
    ].join('\n'),
  )
}

async function downloadWithPlaywright() {
  const cli = installedCommand('playwright-core')
  if (!cli) return failed('playwright-core is not installed.')
  const env = { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: String(CONNECT_LIMIT_MS) }
  const node = nodeForSources()
  const download = await run(node, [cli, 'install', '--only-shell', 'chromium'], {
    env,
    timeLimitMs: DOWNLOAD_LIMIT_MS,
  })
  if (!download.ok) return failed(`Playwright's download failed: ${reasonIn(download.output)}.`)
  const first = await startsAtAll()
  if (first.ok || !mayInstall()) return first
  // A bare container lacks the libraries that the downloaded browser needs; Playwright knows their names.
  await run(node, [cli, 'install-deps', 'chromium'], { env, timeLimitMs: APT_LIMIT_MS })
  return startsAtAll()
}

async function installWithApt() {
  // Ubuntu has no package of the headless shell; the full browser alone will do.
  let installed = await installPackages(['chromium', 'chromium-headless-shell'])
  if (!installed.ok) installed = await installPackages(['chromium'])
  return installed.ok ? startsAtAll() : installed
}

async function startsAtAll() {
  const found = await findChromium()
  if (!found) return failed('The installation ended well, but no Chromium is where it should be.')
  // `--version` opens a window on Windows; elsewhere it proves that the program's libraries are there.
  if (process.platform === 'win32') return { ok: true, path: found }
  const started = await run(found, ['--version'], { timeLimitMs: FIRST_START_LIMIT_MS })
  return started.ok
    ? { ok: true, path: found }
    : failed(`${found} does not start: ${reasonIn(started.output)}.`)
}

/** @param {string} problem */
function failed(problem) {
  return { ok: false, problem }
}

function advice() {
  if (process.platform === 'darwin' || process.platform === 'win32')
    return 'install Google Chrome or Chromium.'
  if (isDebianLike()) return '`sudo apt-get install chromium`, or run this command once as root.'
  return `install your distribution's chromium, or run \`npx playwright-core install --with-deps chromium\` in ${path.resolve(rootFolder)}.`
}
