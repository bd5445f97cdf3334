/** `larder doctor`: whether a data directory is whole. */
import type { Command } from 'commander'
import { openExistingDataDirectory } from '../../data-directory.ts'
import { Failure } from '../../failure.ts'
import { type CliIo, printJson } from '../io.ts'
import { parseDirectory } from '../values.ts'
import { count, formatTable } from '../words.ts'

export function addDoctorCommand(program: Command, io: CliIo): void {
  program
    .command('doctor')
    .description('check whether a data directory is whole')
    .requiredOption('--data <dir>', "the server's data directory", parseDirectory)
    .option('--deep', 'read and verify every chunk, every part of a patch and every manifest')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nReports everything that is wrong, and exits with 1 if anything is. Repairs and migrates nothing. Chunks are checked while no server runs on the directory.\n\nExample:\n  larder doctor --data ./larder-data --deep',
    )
    .action(async (options: { readonly data: string; readonly deep?: true; readonly json?: true }) => {
      // Loaded only here: commands that talk to a server start faster without a database.
      const { checkDataDirectory } = await import('../../doctor.ts')
      const directory = await openExistingDataDirectory(options.data)
      const findings = await checkDataDirectory(directory, { deep: options.deep ?? false })
      if (options.json) printJson(io, { findings })
      else
        io.out(
          formatTable(
            findings,
            [
              { title: 'check', of: row => row.check },
              { title: 'outcome', of: row => row.outcome },
              { title: 'detail', of: row => row.detail },
            ],
            '',
          ),
        )
      const failures = findings.filter(finding => finding.outcome === 'failed').length
      if (failures > 0) throw new Failure(`${count(failures, 'check')} failed; see above`)
    })
}
