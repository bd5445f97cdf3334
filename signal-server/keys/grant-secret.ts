/** The secret with which grants are made; kept, so that grants outlive a restart of the server. */
import { join } from 'node:path'
import { fromBase64Url, toBase64Url } from '../../protocol/keys.ts'
import { Failure } from '../failure.ts'
import type { RandomBytes } from '../random.ts'
import { storageFaultOf } from '../storage-fault.ts'
import { readSecretFile, writeSecretFile } from './key-files.ts'

const SECRET_BYTES = 32

/**
 * The secret in `keysPath`, made if there is none. One that the disk does not take is good as long as the process: devices
 * ask for new grants after a restart. `onStorageFault` learns of that.
 */
export async function openGrantSecret(
  keysPath: string,
  randomBytes: RandomBytes,
  onStorageFault: (error: unknown) => void,
): Promise<Uint8Array> {
  const path = join(keysPath, 'grant-secret')
  const text = (await readSecretFile(path))?.trim()
  if (text === undefined) {
    const secret = randomBytes(SECRET_BYTES)
    try {
      await writeSecretFile(path, `${toBase64Url(secret)}\n`)
    } catch (error) {
      if (storageFaultOf(error) === null) throw error
      onStorageFault(error)
    }
    return secret
  }
  if (!/^[A-Za-z0-9_-]{43}$/.test(text))
    throw new Failure(
      `the grant secret ${path} is damaged; delete it, and a new one is made at the next start`,
    )
  return fromBase64Url(text)
}
