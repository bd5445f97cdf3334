// `npm run bench`: sets up what is missing, then hands over to bench/run.ts on Node 24.
//
//   npm run bench                             lists the benchmarks
//   npm run bench -- NAME [--json] [--rounds N] [--set setting=value …]

import path from 'node:path'
import { endWithNpm } from './end-with-npm.mjs'
import { nodeForSources } from './pinned-node.mjs'
import { checkoutEnvironment, rootFolder, run } from './run-process.mjs'
import { setUp } from './setup.mjs'

const args = process.argv.slice(2)
const measures = args.some(arg => !arg.startsWith('-')) && !args.includes('--help') && !args.includes('-h')

endWithNpm()
try {
  await setUp({ browser: measures, pages: measures, log: line => console.error(line) })
  const { code } = await run(nodeForSources(), [path.join(rootFolder, 'bench', 'run.ts'), ...args], {
    env: checkoutEnvironment(),
    show: true,
  })
  process.exitCode = code ?? 1
} catch (error) {
  console.error(`npm run bench: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
