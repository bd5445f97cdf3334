import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MAX_INTRODUCTIONS_ASKED, MAX_INTRODUCTIONS_PER_STORE } from '../../../policy/device-budget.ts'
import {
  decideIntroduction,
  type IntroductionQuestion,
  type StoreCandidate,
} from '../../../policy/introductions.ts'
import type { Windows } from '../../../policy/windows.ts'

const NOW = 1_000_000
const OPEN: Windows = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }

const store = (deviceId: string, change: Partial<StoreCandidate> = {}): StoreCandidate => ({
  deviceId,
  role: 'store',
  site: 'berlin',
  liveIntroductions: 0,
  liveWithRequester: 0,
  ...change,
})

function ask(change: Partial<IntroductionQuestion> = {}, now = NOW) {
  return decideIntroduction(
    {
      requester: { deviceId: 'k', role: 'kiosk', site: 'berlin', liveIntroductionsAsked: 0 },
      windows: OPEN,
      release: 'r1',
      candidates: [store('a'), store('b'), store('c')],
      ...change,
    },
    now,
  )
}

const refused = (reason: string, retryAt: number | null = null) => ({ introduce: false, reason, retryAt })

test('a release that is not assigned leads to nobody', () => {
  assert.deepEqual(ask({ windows: null }), refused('not-assigned'))
})

test('W2 with proxy distribution off even a store is refused', () => {
  const windows = { ...OPEN, proxyDistribution: false }
  const requester = { deviceId: 's', role: 'store', site: 'berlin', liveIntroductionsAsked: 0 } as const
  assert.deepEqual(ask({ windows }), refused('proxy-distribution-off'))
  assert.deepEqual(ask({ windows, requester }), refused('proxy-distribution-off'))
})

test('W3 W7 a kiosk is refused until exactly the instant, and told it', () => {
  const windows = { ...OPEN, onlyToProxiesUntil: NOW }
  assert.deepEqual(ask({ windows }, NOW - 1), refused('window-closed', NOW))
  assert.equal(ask({ windows }, NOW).introduce, true)
})

test('W9 a store meets its fellow stores before the window opens to kiosks, and never itself', () => {
  const windows = { ...OPEN, onlyToProxiesUntil: NOW + 1 }
  const requester = { deviceId: 'a', role: 'store', site: 'berlin', liveIntroductionsAsked: 0 } as const
  assert.deepEqual(ask({ windows, requester, candidates: [store('a')] }), refused('no-store-online'))
  assert.deepEqual(ask({ windows, requester, candidates: [store('a'), store('b')] }), {
    introduce: true,
    storeId: 'b',
  })
})

test('a store whose window is closed is refused for the window even when no store is online', () => {
  const windows = { ...OPEN, onlyToProxiesUntil: NOW + 1 }
  assert.deepEqual(ask({ windows, candidates: [] }), refused('window-closed', NOW + 1))
})

test('a store the requester has met comes after those it has not; then the one with the least to do', () => {
  const candidates = [
    store('a', { liveWithRequester: 1, liveIntroductions: 1 }),
    store('b', { liveIntroductions: 9 }),
    store('c', { liveIntroductions: 3 }),
  ]
  assert.deepEqual(ask({ candidates }), { introduce: true, storeId: 'c' })
  assert.deepEqual(ask({ candidates: candidates.slice(0, 1) }), { introduce: true, storeId: 'a' })
})

test('limits: a device that has asked for too many, stores that have too many', () => {
  const requester = {
    deviceId: 'k',
    role: 'kiosk',
    site: 'berlin',
    liveIntroductionsAsked: MAX_INTRODUCTIONS_ASKED,
  } as const
  assert.deepEqual(ask({ requester }), refused('too-many-requests'))
  const busy = store('a', { liveIntroductions: MAX_INTRODUCTIONS_PER_STORE })
  assert.deepEqual(ask({ candidates: [busy] }), refused('too-many-requests'))
  assert.deepEqual(ask({ candidates: [busy, store('b')] }), { introduce: true, storeId: 'b' })
})

test('equal stores share the kiosks between them', () => {
  const met = new Map<string, number>()
  for (let kiosk = 0; kiosk < 300; kiosk++) {
    const requester = {
      deviceId: `d-${kiosk}`,
      role: 'kiosk',
      site: 'berlin',
      liveIntroductionsAsked: 0,
    } as const
    const decision = ask({ requester })
    if (decision.introduce) met.set(decision.storeId, (met.get(decision.storeId) ?? 0) + 1)
  }
  for (const id of ['a', 'b', 'c']) assert.ok((met.get(id) ?? 0) > 60, JSON.stringify([...met]))
})

const candidateArbitrary = fc.record({
  deviceId: fc.constantFrom('k', 'a', 'b', 'c', 'd'),
  role: fc.constantFrom('store' as const, 'kiosk' as const),
  site: fc.constantFrom('berlin', 'oslo'),
  liveIntroductions: fc.nat(200),
  liveWithRequester: fc.nat(3),
})

test('whoever is introduced is a store of the same site, is not the requester, and does not depend on the order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(candidateArbitrary, { selector: each => each.deviceId }),
      fc.option(fc.nat(2 * NOW), { nil: null }),
      (candidates, onlyToProxiesUntil) => {
        const windows = { ...OPEN, onlyToProxiesUntil }
        const decision = ask({ windows, candidates })
        assert.deepEqual(ask({ windows, candidates: candidates.toReversed() }), decision)
        if (!decision.introduce) return
        const chosen = candidates.find(each => each.deviceId === decision.storeId)
        assert.ok(chosen?.role === 'store' && chosen.site === 'berlin' && chosen.deviceId !== 'k')
        assert.ok(onlyToProxiesUntil === null || onlyToProxiesUntil <= NOW)
      },
    ),
  )
})
