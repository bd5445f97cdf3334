/**
 * The server's data directory and the lock on it:
 *
 *   records.db          everything the server knows (SQLite, with -wal and -shm beside it)
 *   vault/              the chunks
 *   staging/            archives that wait to be published; emptied at start
 *   keys/               the signing key and the secret for grants, readable by the owner only
 *   server.lock         held by the running server; the kernel lets go of it however the process ends
 *
 * A process that opens one writes files for its own user alone from then on.
 */
import { accessSync, existsSync } from 'node:fs'
import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errorCode, Failure, messageOf } from './failure.ts'

export interface DataDirectory {
  readonly path: string
  readonly recordsPath: string
  readonly vaultPath: string
  readonly stagingPath: string
  readonly keysPath: string
  readonly lockPath: string
  /** Whether it was made just now. */
  readonly created: boolean
}

/** Opens a data directory, made with mode 0700 if it is missing. Rejects with a {@link Failure}. */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  const absolute = resolve(path)
  keepFilesPrivate()
  let created: boolean
  try {
    created = await makeDirectory(absolute)
    if (!(await stat(absolute)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
    await access(absolute, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    // What a server has kept there it can serve from a disk that became read-only.
    if (errorCode(error) === 'EROFS' && (await isReadable(layoutOf(absolute).recordsPath)))
      return { ...layoutOf(absolute), created: false }
    throw new Failure(`cannot use ${absolute} as data directory: ${whyUnusable(error)}`, error)
  }
  return { ...layoutOf(absolute), created }
}

/** As {@link openDataDirectory}, but only one that a server has used already. */
export async function openExistingDataDirectory(path: string): Promise<DataDirectory> {
  const layout = layoutOf(resolve(path))
  keepFilesPrivate()
  try {
    await access(layout.recordsPath, constants.R_OK | constants.W_OK)
  } catch (error) {
    // There is something to read, and what has to be written says itself why it cannot be.
    if (errorCode(error) === 'EROFS' && (await isReadable(layout.recordsPath)))
      return { ...layout, created: false }
    const why = errorCode(error) === 'ENOENT' ? 'there are no records of a Larder server' : whyUnusable(error)
    throw new Failure(
      `cannot use ${layout.path} as data directory: ${why}; name the one the server was started with (--data DIR)`,
      error,
    )
  }
  return { ...layout, created: false }
}

/** SQLite takes no mode for its files, and the mode of every other file is one that a later change could forget. */
function keepFilesPrivate(): void {
  process.umask(0o077)
}

const isReadable = (path: string) =>
  access(path, constants.R_OK).then(
    () => true,
    () => false,
  )

function layoutOf(path: string) {
  return {
    path,
    recordsPath: join(path, 'records.db'),
    vaultPath: join(path, 'vault'),
    stagingPath: join(path, 'staging'),
    keysPath: join(path, 'keys'),
    lockPath: join(path, 'server.lock'),
  }
}

/**
 * Makes a directory with its parents; false when it was there. Level by level, because `mkdir` with `recursive` never comes
 * back where nothing can be made, as in /proc.
 */
async function makeDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    const parent = dirname(path)
    if (errorCode(error) !== 'ENOENT' || parent === path || !(await makeDirectory(parent))) throw error
    await mkdir(path, { mode: 0o700 })
    return true
  }
}

function whyUnusable(error: unknown): string {
  switch (errorCode(error)) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'it is, or lies under, something that is not a directory; choose another path'
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read and write there; change its owner or mode, or choose another path'
    case 'EROFS':
      return 'the file system is read-only; choose another path'
    case 'ENOSPC':
      return 'the disk is full'
    case 'ENOENT':
      return 'it cannot be created there; choose another path'
    default:
      return messageOf(error)
  }
}

const SQLITE_BUSY = 5

export interface DirectoryLock {
  /**
   * Before anything is written. On a disk that was read-only the lock keeps out only servers that write, not those that read;
   * once the disk can be written this makes it exclusive. Throws a {@link Failure} while that cannot be.
   */
  makeExclusive(): void
  release(): void
}

/**
 * Takes the directory for one server process. Throws a {@link Failure} when another server has it. The lock is an exclusive
 * transaction on a separate database, without a journal, which would need room: it ends with the process, also by `kill -9`.
 */
export function lockDataDirectory(directory: DataDirectory): DirectoryLock {
  let held = takeLock(directory)
  return {
    makeExclusive() {
      if (held.isExclusive) return
      held.release()
      held = UNLOCKED
      held = takeLock(directory)
    },
    release: () => held.release(),
  }
}

interface HeldLock {
  readonly isExclusive: boolean
  release(): void
}

const UNLOCKED: HeldLock = { isExclusive: false, release: () => undefined }

function takeLock({ path, lockPath }: DataDirectory): HeldLock {
  let lock: DatabaseSync | undefined
  try {
    // In a file that cannot be written the transaction below is one that reads.
    const isExclusive = isWritable(path)
    if (!isExclusive && !existsSync(lockPath)) return UNLOCKED
    lock = new DatabaseSync(lockPath, { timeout: 0 })
    lock.exec('pragma journal_mode = memory; begin exclusive')
    lock.prepare('select count(*) from sqlite_schema').get()
    const held = lock
    return { isExclusive, release: () => held.close() }
  } catch (error) {
    lock?.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY)
      throw new Failure(
        `another larder server is running on ${path}; stop it, or use another data directory (--data DIR)`,
        error,
      )
    throw new Failure(`cannot lock ${path}: ${messageOf(error)}; check its owner and free space`, error)
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
