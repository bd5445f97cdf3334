/** `larder site`: the places where devices stand. */
import type { Command } from 'commander'
import { siteListSchema, siteViewSchema } from '../../../protocol/admin-api.ts'
import { connect, type RemoteOptions, withServerOptions } from '../admin-client.ts'
import { type CliIo, printJson } from '../io.ts'
import { parseSiteName, parseTimeZone, wholeNumber } from '../values.ts'
import { formatTable } from '../words.ts'

interface ListOptions extends RemoteOptions {
  readonly json?: true
}

interface CreateOptions extends ListOptions {
  readonly timeZone: string
  readonly storesWanted?: number
}

export function addSiteCommands(program: Command, io: CliIo): void {
  const site = program
    .command('site')
    .description('places whose devices share a network')
    .addHelpText(
      'after',
      '\nExamples:\n  larder site create berlin-mitte --time-zone Europe/Berlin\n  larder site list',
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
          ],
          'No sites yet. Make one with: larder site create NAME --time-zone ZONE',
        ),
      )
    })

  withServerOptions(
    site
      .command('create')
      .description('make a site, or change the one of this name')
      .argument('<name>', 'lower-case letters, digits, dashes', parseSiteName)
      .requiredOption('--time-zone <zone>', 'IANA name, such as Europe/Berlin', parseTimeZone)
      .option(
        '--stores-wanted <n>',
        'stores the server keeps among devices of role auto',
        wholeNumber(0, 64),
      ),
  )
    .option('--json', 'print as JSON')
    .action(async (name: string, options: CreateOptions) => {
      const { timeZone, storesWanted } = options
      const body = { timeZone, ...(storesWanted !== undefined && { storesWanted }) }
      const made = await connect(options, io).request('PUT', ['sites', name], siteViewSchema, { json: body })
      if (options.json) return printJson(io, made)
      io.out(`Site ${made.name}: ${made.timeZone}\n`)
    })
}
