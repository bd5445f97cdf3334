#!/usr/bin/env node
// The `larder` command inside a checkout: sets up what the wanted command needs, then hands over to the CLI on Node 24.
//
// Knows only which commands need which set-up; every argument goes to signal-server/cli/main.ts as it came. What the
// set-up has to say goes to standard error, so that a command's own output can be piped.

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { endWithNpm } from '../scripts/end-with-npm.mjs'
import { nodeForSources, thisNodeRunsSources } from '../scripts/pinned-node.mjs'
import { checkoutEnvironment } from '../scripts/run-process.mjs'
import { setUp } from '../scripts/setup.mjs'

const cliUrl = new URL('../signal-server/cli/main.ts', import.meta.url)
const args = process.argv.slice(2)
const command = args[0]
const asksForHelp = args.includes('--help') || args.includes('-h')

endWithNpm()
const node = await prepare()
if (node !== null && thisNodeRunsSources()) {
  process.argv[1] = fileURLToPath(cliUrl)
  await import(cliUrl.href)
} else if (node !== null) {
  handOver(node)
}

/** The Node to run the CLI with; null when the set-up failed, which has then been said. */
async function prepare() {
  try {
    await setUp({
      pages: !asksForHelp && (command === 'start' || command === 'demo'),
      browser: !asksForHelp && command === 'demo',
      log: line => console.error(line),
    })
    return nodeForSources()
  } catch (error) {
    console.error(`larder: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
    return null
  }
}

/** @param {string} node */
function handOver(node) {
  const child = spawn(node, [fileURLToPath(cliUrl), ...args], {
    stdio: 'inherit',
    env: checkoutEnvironment(),
  })
  // The terminal itself sends Ctrl-C to both processes; passing it on would make it two.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT')
  })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  if (process.platform !== 'win32') process.on('SIGHUP', () => child.kill('SIGHUP'))
  child.on('error', error => {
    console.error(`larder: ${node} cannot be started: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : (code ?? 1)
  })
}
