/** `larder release delete` and `larder package retention`: which releases are kept. */
import { type Command, InvalidArgumentError } from 'commander'
import { formatSpan } from '../../../presentation/sizes-and-spans.ts'
import { type RetentionView, retentionViewSchema } from '../../../protocol/admin/retention.ts'
import { connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { type CliIo, printJson, UsageError } from '../io.ts'
import { collectPackage, parseDurationS, parsePackageName, wholeNumber } from '../values.ts'
import { count, formatBytes, formatFacts } from '../words.ts'
import { addDeleteCommand } from './delete-command.ts'

export function addReleaseCommands(program: Command, io: CliIo): void {
  const release = program.command('release').description('single releases of packages')
  addDeleteCommand(release, io, {
    noun: 'release',
    description: 'delete a release that nothing needs any more',
    argument: 'the package and the number of the release: lobby@3',
    parse: parseRelease,
    find: async (_client, text) => {
      const [name = '', number = ''] = text.split('@')
      return ['packages', name, 'releases', number]
    },
    example: 'lobby@3',
    help: 'Refused while a profile pins the release or gives it as the latest one. Releases can also be removed by themselves: larder package retention',
    force: 'also where devices run it: they go on with what they have of it',
  })
}

function parseRelease(text: string): string {
  const [choice] = collectPackage(text, undefined)
  if (choice === undefined || choice.release === 'latest')
    throw new InvalidArgumentError('names no release; write it as lobby@3.')
  return text
}

interface RetentionOptions extends RemoteOptions {
  readonly keepReleases?: { readonly value: number | null }
  readonly keepFor?: { readonly value: number | null }
  readonly dryRun?: true
  readonly json?: true
}

export function addRetentionCommand(packageCommand: Command, io: CliIo): void {
  withServerOptions(
    packageCommand
      .command('retention')
      .description('show or change which releases of a package are kept; without it all are')
      .argument('<name>', 'the package', parsePackageName)
      .option('--keep-releases <n>', 'the newest so many; off: no number', parseKeptReleases)
      .option(
        '--keep-for <duration>',
        'each for so long after the release that followed it, such as 90d or P90D; off: no time',
        parseKeptFor,
      )
      .option('--dry-run', 'only say which releases would go'),
  )
    .option('--json', 'print as JSON')
    .addHelpText('after', RETENTION_HELP)
    .action(async (name: string, options: RetentionOptions) => {
      const { keepReleases, keepFor, dryRun } = options
      const client = connect(options, io)
      const path = ['packages', name, 'retention']
      let view = await client.request('GET', path, retentionViewSchema)
      const isChange = keepReleases !== undefined || keepFor !== undefined
      if (dryRun && !isChange) throw new UsageError('give --keep-releases or --keep-for with --dry-run')
      if (isChange) {
        const json = {
          keepReleases: keepReleases === undefined ? view.keepReleases : keepReleases.value,
          keepForS: keepFor === undefined ? view.keepForS : keepFor.value,
        }
        view = dryRun
          ? await client.request('POST', [...path, 'preview'], retentionViewSchema, { json })
          : await client.request('PUT', path, retentionViewSchema, { json })
      }
      if (options.json) return printJson(io, view)
      io.out(describeRetention(view, dryRun === true))
    })
}

const RETENTION_HELP = `
Only what is given changes. With both, a release stays as long as one of them keeps it. The latest release stays, and
so does every release that a profile pins or that a device wants or runs by its last report.

Examples:
  larder package retention lobby
  larder package retention lobby --keep-releases 5 --dry-run
  larder package retention lobby --keep-releases 5 --keep-for P90D
  larder package retention lobby --keep-releases off --keep-for off`

function describeRetention(
  { package: name, keepReleases, keepForS, removes, freedBytes }: RetentionView,
  isDry: boolean,
) {
  const isAll = keepReleases === null && keepForS === null
  const facts = formatFacts([
    ['keeps the newest', keepReleases === null ? 'off' : count(keepReleases, 'release')],
    ['keeps for', keepForS === null ? 'off' : `${formatSpan(keepForS * 1000)} after the next release`],
  ])
  const named = removes.map(({ release, version }) => `${release} (${version})`).join(', ')
  const goes =
    removes.length === 0
      ? `  No release ${isDry ? 'would go' : 'goes'} now.\n`
      : `  ${isDry ? 'Would remove' : 'Removes'} ${count(removes.length, 'release')}: ${named}; ${formatBytes(freedBytes)} of chunks a day later.\n`
  return `${name}${isAll ? ' keeps all of its releases' : ''}\n${facts}${goes}`
}

/** In an object, since commander takes a bare null for a missing value. */
const orOff =
  (parse: (text: string) => number) =>
  (text: string): { readonly value: number | null } => ({ value: text === 'off' ? null : parse(text) })

const parseKeptReleases = orOff(wholeNumber(1, 10_000))
const parseKeptFor = orOff(text => {
  const seconds = parseDurationS(text)
  if (seconds > 10 * 366 * 24 * 3600) throw new InvalidArgumentError('must be ten years at most.')
  return seconds
})
