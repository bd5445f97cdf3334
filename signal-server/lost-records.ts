/**
 * Records that are missing beside chunks that they had: a directory that was restored or mounted in part. Going on would make empty
 * records, know no device and no release, and remove the chunks a day later.
 */
import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataDirectory } from './data-directory.ts'
import { errorCode, Failure } from './failure.ts'

/** Rejects with a {@link Failure} where there are chunks and no records. For before records are opened, which makes them. */
export async function refuseLostRecords({ path, recordsPath, vaultPath }: DataDirectory): Promise<void> {
  if (await isThere(recordsPath)) return
  const chunksPath = join(vaultPath, 'chunks')
  if ((await namesIn(chunksPath)).length === 0) return
  throw new Failure(
    `the records ${recordsPath} are missing, and ${chunksPath} has chunks of releases that they named; bring the records back from a backup, or move everything in ${path} away to begin anew with no device and no release`,
  )
}

/** True also where it cannot be looked at: what is wrong then shows when it is opened. */
async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    return errorCode(error) !== 'ENOENT'
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch {
    return []
  }
}
