/** `larder package`: what has been published, who runs it, and its windows. How it takes over is `takeover-command.ts`. */
import type { Command } from 'commander'
import { type PackageView, packageListSchema, packageViewSchema } from '../../../protocol/admin-api.ts'
import type { Bound } from '../../../protocol/bound.ts'
import { connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { changeDistribution } from '../change-distribution.ts'
import { type CliIo, printJson } from '../io.ts'
import { parseBound, parseOnOff, parsePackageName, parseProfileName } from '../values.ts'
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
      '\nExamples:\n  larder package list\n  larder package show lobby\n  larder package windows lobby --profile shops --enforce-until PT4H\n  larder package takeover lobby --profile shops --activate window:02:00-04:30\n  larder package retention lobby --keep-releases 5',
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
