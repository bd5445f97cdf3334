/** Where the `larder` process begins: the surroundings handed to the commands, and their exit code handed back. */
import { errorCode, messageOf } from '../failure.ts'
import { storageFaultOf } from '../storage-fault.ts'
import type { CliIo } from './io.ts'
import { runCli } from './program.ts'

let onOutputFailure: (error: Error) => void = endWithoutOutput

const io: CliIo = {
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  outliveOutput: onFailure => {
    onOutputFailure = onFailure
  },
  isWatched: process.stderr.isTTY === true,
  env: process.env,
  now: () => Date.now(),
}

function endWithoutOutput(error: Error): void {
  // A reader that closes the pipe, as `head` does, has seen enough.
  if (errorCode(error) === 'EPIPE') process.exit(0)
  io.err(`larder: cannot write to standard output: ${storageFaultOf(error)?.words ?? messageOf(error)}\n`)
  process.exit(1)
}

process.stdout.on('error', error => onOutputFailure(error))
// There is nothing left to say it with, and no reason to end.
process.stderr.on('error', () => undefined)

try {
  process.exitCode = await runCli(process.argv.slice(2), io)
} catch (error) {
  io.err(`larder: this is a bug, please report it: ${error instanceof Error ? error.stack : error}\n`)
  process.exitCode = 1
}
