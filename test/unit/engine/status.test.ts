/** What a device says of itself: each reason with its phase and a sentence, valid on the wire. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { type PackageView, packageStatus, type StatusContext } from '../../../client/engine/status.ts'
import { createDownload, type DownloadState } from '../../../client/machines/download/state.ts'
import {
  createPackage,
  emptyPackageRecord,
  type PackageState,
} from '../../../client/machines/package-life.ts'
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
    state: { ...state, wanted: WANTED, progress: { name: 'downloading' }, ...change },
    download: download === null ? null : { ...created, ...download },
    checking: false,
    traffic: null,
  }
}

const storage = { failures: 1, until: NOW, message: 'I/O error' } as const

const CASES: Record<
  Exclude<StatusReason, 'waiting-for-idle' | 'waiting-for-activation-window'>,
  [PackageView, phase: string, sentence: RegExp]
> = {
  'up-to-date': [view({ progress: { name: 'settled' } }, null, RUNS_WANTED), 'active', /^1\.2 runs$/],
  'trying-release': [
    view({ progress: { name: 'settled' }, trial: { loaded: true, endsAt: 0 } }, null, RUNS_WANTED),
    'active',
    /has still to prove itself/,
  ],
  'fetching-manifest': [
    view({ progress: { name: 'manifest', attempt: 0, retryAt: null } }),
    'waiting',
    /what 1\.2 consists of/,
  ],
  'checking-held-chunks': [{ ...view({}, {}), checking: true }, 'downloading', /on the disk/],
  'fetching-from-stores': [view({}, { reason: 'fetching-from-stores' }), 'downloading', /1\.2 from stores$/],
  'fetching-from-server': [view({}, { reason: 'fetching-from-server' }), 'downloading', /from the server$/],
  'fetching-from-stores-and-server': [
    view({}, { reason: 'fetching-from-stores-and-server' }),
    'downloading',
    /from stores and the server$/,
  ],
  'contacting-store': [view({}, { reason: 'contacting-store' }), 'downloading', /contacting a store/],
  'waiting-for-store-progress': [
    view({}, { reason: 'waiting-for-store-progress' }),
    'downloading',
    /waiting for its next chunks/,
  ],
  'windows-closed': [
    view({}, { reason: 'windows-closed' }),
    'waiting',
    /^waiting: .*03:00 \(Europe\/Berlin\), in 2 h/,
  ],
  'waiting-for-other-package': [
    view({}, { reason: 'waiting-for-other-package', heldBack: true }),
    'waiting',
    /come before it/,
  ],
  'no-store-online': [
    view(
      { wanted: { ...WANTED, windows: { ...WINDOWS, onlyToProxiesUntil: null } } },
      { reason: 'no-store-online' },
    ),
    'waiting',
    /no store is online; the server opens at 03:00/,
  ],
  'stores-not-answering': [view({}, { reason: 'stores-not-answering' }), 'waiting', /do not answer/],
  'server-unreachable': [view({}, { reason: 'server-unreachable' }), 'waiting', /trying again/],
  'grant-refused': [view({}, { reason: 'grant-refused' }), 'waiting', /does not allow/],
  'out-of-space': [
    view({}, { reason: 'out-of-space', storage: { reason: 'out-of-space', ...storage } }),
    'failed',
    /^lobby 1\.2 needs up to 4 MB more than this disk gives: free 4 MB on it, or assign less/,
  ],
  'storage-failed': [
    view({}, { reason: 'storage-failed', storage: { reason: 'storage-failed', ...storage } }),
    'failed',
    /I\/O error/,
  ],
  'ready-to-activate': [view({}, { completed: true }), 'staged', /complete and verified/],
  'manifest-refused': [
    view({ progress: { name: 'refused', reason: 'bad-signature', message: 'wrong key', retryAt: 0 } }),
    'failed',
    /^refused: wrong key$/,
  ],
  'release-failed': [
    view({ progress: { name: 'given-up' }, failure: 'x is undefined' }),
    'failed',
    /1\.2 failed on this device: x is undefined/,
  ],
}

for (const [reason, [seen, phase, sentence]] of Object.entries(CASES)) {
  test(`${reason}: its phase and its sentence`, () => {
    const status = packageStatus(seen, CONTEXT)
    assert.equal(status?.reason, reason)
    assert.equal(status.phase, phase)
    assert.match(status.detail, sentence)
    assert.ok(v.is(packageStatusSchema, status), JSON.stringify(status))
  })
}

test('a package that is neither wanted nor runs has no status', () => {
  assert.equal(packageStatus(view({ wanted: null }, null, null), CONTEXT), null)
})

test('what runs without being wanted any more is active, with both sources closed to it', () => {
  const status = packageStatus(view({ wanted: null, progress: { name: 'settled' } }), CONTEXT)
  assert.equal(status?.phase, 'active')
  assert.deepEqual(status?.decision, { stores: 'closed', server: 'closed', nextChangeAt: null })
  assert.equal(status?.wantedRelease, 1)
})

test('a message of an app that is far too long is cut, so that a status always fits', () => {
  const status = packageStatus(view({ progress: { name: 'given-up' }, failure: 'ä'.repeat(5_000) }), CONTEXT)
  assert.equal(status?.detail.length, 200)
})
