// Where the browsers are that the demo and the tests drive.
//
// Looks only: it installs nothing and starts nothing (scripts/setup.mjs does that). It has to load before the
// dependencies are installed, so playwright-core is imported on demand and may be missing.

import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

const CHROMIUM_NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
]
const FIREFOX_NAMES = ['firefox-esr', 'firefox']

/**
 * The Chromium to drive: `LARDER_CHROMIUM`, else the one playwright-core has downloaded, else one installed on this
 * machine (the headless shell first: it needs half the memory).
 * @returns {Promise<string | null>} absolute path of an executable, or null when there is none
 * @throws {Error} when LARDER_CHROMIUM is set but names no executable file
 */
export async function findChromium() {
  return (
    fromEnvironment('LARDER_CHROMIUM') ??
    (await downloadedByPlaywright()) ??
    onPath(CHROMIUM_NAMES) ??
    firstExecutable(usualChromiumPlaces())
  )
}

/**
 * A Chromium with tabs that can be in front of one another, which the headless shell has not.
 * @returns {string | null} absolute path of an executable, or null when there is none
 */
export function findChromiumWithTabs() {
  const named = process.env.LARDER_CHROMIUM
  if (named && isExecutable(named) && !/headless/.test(path.basename(named))) return path.resolve(named)
  return onPath(CHROMIUM_NAMES.filter(name => !name.includes('headless')))
}

/**
 * The Firefox to drive, for the tests that need a second engine: `LARDER_FIREFOX`, else one installed on this machine.
 * @returns {string | null} absolute path of an executable, or null when there is none
 * @throws {Error} when LARDER_FIREFOX is set but names no executable file
 */
export function findFirefox() {
  return fromEnvironment('LARDER_FIREFOX') ?? onPath(FIREFOX_NAMES) ?? firstExecutable(usualFirefoxPlaces())
}

/** @param {string} variable */
function fromEnvironment(variable) {
  const value = process.env[variable]
  if (!value) return null
  if (isExecutable(value)) return path.resolve(value)
  throw new Error(
    `${variable} is set to "${value}", which is not an executable file: correct it or unset it.`,
  )
}

async function downloadedByPlaywright() {
  let full
  try {
    const { chromium } = await import('playwright-core')
    full = chromium.executablePath()
  } catch {
    return null
  }
  return full ? (headlessShellBeside(full) ?? (isExecutable(full) ? full : null)) : null
}

/**
 * Playwright keeps the headless shell of a revision in a folder beside the full browser's, but tells only where the
 * latter would be: `…/chromium-1248/chrome-linux64/chrome` and `…/chromium_headless_shell-1248/…`.
 * @param {string} fullBrowser
 */
function headlessShellBeside(fullBrowser) {
  const parts = fullBrowser.split(path.sep)
  const at = parts.findLastIndex(part => /^chromium-\d+$/.test(part))
  if (at < 0) return null
  const revision = parts[at]?.slice('chromium-'.length)
  const folder = [...parts.slice(0, at), `chromium_headless_shell-${revision}`].join(path.sep)
  // A download that was cut off leaves the folder without this marker.
  if (!existsSync(path.join(folder, 'INSTALLATION_COMPLETE'))) return null
  const candidates = readdirSync(folder).flatMap(inner =>
    ['chrome-headless-shell', 'headless_shell', 'chrome-headless-shell.exe', 'headless_shell.exe'].map(name =>
      path.join(folder, inner, name),
    ),
  )
  return firstExecutable(candidates)
}

/** @param {string[]} names */
function onPath(names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(folder => path.isAbsolute(folder))
  const extensions = process.platform === 'win32' ? ['.exe'] : ['']
  return firstExecutable(
    names.flatMap(name =>
      folders.flatMap(folder => extensions.map(extension => path.join(folder, name + extension))),
    ),
  )
}

function usualChromiumPlaces() {
  if (process.platform === 'darwin') {
    return macApplications(['Chromium', 'Google Chrome', 'Microsoft Edge'])
  }
  if (process.platform === 'win32') {
    return windowsPrograms([
      'Chromium\\Application\\chrome.exe',
      'Google\\Chrome\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ])
  }
  const folders = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome']
  return CHROMIUM_NAMES.flatMap(name => folders.map(folder => path.join(folder, name)))
}

function usualFirefoxPlaces() {
  if (process.platform === 'darwin') return macApplications(['Firefox'], 'firefox')
  if (process.platform === 'win32') return windowsPrograms(['Mozilla Firefox\\firefox.exe'])
  return FIREFOX_NAMES.flatMap(name =>
    ['/usr/bin', '/usr/local/bin', '/snap/bin'].map(folder => path.join(folder, name)),
  )
}

/**
 * @param {string[]} names
 * @param {string} [binary] the executable's name where it is not the application's
 */
function macApplications(names, binary) {
  return names.flatMap(name =>
    ['/Applications', path.join(homedir(), 'Applications')].map(folder =>
      path.join(folder, `${name}.app`, 'Contents', 'MacOS', binary ?? name),
    ),
  )
}

/** @param {string[]} programs */
function windowsPrograms(programs) {
  const roots = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap(name => process.env[name] ?? [])
  return programs.flatMap(program => roots.map(root => path.join(root, program)))
}

/** @param {string[]} candidates */
function firstExecutable(candidates) {
  return candidates.find(isExecutable) ?? null
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
