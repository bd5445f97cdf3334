/** The slow check of everything that is stored, over real records and under virtual time. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { nextStoredDigest } from '../../signal-server/records/stored-digests.ts'
import { startScrubbing } from '../../signal-server/upkeep/scrub.ts'
import { SCRUB_PASS_MS } from '../../signal-server/upkeep/scrub-pace.ts'
import type { ChunkState } from '../../signal-server/vault/chunk-vault.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { withCleanup } from '../support/cleanup.ts'
import { jobStage } from '../support/job-stage.ts'
import { settle } from '../support/virtual-time.ts'

/** Starts a server's scrub over the records, with a vault that only notes what it is asked to verify. */
function scrubOf(t: TestContext, stage: AdminStage, startMs = 0) {
  const { jobs, time, clock } = jobStage()
  withCleanup(t).use(jobs)
  const looks: string[] = []
  let unreadable: Error | null = null
  const look = async (what: string): Promise<ChunkState> => {
    if (unreadable !== null) throw unreadable
    looks.push(what)
    return 'whole'
  }
  startScrubbing({
    db: stage.records.db,
    vault: { verify: look },
    checkRecords: async () => void (await look('records')),
    checkManifest: async digest => void (await look(digest)),
    jobs,
    clock: () => startMs + clock.now(),
  })
  return {
    jobs,
    looks,
    fail: (error: Error | null) => {
      unreadable = error
    },
    /** Steps of five minutes, with room for the database between them. */
    async advance(ms: number) {
      for (let passed = 0; passed < ms; passed += 300_000) {
        await time.advance(Math.min(300_000, ms - passed))
        await settle()
      }
    },
  }
}

async function everyDigest(stage: AdminStage): Promise<string[]> {
  const digests: string[] = []
  for (
    let next = await nextStoredDigest(stage.records.db, '');
    next;
    next = await nextStoredDigest(stage.records.db, next.digest)
  )
    digests.push(next.digest)
  return digests
}

async function withReleases(t: TestContext) {
  const stage = await openAdminStage(t)
  const releases: string[] = []
  for (let number = 1; number <= 3; number++) {
    const answer = await stage.publish('lobby', { 'index.html': `page ${number} `.repeat(40 * number) })
    releases.push(answer.body.digest)
  }
  return { stage, releases: releases.sort(), digests: await everyDigest(stage) }
}

test('a pass looks at the database, every manifest and every chunk once, and the next one begins a week later', async t => {
  const { stage, releases, digests } = await withReleases(t)
  assert.ok(digests.length >= 3)
  const { looks, advance } = scrubOf(t, stage)
  await advance(30_000)
  assert.deepEqual(looks, [], 'the fleet comes back first')
  await advance(SCRUB_PASS_MS - 3600_000)
  assert.deepEqual(looks, ['records', ...releases, ...digests])
  await advance(2 * 3600_000)
  assert.equal(looks.filter(what => what === 'records').length, 2)
})

test('after a restart it goes on where it was, and a pass that is through is not begun again', async t => {
  const { stage, releases, digests } = await withReleases(t)
  const before = scrubOf(t, stage)
  while (before.looks.length < 2 + releases.length) await before.advance(300_000)
  await before.jobs.close()
  const done = before.looks.length
  const after = scrubOf(t, stage, 3600_000)
  await after.advance(24 * 3600_000)
  const all = ['records', ...releases, ...digests]
  assert.deepEqual(after.looks, all.slice(all.length - after.looks.length))
  // What was verified since the place was last saved is verified again: a step at most, since each takes minutes here.
  assert.ok(
    after.looks.length <= all.length - done + 1,
    `${after.looks.length} of ${all.length} after ${done}`,
  )
  await after.jobs.close()
  const later = scrubOf(t, stage, 48 * 3600_000)
  await later.advance(24 * 3600_000)
  assert.deepEqual(later.looks, [])
})

test('a check that fails is listed, tried again, and misses nothing', async t => {
  const { stage, releases, digests } = await withReleases(t)
  const { jobs, looks, advance, fail } = scrubOf(t, stage)
  fail(new Error('the disk does not answer'))
  await advance(3600_000)
  assert.deepEqual(
    jobs.failing().map(job => [job.name, job.message]),
    [['checking what is stored', 'the disk does not answer']],
  )
  fail(null)
  await advance(24 * 3600_000)
  assert.deepEqual(looks, ['records', ...releases, ...digests])
  assert.deepEqual(jobs.failing(), [])
})
