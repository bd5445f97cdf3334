/**
 * The `larder` command: its commands put together, and every way it can end turned into an exit code. 0: done. 1: failed, with
 * one line that says what happened and what to do. 2: used wrongly, likewise.
 */
import { Command, CommanderError } from 'commander'
import { withoutHidden } from '../../protocol/admin/typed-text.ts'
import { addDemoCommand } from '../demo/demo-command.ts'
import { Failure } from '../failure.ts'
import { storageFaultOf } from '../storage-fault.ts'
import { addAdminLinkCommand } from './commands/admin-link-command.ts'
import { addDeviceCommands } from './commands/device-commands.ts'
import { addDoctorCommand } from './commands/doctor-command.ts'
import { addEnrolCommands } from './commands/enrol-commands.ts'
import { addExplainCommand } from './commands/explain-command.ts'
import { addPackageCommands } from './commands/package-commands.ts'
import { addProfileCommands } from './commands/profile-commands.ts'
import { addPublishCommand } from './commands/publish-command.ts'
import { addReleaseCommands } from './commands/release-commands.ts'
import { addSiteCommands } from './commands/site-commands.ts'
import { addStartCommand } from './commands/start-command.ts'
import { addStatusCommand } from './commands/status-command.ts'
import { addTokenCommands } from './commands/token-commands.ts'
import { type CliIo, UsageError } from './io.ts'

/** Adds a command to the program. In the order in which `--help` lists them. */
const COMMANDS: readonly ((program: Command, io: CliIo) => void)[] = [
  addStartCommand,
  (program, io) => addDemoCommand(program, io, runCli),
  addAdminLinkCommand,
  addTokenCommands,
  addStatusCommand,
  addPublishCommand,
  addPackageCommands,
  addReleaseCommands,
  addProfileCommands,
  addSiteCommands,
  addEnrolCommands,
  addDeviceCommands,
  addExplainCommand,
  addDoctorCommand,
]

/** Runs one command line, without the program's own name. Resolves with the exit code; rejects only for bugs. */
export async function runCli(args: readonly string[], io: CliIo): Promise<0 | 1 | 2> {
  try {
    await createProgram(io).parseAsync([...args], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof UsageError) {
      io.err(`larder: ${error.message}\n`)
      return 2
    }
    if (error instanceof Failure) {
      io.err(`larder: ${error.message}\n`)
      return 1
    }
    const fault = storageFaultOf(error)
    if (fault === null) throw error
    io.err(`larder: this could not be written: ${fault.words}; ${fault.advice}, and try again\n`)
    return 1
  }
}

function createProgram(io: CliIo): Command {
  const program = new Command('larder')
    .description('Package distribution for fleets of browser kiosks, from kiosk to kiosk.')
    .addHelpText(
      'after',
      '\nCommands that talk to a server take --server URL and --token T, or LARDER_URL and LARDER_TOKEN.\nEvery command has --help.',
    )
  for (const addCommand of COMMANDS) addCommand(program, io)
  prepare(program, io)
  return program
}

/** Makes a command and those below it throw instead of exit, and say what is wrong in one line. */
function prepare(command: Command, io: CliIo): void {
  command
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: text => io.out(text),
      writeErr: text => io.err(text),
      outputError: (text, write) => write(`${oneLine(text)}; see: ${fullName(command)} --help\n`),
    })
  for (const subcommand of command.commands) prepare(subcommand, io)
}

/** Commander's `error: …` with a suggestion on a second line. */
function oneLine(text: string): string {
  return (
    withoutHidden(text)
      .trim()
      // The line repeats what was typed, which may hold what turns a terminal's text around, or a password in an address.
      .replace(/\/\/[^/\s'@]*@/g, '//…@')
      .replace(/^error: /, 'larder: ')
      .replace(/\.?\s*\n\s*/g, ' ')
      .replace(/\.$/, '')
  )
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name()
}
