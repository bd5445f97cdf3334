/** What a device says of itself: each reason with its phase and a sentence, valid on the wire. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { type PackageView, packageStatus, type StatusContext } from '../../../client/engine/status.ts'
import { createDownload, type DownloadState } from '../../../client/machines/download/state.ts'
import type { Coming, PackageState, Supply } from '../../../client/machines/package-life/states.ts'
import { createPackage, emptyPackageRecord } from '../../../client/machines/package-life/step.ts'
import { defaultUpdateOptions } from '../../../protocol/assignment.ts'
import { packageStatusSchema, type StatusReason } from '../../../protocol/device-status.ts'

const NOW = Date.parse('2026-11-23T00:00:00Z')
const WINDOWS = {
  proxyDistribution: true,
  onlyToProxiesUntil: NOW + 7_200_000,
  enforceProxyUntil: NOW + 7_200_000,
}
const CONTEXT: StatusContext = {
  role: 'kiosk',
  now: NOW,
  timeZone: 'Europe/Berlin',
  online: true,
  storesOnline: 1,
  storage: 'disk',
  activation: { serverNow: NOW, timeZone: 'Europe/Berlin', idleForMs: 20_000 },
}
const DIGEST = '2'.repeat(64)
const WANTED = {
  package: 'lobby',
  release: 2,
  version: '1.2',
  digest: DIGEST,
  windows: WINDOWS,
  ...defaultUpdateOptions,
  assignedAt: NOW,
}
const RUNS_OLD = { release: 1, version: '1.1', digest: '1'.repeat(64) }
const RUNS_WANTED = { release: 2, version: '1.2', digest: DIGEST }
const waiting = (supply: Exclude<Supply, { name: 'complete' }>): Coming => ({
  name: 'waiting',
  release: RUNS_WANTED,
  supply,
})
const STAGED: Coming = { name: 'staged', release: RUNS_WANTED, lookAt: null, reported: true, failures: 0 }
const fetching = (moving: boolean): Coming =>
  moving ? { name: 'downloading', release: RUNS_WANTED } : waiting({ name: 'fetching', moving: false })

function view(
  change: Partial<PackageState> = {},
  download: Partial<DownloadState> | null = null,
  active: typeof RUNS_OLD | null = RUNS_OLD,
): PackageView {
  const state = createPackage({ ...emptyPackageRecord('lobby'), active })
  const created = createDownload({
    selfId: 'd',
    releaseDigest: DIGEST,
    chunks: [{ digest: 'c'.repeat(64), sizeBytes: 3_500_000 }],
    chance: 0,
    role: 'kiosk',
    windows: WINDOWS,
    traffic: { fromStores: 1, fromServer: 2, reused: 3 },
  })
  return {
    state: {
      ...state,
      wanted: WANTED,
      coming: fetching(true),
      running: active && { name: 'confirmed', release: active, tending: null },
      ...change,
    },
    download: download === null ? null : { ...created, ...download },
    checking: false,
    patching: null,
    traffic: null,
  }
}

const storage = { failures: 1, until: NOW, message: 'I/O error' } as const

const CASES: Record<StatusReason, [PackageView, phase: string, update: string, sentence: RegExp]> = {
  'up-to-date': [view({ coming: null }, null, RUNS_WANTED), 'active', 'confirmed', /^1\.2 runs$/],
  'trying-release': [
    view({
      coming: null,
      running: {
        name: 'on-trial',
        release: RUNS_WANTED,
        confirmation: { by: 'runs', forMs: 30_000 },
        page: 'loaded',
        since: 0,
        trouble: null,
        tending: null,
      },
    }),
    'active',
    'on-trial',
    /has still to prove itself/,
  ],
  'fetching-manifest': [
    view({ coming: waiting({ name: 'asking', attempt: 0, retryAt: null }) }),
    'waiting',
    'waiting',
    /what 1\.2 consists of/,
  ],
  'checking-held-chunks': [{ ...view({}, {}), checking: true }, 'downloading', 'downloading', /on the disk/],
  'waiting-for-patch': [
    { ...view({}, {}), patching: 'waiting-for-patch', checking: true },
    'downloading',
    'downloading',
    /finish the patch to 1\.2$/,
  ],
  'fetching-from-stores': [
    view({}, { reason: 'fetching-from-stores' }),
    'downloading',
    'downloading',
    /1\.2 from stores$/,
  ],
  'fetching-from-server': [
    view({}, { reason: 'fetching-from-server' }),
    'downloading',
    'downloading',
    /from the server$/,
  ],
  'fetching-from-stores-and-server': [
    view({}, { reason: 'fetching-from-stores-and-server' }),
    'downloading',
    'downloading',
    /from stores and the server$/,
  ],
  'contacting-store': [
    view({}, { reason: 'contacting-store' }),
    'downloading',
    'downloading',
    /contacting a store/,
  ],
  'waiting-for-store-progress': [
    view({}, { reason: 'waiting-for-store-progress' }),
    'downloading',
    'downloading',
    /waiting for its next chunks/,
  ],
  'windows-closed': [
    view({ coming: fetching(false) }, { reason: 'windows-closed' }),
    'waiting',
    'waiting',
    /^waiting: .*03:00 \(Europe\/Berlin\), in 2 h/,
  ],
  'waiting-for-other-package': [
    view({ coming: fetching(false) }, { reason: 'waiting-for-other-package', heldBack: true }),
    'waiting',
    'waiting',
    /come before it/,
  ],
  'no-store-online': [
    view(
      {
        coming: fetching(false),
        wanted: { ...WANTED, windows: { ...WINDOWS, onlyToProxiesUntil: null } },
      },
      { reason: 'no-store-online' },
    ),
    'waiting',
    'waiting',
    /no store is online; the server opens at 03:00/,
  ],
  'stores-not-answering': [
    view({ coming: fetching(false) }, { reason: 'stores-not-answering' }),
    'waiting',
    'waiting',
    /do not answer/,
  ],
  'server-unreachable': [
    view({ coming: fetching(false) }, { reason: 'server-unreachable' }),
    'waiting',
    'waiting',
    /trying again/,
  ],
  'grant-refused': [
    view({ coming: fetching(false) }, { reason: 'grant-refused' }),
    'waiting',
    'waiting',
    /does not allow/,
  ],
  'out-of-space': [
    view(
      { coming: fetching(false) },
      { reason: 'out-of-space', storage: { reason: 'out-of-space', ...storage } },
    ),
    'failed',
    'waiting',
    /^lobby 1\.2 needs up to 4 MB more than this disk gives: free 4 MB on it, or assign less/,
  ],
  'storage-failed': [
    view(
      { coming: fetching(false) },
      { reason: 'storage-failed', storage: { reason: 'storage-failed', ...storage } },
    ),
    'failed',
    'waiting',
    /I\/O error/,
  ],
  'ready-to-activate': [
    view({ coming: STAGED }, { completed: true }),
    'staged',
    'staged',
    /complete and verified/,
  ],
  'waiting-for-idle': [
    view({ coming: STAGED, wanted: { ...WANTED, activation: { when: 'idle', idleMs: 300_000 } } }),
    'staged',
    'staged',
    /^1\.2 is complete and takes over when nobody has touched the screen for another 4 min 40 s$/,
  ],
  'waiting-for-activation-window': [
    view({
      coming: STAGED,
      wanted: { ...WANTED, activation: { when: 'window', from: '04:12', until: '05:00' } },
    }),
    'staged',
    'staged',
    /^1\.2 is complete and takes over at 04:12 \(Europe\/Berlin\), in 3 h 12 min$/,
  ],
  'manifest-refused': [
    view({
      coming: waiting({ name: 'refused', reason: 'bad-signature', message: 'wrong key', retryAt: 0 }),
    }),
    'failed',
    'waiting',
    /^refused: wrong key$/,
  ],
  'release-failed': [
    view({
      coming: {
        name: 'failed',
        release: RUNS_WANTED,
        failure: { reason: 'threw', message: 'x is undefined' },
        retryAt: null,
      },
    }),
    'failed',
    'failed',
    /1\.2 failed on this device \(threw\): x is undefined/,
  ],
}

for (const [reason, [seen, phase, update, sentence]] of Object.entries(CASES)) {
  test(`${reason}: its phase, its state and its sentence`, () => {
    const status = packageStatus(seen, CONTEXT)
    assert.equal(status?.reason, reason)
    assert.equal(status.phase, phase)
    assert.equal(status.update, update)
    assert.match(status.detail, sentence)
    assert.ok(v.is(packageStatusSchema, status), JSON.stringify(status))
  })
}

test('where nothing else can be shown, a release that failed is said to be tried again', () => {
  const failure = { reason: 'threw', message: 'x is undefined' } as const
  const coming = { name: 'failed', release: RUNS_WANTED, failure, retryAt: 1 } as const
  const status = packageStatus(view({ coming, running: null }), CONTEXT)
  assert.equal(
    status?.detail,
    '1.2 failed on this device and is tried again after a pause, as there is no earlier release to show (threw): x is undefined',
  )
})

test('a package that is neither wanted nor runs has no status', () => {
  assert.equal(packageStatus(view({ wanted: null, coming: null }, null, null), CONTEXT), null)
})

test('what runs without being wanted any more is active, with both sources closed to it', () => {
  const status = packageStatus(view({ wanted: null, coming: null }), CONTEXT)
  assert.equal(status?.phase, 'active')
  assert.deepEqual(status?.decision, { stores: 'closed', server: 'closed', nextChangeAt: null })
  assert.equal(status?.wantedRelease, 1)
})

test('PR-S17 bytes are those of the wanted release, whatever was counted for another', () => {
  const counted = { digest: '1'.repeat(64), release: 1, fromStores: 7, fromServer: 8, reused: 9 }
  const bytesOf = (seen: PackageView) => packageStatus(seen, CONTEXT)?.bytes
  const none = { fromStores: 0, fromServer: 0, reused: 0 }
  const asking = view({ coming: waiting({ name: 'asking', attempt: 0, retryAt: null }) })
  assert.deepEqual(bytesOf({ ...asking, traffic: counted }), none, 'its chunks are not known yet')
  const own = { ...counted, digest: DIGEST, release: 2 }
  assert.deepEqual(bytesOf({ ...asking, traffic: own }), { fromStores: 7, fromServer: 8, reused: 9 })
  assert.deepEqual(bytesOf({ ...view({}, {}), traffic: counted }), {
    fromStores: 1,
    fromServer: 2,
    reused: 3,
  })
})

test('PR-S17 after a start, until the server says what is wanted, counters stay with the release that was being fetched', () => {
  const started = view({ wanted: null, coming: null })
  const counted = { digest: DIGEST, release: 2, fromStores: 7, fromServer: 8, reused: null }
  const status = packageStatus({ ...started, traffic: counted }, CONTEXT)
  assert.deepEqual(
    [status?.activeRelease, status?.wantedRelease, status?.bytes],
    [1, 2, { fromStores: 7, fromServer: 8, reused: 0 }],
  )
  // A record from before the number was kept.
  const old = packageStatus({ ...started, traffic: { ...counted, release: null } }, CONTEXT)
  assert.deepEqual([old?.wantedRelease, old?.bytes.fromStores], [1, 0])
})

test('a message of an app that is far too long is cut, so that a status always fits', () => {
  const failure = { reason: 'threw', message: 'ä'.repeat(5_000) } as const
  const status = packageStatus(
    view({ coming: { name: 'failed', release: RUNS_WANTED, failure, retryAt: null } }),
    CONTEXT,
  )
  assert.equal(status?.detail.length, 200)
})
