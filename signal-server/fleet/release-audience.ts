/**
 * When the server opens to kiosks for a release, whichever site they are of: what a request without a grant is told. It
 * reads the windows of every site and remembers them until something changes, since anybody may ask.
 */
import { decideSources, type Windows } from '../../policy/windows.ts'
import type { DirectoryCache } from './directory-cache.ts'

export interface ReleaseAudience {
  /**
   * The earliest instant (epoch ms) at which the server is open to kiosks of any site that is to run the release; null
   * when it is open to some now, or to none ever.
   */
  opensAt(release: string, now: number): Promise<number | null>
}

export function createReleaseAudience(
  directory: DirectoryCache,
  siteNames: () => Promise<readonly string[]>,
): ReleaseAudience {
  let known: Promise<ReadonlyMap<string, readonly Windows[]>> | null = null
  directory.onChange(change => {
    if (change.type !== 'device') known = null
  })

  async function readWindows(): Promise<ReadonlyMap<string, readonly Windows[]>> {
    const byRelease = new Map<string, Windows[]>()
    for (const site of await siteNames()) {
      for (const { digest, windows } of await directory.assignments(site)) {
        const all = byRelease.get(digest)
        if (all === undefined) byRelease.set(digest, [windows])
        else all.push(windows)
      }
    }
    return byRelease
  }

  return {
    async opensAt(release, now) {
      known ??= readWindows()
      const reading = known
      reading.catch(() => {
        if (known === reading) known = null
      })
      const windows = (await reading).get(release) ?? []
      const accesses = windows.map(each => decideSources({ ...each, role: 'kiosk' }, now).server)
      if (accesses.some(access => access.state === 'open')) return null
      const instants = accesses.flatMap(access => (access.retryAt === null ? [] : [access.retryAt]))
      return instants.length === 0 ? null : Math.min(...instants)
    },
  }
}
