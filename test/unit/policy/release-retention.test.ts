/** Which releases go by themselves, and that what is needed never does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Retention, releasesToRemove } from '../../../policy/release-retention.ts'

const DAY_MS = 24 * 3600_000
const NOW = 100 * DAY_MS
/** Release 5 today, 4 a day ago, … 1 four days ago. */
const RELEASES = [5, 4, 3, 2, 1].map(release => ({ release, publishedAt: NOW - (5 - release) * DAY_MS }))

const cases: { title: string; retention: Retention; needed?: number[]; removed: number[] }[] = [
  { title: 'without a setting all stay', retention: { keepReleases: null, keepForS: null }, removed: [] },
  { title: 'the newest so many stay', retention: { keepReleases: 2, keepForS: null }, removed: [3, 2, 1] },
  {
    title: 'the newest stays, whatever is set',
    retention: { keepReleases: null, keepForS: 1 },
    removed: [3, 2, 1],
  },
  {
    title: 'the time counts from the release that followed',
    retention: { keepReleases: null, keepForS: 2.5 * 24 * 3600 },
    removed: [1],
  },
  {
    title: 'a release stays as long as one of both keeps it',
    retention: { keepReleases: 2, keepForS: 2.5 * 24 * 3600 },
    removed: [1],
  },
  {
    title: 'what is needed stays, and takes no place of another one',
    retention: { keepReleases: 2, keepForS: null },
    needed: [1],
    removed: [3, 2],
  },
]

for (const { title, retention, needed = [], removed } of cases)
  test(title, () => {
    const result = releasesToRemove(RELEASES, ({ release }) => needed.includes(release), retention, NOW)
    assert.deepEqual(
      result.map(({ release }) => release),
      removed,
    )
  })

test('a term that has just passed lets a release go, and not a moment before', () => {
  const removedAt = (now: number) =>
    releasesToRemove(RELEASES, () => false, { keepReleases: null, keepForS: 24 * 3600 }, now).length
  // Release 4 was followed at NOW.
  assert.deepEqual([removedAt(NOW + DAY_MS - 1), removedAt(NOW + DAY_MS)], [3, 4])
})
