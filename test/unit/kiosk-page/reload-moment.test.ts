import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KioskView } from '../../../client/kiosk-api.ts'
import {
  beginReloadWatch,
  callsForNewBuild,
  type ReloadFacts,
  stepReloadWatch,
} from '../../../client/kiosk-page/reload-moment.ts'
import type { DeviceStatus } from '../../../protocol/device-status.ts'
import { packageStatus, statusOf } from '../../support/device-status.ts'

const MINUTE = 60_000

const app = {
  package: 'lobby',
  release: 1,
  version: '1',
  digest: 'd',
  path: 'app/lobby/',
  confirmed: true,
  staged: null,
}
const view = (status: DeviceStatus, shown: KioskView['app'] = null): KioskView => ({
  enrolment: { state: 'enrolled', name: 'Window', site: 'shop', labels: {} },
  keysRefused: null,
  timeZone: 'UTC',
  storage: 'disk',
  needsNewPage: false,
  app: shown,
  status,
})
const idle = statusOf('d-1', [packageStatus({ phase: 'active', reason: 'up-to-date' })])

/** Second by second; the second at which the page would be loaded again, null when it was not within the time. */
function reloadsAfter(
  untilMs: number,
  factsAt: (ms: number) => Omit<ReloadFacts, 'hastyAt'>,
  hastyAt: number | null = null,
): number | null {
  let watch = beginReloadWatch({ ...factsAt(0), hastyAt }, 0)
  for (let now = 1_000; now <= untilMs; now += 1_000) {
    const next = stepReloadWatch(watch, { ...factsAt(now), hastyAt }, now)
    watch = next.watch
    if (next.reload) return now
  }
  return null
}

test('with nothing shown and nothing moving the new page comes within seconds', () => {
  assert.equal(
    reloadsAfter(MINUTE, () => ({ view: view(idle), lastActivity: 0 })),
    5_000,
  )
  assert.equal(
    reloadsAfter(MINUTE, () => ({ view: null, lastActivity: 0 })),
    1_000,
  )
})

test('a confirmed app is left when nobody has used it for ten minutes', () => {
  const unused = reloadsAfter(30 * MINUTE, () => ({ view: view(idle, app), lastActivity: 7 }))
  assert.equal(unused, 10 * MINUTE)
  const used = reloadsAfter(30 * MINUTE, now => ({
    view: view(idle, app),
    lastActivity: Math.min(now, 4 * MINUTE),
  }))
  assert.equal(used, 14 * MINUTE)
})

test('a wall clock that jumps changes nothing: only whether somebody was there counts', () => {
  const jumped = reloadsAfter(30 * MINUTE, now => ({
    view: view(idle, app),
    lastActivity: now < 2 * MINUTE ? 1_000 : -1e12,
  }))
  assert.equal(jumped, 12 * MINUTE)
})

test('a release on trial is never left', () => {
  const trial = { ...app, confirmed: false }
  assert.equal(
    reloadsAfter(180 * MINUTE, () => ({ view: view(idle, trial), lastActivity: 0 })),
    null,
  )
})

test('a download is waited for, also between two of its chunks', () => {
  const downloading = statusOf('d-1', [packageStatus()])
  const facts = (now: number) => ({ view: view(now < 8 * MINUTE ? downloading : idle), lastActivity: 0 })
  const at = reloadsAfter(30 * MINUTE, facts)
  assert.ok(at !== null && at >= 8 * MINUTE + 4_000 && at <= 8 * MINUTE + 5_000, `${at}`)
})

test('a store that gives to somebody is waited for, but not for ever', () => {
  const peer = (bytesOut: number) => ({ deviceId: 'd-2', state: 'open' as const, bytesIn: 0, bytesOut })
  const giving = (until: number) => (now: number) => ({
    view: view(statusOf('d-1', idle.packages, { peers: [peer(Math.min(now, until))] })),
    lastActivity: 0,
  })
  assert.equal(reloadsAfter(90 * MINUTE, giving(3 * MINUTE)), 3 * MINUTE + 5_000)
  assert.equal(reloadsAfter(90 * MINUTE, giving(Number.POSITIVE_INFINITY)), 60 * MINUTE)
})

const cutOff = (status: DeviceStatus) => ({ ...view(status, app), needsNewPage: true })

test('a page that the server does not understand is left after a minute without a touch', () => {
  assert.equal(
    reloadsAfter(30 * MINUTE, () => ({ view: cutOff(idle), lastActivity: 0 })),
    MINUTE,
  )
  const used = reloadsAfter(30 * MINUTE, now => ({
    view: cutOff(idle),
    lastActivity: Math.min(now, 4 * MINUTE),
  }))
  assert.equal(used, 5 * MINUTE)
  // The new build was here already when the session ended.
  const later = reloadsAfter(30 * MINUTE, now => ({
    view: now < 3 * MINUTE ? view(idle, app) : cutOff(idle),
    lastActivity: 0,
  }))
  assert.equal(later, 3 * MINUTE)
})

test('a page that the server does not understand waits a minute and a half for transfers to end, no longer', () => {
  const peer = (bytesOut: number) => ({ deviceId: 'd-2', state: 'open' as const, bytesIn: 0, bytesOut })
  const giving = (now: number) => ({
    view: cutOff(statusOf('d-1', idle.packages, { peers: [peer(now)] })),
    lastActivity: 0,
  })
  assert.equal(reloadsAfter(30 * MINUTE, giving), 1.5 * MINUTE)
})

test('a page that was loaded in haste is not loaded in haste again for ten minutes', () => {
  const facts = () => ({ view: cutOff(idle), lastActivity: 0 })
  assert.equal(reloadsAfter(30 * MINUTE, facts, 0), 10 * MINUTE)
  assert.equal(reloadsAfter(30 * MINUTE, facts, -11 * MINUTE), MINUTE)
})

test('a release on trial is not left either when the server does not understand the page', () => {
  const trial = { ...cutOff(idle), app: { ...app, confirmed: false } }
  assert.equal(
    reloadsAfter(180 * MINUTE, () => ({ view: trial, lastActivity: 0 })),
    null,
  )
})

test('another build is looked for when the server does not understand the page, and while an enrolment is repeated', () => {
  const working = view(idle, app)
  assert.equal(callsForNewBuild(null), false)
  assert.equal(callsForNewBuild(working), false)
  assert.equal(callsForNewBuild({ ...working, needsNewPage: true }), true)
  assert.equal(callsForNewBuild({ ...working, enrolment: { state: 'retrying', message: '' } }), true)
})
