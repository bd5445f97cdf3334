// Which Node runs Larder: version 24 or later, because the sources are TypeScript that Node runs directly.
//
// package.json pins one Node per platform as an optional dependency, so a machine with any older Node and npm works
// once the dependencies are there. npm itself keeps running on the host's Node.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { rootFolder } from './run-process.mjs'

const REQUIRED_MAJOR = 24

/** The package that holds this platform's Node, if the lock file has one. */
export const pinnedNodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

/**
 * @returns {string} absolute path of a Node that can run the sources
 * @throws {Error} when the host's Node is too old and none is pinned for this platform
 */
export function nodeForSources() {
  const pinned = pinnedNode()
  if (pinned) return pinned
  if (isRecentEnough(process.versions.node)) return process.execPath
  throw new Error(
    `Larder needs Node ${REQUIRED_MAJOR} or later; this is Node ${process.versions.node}. The checkout brings its own ` +
      `Node for ${pinnedPlatforms().join(', ')}, but has none for ${process.platform}-${process.arch}` +
      `: install Node ${REQUIRED_MAJOR} (https://nodejs.org) and run the command again.`,
  )
}

/** Whether this very process can run the sources, so that no second one is needed. */
export function thisNodeRunsSources() {
  return isRecentEnough(process.versions.node)
}

function pinnedNode() {
  const folder = path.join(rootFolder, 'node_modules', pinnedNodePackage)
  const executable = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(executable)) return null
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  return isRecentEnough(version) ? executable : null
}

function pinnedPlatforms() {
  const manifest = JSON.parse(readFileSync(path.join(rootFolder, 'package.json'), 'utf8'))
  return Object.keys(manifest.optionalDependencies ?? {})
    .filter(name => /^node-(linux|win|darwin)-/.test(name))
    .map(name => name.slice('node-'.length))
}

/** @param {string} version */
function isRecentEnough(version) {
  return Number(version.split('.')[0]) >= REQUIRED_MAJOR
}
