/** Where the `larder` process begins: the surroundings handed to the commands, and their exit code handed back. */
import type { CliIo } from './io.ts'
import { runCli } from './program.ts'

const io: CliIo = {
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  isWatched: process.stderr.isTTY === true,
  env: process.env,
  now: () => Date.now(),
}

// A reader that closes the pipe, as `head` does, has seen enough.
process.stdout.on('error', error => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  process.exitCode = await runCli(process.argv.slice(2), io)
} catch (error) {
  io.err(`larder: this is a bug, please report it: ${error instanceof Error ? error.stack : error}\n`)
  process.exitCode = 1
}
