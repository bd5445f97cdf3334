/** Secrets as files that only the owner may read, written whole or not at all. */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode, Failure, messageOf } from '../failure.ts'
import { storageFaultOf } from '../storage-fault.ts'
import { syncDirectory } from '../sync-to-disk.ts'

/** The file's text, or null when there is none. */
export async function readSecretFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw new Failure(`cannot read ${path}: ${messageOf(error)}`, error)
  }
}

/** Writes with mode 0600; once it resolves, the file survives a kill and a power cut. */
export async function writeSecretFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    // A file left by a killed process would keep its own mode.
    await rm(temporary, { force: true })
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    syncDirectory(dirname(path))
  } catch (error) {
    // A part of a key takes room and is of no use.
    await rm(temporary, { force: true }).catch(() => undefined)
    const fault = storageFaultOf(error)
    const why = fault === null ? messageOf(error) : `${fault.words}; ${fault.advice}`
    throw new Failure(`cannot write ${path}: ${why}`, error)
  }
}
