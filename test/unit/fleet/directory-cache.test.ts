import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultUpdateOptions } from '../../../protocol/assignment.ts'
import { DirectoryCache } from '../../../signal-server/fleet/directory-cache.ts'
import { createReleaseAudience } from '../../../signal-server/fleet/release-audience.ts'
import type { DeviceRecord } from '../../../signal-server/fleet-directory.ts'
import { plainRecord } from '../../support/default-fields.ts'
import { FakeFleetDirectory } from '../../support/fake-fleet-directory.ts'

const RECORD: DeviceRecord = {
  deviceId: `d-${'a'.repeat(32)}`,
  publicKey: 'k',
  name: 'One',
  state: 'accepted',
  code: null,
  assignedRole: 'kiosk',
  site: 'berlin',
  timeZone: 'UTC',
  ...plainRecord,
}
const RELEASE = 'a'.repeat(64)
const NOW = 1_000_000

/** A directory that counts how often it is asked for a device. */
class CountingDirectory extends FakeFleetDirectory {
  deviceReads = 0
  override device(deviceId: string): Promise<DeviceRecord | null> {
    this.deviceReads++
    return super.device(deviceId)
  }
}

function setUp() {
  const directory = new CountingDirectory()
  directory.setDevice(RECORD)
  const cache = new DirectoryCache(directory)
  cache.onChange(() => undefined)
  return { directory, cache }
}

test('a device is read once, and again after it changed or its site did', async () => {
  const { directory, cache } = setUp()
  await cache.device(RECORD.deviceId)
  await cache.device(RECORD.deviceId)
  assert.equal(directory.deviceReads, 1)
  directory.changeDevice(RECORD.deviceId, { name: 'Two' })
  assert.equal((await cache.device(RECORD.deviceId))?.name, 'Two')
  directory.setSite('berlin', { timeZone: 'Europe/Oslo' })
  await cache.device(RECORD.deviceId)
  assert.equal(directory.deviceReads, 3)
})

test('an unknown device and a failure are not remembered', async () => {
  const { directory, cache } = setUp()
  const id = `d-${'b'.repeat(32)}`
  assert.equal(await cache.device(id), null)
  directory.failure = new Error('locked')
  await assert.rejects(cache.device(id))
  directory.failure = null
  assert.equal(await cache.device(id), null)
  assert.equal(directory.deviceReads, 3)
})

test('who listens to the cache finds it up to date', async () => {
  const { directory, cache } = setUp()
  await cache.device(RECORD.deviceId)
  const names: Promise<string | undefined>[] = []
  cache.onChange(() => names.push(cache.device(RECORD.deviceId).then(record => record?.name)))
  directory.changeDevice(RECORD.deviceId, { name: 'Two' })
  assert.deepEqual(await Promise.all(names), ['Two'])
})

test('PR-G7 a release opens when the first of its sites does, and the answer follows changes', async () => {
  const { directory, cache } = setUp()
  const audience = createReleaseAudience(cache, directory.siteNames)
  const closedUntil = (site: string, enforceProxyUntil: number | null) =>
    directory.setSite(site, {
      assignments: [
        {
          package: 'lobby',
          release: 1,
          version: '1',
          digest: RELEASE,
          ...defaultUpdateOptions,
          assignedAt: NOW,
          windows: { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil },
        },
      ],
    })
  assert.equal(await audience.opensAt(RELEASE, NOW), null)
  closedUntil('berlin', NOW + 20)
  closedUntil('oslo', NOW + 10)
  assert.equal(await audience.opensAt(RELEASE, NOW), NOW + 10)
  assert.equal(await audience.opensAt(RELEASE, NOW + 10), null)
  closedUntil('oslo', null)
  assert.equal(await audience.opensAt(RELEASE, NOW), null)
})
