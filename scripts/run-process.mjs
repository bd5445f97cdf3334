// Starting other programs from the repository's own scripts: npm, the tools in node_modules, apt-get.
//
// Knows nothing of what is being set up or tested. Arguments always go as a list, never through a shell.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's root folder. */
export const rootFolder = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')

/**
 * Runs a program to its end. Never throws for a program that fails or cannot be started: that is the result.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean, timeLimitMs?: number }} [options] `show` lets the output through
 *   to the terminal; otherwise it is collected in `output`
 * @returns {Promise<{ ok: boolean, code: number | null, output: string }>}
 */
export function run(command, args, { env = process.env, show = false, timeLimitMs } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, {
      cwd: rootFolder,
      env,
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      ...(timeLimitMs === undefined ? {} : { timeout: timeLimitMs, killSignal: 'SIGKILL' }),
    })
    let output = ''
    const collect = chunk => {
      output += chunk
    }
    child.stdout?.setEncoding('utf8').on('data', collect)
    child.stderr?.setEncoding('utf8').on('data', collect)
    child.on('error', error => resolve({ ok: false, code: null, output: `${output}${error.message}\n` }))
    // 'exit' could come before the last output; but a grandchild that keeps the pipe open must not hold us for ever.
    child.on('close', (code, signal) => {
      if (signal) output += `${command} was ended by ${signal}${child.killed ? ' (time limit)' : ''}\n`
      resolve({ ok: code === 0, code, output })
    })
    if (timeLimitMs !== undefined) {
      child.on('exit', () => {
        if (child.killed) child.stdout?.destroy()
        if (child.killed) child.stderr?.destroy()
      })
    }
  })
}

/**
 * Runs npm with the Node it was itself started with: that one stays in place while `npm ci` replaces node_modules.
 * @param {string[]} args
 */
export function runNpm(args) {
  const script = process.env.npm_execpath
  if (script && /npm-cli\.[cm]?js$/.test(script) && existsSync(script)) {
    const npmNode = process.env.npm_node_execpath
    return run(npmNode && existsSync(npmNode) ? npmNode : process.execPath, [script, ...args])
  }
  // Windows has no `npm` executable but a batch file, which only its command interpreter can run.
  if (process.platform === 'win32') {
    return run(process.env.ComSpec ?? 'cmd.exe', ['/d', '/s', '/c', 'npm.cmd', ...args])
  }
  return run('npm', args)
}

/** The environment in which `node` and the installed tools are those of this checkout. */
export function checkoutEnvironment() {
  const pathName = Object.keys(process.env).find(name => name.toUpperCase() === 'PATH') ?? 'PATH'
  const own = path.join(rootFolder, 'node_modules', '.bin')
  const inherited = process.env[pathName]
  return { ...process.env, [pathName]: inherited ? `${own}${path.delimiter}${inherited}` : own }
}

/**
 * The script behind a package's command, to be run with Node: works on every platform without a shell.
 * @param {string} packageName
 * @param {string} [command] where it differs from the package's name
 * @returns {string | null} null when the package is not installed
 */
export function installedCommand(packageName, command = packageName) {
  const folder = path.join(rootFolder, 'node_modules', packageName)
  try {
    const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
    const script = typeof bin === 'string' ? bin : bin?.[command]
    return script ? path.join(folder, script) : null
  } catch {
    return null
  }
}
