/** `larder site`: the places where devices stand, and what their stores may do there. */
import type { Command } from 'commander'
import { type SiteView, siteListSchema, siteViewSchema } from '../../../protocol/admin-api.ts'
import {
  type AdminClient,
  connect,
  ProblemFailure,
  type RemoteOptions,
  withServerOptions,
} from '../admin-client.ts'
import { type CliIo, printJson } from '../io.ts'
import { type Limit, parseRateLimit, parseSizeLimit } from '../size-values.ts'
import { parseSiteName, parseTimeZone, wholeNumber } from '../values.ts'
import { formatBytes, formatFacts, formatTable } from '../words.ts'
import { addDeleteCommand } from './delete-command.ts'

interface ListOptions extends RemoteOptions {
  readonly json?: true
}

interface SetOptions extends ListOptions {
  readonly timeZone?: string
  readonly storesWanted?: number
  readonly storeCache?: Limit
  readonly storeUpload?: Limit
}

interface CreateOptions extends SetOptions {
  readonly timeZone: string
}

export function addSiteCommands(program: Command, io: CliIo): void {
  const site = program
    .command('site')
    .description('places whose devices share a network')
    .addHelpText(
      'after',
      '\nExamples:\n  larder site create berlin-mitte --time-zone Europe/Berlin\n  larder site set berlin-mitte --store-cache 20GB --store-upload 50Mbit\n  larder site list',
    )

  withServerOptions(site.command('list').description('list the sites'))
    .option('--json', 'print as JSON')
    .action(async (options: ListOptions) => {
      const answer = await connect(options, io).request('GET', ['sites'], siteListSchema)
      if (options.json) return printJson(io, answer)
      io.out(
        formatTable(
          answer.sites,
          [
            { title: 'site', of: row => row.name },
            { title: 'time zone', of: row => row.timeZone },
            { title: 'auto stores wanted', align: 'right', of: row => String(row.storesWanted) },
            { title: 'store cache', align: 'right', of: row => sizeText(row.limits.cacheBytes) },
            { title: 'store upload', align: 'right', of: row => rateText(row.limits.uploadBytesPerS) },
          ],
          'No sites yet. Make one with: larder site create NAME --time-zone ZONE',
        ),
      )
    })

  withLimitOptions(
    site
      .command('create')
      .description('make a site, or change the one of this name')
      .argument('<name>', 'lower-case letters, digits, dashes', parseSiteName)
      .requiredOption('--time-zone <zone>', 'IANA name, such as Europe/Berlin', parseTimeZone),
  ).action(async (name: string, options: CreateOptions) => {
    const client = connect(options, io)
    // What is not given stays as it was, and a limit is only sent together with the other.
    const before = needsBefore(options) ? await find(client, name) : null
    await put(client, name, options.timeZone, before, options)
  })

  withLimitOptions(
    site
      .command('set')
      .description('change a site: what is given replaces what was there, the rest stays')
      .argument('<name>', 'the site', parseSiteName)
      .option('--time-zone <zone>', 'IANA name, such as Europe/Berlin', parseTimeZone),
  ).action(async (name: string, options: SetOptions) => {
    const client = connect(options, io)
    const before = await client.request('GET', ['sites', name], siteViewSchema)
    await put(client, name, options.timeZone ?? before.timeZone, before, options)
  })

  addDeleteCommand(site, io, {
    noun: 'site',
    description: 'delete a site that has no devices any more',
    argument: 'the site',
    parse: parseSiteName,
    find: async (_client, name) => ['sites', name],
    example: 'berlin-mitte',
    help: 'Refused while it has devices, revoked ones too. Move them first: larder device set DEVICE --site SITE',
  })

  async function put(
    client: AdminClient,
    name: string,
    timeZone: string,
    before: SiteView | null,
    options: SetOptions,
  ): Promise<void> {
    const { storesWanted, storeCache, storeUpload } = options
    const body = {
      timeZone,
      ...(storesWanted !== undefined && { storesWanted }),
      ...(needsBefore(options) && {
        limits: {
          cacheBytes: storeCache ? storeCache.value : (before?.limits.cacheBytes ?? null),
          uploadBytesPerS: storeUpload ? storeUpload.value : (before?.limits.uploadBytesPerS ?? null),
        },
      }),
    }
    const made = await client.request('PUT', ['sites', name], siteViewSchema, { json: body })
    if (options.json) printJson(io, made)
    else io.out(describe(made))
  }
}

const needsBefore = ({ storeCache, storeUpload }: SetOptions): boolean =>
  storeCache !== undefined || storeUpload !== undefined

function withLimitOptions(command: Command): Command {
  return withServerOptions(
    command
      .option('--stores-wanted <n>', 'stores the server keeps among devices of role auto', wholeNumber(0, 64))
      .option(
        '--store-cache <size>',
        'what each of its stores keeps at most beyond what it runs itself, such as 20GB; off: as much as fits',
        parseSizeLimit,
      )
      .option(
        '--store-upload <rate>',
        'what each of its stores gives to kiosks at most, such as 50Mbit or 6MB, both a second; off: no limit',
        parseRateLimit,
      ),
  ).option('--json', 'print as JSON')
}

async function find(client: AdminClient, name: string): Promise<SiteView | null> {
  try {
    return await client.request('GET', ['sites', name], siteViewSchema)
  } catch (error) {
    if (error instanceof ProblemFailure && error.problemName === 'not-found') return null
    throw error
  }
}

/** Limits only where there are any: most sites have none. */
function describe({ name, timeZone, limits }: SiteView): string {
  const isLimited = limits.cacheBytes !== null || limits.uploadBytesPerS !== null
  const facts = formatFacts([
    ['store cache', sizeText(limits.cacheBytes)],
    ['store upload', rateText(limits.uploadBytesPerS)],
  ])
  return `Site ${name}: ${timeZone}\n${isLimited ? facts : ''}`
}

const sizeText = (bytes: number | null): string => (bytes === null ? 'as much as fits' : formatBytes(bytes))
const rateText = (bytesPerS: number | null): string =>
  bytesPerS === null ? 'no limit' : `${formatBytes(bytesPerS)}/s`
