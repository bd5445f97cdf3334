import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  MAX_INTRODUCTIONS_ASKED,
  MAX_INTRODUCTIONS_PER_STORE,
  SETTLED_INTRODUCTION_MS,
} from '../../../policy/device-budget.ts'
import {
  decideIntroduction,
  type IntroductionQuestion,
  type LiveIntroduction,
  type StoreCandidate,
} from '../../../policy/introductions.ts'
import type { Windows } from '../../../policy/windows.ts'

const NOW = 1_000_000
const OPEN: Windows = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }

const store = (deviceId: string, change: Partial<StoreCandidate> = {}): StoreCandidate => ({
  deviceId,
  role: 'store',
  site: 'berlin',
  live: [],
  ...change,
})

/** Introductions that one device asked for at a store, opened one after another. */
const askedBy = (asker: string, count: number, openedAt = NOW): LiveIntroduction[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${asker}-${String(index).padStart(3, '0')}`,
    asker,
    other: 'store',
    openedAt: openedAt + index,
  }))

/** Each asked for by another device. */
const askedByMany = (count: number, openedAt = NOW): LiveIntroduction[] =>
  Array.from({ length: count }, (_, index) => askedBy(`other${index}`, 1, openedAt)).flat()

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

test('a release that is not assigned leads to no introduction', () => {
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
    ends: null,
  })
})

test('a store whose window is closed is refused for the window even when no store is online', () => {
  const windows = { ...OPEN, onlyToProxiesUntil: NOW + 1 }
  assert.deepEqual(ask({ windows, candidates: [] }), refused('window-closed', NOW + 1))
})

test('a store the requester has met comes after those it has not; then the one with the least to do', () => {
  const candidates = [
    store('a', { live: askedBy('k', 1) }),
    store('b', { live: askedByMany(9) }),
    store('c', { live: askedByMany(3) }),
  ]
  assert.deepEqual(ask({ candidates }), { introduce: true, storeId: 'c', ends: null })
  assert.deepEqual(ask({ candidates: candidates.slice(0, 1) }), { introduce: true, storeId: 'a', ends: null })
})

test('limits: a device that has asked for too many, stores that have too many', () => {
  const requester = {
    deviceId: 'k',
    role: 'kiosk',
    site: 'berlin',
    liveIntroductionsAsked: MAX_INTRODUCTIONS_ASKED,
  } as const
  assert.deepEqual(ask({ requester }), refused('too-many-requests'))
  const busy = store('a', { live: askedByMany(MAX_INTRODUCTIONS_PER_STORE) })
  assert.deepEqual(ask({ candidates: [busy] }), refused('too-many-requests'))
  assert.deepEqual(ask({ candidates: [busy, store('b')] }), { introduce: true, storeId: 'b', ends: null })
})

test('PR-S9 at a full store the newest introduction of the device that holds the most ends for one that holds fewer', () => {
  const live = [...askedBy('greedy', 100), ...askedBy('modest', 28)]
  assert.deepEqual(ask({ candidates: [store('a', { live })] }), {
    introduce: true,
    storeId: 'a',
    ends: 'greedy-099',
  })

  const evenly = [...askedBy('greedy', 65), ...askedBy('k', 63)]
  assert.deepEqual(ask({ candidates: [store('a', { live: evenly })] }), {
    introduce: true,
    storeId: 'a',
    ends: 'greedy-064',
  })
  const even = [...askedBy('greedy', 64), ...askedBy('k', 64)]
  assert.deepEqual(ask({ candidates: [store('a', { live: even })] }), refused('too-many-requests'))
})

test('PR-S9 at a full store an introduction that has had its time ends first, the oldest before others', () => {
  const live = [...askedByMany(MAX_INTRODUCTIONS_PER_STORE - 2), ...askedBy('late', 2, NOW - 5)]
  const candidates = [store('a', { live })]
  const settledAt = NOW - 5 + SETTLED_INTRODUCTION_MS
  assert.deepEqual(ask({ candidates }, settledAt), { introduce: true, storeId: 'a', ends: 'late-000' })
  assert.deepEqual(
    ask({ candidates: [store('a', { live: askedByMany(MAX_INTRODUCTIONS_PER_STORE) })] }, settledAt),
    refused('too-many-requests'),
  )
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

const liveArbitrary = fc
  .tuple(fc.nat(140), fc.nat(3))
  .map(([others, withRequester]) => [...askedByMany(others), ...askedBy('k', withRequester)])
const candidateArbitrary = fc.record({
  deviceId: fc.constantFrom('k', 'a', 'b', 'c', 'd'),
  role: fc.constantFrom('store' as const, 'kiosk' as const),
  site: fc.constantFrom('berlin', 'oslo'),
  live: liveArbitrary,
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

/** Places of some stores, with everything that asks for them going through the policy. */
class Places {
  readonly #live = new Map<string, LiveIntroduction[]>()
  #opened = 0

  constructor(stores: number) {
    for (let index = 0; index < stores; index++) this.#live.set(`store${index}`, [])
  }

  heldBy(asker: string, storeId: string): number {
    return (this.#live.get(storeId) ?? []).filter(each => each.asker === asker).length
  }

  ask(asker: string, now: number) {
    const all = [...this.#live.values()].flat()
    const decision = decideIntroduction(
      {
        requester: {
          ...{ deviceId: asker, role: 'kiosk', site: 'berlin' },
          liveIntroductionsAsked: all.filter(each => each.asker === asker).length,
        },
        windows: OPEN,
        release: 'r1',
        candidates: [...this.#live].map(([deviceId, live]) => store(deviceId, { live })),
      },
      now,
    )
    if (decision.introduce) {
      const { storeId, ends } = decision
      const rest = (this.#live.get(storeId) ?? []).filter(({ id }) => id !== ends)
      const id = `i${String(this.#opened++).padStart(6, '0')}`
      this.#live.set(storeId, [...rest, { id, asker, other: storeId, openedAt: now }])
    }
    return decision
  }

  get fullest(): number {
    return Math.max(...[...this.#live.values()].map(live => live.length))
  }

  get stores(): readonly string[] {
    return [...this.#live.keys()]
  }
}

test('PR-S9 whatever greedy devices ask for, one that asks for the first time is introduced, and none holds more than its share while another is refused', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: MAX_INTRODUCTIONS_PER_STORE - 1 }),
      fc.array(fc.nat(MAX_INTRODUCTIONS_PER_STORE - 2), { minLength: 50, maxLength: 200 }),
      (stores, devices, requests) => {
        const places = new Places(stores)
        // Sixteen at a time: full stores are what matters here.
        for (const request of requests.flatMap(each => new Array<number>(16).fill(each))) {
          const asker = `greedy${request % devices}`
          const { introduce, reason = null } = { reason: null, ...places.ask(asker, NOW) }
          assert.ok(places.fullest <= MAX_INTRODUCTIONS_PER_STORE)
          const asked = places.stores.reduce((sum, storeId) => sum + places.heldBy(asker, storeId), 0)
          if (introduce || asked >= MAX_INTRODUCTIONS_ASKED) continue
          assert.equal(reason, 'too-many-requests')
          for (const storeId of places.stores)
            for (let other = 0; other < devices; other++)
              assert.ok(places.heldBy(`greedy${other}`, storeId) <= places.heldBy(asker, storeId) + 1)
        }
        assert.equal(places.ask('honest', NOW).introduce, true)
      },
    ),
    { numRuns: 10 },
  )
})
