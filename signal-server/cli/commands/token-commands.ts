/** `larder token`: API tokens, made on the data directory: who can write there is an administrator. */
import { hash } from 'node:crypto'
import type { Command } from 'commander'
import { tokenNameSchema } from '../../../protocol/admin/tokens.ts'
import { openDataDirectory } from '../../data-directory.ts'
import { randomApiToken, secureRandomBytes } from '../../random.ts'
import type { CliIo } from '../io.ts'
import { openRecordsForCommand } from '../open-records.ts'
import { parseDirectory, parsed } from '../values.ts'

const parseTokenName = parsed(tokenNameSchema)

export function addTokenCommands(program: Command, io: CliIo): void {
  const token = program.command('token').description('API tokens')
  token
    .command('create')
    .description('print a new API token; also while the server runs')
    .requiredOption('--data <dir>', "the server's data directory", parseDirectory)
    .option('--name <name>', 'what the audit log calls its owner', parseTokenName, 'admin')
    .addHelpText(
      'after',
      '\nThe token is shown once; the server keeps only its hash.\n\nExample:\n  export LARDER_TOKEN=$(larder token create --data ./larder-data)',
    )
    .action(async (options: { readonly data: string; readonly name: string }) => {
      // Loaded only here: commands that talk to a server start faster without a database.
      const { insertApiToken } = await import('../../records/api-tokens.ts')
      const directory = await openDataDirectory(options.data)
      if (directory.created) io.err(`note: made the data directory ${directory.path}\n`)
      const records = await openRecordsForCommand(directory, io)
      try {
        const secret = randomApiToken(secureRandomBytes)
        const now = io.now()
        await records.change('shell', now, async trx => {
          await insertApiToken(trx, { tokenHash: hash('sha256', secret, 'hex'), name: options.name }, now)
          return { result: null, audit: { action: 'api-token.create', target: `token:${options.name}` } }
        })
        io.out(`${secret}\n`)
      } finally {
        await records.close()
      }
    })
}
