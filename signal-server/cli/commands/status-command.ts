/** `larder status`: the fleet in one look, and what needs an administrator: the same list as on the overview page. */
import type { Command } from 'commander'
import type { Attention, AttentionPart } from '../../../protocol/admin/attention.ts'
import { type Overview, overviewSchema } from '../../../protocol/admin/overview.ts'
import { connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { type CliIo, printJson } from '../io.ts'
import { formatFacts, formatInstant, printable, terminalTimeZone } from '../words.ts'

interface StatusOptions extends RemoteOptions {
  readonly json?: true
}

export function addStatusCommand(program: Command, io: CliIo): void {
  withServerOptions(program.command('status').description('say how the fleet is, and what needs you'))
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nThe list is that of the overview page: offline devices by site, sites without a store, failures by release, and what is wrong with the server.\n\nExamples:\n  larder status\n  larder status --json',
    )
    .action(async (options: StatusOptions) => {
      const overview = await connect(options, io).request('GET', ['overview'], overviewSchema)
      if (options.json) return printJson(io, overview)
      io.out(describeOverview(overview, terminalTimeZone()))
    })
}

/** `timeZone`: that of the terminal, since what is listed may be at any site. */
export function describeOverview({ counts, attention }: Overview, timeZone: string): string {
  const facts = formatFacts([
    ['devices', String(counts.devices)],
    ['online', String(counts.online)],
    ['offline', String(counts.offline)],
    ['on the wanted release', String(counts.onWanted)],
    ['downloading', String(counts.downloading)],
    ['waiting', String(counts.waiting)],
    ['failed', String(counts.failed)],
    ['to be accepted', String(counts.pending)],
  ])
  const items =
    attention.length === 0
      ? '\nNothing needs you.\n'
      : `\nAttention\n${attention.map(item => describeItem(item, timeZone)).join('')}`
  return `Fleet\n${facts}${items}`
}

function describeItem({ title, detail, since, parts, more }: Attention, timeZone: string): string {
  return [
    `  ${line({ text: title, since }, timeZone)}`,
    `    ${printable(detail)}\n`,
    ...parts.map(part => `    - ${line(part, timeZone)}`),
    more === 0 ? '' : `    and ${more} more\n`,
  ].join('')
}

function line({ text, since }: Pick<AttentionPart, 'text' | 'since'>, timeZone: string): string {
  return `${printable(text)}${since === null ? '' : `, since ${formatInstant(since, timeZone)}`}\n`
}
