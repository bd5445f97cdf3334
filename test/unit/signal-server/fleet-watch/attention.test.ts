/** What needs an administrator: each reason, in which order, with where to go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Attention } from '../../../../protocol/admin/attention.ts'
import { type AttentionDevice, attentionOf } from '../../../../signal-server/fleet-watch/attention.ts'
import { packageStatus } from '../../../support/device-status.ts'

const NOW = Date.parse('2026-11-22T08:00:00Z')
const HOUR_MS = 3600_000
const WELL = { damagedChunks: 0, damagedManifests: 0, recordsDamage: null, failingJobs: [] }
const iso = (at: number) => new Date(at).toISOString()

const device = (change: Partial<AttentionDevice> = {}): AttentionDevice => ({
  state: 'accepted',
  site: 'berlin',
  isOnline: true,
  role: 'kiosk',
  isShared: false,
  enrolledAt: NOW - 100 * HOUR_MS,
  lastSeenAt: NOW,
  packages: [],
  ...change,
})
const store = (change: Partial<AttentionDevice> = {}) => device({ role: 'store', ...change })
const away = (hours: number, change: Partial<AttentionDevice> = {}) =>
  device({ isOnline: false, lastSeenAt: NOW - hours * HOUR_MS, ...change })
const look = (devices: readonly AttentionDevice[], change = {}) =>
  attentionOf({ devices, storageTrouble: null, upkeep: WELL, unknownReleases: [], ...change })
const titles = (found: readonly Attention[]) => found.map(({ title }) => title)

test('a fleet in which all is well needs no attention', () => {
  assert.deepEqual(look([store(), device()]), [])
  assert.deepEqual(look([]), [])
})

test('offline devices are told by site, whole sites first, each since when', () => {
  const [found, ...others] = look([
    store(),
    device(),
    away(2),
    ...['oslo', 'oslo'].map(site => away(5, { site, role: 'store' })),
    store({ site: 'rome' }),
    away(30, { site: 'rome' }),
    away(1, { site: 'rome' }),
  ])
  assert.deepEqual(others, [])
  assert.deepEqual(
    [found?.kind, found?.title, found?.since, found?.place],
    [
      'offline',
      '5 devices are offline; of 1 site none is online',
      iso(NOW - 30 * HOUR_MS),
      '#/devices?phase=offline&sort=lastSeen',
    ],
  )
  assert.deepEqual(found?.parts, [
    {
      text: 'oslo: all 2 devices',
      since: iso(NOW - 5 * HOUR_MS),
      place: '#/devices?site=oslo&phase=offline',
    },
    {
      text: 'rome: 2 of 3 devices',
      since: iso(NOW - 30 * HOUR_MS),
      place: '#/devices?site=rome&phase=offline',
    },
    {
      text: 'berlin: 1 of 3 devices',
      since: iso(NOW - 2 * HOUR_MS),
      place: '#/devices?site=berlin&phase=offline',
    },
  ])
})

test('a hundred sites are not listed one by one: the worst are, and how many others there are', () => {
  const [found] = look(Array.from({ length: 100 }, (_, index) => away(1, { site: `site-${index}` })))
  assert.equal(found?.title, '100 devices are offline; of 100 sites none is online')
  assert.deepEqual([found?.parts.length, found?.more], [8, 92])
})

test('a site whose kiosks are online without a store is told, one that is wholly offline is not told twice', () => {
  const found = look([device(), away(1, { role: 'store' }), away(1, { site: 'oslo' })])
  assert.deepEqual(titles(found), [
    '2 devices are offline; of 1 site none is online',
    '1 site has no store online',
  ])
  assert.deepEqual(found[1]?.parts, [
    { text: 'berlin: 1 device online', since: null, place: '#/sites/berlin' },
  ])
})

test('failures are told by release and by reason, with those that went offline since', () => {
  const rejected = packageStatus({
    wantedRelease: 3,
    phase: 'failed',
    reason: 'release-failed',
    detail: 'it did not start',
  })
  const full = packageStatus({
    wantedRelease: 3,
    phase: 'waiting',
    reason: 'out-of-space',
    detail: '120 MB more are needed',
  })
  const found = look([
    store({ packages: [rejected] }),
    device({ packages: [full] }),
    device({ packages: [full] }),
    away(1, { packages: [rejected] }),
    away(1, { packages: [rejected] }),
    device({ packages: [packageStatus({ package: 'menu', phase: 'failed', reason: 'manifest-refused' })] }),
    device({ state: 'revoked', packages: [rejected] }),
  ])
  assert.deepEqual(titles(found).slice(1), [
    'Release 3 of lobby fails on 5 devices, 2 of them offline by now',
    'Release 1 of menu fails on 1 device',
  ])
  assert.equal(found[1]?.place, '#/devices?failed=lobby%403')
  assert.deepEqual(
    found[1]?.parts.map(({ text }) => text),
    ['release-failed, 3 devices: it did not start', 'out-of-space, 2 devices: 120 MB more are needed'],
  )
})

test('what is wrong with the server is told with its own words and what to do', () => {
  const since = iso(NOW - HOUR_MS)
  const storageTrouble = { reason: 'full', detail: 'the disk is full (/data); make room', since } as const
  const upkeep = {
    damagedChunks: 1,
    damagedManifests: 2,
    recordsDamage: 'row 7 missing from index',
    failingJobs: [{ name: 'making patches', since, message: 'no space left' }],
  }
  const found = look([away(1), store()], { storageTrouble, upkeep })
  assert.deepEqual(titles(found), [
    '1 device is offline',
    'The server cannot write to its disk',
    'The records of the server are damaged',
    '2 stored manifests are damaged',
    '1 stored chunk is damaged or missing',
    'Work in the background fails: making patches',
  ])
  assert.equal(
    found[1]?.detail,
    'The disk is full (/data); make room. Publications and changes are refused until then.',
  )
  assert.equal(found[2]?.detail, 'Row 7 missing from index. Bring them back from a backup.')
  assert.equal(found[5]?.detail, 'No space left. It is tried again by itself.')
})

test('browsers that share a key, and releases that the records do not know, are told with what to do', () => {
  const unknownReleases = [{ package: 'lobby', devices: 3, highest: 12, nextRelease: 9 }]
  const found = look([store(), device({ isShared: true })], { unknownReleases })
  assert.deepEqual(titles(found), [
    '1 device is two browsers with one key',
    '3 devices report release 12 of lobby, which this server does not know',
  ])
  assert.match(found[1]?.detail ?? '', /gets number 9.*larder package renumber lobby --above 12/)
})

test('devices that wait to be accepted come last, and are no fault', () => {
  const [found] = look([device({ state: 'pending', site: null, isOnline: false, enrolledAt: NOW - HOUR_MS })])
  assert.deepEqual(
    [found?.severity, found?.title, found?.since, found?.place],
    ['note', '1 device waits to be accepted', iso(NOW - HOUR_MS), '#/enrolment'],
  )
})
