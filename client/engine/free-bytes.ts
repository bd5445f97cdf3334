/**
 * Gives the memory behind bytes back at once. A garbage collector counts buffers late: at full speed a hundred megabytes of
 * chunks that are long stored wait for it, and each next chunk gets fresh pages instead of those that just became free.
 * The bytes, and every view of the same buffer, are empty afterwards.
 */
export function freeBytes(bytes: Uint8Array<ArrayBuffer>): void {
  const { buffer } = bytes
  // Browsers of before 2024 wait for the collector.
  if (typeof buffer.transfer === 'function' && !buffer.detached) buffer.transfer(0)
}
