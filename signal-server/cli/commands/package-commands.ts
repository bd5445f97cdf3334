/** `larder package`: what has been published, who runs it, and its windows. How it takes over is `takeover-command.ts`. */
import type { Command } from 'commander'
import {
  MAX_RELEASE_FLOOR,
  type PackageView,
  packageListSchema,
  packageViewSchema,
  publishedSchema,
  renumberViewSchema,
} from '../../../protocol/admin-api.ts'
import type { Bound } from '../../../protocol/bound.ts'
import { connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { changeDistribution } from '../change-distribution.ts'
import { type CliIo, printJson } from '../io.ts'
import {
  parseBound,
  parseOnOff,
  parsePackageName,
  parseProfileName,
  parseVersionLabel,
  wholeNumber,
} from '../values.ts'
import { count, formatBytes, formatInstant, formatTable, terminalTimeZone } from '../words.ts'
import { addDeleteCommand } from './delete-command.ts'
import { addRetentionCommand } from './release-commands.ts'
import { addTakeoverCommand } from './takeover-command.ts'
import { describeWindows } from './windows-words.ts'

interface ShowOptions extends RemoteOptions {
  readonly json?: true
}

interface WindowsOptions extends ShowOptions {
  readonly profile: string
  readonly proxy?: boolean
  readonly onlyUntil?: { readonly bound: Bound | null }
  readonly enforceUntil?: { readonly bound: Bound | null }
}

export function addPackageCommands(program: Command, io: CliIo): void {
  const packageCommand = program
    .command('package')
    .description('packages, their releases, their windows and how they take over')
    .addHelpText(
      'after',
      '\nExamples:\n  larder package list\n  larder package show lobby\n  larder package republish lobby 3 --version "1.4.0 again"\n  larder package windows lobby --profile shops --enforce-until PT4H\n  larder package takeover lobby --profile shops --activate window:02:00-04:30\n  larder package retention lobby --keep-releases 5',
    )

  withServerOptions(packageCommand.command('list').description('list the packages'))
    .option('--json', 'print as JSON')
    .action(async (options: ShowOptions) => {
      const answer = await connect(options, io).request('GET', ['packages'], packageListSchema)
      if (options.json) return printJson(io, answer)
      io.out(
        formatTable(
          answer.packages,
          [
            { title: 'package', of: row => row.package },
            { title: 'latest', align: 'right', of: row => String(row.latest.release) },
            { title: 'version', of: row => row.latest.version },
            { title: 'files', align: 'right', of: row => formatBytes(row.latest.rawBytes) },
            { title: 'travels as', align: 'right', of: row => formatBytes(row.latest.encodedBytes) },
            { title: 'published', of: row => formatInstant(row.latest.publishedAt, terminalTimeZone()) },
          ],
          'No packages yet. Publish one with: larder publish PATH --package NAME --version LABEL',
        ),
      )
    })

  withServerOptions(
    packageCommand
      .command('show')
      .description('show the releases of a package and who runs them')
      .argument('<name>', 'the package', parsePackageName),
  )
    .option('--json', 'print as JSON')
    .action(async (name: string, options: ShowOptions) => {
      const answer = await connect(options, io).request('GET', ['packages', name], packageViewSchema)
      if (options.json) return printJson(io, answer)
      io.out(describePackage(answer))
    })

  withServerOptions(
    packageCommand
      .command('windows')
      .description('show or change when kiosks may fetch a package from stores and from the server')
      .argument('<name>', 'the package', parsePackageName)
      .requiredOption('--profile <profile>', 'the profile it is in', parseProfileName)
      .option('--proxy <on|off>', 'whether stores share it with kiosks', parseOnOff)
      .option('--only-until <bound>', 'before it, kiosks may not contact stores', parseBound)
      .option('--enforce-until <bound>', 'before it, kiosks may not contact the server', parseBound),
  )
    .option('--json', 'print as JSON')
    .addHelpText('after', WINDOWS_HELP)
    .action(async (name: string, options: WindowsOptions) => {
      const { proxy, onlyUntil, enforceUntil } = options
      const view = await changeDistribution(options, io, name, {
        proxyDistribution: proxy,
        onlyToProxiesUntil: onlyUntil?.bound,
        enforceProxyUntil: enforceUntil?.bound,
      })
      if (options.json) return printJson(io, view)
      io.out(describeWindows(view))
      for (const warning of view.warnings) io.err(`warning: ${warning.message}\n`)
    })

  withServerOptions(
    packageCommand
      .command('republish')
      .description('go back: publish the files of an old release as a new one')
      .argument('<name>', 'the package', parsePackageName)
      .argument('<release>', 'the number of the old release', wholeNumber(1, MAX_RELEASE_NUMBER))
      .requiredOption(
        '--version <label>',
        'what people call the new release, such as "1.4.0 again"',
        parseVersionLabel,
      ),
  )
    .option('--json', 'print the new release as JSON')
    .addHelpText(
      'after',
      '\nOn a device release numbers only rise: one that has run release 5 refuses release 3. The files of release 3 under a new\nnumber are taken, and little travels, as devices still have most of the chunks. A profile that is pinned has to name the\nnew number.\n\nExample:\n  larder package republish lobby 3 --version "1.4.0 again"',
    )
    .action(async (name: string, release: number, options: ShowOptions & { readonly version: string }) => {
      const segments = ['packages', name, 'releases', String(release), 'republish']
      const body = { json: { version: options.version } }
      const made = await connect(options, io).request('POST', segments, publishedSchema, body)
      if (options.json) return printJson(io, made)
      io.out(
        `Published the files of ${name} release ${release} again, as release ${made.release} (${made.version})\n`,
      )
    })

  withServerOptions(
    packageCommand
      .command('renumber')
      .description('number the next releases above one that devices have run and the server does not know')
      .argument('<name>', 'the package', parsePackageName)
      .requiredOption(
        '--above <number>',
        'the highest release that devices have run',
        wholeNumber(1, MAX_RELEASE_FLOOR),
      ),
  )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nNeeded after records were brought back from a backup: on a device release numbers only rise, so it refuses what is\npublished until the numbers are above those that it ran. The overview names the number. It never falls again, so\ntake one that you know: a device can claim any.\n\nExample:\n  larder package renumber lobby --above 12',
    )
    .action(async (name: string, options: ShowOptions & { readonly above: number }) => {
      const segments = ['packages', name, 'renumber']
      const body = { json: { above: options.above } }
      const answer = await connect(options, io).request('POST', segments, renumberViewSchema, body)
      if (options.json) printJson(io, answer)
      else io.out(`The next release of ${name} gets number ${answer.nextRelease}.\n`)
    })

  addTakeoverCommand(packageCommand, io)
  addRetentionCommand(packageCommand, io)
  addDeleteCommand(packageCommand, io, {
    noun: 'package',
    description: 'delete a package with all of its releases',
    argument: 'the package; a single release: larder release delete',
    parse: parsePackageName,
    find: async (_client, name) => ['packages', name],
    example: 'lobby',
    help: 'Refused while a profile names it.',
    force: 'also where devices have it by their last reports',
  })
}

/** As many digits as the address of a release takes. */
const MAX_RELEASE_NUMBER = 999_999_999_999_999

const WINDOWS_HELP = `
Only what is given changes. A BOUND is one of
  2026-11-23T02:00:00Z   an instant, with Z or an offset
  2026-11-23T02:00       a time on the clock of each site
  PT4H                   counted from the publication of the release
  off                    no bound

Examples:
  larder package windows lobby --profile shops
  larder package windows lobby --profile shops --only-until 2026-11-23T02:00 --enforce-until 2026-11-23T06:00
  larder package windows lobby --profile shops --enforce-until off`

function describePackage(view: PackageView): string {
  const releases = formatTable(
    view.releases,
    [
      { title: 'release', align: 'right', of: row => String(row.release) },
      { title: 'version', of: row => row.version },
      { title: 'files', align: 'right', of: row => `${row.fileCount}, ${formatBytes(row.rawBytes)}` },
      {
        title: 'travels as',
        align: 'right',
        of: row => `${count(row.chunkCount, 'chunk')}, ${formatBytes(row.encodedBytes)}`,
      },
      { title: 'running', align: 'right', of: row => count(row.devicesRunning, 'device') },
      { title: 'wanting', align: 'right', of: row => count(row.devicesWanting, 'device') },
      { title: 'published', of: row => formatInstant(row.publishedAt, terminalTimeZone()) },
      { title: 'digest', of: row => row.digest.slice(0, 12) },
    ],
    '',
  )
  const updates = view.releases.flatMap(({ release, updates }) =>
    updates.map(update => ({ release, ...update })),
  )
  const costs = formatTable(
    updates,
    [
      { title: 'update', of: row => `${row.fromRelease} → ${row.release}` },
      { title: 'travels as', align: 'right', of: row => formatBytes(row.bytes) },
      { title: 'without patches', align: 'right', of: row => formatBytes(row.chunkBytes) },
    ],
    '',
  )
  const damages = view.releases
    .filter(({ damagedChunks }) => damagedChunks > 0)
    .map(
      row =>
        `Release ${row.release}: ${row.damagedChunks} of ${count(row.chunkCount, 'chunk')} ${row.damagedChunks === 1 ? 'is' : 'are'} damaged or missing on the server's disk. Publish the same files again to repair ${row.damagedChunks === 1 ? 'it' : 'them'}.\n`,
    )
  const phases = Object.entries(view.phases).map(([phase, devices]) => `${devices} ${phase}`)
  return `${view.package}\n${releases}${updates.length > 0 ? `\n${costs}` : ''}${damages.join('')}${phases.length > 0 ? `Devices: ${phases.join(', ')}\n` : ''}`
}
