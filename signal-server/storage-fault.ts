/**
 * What keeps the server from writing: which errors of the system and of SQLite mean that, and the words for each. Everything
 * else that fails is not the disk's fault. Knows neither paths nor what was to be written.
 */

/** `busy`: another process holds the records locked, and nothing is wrong with the disk. */
export type StorageFaultReason = 'full' | 'read-only' | 'failed' | 'too-many-files' | 'busy'

export interface StorageFault {
  readonly reason: StorageFaultReason
  /** What is the matter, such as `the disk is full`. */
  readonly words: string
  /** What to do about it, such as `free some space on it`. */
  readonly advice: string
}

const WORDS: Readonly<Record<StorageFaultReason, Omit<StorageFault, 'reason'>>> = {
  full: { words: 'the disk is full', advice: 'free some space on it' },
  'read-only': { words: 'the disk is read-only', advice: 'mount it for writing' },
  failed: {
    words: 'the disk reports an error',
    advice: 'look into the log of the system, and check the disk',
  },
  'too-many-files': {
    words: 'the process may open no more files',
    advice: 'raise its limit (LimitNOFILE, ulimit -n)',
  },
  busy: {
    words: 'another process has locked the records for longer than 5 s',
    advice: 'wait until it is done, or end it',
  },
}

const BY_SYSTEM_CODE: ReadonlyMap<string, StorageFaultReason> = new Map([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EROFS', 'read-only'],
  ['EIO', 'failed'],
  ['EMFILE', 'too-many-files'],
  ['ENFILE', 'too-many-files'],
])

const SQLITE_BUSY = 5
const SQLITE_READONLY = 8
const SQLITE_IOERR = 10
const SQLITE_FULL = 13
/** The index of the write-ahead log cannot grow: nothing but room is missing. */
const SQLITE_IOERR_SHMSIZE = 4874

const BY_SQLITE_CODE: ReadonlyMap<number, StorageFaultReason> = new Map([
  [SQLITE_BUSY, 'busy'],
  [SQLITE_READONLY, 'read-only'],
  [SQLITE_IOERR, 'failed'],
  [SQLITE_FULL, 'full'],
  [SQLITE_IOERR_SHMSIZE, 'full'],
])

function storageFault(reason: StorageFaultReason): StorageFault {
  return { reason, ...WORDS[reason] }
}

/** The fault that an error, or what caused it, stands for; null when it is about something else. */
export function storageFaultOf(error: unknown): StorageFault | null {
  if (!(error instanceof Error)) return null
  const { code, errcode, cause } = error as Error & { code?: unknown; errcode?: unknown }
  const reason =
    (typeof code === 'string' && BY_SYSTEM_CODE.get(code)) ||
    (typeof errcode === 'number' && (BY_SQLITE_CODE.get(errcode) ?? BY_SQLITE_CODE.get(errcode & 0xff)))
  return reason ? storageFault(reason) : storageFaultOf(cause)
}

/** Waits for a write that may be left out, such as when something was last used: where the disk does not take it, it is. */
export async function unlessStorageFails(writing: Promise<unknown>): Promise<void> {
  try {
    await writing
  } catch (error) {
    if (storageFaultOf(error) === null) throw error
  }
}
