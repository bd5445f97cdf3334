/** `larder enrol`: links that bring devices into the fleet. */
import type { Command } from 'commander'
import {
  type EnrolmentLink,
  type EnrolmentTokenPost,
  enrolmentLinkIdSchema,
  enrolmentLinkListSchema,
  enrolmentTokenViewSchema,
} from '../../../protocol/admin/enrolment.ts'
import type { AssignedRole } from '../../../protocol/primitives.ts'
import { connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { type CliIo, printJson } from '../io.ts'
import { parseDurationS, parsed, parseRole, parseSiteName, wholeNumber } from '../values.ts'
import { formatInstant, formatTable, terminalTimeZone } from '../words.ts'

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
      for (const warning of answer.warnings) io.err(`warning: ${warning}\n`)
    })

  withServerOptions(
    enrol.command('list').description('list the links that have not expired, without their secrets'),
  )
    .option('--json', 'print as JSON')
    .action(async (options: RemoteOptions & { readonly json?: true }) => {
      const answer = await connect(options, io).request('GET', ['enrolment-tokens'], enrolmentLinkListSchema)
      if (options.json) return printJson(io, answer)
      io.out(describeLinks(answer.links))
    })

  withServerOptions(
    enrol
      .command('revoke')
      .description('make a link invalid; devices that enrolled with it stay')
      .argument('<id>', 'the id of the link, from: larder enrol list', parsed(enrolmentLinkIdSchema)),
  )
    .addHelpText('after', '\nExample:\n  larder enrol revoke 9f2c41d07be83a65')
    .action(async (id: string, options: RemoteOptions) => {
      await connect(options, io).act('DELETE', ['enrolment-tokens', id])
      io.out(`Revoked the enrolment link ${id}: no device can enrol with it any more.\n`)
    })
}

function describeLinks(links: readonly EnrolmentLink[]): string {
  return formatTable(
    links,
    [
      { title: 'link', of: row => row.id },
      { title: 'site', of: row => row.site },
      { title: 'role', of: row => row.role },
      { title: 'uses left', align: 'right', of: usesText },
      { title: 'made', of: row => formatInstant(row.createdAt, terminalTimeZone()) },
      { title: 'expires', of: row => formatInstant(row.expiresAt, terminalTimeZone()) },
    ],
    'No enrolment link is valid. Make one with: larder enrol create --site SITE --role kiosk',
  )
}

const usesText = ({ uses, usesLeft }: EnrolmentLink): string =>
  uses === null ? String(usesLeft) : `${usesLeft} of ${uses}`
