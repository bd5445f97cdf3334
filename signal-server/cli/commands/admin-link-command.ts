/** `larder admin-link`: a one-time link into the administration page, made on the data directory. */
import type { Command } from 'commander'
import { openExistingDataDirectory } from '../../data-directory.ts'
import { secureRandomBytes } from '../../random.ts'
import type { CliIo } from '../io.ts'
import { openRecordsForCommand } from '../open-records.ts'
import { parseDirectory, parseWebAddress } from '../values.ts'

interface AdminLinkOptions {
  readonly data: string
  readonly adminUrl?: string
}

/** Where `larder start` administers when it is told nothing else. */
const DEFAULT_ADMIN_URL = 'http://127.0.0.1:8081'

export function addAdminLinkCommand(program: Command, io: CliIo): void {
  program
    .command('admin-link')
    .description('print a one-time link that opens the administration page; also while the server runs')
    .requiredOption('--data <dir>', "the server's data directory", parseDirectory)
    .option(
      '--admin-url <url>',
      'address of the administration page, if it is another than where the server listens, as behind a proxy',
      parseWebAddress,
    )
    .addHelpText(
      'after',
      '\nThe link is good once and for 15 minutes. It sets the password, also when the old one is lost.\n\nExample:\n  larder admin-link --data ./larder-data',
    )
    .action(async (options: AdminLinkOptions) => {
      // Loaded only here: commands that talk to a server start faster without a database.
      const [{ makeAdminLink }, { findSetting }] = await Promise.all([
        import('../../admin-link.ts'),
        import('../../records/settings.ts'),
      ])
      const directory = await openExistingDataDirectory(options.data)
      const records = await openRecordsForCommand(directory, io)
      try {
        const adminUrl = options.adminUrl ?? (await findSetting(records.db, 'admin-url')) ?? DEFAULT_ADMIN_URL
        const link = await makeAdminLink(records, {
          adminUrl: `${adminUrl.replace(/\/+$/, '')}/`,
          now: io.now(),
          randomBytes: secureRandomBytes,
        })
        io.out(`${link}\n`)
      } finally {
        await records.close()
      }
    })
}
