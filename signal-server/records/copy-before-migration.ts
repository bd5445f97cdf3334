/**
 * Copies of the records from before a migration, beside the records: `records.before-v6.db` is what a migration to version 6 began
 * with. Knows files and their room, but neither the steps of a migration nor what the records mean.
 */
import { readdirSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { formatBytes } from '../../presentation/sizes-and-spans.ts'
import { errorCode, Failure, messageOf } from '../failure.ts'
import { syncDirectory, syncFile } from '../sync-to-disk.ts'
import { copyDatabase, measureCopy, readRecordsVersion } from './database-copy.ts'
import type { Migration } from './migrations.ts'

/** The last two: if an update turns out bad only after the next one, its copy is still there. */
const KEPT_COPIES = 2

/** The copy, and as much again: a migration may rewrite every row, and SQLite writes new rows to its log first. */
const ROOM_PER_COPY = 2

const SQLITE_FULL = 13

/** Where the copy from before a migration to this version is kept. */
export function copyPathOf(recordsPath: string, toVersion: number): string {
  return `${stemOf(recordsPath)}.before-v${toVersion}.db`
}

const stemOf = (recordsPath: string) => recordsPath.replace(/\.db$/, '')

export interface Room {
  readonly neededBytes: number
  readonly freeBytes: number
}

/** The room that a migration of these records needs, and what there is. */
export function measureRoom(recordsPath: string): Room {
  const { blocks, bavail, bsize } = statfsSync(dirname(recordsPath))
  // Some network file systems do not know their size; there only the copying itself can tell.
  const freeBytes = blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize
  return { neededBytes: measureCopy(recordsPath) * ROOM_PER_COPY, freeBytes }
}

export const lacksRoom = ({ neededBytes, freeBytes }: Room): boolean => freeBytes < neededBytes

/** What to say where the room does not suffice. */
export function roomSentence(
  recordsPath: string,
  { neededBytes, freeBytes }: Room,
  toVersion: number,
): string {
  return `the records are copied before they are brought to version ${toVersion}, which needs ${formatBytes(neededBytes)} free in ${dirname(recordsPath)}, and ${formatBytes(freeBytes)} are; free some (copies of earlier updates, ${basename(stemOf(recordsPath))}.before-v*.db, may be deleted) and start again; nothing was changed`
}

/**
 * Makes the copy and returns its path: mode 0600, on the disk, under its name only when it is whole. For use inside the migration's
 * transaction, which keeps every writer out, so that the copy is exactly what the migration begins with. Throws a
 * {@link Failure} and leaves everything as it was when that cannot be done.
 */
export function copyBeforeMigration(recordsPath: string, { from, to }: Migration): string {
  const copyPath = copyPathOf(recordsPath, to)
  const unfinished = `${copyPath}.new`
  try {
    removeUnfinished(unfinished)
    const room = measureRoom(recordsPath)
    if (lacksRoom(room)) throw new Failure(roomSentence(recordsPath, room, to))
    // SQLite fills an empty file and leaves its mode alone.
    writeFileSync(unfinished, '', { flag: 'wx', mode: 0o600 })
    copyDatabase(recordsPath, unfinished)
    const copied = readRecordsVersion(unfinished)
    if (copied !== from) throw new Error(`the copy is of version ${copied} instead of ${from}`)
    syncFile(unfinished)
    renameSync(unfinished, copyPath)
    syncDirectory(dirname(copyPath))
  } catch (error) {
    ignoreErrors(() => removeUnfinished(unfinished))
    throw asFailure(error, recordsPath, to)
  }
  removeOldCopies(recordsPath, copyPath)
  return copyPath
}

function asFailure(error: unknown, recordsPath: string, toVersion: number): Failure {
  if (error instanceof Failure) return error
  const isFull = errorCode(error) === 'ENOSPC' || (error as { errcode?: number }).errcode === SQLITE_FULL
  if (isFull) return new Failure(roomSentence(recordsPath, measureRoom(recordsPath), toVersion), error)
  return new Failure(
    `the records cannot be copied to ${copyPathOf(recordsPath, toVersion)}, which has to be done before they are brought to version ${toVersion}: ${messageOf(error)}; nothing was changed`,
    error,
  )
}

interface Copy {
  readonly path: string
  readonly toVersion: number
}

/** The copies there are, that of the latest version first. */
function listCopies(recordsPath: string): Copy[] {
  const directory = dirname(recordsPath)
  const prefix = `${basename(stemOf(recordsPath))}.before-v`
  return readdirSync(directory)
    .flatMap(name => {
      const version = name.startsWith(prefix)
        ? /^([1-9]\d*)\.db$/.exec(name.slice(prefix.length))?.[1]
        : undefined
      return version === undefined ? [] : [{ path: join(directory, name), toVersion: Number(version) }]
    })
    .sort((a, b) => b.toVersion - a.toVersion)
}

function removeOldCopies(recordsPath: string, newest: string): void {
  const others = listCopies(recordsPath).filter(({ path }) => path !== newest)
  for (const { path } of others.slice(KEPT_COPIES - 1)) ignoreErrors(() => rmSync(path))
}

/** What a process left that was killed while it copied. SQLite would apply the old journal to a new file of that name. */
function removeUnfinished(unfinished: string): void {
  for (const path of [unfinished, `${unfinished}-journal`]) rmSync(path, { force: true })
}

/** For removals: a file that stays behind takes room and does no other harm. */
function ignoreErrors(remove: () => void): void {
  try {
    remove()
  } catch {}
}

/** The latest copy that a Larder can open which knows versions up to `maxVersion`, and when it was made; null without one. */
export function findUsableCopy(
  recordsPath: string,
  maxVersion: number,
): { readonly path: string; readonly version: number; readonly madeAt: Date } | null {
  for (const { path } of listCopies(recordsPath)) {
    try {
      const version = readRecordsVersion(path)
      if (version > 0 && version <= maxVersion) return { path, version, madeAt: statSync(path).mtime }
    } catch {
      // Damaged, or not a copy.
    }
  }
  return null
}
