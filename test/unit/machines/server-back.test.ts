/** Pauses that grew while the server was away end with it: what waited for it goes on as soon as it has a session. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDownload, type DownloadState } from '../../../client/machines/download/state.ts'
import { type DownloadEvent, stepDownload } from '../../../client/machines/download/step.ts'
import { packageWakeAt } from '../../../client/machines/package-life/step.ts'
import { defaultOptions } from '../../../client/options.ts'
import { defaultUpdateOptions } from '../../../protocol/assignment.ts'
import { PackageLifeDriver } from './package-life-driver.ts'

const WINDOWS = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }
const RELEASE = 'a'.repeat(64)
const ONLINE = { online: true, storesOnline: 0 }

function step(state: DownloadState, event: DownloadEvent, now: number) {
  return stepDownload(state, event, { now, serverNow: now }, defaultOptions).effects
}

test('a store that failed often at an absent origin fetches again as soon as a session begins', () => {
  const state = createDownload({
    selfId: 'store',
    releaseDigest: RELEASE,
    chunks: [{ digest: 'b'.repeat(64), sizeBytes: 10 }],
    chance: 0,
    role: 'store',
    windows: WINDOWS,
    traffic: { fromStores: 0, fromServer: 0, reused: 0 },
  })
  step(state, { type: 'checked', indexes: [], reusedBytes: 0, session: ONLINE, stores: [] }, 0)
  step(state, { type: 'grant', token: 'token', expiresAt: 3_600_000 }, 0)
  step(state, { type: 'session', online: false, storesOnline: 0 }, 0)
  for (let failures = 0; failures < 8; failures++) {
    const now = Math.max(0, state.origin.pausedUntil)
    step(state, { type: 'wake' }, now)
    step(state, { type: 'origin-failed', index: 0, reason: 'unreachable', retryAt: null }, now)
  }
  const soon = state.origin.pausedUntil - defaultOptions.maxRetryMs + 1
  assert.deepEqual(
    step(state, { type: 'wake' }, soon).filter(({ type }) => type === 'fetch'),
    [],
  )

  const effects = step(state, { type: 'session', ...ONLINE }, soon)
  assert.deepEqual(
    effects.filter(({ type }) => type === 'fetch'),
    [{ type: 'fetch', index: 0, token: 'token' }],
  )
})

test('a manifest that could not be had is asked for once more as soon as a session begins', () => {
  const assignment = {
    package: 'lobby',
    release: 1,
    version: '1.0.0',
    digest: RELEASE,
    windows: WINDOWS,
    ...defaultUpdateOptions,
    assignedAt: 0,
  }
  const life = new PackageLifeDriver()
  const wakeAt = () => packageWakeAt(life.state, defaultOptions)
  assert.deepEqual(life.step({ type: 'assigned', assignment }), ['load-manifest'])
  assert.deepEqual(life.step({ type: 'server-back' }), [], 'it is being asked for')
  life.step({ type: 'manifest-unreachable', digest: RELEASE, chance: 1 })
  assert.notEqual(wakeAt(), null)
  assert.deepEqual(life.step({ type: 'server-back' }), ['load-manifest'])
  assert.equal(wakeAt(), null)
})

test('PR-E8 a manifest that was refused is asked for at once when other keys are trusted, and not because a session begins', () => {
  const assignment = {
    package: 'lobby',
    release: 1,
    version: '1.0.0',
    digest: RELEASE,
    windows: WINDOWS,
    ...defaultUpdateOptions,
    assignedAt: 0,
  }
  const life = new PackageLifeDriver()
  life.step({ type: 'assigned', assignment })
  life.step({
    type: 'manifest-refused',
    digest: RELEASE,
    reason: 'untrusted-key',
    message: 'signed by another key',
  })
  assert.deepEqual(life.step({ type: 'server-back' }), [])
  assert.deepEqual(life.step({ type: 'keys-changed' }), ['load-manifest'])
})
