/**
 * Releases that devices say they run and that the records do not have, as after a backup was restored. By the devices' last
 * reports, so nothing but words follows from it: a device can claim any number.
 */
import type { UnknownReleases } from '../../protocol/admin/overview.ts'
import { highestReleaseIn } from '../../protocol/signed-manifest.ts'
import { type BoardRow, packagesOf } from './fleet-board.ts'

/** `next`: by package, the number that its next release gets. Only packages where a device would refuse that one. */
export function unknownReleases(
  rows: Iterable<BoardRow>,
  next: ReadonlyMap<string, number>,
): UnknownReleases[] {
  const found = new Map<string, UnknownReleases>()
  for (const row of rows) {
    if (row.device.state !== 'accepted') continue
    for (const { package: name, activeRelease, reason, detail } of packagesOf(row)) {
      const refusesAbove = reason === 'manifest-refused' ? (highestReleaseIn(detail) ?? 0) : 0
      const release = Math.max(activeRelease ?? 0, refusesAbove)
      const nextRelease = next.get(name)
      if (nextRelease === undefined || release < nextRelease) continue
      const before = found.get(name)
      found.set(name, {
        package: name,
        devices: (before?.devices ?? 0) + 1,
        highest: Math.max(before?.highest ?? 0, release),
        nextRelease,
      })
    }
  }
  return [...found.values()]
}
