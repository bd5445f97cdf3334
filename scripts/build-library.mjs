// `npm run build:library`: the client library as an npm package in dist/library, ready for `npm pack` and `npm publish`.

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { nodeForSources } from './pinned-node.mjs'
import { checkoutEnvironment, installedCommand, rootFolder, run } from './run-process.mjs'

const inRoot = (...parts) => path.join(rootFolder, ...parts)
const folder = inRoot('dist', 'library')
const project = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} packageName that has the command
 */
async function runInstalled(command, args, packageName = command) {
  const script = installedCommand(packageName, command)
  if (!script) throw new Error(`${packageName} is not installed: run \`npm ci\`, then the command again.`)
  const result = await run(nodeForSources(), [script, ...args], { env: checkoutEnvironment() })
  if (!result.ok) throw new Error(`${command} failed:\n${result.output.trimEnd()}`)
}

await runInstalled('vite', ['build', '--config', inRoot('client', 'library', 'vite.config.ts')])
await runInstalled('tsc', ['-p', inRoot('client', 'library', 'tsconfig.json')], 'typescript')

const description = {
  name: 'larder-kiosk',
  version: project.version,
  description:
    'The kiosk side of Larder for a page of your own: packages from the stores of a site and from the server',
  license: project.license,
  type: 'module',
  exports: {
    '.': { types: './types/client/index.d.ts', default: './index.js' },
    './larder-worker.js': './larder-worker.js',
    './package.json': './package.json',
  },
  sideEffects: true,
  // The module holds everything it needs; the types name one package's types.
  dependencies: { valibot: project.dependencies.valibot },
}
writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(description, null, 2)}\n`)
copyFileSync(inRoot('LICENSE'), path.join(folder, 'LICENSE'))
copyFileSync(inRoot('examples', 'own-page', 'README.md'), path.join(folder, 'README.md'))
console.log(`Built the library in ${path.relative(rootFolder, folder)}.`)
