/** What a device keeps of the releases on its disk, and what goes first when there is no room. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  comesBefore,
  type DiskContent,
  type Eviction,
  evictNext,
  type HeldRelease,
  type ReleaseUse,
  tidy,
} from '../../../policy/eviction.ts'

const standing = (priority: number, order = 0) => ({ priority, order })

function release(digest: string, use: ReleaseUse, chunks: string, publishedAt = 0): HeldRelease {
  return {
    digest,
    package: digest,
    publishedAt,
    use,
    chunks: [...chunks].map(chunk => ({ digest: chunk, sizeBytes: 10 })),
  }
}

const runs: ReleaseUse = { name: 'runs' }
const old: ReleaseUse = { name: 'old' }
const unassigned: ReleaseUse = { name: 'unassigned' }
const pinned: ReleaseUse = { name: 'pinned' }
const wanted = (priority: number, order = 0): ReleaseUse => ({
  name: 'wanted',
  standing: standing(priority, order),
})

const disk = (present: string, ...releases: HeldRelease[]): DiskContent => ({
  present: new Set(present),
  releases,
})

const told = (eviction: Eviction | null) =>
  eviction && { releases: eviction.releases.map(({ digest }) => digest), chunks: eviction.chunks.join('') }

/** Evicts until nothing may go any more; what went, in order. */
function evictAll(content: DiskContent, wisher: Parameters<typeof evictNext>[1]): string[] {
  const order: string[] = []
  let left = content
  for (let next = evictNext(left, wisher); next; next = evictNext(left, wisher)) {
    const gone = next
    order.push(...gone.releases.map(({ digest }) => digest))
    left = {
      releases: left.releases.filter(kept => !gone.releases.includes(kept)),
      present: new Set([...left.present].filter(digest => !gone.chunks.includes(digest))),
    }
  }
  return order
}

describe('what is kept while there is room', () => {
  test('S1 what runs, is wanted, unassigned or pinned stays; old releases and stray chunks go', () => {
    const content = disk(
      'abcdefx',
      release('running', runs, 'ab'),
      release('next', wanted(0), 'bc'),
      release('gone', unassigned, 'd'),
      release('framed', pinned, 'e'),
      release('before', old, 'af'),
    )
    assert.deepEqual(told(tidy(content, null)), { releases: ['before'], chunks: 'fx' })
  })

  test('S3 a store keeps old and unassigned releases up to its limit, the newest first; shared chunks cost nothing', () => {
    const content = disk(
      'abcdefg',
      release('running', runs, 'ab'),
      release('r3', old, 'ac', 3),
      release('other', unassigned, 'de', 2),
      release('r1', old, 'fg', 1),
    )
    assert.deepEqual(told(tidy(content, 1000)), { releases: [], chunks: '' })
    assert.deepEqual(told(tidy(content, 30)), { releases: ['r1'], chunks: 'fg' })
    assert.deepEqual(told(tidy(content, 10)), { releases: ['other', 'r1'], chunks: 'defg' })
    assert.deepEqual(told(tidy(content, 0)), { releases: ['r3', 'other', 'r1'], chunks: 'cdefg' })
  })

  test('S3 an older release that fits beside the newer ones stays, though one between them does not', () => {
    const content = disk('abcd', release('r2', old, 'abc', 2), release('r1', old, 'd', 1))
    assert.deepEqual(told(tidy(content, 10)), { releases: ['r2'], chunks: 'abc' })
  })
})

describe('what goes when the disk is full', () => {
  const content = disk(
    'abcdefghi',
    release('running', runs, 'a'),
    release('old-1', old, 'b', 1),
    release('old-2', old, 'c', 2),
    release('unassigned', unassigned, 'd'),
    release('low', wanted(-5), 'e'),
    release('middle', wanted(0, 1), 'f'),
    release('high', wanted(5), 'g'),
    release('framed', pinned, 'h'),
  )

  test('S4 stray chunks first, then old, unassigned, lower wanted, pinned releases, one at a time', () => {
    assert.deepEqual(told(evictNext(content, standing(5))), { releases: ['old-1'], chunks: 'bi' })
    assert.deepEqual(evictAll(content, standing(5)), [
      'old-1',
      'old-2',
      'unassigned',
      'low',
      'middle',
      'framed',
    ])
  })

  test('S5 never what runs, nor what is wanted by a package that comes before', () => {
    assert.deepEqual(evictAll(content, standing(-5)), ['old-1', 'old-2', 'unassigned', 'framed'])
    assert.equal(
      evictNext(disk('ag', release('running', runs, 'a'), release('high', wanted(5), 'g')), standing(0)),
      null,
    )
  })

  test('S5 for its own records the engine gives up any release that does not run yet', () => {
    assert.deepEqual(evictAll(content, null), [
      'old-1',
      'old-2',
      'unassigned',
      'low',
      'middle',
      'high',
      'framed',
    ])
  })

  test('S4 a release that shares its chunks with one that stays frees nothing and takes the next one with it', () => {
    const shared = disk(
      'ab',
      release('running', runs, 'a'),
      release('old-1', old, 'a', 1),
      release('old-2', old, 'ab', 2),
    )
    assert.deepEqual(told(evictNext(shared, standing(0))), { releases: ['old-1', 'old-2'], chunks: 'b' })
  })

  test('S6 of two of one priority the earlier one comes first, and only one of any two does', () => {
    assert.ok(comesBefore(standing(0, 0), standing(0, 1)))
    assert.ok(comesBefore(standing(1, 9), standing(0, 0)))
    const any = fc.record({ priority: fc.integer({ min: -2, max: 2 }), order: fc.nat(3) })
    fc.assert(
      fc.property(any, any, (a, b) => {
        const same = a.priority === b.priority && a.order === b.order
        assert.equal(comesBefore(a, b) !== comesBefore(b, a), !same)
      }),
    )
  })

  test('S5 whatever is on the disk and whoever wishes, no chunk of a running release ever goes', () => {
    const use = fc.constantFrom<ReleaseUse>(
      runs,
      old,
      unassigned,
      pinned,
      wanted(-1),
      wanted(0, 1),
      wanted(2),
    )
    const chunks = fc.subarray([...'abcdefgh']).map(some => some.join(''))
    const releases = fc.array(fc.tuple(use, chunks, fc.nat(5)), { maxLength: 7 })
    const wisher = fc.option(fc.constantFrom(standing(-1), standing(0), standing(2)), { nil: null })
    fc.assert(
      fc.property(releases, wisher, fc.nat(60), (some, who, limit) => {
        const held = some.map(([name, digests, at], index) => release(`r${index}`, name, digests, at))
        const full = disk('abcdefghxy', ...held)
        const needed = new Set(
          held.filter(one => one.use.name === 'runs').flatMap(one => one.chunks.map(({ digest }) => digest)),
        )
        for (const eviction of [tidy(full, limit), tidy(full, null), evictNext(full, who)]) {
          assert.ok(!eviction?.chunks.some(digest => needed.has(digest)))
          assert.ok(!eviction?.releases.some(one => one.use.name === 'runs'))
        }
      }),
    )
  })
})
