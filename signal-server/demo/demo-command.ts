/** `larder demo`: a server, a store and kiosks on this machine, to watch a package travel. */
import type { Command } from 'commander'
import type { CliIo } from '../cli/io.ts'
import { wholeNumber } from '../cli/values.ts'
import type { DemoOptions, RunCommand } from './demo.ts'

/** Each device is a browser process; more would only show how slow this machine is. */
const MAX_DEVICES = 16

export function addDemoCommand(program: Command, io: CliIo, run: RunCommand): void {
  program
    .command('demo')
    .description('show a package travel: a server, a store and kiosks in browsers on this machine')
    .option('--kiosks <n>', 'kiosks to open', wholeNumber(1, MAX_DEVICES), 3)
    .option('--stores <n>', 'stores to open', wholeNumber(0, MAX_DEVICES), 1)
    .option('--once', 'end when every device runs the release', false)
    .option('--json', 'print one JSON document at the end', false)
    .addHelpText(
      'after',
      '\nUses a data directory of its own and removes it at the end. Ctrl-C ends it.\n\nExamples:\n  larder demo\n  larder demo --kiosks 5 --once --json',
    )
    .action(async (options: DemoOptions) => {
      // Loaded only here: every other command starts faster without a browser driver.
      const { runDemo } = await import('./demo.ts')
      const stop = new AbortController()
      const onSignal = () => stop.abort()
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
      for (const signal of signals) process.on(signal, onSignal)
      try {
        await runDemo(options, io, run, stop.signal)
      } finally {
        for (const signal of signals) process.off(signal, onSignal)
      }
    })
}
