/** Bodies of files of the kiosk page, read no further than such a file can be long. */
import type { Bytes } from '../../../protocol/keys.ts'
import { MIB } from '../../../protocol/limits.ts'

/** The largest file has a quarter of a MiB. A package may have put gigabytes in its place, which no memory holds. */
const MAX_FILE_BYTES = 4 * MIB

/** Null for a body that no file of the page has: it is not read to its end. `onBytes`: some have come. */
export async function bodyOf(response: Response, onBytes = () => {}): Promise<Bytes | null> {
  const reader = response.body?.getReader()
  const pieces: Bytes[] = []
  let sizeBytes = 0
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    onBytes()
    sizeBytes += next.value.byteLength
    if (sizeBytes > MAX_FILE_BYTES) {
      // Not awaited: it settles only when every copy of the response is cancelled.
      void reader?.cancel().catch(() => {})
      return null
    }
    pieces.push(next.value)
  }
  const body = new Uint8Array(sizeBytes)
  let at = 0
  for (const piece of pieces) {
    body.set(piece, at)
    at += piece.byteLength
  }
  return body
}
