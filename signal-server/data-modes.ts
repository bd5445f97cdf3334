/**
 * Modes in a data directory: directories are 0700 and files 0600, whatever an earlier version, a copy without modes or `mkdir` made
 * of them. Finds what is open to other users, closes it, and says whose secrets were readable. What the server makes anew
 * is private already, see `data-directory.ts`. Knows the directory's layout, and nothing of Windows, which has no modes.
 */
import { chmod, readdir, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Logger } from 'pino'
import type { DataDirectory } from './data-directory.ts'
import { errorCode, Failure } from './failure.ts'
import type { Records } from './records/records.ts'

/** What users other than the owner may do. */
const OTHER_USERS = 0o077
const PRIVATE_FILE = 0o600
const PRIVATE_DIRECTORY = 0o700

export interface OpenPath {
  readonly path: string
  readonly mode: number
  readonly uid: number
  readonly isDirectory: boolean
}

/** A file with a secret that other users can read. */
export type ExposedKey = OpenPath & {
  /** Whether that is every user, and not only those of a group. */
  readonly toAllUsers: boolean
}

export const modeWords = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0')

/** Names beside the folders: the records with their log and copies, and the lock. */
const OWN_FILES = /^(records\.|server\.lock)/

/**
 * Everything of the server's in the directory that other users may open, what is in a directory before the directory. With `everyChunk`
 * false, chunks are looked at only in directories that are open themselves: those were all made by one version.
 */
export async function findOpenPaths(directory: DataDirectory, everyChunk: boolean): Promise<OpenPath[]> {
  if (process.platform === 'win32') return []
  const { path, keysPath, stagingPath, vaultPath } = directory
  const chunksPath = join(vaultPath, 'chunks')
  const chunkDirectories = (await namesIn(chunksPath)).map(name => join(chunksPath, name))
  const open: (OpenPath | null)[] = []
  const look = async (looked: string) => {
    open.push(await openPath(looked))
  }
  const lookInside = async (folder: string, names: RegExp = /./) => {
    for (const name of await namesIn(folder)) if (names.test(name)) await look(join(folder, name))
  }
  for (const chunks of chunkDirectories) {
    const isOpen = (await openPath(chunks)) !== null
    if (everyChunk || isOpen) await lookInside(chunks)
    await look(chunks)
  }
  await look(chunksPath)
  for (const folder of [join(vaultPath, 'tmp'), stagingPath, keysPath]) {
    await lookInside(folder)
    await look(folder)
  }
  await look(vaultPath)
  await lookInside(path, OWN_FILES)
  await look(path)
  return open.filter(found => found !== null)
}

/** Secrets that other users can read: every directory above lets them through. */
export async function findExposedKeys({ keysPath }: DataDirectory): Promise<ExposedKey[]> {
  const exposed: ExposedKey[] = []
  for (const name of await namesIn(keysPath)) {
    const found = await findExposure(join(keysPath, name))
    if (found !== null) exposed.push(found)
  }
  return exposed
}

/** Who else can read a file: its own mode and that of every directory above let them. Null: no other user. */
export async function findExposure(path: string): Promise<ExposedKey | null> {
  const open = process.platform === 'win32' ? null : await openPath(path)
  if (open === null || open.isDirectory) return null
  let toGroup = (open.mode & 0o040) !== 0
  let toAllUsers = (open.mode & 0o004) !== 0
  for (let above = dirname(resolve(path)); ; above = dirname(above)) {
    const mode = (await statIfPresent(above))?.mode ?? 0
    toGroup &&= (mode & 0o010) !== 0
    toAllUsers &&= (mode & 0o001) !== 0
    if (dirname(above) === above) break
  }
  return toGroup || toAllUsers ? { ...open, toAllUsers } : null
}

/** What a reader of this file can do, and what to do about it. */
export function exposureWords({ path }: OpenPath): string {
  return path.endsWith('grant-secret')
    ? 'its readers can make the grants by which this server hands out chunks; stop the server and delete the file, and the next start makes another'
    : 'its readers can sign releases that devices accept; docs/OPERATIONS.md says what to do if other people or programs use this machine'
}

/**
 * Closes everything to other users, logs what was changed, and returns the secrets that were exposed until now and are not any more.
 * Rejects with a {@link Failure} where a secret stays readable by every user because another user owns it.
 */
export async function closeToOtherUsers(directory: DataDirectory, log: Logger): Promise<ExposedKey[]> {
  const exposedBefore = await findExposedKeys(directory)
  const open = await findOpenPaths(directory, false)
  // The data directory itself first: that shuts others out while the files in it are gone through.
  const inOrder = open.toSorted(
    (a, b) => Number(b.path === directory.path) - Number(a.path === directory.path),
  )
  const repaired: OpenPath[] = []
  const failed: OpenPath[] = []
  for (const found of inOrder) ((await close(found)) ? repaired : failed).push(found)
  const exposed = await findExposedKeys(directory)
  for (const key of exposed) {
    if (key.toAllUsers && isOwnedByAnother(key)) throw ownedByAnother(key)
    logExposure(log, key, 'can read this file, and its mode cannot be changed')
  }
  // Closed are also those whose own mode stays, if a directory above them is closed now.
  const closed = exposedBefore.filter(key => !exposed.some(({ path }) => path === key.path))
  for (const key of closed) logExposure(log, key, 'could read this file until now')
  if (repaired.length > 0)
    log.warn(
      listed(directory, repaired),
      'other users had access to parts of the data directory: modes repaired',
    )
  if (failed.length > 0)
    log.warn(
      listed(directory, failed),
      'other users have access to parts of the data directory, and this user may not change their modes, or the file system has none',
    )
  return closed
}

function logExposure(log: Logger, key: ExposedKey, what: string): void {
  const { path, mode } = key
  log.error({ path, mode: modeWords(mode) }, `other users of this machine ${what}: ${exposureWords(key)}`)
}

/** For the audit log: once the modes are repaired nothing else tells that a secret was open. */
export async function recordClosedKeys(
  records: Records,
  closed: readonly ExposedKey[],
  now: number,
): Promise<void> {
  for (const { path } of closed)
    await records.change('shell', now, async () => ({
      result: null,
      audit: {
        action: 'key-file.close',
        target: `file:${path}`,
        before: { readableByOtherUsers: true },
        after: { readableByOtherUsers: false },
      },
    }))
}

/** Enough to recognise the cause by. */
const MAX_LISTED = 10

const listed = ({ path }: DataDirectory, paths: readonly OpenPath[]) => ({
  data: path,
  count: paths.length,
  paths: paths
    .slice(0, MAX_LISTED)
    .map(each => `${relative(path, each.path) || '.'} ${modeWords(each.mode)}`),
})

async function close(found: OpenPath): Promise<boolean> {
  try {
    await chmod(found.path, found.isDirectory ? PRIVATE_DIRECTORY : PRIVATE_FILE)
    // Some file systems take any mode and keep their own.
    return (await openPath(found.path)) === null
  } catch {
    return false
  }
}

const isOwnedByAnother = ({ uid }: OpenPath) => uid !== process.geteuid?.()

const ownedByAnother = ({ path, mode }: OpenPath) =>
  new Failure(
    `${path} can be read by every user of this machine (mode ${modeWords(mode)}), and another user owns it, so that the server cannot close it; make it the server user's own with chown, and private with chmod 600, and start again`,
  )

async function openPath(path: string): Promise<OpenPath | null> {
  const found = await statIfPresent(path)
  if (found === null || (found.mode & OTHER_USERS) === 0) return null
  return { path, mode: found.mode, uid: found.uid, isDirectory: found.isDirectory() }
}

/** Null also where this user may not look: what it cannot look at it cannot close either. */
async function statIfPresent(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    if (isOutOfReach(error)) return null
    throw error
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (isOutOfReach(error)) return []
    throw error
  }
}

/** Whatever the file system says: who needs the file will say what is wrong with it. */
const isOutOfReach = (error: unknown) => errorCode(error) !== undefined
