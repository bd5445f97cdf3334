/** Warnings about the windows while they are edited: each with its field, and only where something can still go wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Preview } from '../../../protocol/admin/preview.ts'
import { boundDistance, handleLabel } from '../../../signal-server/admin/designer/axis-words.ts'
import { optionWarnings, type WarnedOptions } from '../../../signal-server/admin/designer/option-warnings.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const DAY_MS = 24 * 3600_000
const iso = (at: number) => new Date(at).toISOString()

const OFF = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }
const site = (change: object) =>
  ({
    site: 'berlin',
    timeZone: 'Europe/Berlin',
    overriddenBy: null,
    storesOnline: 1,
    devices: 3,
    windows: OFF,
    ...change,
  }) as unknown as Preview['sites'][number]
const look = (change: Partial<WarnedOptions>) =>
  optionWarnings({
    draft: OFF,
    warnings: [],
    sites: [site({})],
    instants: { onlyToProxiesUntil: null, enforceProxyUntil: null },
    now: NOW,
    ...change,
  }).map(({ code, field }) => [code, field])
const at = (instant: number) => ({ at: iso(instant) })

test('options that do what they say deserve no warning', () => {
  assert.deepEqual(look({}), [])
})

test('a warning of the server stands at its field', () => {
  const warnings = ['only-without-enforce', 'enforce-before-only', 'windows-without-proxy'].map(code => ({
    code,
    message: '',
    sites: [],
  }))
  assert.deepEqual(look({ warnings }), [
    ['only-without-enforce', 'onlyToProxiesUntil'],
    ['enforce-before-only', 'enforceProxyUntil'],
    ['windows-without-proxy', 'proxyDistribution'],
  ])
})

test('times that are past are said at their fields, both together as what that means', () => {
  const instants = { onlyToProxiesUntil: NOW - DAY_MS, enforceProxyUntil: NOW - 1 }
  const draft = { ...OFF, onlyToProxiesUntil: at(NOW - DAY_MS), enforceProxyUntil: at(NOW - 1) }
  assert.deepEqual(look({ draft, instants }), [
    ['both-past', 'onlyToProxiesUntil'],
    ['both-past', 'enforceProxyUntil'],
  ])
  const later = { ...instants, enforceProxyUntil: NOW + DAY_MS }
  assert.deepEqual(look({ draft, instants: later }), [['past', 'onlyToProxiesUntil']])
})

test('a time after publication counts anew for each release, so that it is past is no warning', () => {
  const draft = { ...OFF, onlyToProxiesUntil: { afterPublish: 'PT4H' } }
  assert.deepEqual(
    look({ draft, instants: { onlyToProxiesUntil: NOW - DAY_MS, enforceProxyUntil: null } }),
    [],
  )
})

test('“Enforce” is warned of at sites where no store is online, while it can still make kiosks wait', () => {
  const windows = (until: number) => ({ ...OFF, enforceProxyUntil: iso(until) })
  const enforced = (change: object) => look({ sites: [site({ windows: windows(NOW + DAY_MS), ...change })] })
  assert.deepEqual(enforced({ storesOnline: 0 }), [['enforce-without-store', 'enforceProxyUntil']])
  assert.deepEqual(enforced({}), [])
  assert.deepEqual(enforced({ storesOnline: 0, overriddenBy: 'other' }), [])
  assert.deepEqual(enforced({ storesOnline: 0, devices: 0 }), [])
  assert.deepEqual(enforced({ storesOnline: 0, windows: windows(NOW - DAY_MS) }), [])
})

test('a wall time that the clocks of a site skip is said, with the time that it counts as', () => {
  const draft = { ...OFF, enforceProxyUntil: { siteLocal: '2027-03-28T02:30' } }
  const windows = { ...OFF, enforceProxyUntil: '2027-03-28T01:00:00.000Z' }
  const [found, ...others] = optionWarnings({
    draft,
    warnings: [],
    sites: [
      site({ windows }),
      site({
        site: 'tokyo',
        timeZone: 'Asia/Tokyo',
        windows: { ...OFF, enforceProxyUntil: '2027-03-27T17:30:00.000Z' },
      }),
    ],
    instants: { onlyToProxiesUntil: null, enforceProxyUntil: Date.parse('2027-03-28T01:00:00Z') },
    now: NOW,
  })
  assert.deepEqual(others, [])
  assert.equal(
    found?.message,
    '02:30 does not exist on Sun 28 Mar at berlin: the clocks go forward there. It counts as 03:00.',
  )
})

test('a time says how far away it is, in days where it is far', () => {
  for (const [distance, words] of [
    [3 * 3600_000, 'in 3 h'],
    [366 * DAY_MS, 'in 366 days'],
    [-400 * DAY_MS, '400 days ago'],
  ] as const)
    assert.equal(boundDistance(NOW + distance, NOW), words)
})

test('a time beyond the axis is labelled with its date, and with its year where that differs', () => {
  const stretch = { from: NOW - DAY_MS, to: NOW + 2 * DAY_MS }
  for (const [instant, label] of [
    [NOW, '12:00'],
    [NOW + 10 * DAY_MS, '2 Dec, 12:00'],
    [NOW + 366 * DAY_MS, '23 Nov 2027, 12:00'],
  ] as const)
    assert.equal(handleLabel(instant, { now: NOW, timeZone: 'UTC', stretch }), label)
})
