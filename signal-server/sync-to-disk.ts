/** Brings files, and the names in a directory, to the disk: after that they survive a power cut. */
import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Windows has no such call and journals its renames. Throws what the file system fails with. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  syncFile(path, 'r')
}

/** Brings a file's content to the disk. */
export function syncFile(path: string, flags: 'r' | 'r+' = 'r+'): void {
  const file = openSync(path, flags)
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
