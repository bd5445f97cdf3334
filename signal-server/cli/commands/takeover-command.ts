/** `larder package takeover`: when a new release takes over on a screen, what confirms it, and which package comes first. */
import { type Command, InvalidArgumentError } from 'commander'
import type { DistributionView, UpdateOptions } from '../../../protocol/admin-api.ts'
import {
  activationText,
  activationWords,
  confirmationText,
  confirmationWords,
  parseActivationText,
  parseConfirmationText,
} from '../../../protocol/takeover-text.ts'
import { type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { changeDistribution } from '../change-distribution.ts'
import { type CliIo, printJson } from '../io.ts'
import { parsePackageName, parseProfileName, wholeNumber } from '../values.ts'
import { formatFacts } from '../words.ts'

interface TakeoverOptions extends RemoteOptions {
  readonly profile: string
  readonly activate?: UpdateOptions['activation']
  readonly confirm?: UpdateOptions['confirmation']
  readonly priority?: number
  readonly json?: true
}

export function addTakeoverCommand(packageCommand: Command, io: CliIo): void {
  withServerOptions(
    packageCommand
      .command('takeover')
      .description('show or change when a new release takes over on a screen, and what confirms it there')
      .argument('<name>', 'the package', parsePackageName)
      .requiredOption('--profile <profile>', 'the profile it is in', parseProfileName)
      .option('--activate <when>', 'when it takes over: at-once, idle:SPAN or window:HH:MM-HH:MM', text =>
        accepted(parseActivationText(text)),
      )
      .option('--confirm <how>', 'what confirms it: ready:SPAN or runs:SPAN', text =>
        accepted(parseConfirmationText(text)),
      )
      .option(
        '--priority <n>',
        'among the packages of a site, the higher one is fetched and shown first',
        wholeNumber(-1000, 1000),
      ),
  )
    .option('--json', 'print as JSON')
    .addHelpText('after', HELP)
    .action(async (name: string, options: TakeoverOptions) => {
      const { activate: activation, confirm: confirmation, priority } = options
      const view = await changeDistribution(options, io, name, { activation, confirmation, priority })
      if (options.json) printJson(io, view)
      else io.out(describe(view))
    })
}

const HELP = `
Only what is given changes. A new release, once it is complete on a screen, takes over
  at-once              as soon as it is complete
  idle:10min           when nobody has touched the screen for so long
  window:02:00-04:30   only between two times of day, on the clock of each site
It is then on trial until it is confirmed; otherwise the release before comes back by itself.
  ready:60s            the app calls larder.ready(), for which it has so long after its page was loaded
  runs:30s             it calls that, or has run for so long without an uncaught error or a failed load
A SPAN is 90s, 10min or 2h, from 1s to 24h.

Examples:
  larder package takeover lobby --profile shops
  larder package takeover lobby --profile shops --activate window:02:00-04:30 --confirm ready:60s
  larder package takeover adverts --profile shops --activate idle:10min --priority -10`

function describe({ package: name, profile, update }: DistributionView): string {
  const { activation, confirmation, priority } = update
  return `${name} in profile ${profile}\n${formatFacts([
    ['takes over', `${activationWords(activation)} (${activationText(activation)})`],
    ['is confirmed', `${confirmationWords(confirmation)} (${confirmationText(confirmation)})`],
    ['priority', String(priority)],
  ])}`
}

function accepted<T>(
  parsed: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string },
): T {
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.message}.`)
  return parsed.value
}
