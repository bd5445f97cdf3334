/** `larder explain`: why a device may or may not fetch a package, and when that changes. */
import type { Command } from 'commander'
import { type Explanation, explanationSchema } from '../../../protocol/admin-api.ts'
import { activationWords, confirmationWords } from '../../../protocol/takeover-text.ts'
import { remedyCommand } from '../../../protocol/update-obstacle.ts'
import { connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { findDeviceId } from '../find-device.ts'
import { type CliIo, printJson } from '../io.ts'
import { parseInstant, parsePackageName } from '../values.ts'
import { formatFacts, formatInstant, printable } from '../words.ts'
import { DEVICE_ARGUMENT } from './device-words.ts'

interface ExplainOptions extends RemoteOptions {
  readonly device: string
  readonly package: string
  readonly at?: string
  readonly json?: true
}

export function addExplainCommand(program: Command, io: CliIo): void {
  withServerOptions(
    program
      .command('explain')
      .description('say which sources a device may use for a package, why, and when that changes')
      .requiredOption('--device <device>', DEVICE_ARGUMENT)
      .requiredOption('--package <name>', 'the package', parsePackageName)
      .option('--at <time>', 'an instant such as 2026-11-23T02:00:00Z (default: now)', parseInstant),
  )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  larder explain --device "Lobby left" --package lobby\n  larder explain --device d-3f2a --package lobby --at 2026-11-23T02:00:00+01:00',
    )
    .action(async (options: ExplainOptions) => {
      const client = connect(options, io)
      const query = {
        device: await findDeviceId(client, options.device),
        package: options.package,
        ...(options.at !== undefined && { at: options.at }),
      }
      const answer = await client.request('GET', ['explain'], explanationSchema, undefined, query)
      if (options.json) return printJson(io, answer)
      io.out(describe(answer))
    })
}

const NOT_AS_IT_IS: Readonly<Record<NonNullable<Explanation['obstacle']>['kind'], string>> = {
  'older-release': 'never on this device',
  'release-failed': 'not before it is tried again',
  'manifest-refused': 'not while the device refuses it',
}

function describe(answer: Explanation): string {
  const source = ({ state, rule, explanation, retryAt }: Explanation['stores']) =>
    `${state} (${rule}) ${explanation}${retryAt === null ? '' : ` It opens ${formatInstant(retryAt, answer.timeZone)}.`}`
  const { obstacle } = answer
  const command = obstacle === null ? null : remedyCommand(obstacle, answer)
  return `${answer.name || answer.deviceId}, ${answer.package} release ${answer.release} (${answer.version}): ${printable(obstacle?.sentence ?? answer.sentence)}\n${formatFacts(
    [
      ...(command === null ? [] : [['to do', command] as const]),
      ['at', formatInstant(answer.at, answer.timeZone)],
      ['role', answer.role],
      ['site', answer.site],
      ['profile', answer.profile],
      ['stores', source(answer.stores)],
      ['server', source(answer.server)],
      ['order', answer.order.join(', then ') || 'none: it waits'],
      ['next change', formatInstant(answer.nextChangeAt, answer.timeZone)],
      [
        'takes over',
        obstacle === null ? activationWords(answer.update.activation) : NOT_AS_IT_IS[obstacle.kind],
      ],
      ['is confirmed', confirmationWords(answer.update.confirmation)],
    ],
  )}`
}
