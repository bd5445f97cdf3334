/**
 * A record store that makes room when the disk has none for a record. Records are small and everything hangs on them:
 * the pointer to what runs, the device's identity. Knows not what is evicted for them.
 */
import { errorNameOf } from '../error-name.ts'
import type { RecordStore } from '../ports.ts'
import { recordKeys } from '../records.ts'

const PACKAGE_PREFIX = recordKeys.package('')

/** `makeRoom` resolves false when nothing is left that may go; null: no package in particular needs the room. */
export function createRoomyRecords(
  records: RecordStore,
  makeRoom: (packageName: string | null) => Promise<boolean>,
): RecordStore {
  return {
    ...records,
    setMany: async entries => {
      for (;;) {
        try {
          return await records.setMany(entries)
        } catch (error) {
          if (!isQuota(error)) throw error
          const keys = entries.map(([key]) => key)
          if (!(await makeRoom(packageOf(keys)))) throw noRoomFor(keys, error)
        }
      }
    },
  }
}

const isQuota = (error: unknown) => errorNameOf(error) === 'QuotaExceededError'

function packageOf(keys: readonly string[]): string | null {
  const key = keys.find(candidate => candidate.startsWith(PACKAGE_PREFIX))
  return key === undefined ? null : key.slice(PACKAGE_PREFIX.length)
}

function noRoomFor(keys: readonly string[], cause: unknown): Error {
  const message = `the disk has no room for the record ${keys.join(', ')}: free some megabytes on it`
  const error = new Error(message, { cause })
  error.name = 'QuotaExceededError'
  return error
}
