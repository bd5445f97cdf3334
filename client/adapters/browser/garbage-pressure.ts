/**
 * Makes the engine collect a thread's garbage in time. Chromium keeps the copy that `crypto.subtle.digest` takes of its input
 * until the heap of the calling thread is collected, and does not count it towards when that is: a worker that hashes a
 * gigabyte holds a gigabyte. What is counted is the size of buffers, also of those that no page of memory was ever given.
 */
import { MIB } from '../../../protocol/limits.ts'
import { freeBytes } from '../../engine/free-bytes.ts'

/** So much may lie about uncollected. */
const COLLECT_EVERY_BYTES = 16 * MIB
/** Where V8 begins to collect because of buffers. */
const PRESSURE_BYTES = 64 * MIB

/** What to call with the size of each copy that was left behind, on a thread whose pauses nobody sees. */
export function createGarbagePressure(
  allocate: (bytes: number) => Uint8Array<ArrayBuffer> = bytes => new Uint8Array(bytes),
): (bytes: number) => void {
  let uncollectedBytes = 0
  return bytes => {
    uncollectedBytes += bytes
    if (uncollectedBytes < COLLECT_EVERY_BYTES) return
    uncollectedBytes = 0
    try {
      freeBytes(allocate(PRESSURE_BYTES))
    } catch {
      // So little memory is left that the engine collects by itself.
    }
  }
}
