/** `larder enrol`: links that bring devices into the fleet. */
import type { Command } from 'commander'
import { type EnrolmentTokenPost, enrolmentTokenViewSchema } from '../../../protocol/admin-api.ts'
import type { AssignedRole } from '../../../protocol/primitives.ts'
import { connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { type CliIo, printJson } from '../io.ts'
import { parseDurationS, parseRole, parseSiteName, wholeNumber } from '../values.ts'

interface CreateOptions extends RemoteOptions {
  readonly site: string
  readonly role: AssignedRole
  readonly uses?: number
  readonly expires?: number
  readonly json?: true
}

export function addEnrolCommands(program: Command, io: CliIo): void {
  const enrol = program.command('enrol').description('links that bring devices into the fleet')

  withServerOptions(
    enrol
      .command('create')
      .description('print a link that enrols a device when its browser opens it')
      .requiredOption('--site <site>', 'where the device stands', parseSiteName)
      .requiredOption('--role <role>', 'store, kiosk or auto', parseRole)
      .option('--uses <n>', 'devices that may use the link (default 1)', wholeNumber(1, 100_000))
      .option('--expires <duration>', 'how long it is valid, such as 12h (default 7d)', parseDurationS),
  )
    .option('--json', 'print token, link and expiry as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  larder enrol create --site berlin-mitte --role store\n  larder enrol create --site berlin-mitte --role kiosk --uses 20 --expires 30d',
    )
    .action(async (options: CreateOptions) => {
      const { site, role, uses, expires } = options
      const body: EnrolmentTokenPost = {
        site,
        role,
        ...(uses !== undefined && { uses }),
        ...(expires !== undefined && { expiresInS: expires }),
      }
      const answer = await connect(options, io).request(
        'POST',
        ['enrolment-tokens'],
        enrolmentTokenViewSchema,
        {
          json: body,
        },
      )
      if (options.json) return printJson(io, answer)
      io.out(`${answer.url}\n`)
    })
}
