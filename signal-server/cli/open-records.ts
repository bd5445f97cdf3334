/** The records for commands that work on the data directory, also while a server runs on it. */
import { type DataDirectory, lockDataDirectory } from '../data-directory.ts'
import { refuseLostRecords } from '../lost-records.ts'
import { secureRandomBytes } from '../random.ts'
import type { Records } from '../records/records.ts'
import type { CliIo } from './io.ts'

/**
 * Opens the records. Records of an earlier version are brought up to date only while no server runs on them: it would be one of that
 * version, and find tables that it does not know. Rejects with a `Failure`.
 */
export async function openRecordsForCommand(directory: DataDirectory, io: CliIo): Promise<Records> {
  // Loaded only here: commands that talk to a server start faster without a database.
  const { openRecords } = await import('../records/records.ts')
  await refuseLostRecords(directory)
  return openRecords({
    path: directory.recordsPath,
    randomBytes: secureRandomBytes,
    beforeMigration: () => lockDataDirectory(directory).release(),
    onMigrated: ({ from, to, copyPath }) =>
      io.err(`note: brought the records from version ${from} to ${to}; a copy from before is ${copyPath}\n`),
  })
}
