/** `larder profile`: which packages go to which sites. */
import type { Command } from 'commander'
import {
  type ProfilePut,
  type ProfileView,
  profileListSchema,
  profileViewSchema,
} from '../../../protocol/admin-api.ts'
import { Failure } from '../../failure.ts'
import {
  type AdminClient,
  connect,
  ProblemFailure,
  type RemoteOptions,
  withServerOptions,
} from '../admin-client.ts'
import { type CliIo, printJson } from '../io.ts'
import { collectPackage, collectSite, type PackageChoice, parseProfileName, wholeNumber } from '../values.ts'
import { formatFacts, formatTable } from '../words.ts'
import { addDeleteCommand } from './delete-command.ts'
import { describeOptions } from './windows-words.ts'

interface ShowOptions extends RemoteOptions {
  readonly json?: true
}

interface ChangeOptions extends ShowOptions {
  readonly site?: string[]
  readonly package?: PackageChoice[]
  readonly priority?: number
}

export function addProfileCommands(program: Command, io: CliIo): void {
  const profile = program
    .command('profile')
    .description('software profiles: named lists of packages, applied to sites')
    .addHelpText(
      'after',
      '\nExamples:\n  larder profile create lobby --site berlin-mitte --package lobby\n  larder profile set lobby --package lobby@3 --package menu\n  larder profile show lobby',
    )

  addDeleteCommand(profile, io, {
    noun: 'profile',
    description: 'delete a profile; its packages and sites stay',
    argument: 'the profile',
    parse: parseProfileName,
    find: async (_client, name) => ['profiles', name],
    example: 'shops',
    help: 'Refused where devices would lose a package that no other profile gives them.',
    force: 'also where devices lose a package by it: they remove it from their screens',
  })

  withServerOptions(profile.command('list').description('list the profiles, those that win first'))
    .option('--json', 'print as JSON')
    .action(async (options: ShowOptions) => {
      const answer = await connect(options, io).request('GET', ['profiles'], profileListSchema)
      if (options.json) return printJson(io, answer)
      io.out(
        formatTable(
          answer.profiles,
          [
            { title: 'profile', of: row => row.name },
            { title: 'priority', align: 'right', of: row => String(row.priority) },
            { title: 'sites', of: row => row.sites.join(', ') || '-' },
            { title: 'packages', of: row => packagesOf(row) || '-' },
          ],
          'No profiles yet. Make one with: larder profile create NAME --site SITE --package PACKAGE',
        ),
      )
    })

  withServerOptions(
    profile.command('show').description('show a profile').argument('<name>', 'the profile', parseProfileName),
  )
    .option('--json', 'print as JSON')
    .action(async (name: string, options: ShowOptions) => {
      print(io, await connect(options, io).request('GET', ['profiles', name], profileViewSchema), options)
    })

  withChangeOptions(profile.command('create').description('make a profile')).action(
    async (name: string, options: ChangeOptions) => {
      const client = connect(options, io)
      if ((await find(client, name)) !== null)
        throw new Failure(`there is a profile "${name}" already; change it with: larder profile set ${name}`)
      await put(client, name, { sites: [], packages: [] }, options)
    },
  )

  withChangeOptions(
    profile
      .command('set')
      .description('change a profile: what is given replaces what was there, the rest stays'),
  ).action(async (name: string, options: ChangeOptions) => {
    const client = connect(options, io)
    const before = await client.request('GET', ['profiles', name], profileViewSchema)
    const packages = before.packages.map(({ package: packageName, release }) => ({
      package: packageName,
      release,
    }))
    await put(client, name, { sites: before.sites, packages }, options)
  })

  async function put(client: AdminClient, name: string, before: ProfilePut, options: ChangeOptions) {
    const body: ProfilePut = {
      sites: options.site ?? before.sites,
      packages: options.package ?? before.packages,
      ...(options.priority !== undefined && { priority: options.priority }),
    }
    print(io, await client.request('PUT', ['profiles', name], profileViewSchema, { json: body }), options)
  }
}

function withChangeOptions(command: Command): Command {
  return withServerOptions(
    command
      .argument('<name>', 'the profile', parseProfileName)
      .option('--site <site>', 'a site it is applied to; repeat for more', collectSite)
      .option('--package <package[@release]>', 'a package in it; repeat for more', collectPackage)
      .option(
        '--priority <n>',
        'higher wins where profiles of a site name the same package',
        wholeNumber(-1_000_000, 1_000_000),
      ),
  ).option('--json', 'print as JSON')
}

async function find(client: AdminClient, name: string): Promise<ProfileView | null> {
  try {
    return await client.request('GET', ['profiles', name], profileViewSchema)
  } catch (error) {
    if (error instanceof ProblemFailure && error.problemName === 'not-found') return null
    throw error
  }
}

function print(io: CliIo, profile: ProfileView, options: ShowOptions): void {
  if (options.json) return printJson(io, profile)
  io.out(
    `Profile ${profile.name}\n${formatFacts([
      ['priority', String(profile.priority)],
      ['sites', profile.sites.join(', ') || 'none yet'],
      ...profile.packages.map(
        entry => ['package', `${packageText(entry)}: ${describeOptions(entry)}`] as [string, string],
      ),
    ])}`,
  )
  for (const note of profile.notes) io.err(`note: ${note}\n`)
}

const packagesOf = (profile: ProfileView): string => profile.packages.map(packageText).join(', ')

const packageText = ({ package: name, release }: ProfileView['packages'][number]): string =>
  release === 'latest' ? name : `${name}@${release}`
