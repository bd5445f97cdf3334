/** What the disk says of a package is read back whatever version wrote it, and refused when it is rotten. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryRecordStore } from '../../../client/adapters/memory-stores.ts'
import { readHungReleases, readPackageRecord } from '../../../client/engine/package-record.ts'
import { recordKeys } from '../../../client/records.ts'

const digest = (of: string) => of.repeat(64)
const ref = (release: number) => ({ release, version: `1.${release}`, digest: digest(String(release)) })

async function readBack(record: unknown) {
  const records = createMemoryRecordStore()
  await records.setMany([[recordKeys.package('lobby'), record]])
  return readPackageRecord(records, 'lobby')
}

test('a record of today', async () => {
  const record = {
    package: 'lobby',
    active: ref(2),
    trial: { confirmation: { by: 'ready', withinMs: 60_000 }, tries: 2, reloads: 0 },
    previous: ref(1),
    failed: [{ digest: digest('3'), failure: { reason: 'hung', message: 'x' }, retries: 4, times: 1 }],
    highestRelease: 3,
  }
  assert.deepEqual(await readBack(record), record)
})

test('a record from before releases failed for a reason: what runs, and what failed, stays so', async () => {
  const old = {
    package: 'lobby',
    active: ref(2),
    confirmed: false,
    tries: 2,
    previous: ref(1),
    failed: [digest('3')],
    highestRelease: 3,
  }
  assert.deepEqual(await readBack(old), {
    package: 'lobby',
    active: ref(2),
    trial: { confirmation: { by: 'runs', forMs: 30_000 }, tries: 2, reloads: 0 },
    previous: ref(1),
    failed: [{ digest: digest('3'), failure: null, retries: 0, times: 1 }],
    highestRelease: 3,
  })
  assert.equal((await readBack({ ...old, confirmed: true }))?.trial, null)
})

test('a record of a later version keeps what runs and what failed, without what is not known here', async () => {
  const later = {
    package: 'lobby',
    active: { ...ref(2), channel: 'beta' },
    trial: { confirmation: { by: 'vote', quorum: 3 }, tries: 2 },
    previous: ref(1),
    failed: [{ digest: digest('3'), failure: { reason: 'too-warm', message: 'x' }, retries: 4, at: 1 }],
    highestRelease: 3,
    pinned: true,
  }
  assert.deepEqual(await readBack(later), {
    package: 'lobby',
    active: ref(2),
    trial: { confirmation: { by: 'runs', forMs: 30_000 }, tries: 2, reloads: 0 },
    previous: ref(1),
    failed: [{ digest: digest('3'), failure: null, retries: 4, times: 1 }],
    highestRelease: 3,
  })
})

test('a rotten record is none', async () => {
  assert.equal(await readBack({ package: 'lobby', active: 'x' }), null)
  assert.equal(await readBack('rotten'), null)
  assert.equal(await readBack(undefined), null)
})

test('what hung is a list of digests, or nothing', async () => {
  const records = createMemoryRecordStore()
  assert.deepEqual(await readHungReleases(records), [])
  await records.setMany([[recordKeys.hung, { releases: [digest('1')] }]])
  assert.deepEqual(await readHungReleases(records), [digest('1')])
  await records.setMany([[recordKeys.hung, { releases: ['<script>'] }]])
  assert.deepEqual(await readHungReleases(records), [])
})
