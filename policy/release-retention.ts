/**
 * Which releases of a package go by themselves: those that nothing needs, that are not among the newest few, and that were
 * followed by another one long enough ago. Pure; it knows no records.
 */

/** Each null: it keeps none by itself. Both null: all are kept. */
export interface Retention {
  /** So many of the newest. */
  readonly keepReleases: number | null
  /** For so long after the release that followed it. */
  readonly keepForS: number | null
}

interface PublishedRelease {
  readonly release: number
  /** Epoch ms. */
  readonly publishedAt: number
}

/** `releases`: newest first. `isNeeded`: pinned, wanted or run somewhere. The newest one is never among the answers. */
export function releasesToRemove<R extends PublishedRelease>(
  releases: readonly R[],
  isNeeded: (release: R) => boolean,
  { keepReleases, keepForS }: Retention,
  now: number,
): R[] {
  if (keepReleases === null && keepForS === null) return []
  return releases.filter((release, index) => {
    const next = releases[index - 1]
    if (next === undefined || isNeeded(release)) return false
    const isAmongNewest = keepReleases !== null && index < keepReleases
    const isRecent = keepForS !== null && now - next.publishedAt < keepForS * 1000
    return !isAmongNewest && !isRecent
  })
}
