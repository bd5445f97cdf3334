/** How many encoded chunk bytes the origin sent, per release, since this process began. The admin statistics read it. */
export interface OriginCounter {
  add(release: string, bytes: number): void
  readonly totalBytes: number
  /** By release digest. */
  readonly bytesByRelease: ReadonlyMap<string, number>
}

/** `onBytes` hears of each addition as well. */
export function createOriginCounter(onBytes: (bytes: number) => void = () => undefined): OriginCounter {
  const bytesByRelease = new Map<string, number>()
  let totalBytes = 0
  return {
    add(release, bytes) {
      totalBytes += bytes
      bytesByRelease.set(release, (bytesByRelease.get(release) ?? 0) + bytes)
      onBytes(bytes)
    },
    get totalBytes() {
      return totalBytes
    },
    bytesByRelease,
  }
}
