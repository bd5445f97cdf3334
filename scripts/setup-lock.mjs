// One set-up at a time in a checkout, also when two commands start at once.
//
// The lock is a folder, since making one either succeeds or fails as a whole, with a file in it that names its owner.
// A lock whose owner is gone is taken over. It lies outside node_modules, which `npm ci` deletes.

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 250
const GIVE_UP_MS = 20 * 60_000
/** The owner's file is written right after the folder is made: a folder without one that is older than this is a leftover. */
const UNNAMED_LEFTOVER_MS = 10_000

/**
 * Runs `work` while no other process does the same under this lock.
 * @template T
 * @param {string} lockFolder
 * @param {() => Promise<T>} work
 * @param {(ownerPid: number | null) => void} onWait called once if another process holds the lock
 * @returns {Promise<T>}
 * @throws {Error} when the lock stays taken for 20 minutes
 */
export async function underLock(lockFolder, work, onWait) {
  mkdirSync(path.dirname(lockFolder), { recursive: true })
  const giveUpAt = Date.now() + GIVE_UP_MS
  let announced = false
  while (!tryTake(lockFolder)) {
    if (removeIfAbandoned(lockFolder)) continue
    if (!announced) onWait(readOwner(lockFolder)?.pid ?? null)
    announced = true
    if (Date.now() > giveUpAt) {
      throw new Error(`Another set-up has held ${lockFolder} for 20 minutes: end it, or delete that folder.`)
    }
    await delay(POLL_MS)
  }
  const release = () => rmSync(lockFolder, { recursive: true, force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

/** @param {string} folder */
function tryTake(folder) {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  writeFileSync(
    path.join(folder, 'owner.json'),
    JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) }),
  )
  return true
}

/**
 * Two waiting processes may both find the lock abandoned; without the guard the slower one would delete the lock that
 * the quicker one has just taken. So only the guard's holder deletes, after looking again.
 * @param {string} folder
 */
function removeIfAbandoned(folder) {
  if (!isAbandoned(folder)) return false
  const guard = `${folder}.takeover`
  try {
    mkdirSync(guard)
  } catch {
    if (ageMs(guard) > UNNAMED_LEFTOVER_MS) rmSync(guard, { recursive: true, force: true })
    return false
  }
  try {
    if (!isAbandoned(folder)) return false
    rmSync(folder, { recursive: true, force: true })
    return true
  } finally {
    rmSync(guard, { recursive: true, force: true })
  }
}

/** @param {string} folder */
function isAbandoned(folder) {
  const owner = readOwner(folder)
  if (!owner) return ageMs(folder) > UNNAMED_LEFTOVER_MS
  if (!isAlive(owner.pid)) return true
  // The number may belong to another process by now, as happens in containers that start over.
  return owner.startedAt !== null && owner.startedAt !== startOf(owner.pid)
}

/**
 * @param {string} folder
 * @returns {{ pid: number, startedAt: string | null } | null}
 */
function readOwner(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'owner.json'), 'utf8'))
  } catch {
    return null
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/**
 * When a process started, in whatever unit the system tells it; null where it does not.
 * @param {number} pid
 */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets and may hold blanks; the start is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

/** @param {string} folder */
function ageMs(folder) {
  try {
    return Date.now() - statSync(folder).mtimeMs
  } catch {
    return 0
  }
}
