/** What a page of one's own is told of, from what a kiosk shows before and after. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Enrolment, KioskView } from '../../../client/kiosk-api.ts'
import { eventsBetween } from '../../../client/library/kiosk-events.ts'
import type { PackageStatus } from '../../../protocol/device-status.ts'

function view(lobby: Partial<PackageStatus> | null, part: { enrolment?: Enrolment; offline?: true } = {}) {
  const packages = lobby === null ? [] : [{ package: 'lobby', wantedRelease: 2, ...lobby } as PackageStatus]
  return {
    enrolment: part.enrolment ?? { state: 'none' },
    status: { connection: part.offline ? 'offline' : 'online', packages },
  } as unknown as KioskView
}

const between = (before: KioskView, after: KioskView) =>
  eventsBetween(before, after).filter(({ type }) => type !== 'status')

const one = { activeRelease: 1, activeVersion: '1.0.0', update: 'downloading' } as const
const two = { activeRelease: 2, activeVersion: '2.0.0', update: 'on-trial' } as const

test('every change is a status; connection and enrolment only when they change', () => {
  const before = view(null, { offline: true })
  assert.deepEqual(
    eventsBetween(before, before).map(({ type }) => type),
    ['status'],
  )
  const enrolment: Enrolment = { state: 'pending', code: 'ABCD-1234', acceptUrl: null, refusal: null }
  assert.deepEqual(between(before, view(null, { enrolment })), [
    { type: 'enrolment', event: enrolment },
    { type: 'connection', event: { connection: 'online' } },
  ])
})

test('the life of a release: staged, activated, confirmed', () => {
  const staged = view({ ...one, update: 'staged' })
  assert.deepEqual(between(view(one), staged), [{ type: 'staged', event: { package: 'lobby', release: 2 } }])
  const activated = { package: 'lobby', release: 2, version: '2.0.0' }
  assert.deepEqual(between(staged, view(two)), [{ type: 'activated', event: activated }])
  assert.deepEqual(between(view(two), view({ ...two, update: 'confirmed' })), [
    { type: 'confirmed', event: { package: 'lobby', release: 2 } },
  ])
})

test('a view that skips moments tells of all of them, in order', () => {
  const types = between(view(one), view({ ...two, update: 'confirmed' })).map(({ type }) => type)
  assert.deepEqual(types, ['staged', 'activated', 'confirmed'])
  const first = between(view({ ...one, activeRelease: null, activeVersion: null }), view(two))
  assert.deepEqual(
    first.map(({ type }) => type),
    ['staged', 'activated'],
  )
})

test('a release that failed: which one, why, and what runs again', () => {
  const after = view({
    ...one,
    update: 'failed',
    detail: '2.0.0 failed on this device: nowhere is not defined',
  })
  assert.deepEqual(between(view(two), after), [
    {
      type: 'rolled-back',
      event: {
        package: 'lobby',
        release: 1,
        version: '1.0.0',
        failedRelease: 2,
        reason: '2.0.0 failed on this device: nowhere is not defined',
      },
    },
  ])
})

test('what is there when a page opens has not just happened', () => {
  assert.deepEqual(between(view(null), view({ ...two, update: 'confirmed' })), [])
})

test('a server that does not understand the library is told once, with what to do', () => {
  const before = view(null, { offline: true })
  const after: KioskView = { ...before, needsNewPage: true }
  const [event, ...more] = between(before, after)
  assert.deepEqual([event?.type, more], ['trouble', []])
  assert.match(JSON.stringify(event), /Replace the library .* load the page again/)
  assert.deepEqual(between(after, after), [])
})
