/** What the conformance table cannot show: exact instants, arbitrary bounds, the course of time. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type Decision, decideSources, effectiveRole, mayServe, REASONS } from '../../../policy/windows.ts'

/** Instants close together, so that bounds and now often coincide or lie 1 ms apart. */
const instant = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 4_102_444_800_000 }))
const bound = fc.option(instant, { nil: null })
const windows = fc.record({
  proxyDistribution: fc.boolean(),
  onlyToProxiesUntil: bound,
  enforceProxyUntil: bound,
})
const role = fc.constantFrom('store' as const, 'kiosk' as const)
const subject = fc.tuple(windows, role).map(([options, itsRole]) => ({ ...options, role: itsRole }))
const kiosk = { role: 'kiosk', proxyDistribution: true } as const

describe('windows', () => {
  test('W1 the server is open to a store, whatever the options say', () => {
    fc.assert(
      fc.property(windows, instant, (options, now) => {
        const { server } = decideSources({ ...options, role: 'store' }, now)
        assert.deepEqual(server, { state: 'open', reason: 'store-role', retryAt: null })
      }),
    )
  })

  test('W2 with proxy distribution off no store serves anyone, the server is open and nothing ever changes', () => {
    fc.assert(
      fc.property(subject, instant, (options, now) => {
        const off = { ...options, proxyDistribution: false }
        const decision = decideSources(off, now)
        assert.deepEqual(decision.stores, {
          state: 'closed',
          reason: 'proxy-distribution-off',
          retryAt: null,
        })
        assert.equal(decision.server.state, 'open')
        assert.deepEqual(decision.order, ['server'])
        assert.equal(decision.nextChangeAt, null)
      }),
    )
  })

  test('W3 a kiosk may contact a store iff onlyToProxiesUntil is unset or reached', () => {
    fc.assert(
      fc.property(bound, bound, instant, (only, enforce, now) => {
        const { stores } = decideSources(
          { ...kiosk, onlyToProxiesUntil: only, enforceProxyUntil: enforce },
          now,
        )
        assert.equal(stores.state === 'open', only === null || only <= now)
        assert.equal(stores.retryAt, stores.state === 'open' ? null : only)
      }),
    )
  })

  test('W4 a kiosk may contact the server iff enforceProxyUntil is unset or reached', () => {
    fc.assert(
      fc.property(bound, bound, instant, (only, enforce, now) => {
        const { server } = decideSources(
          { ...kiosk, onlyToProxiesUntil: only, enforceProxyUntil: enforce },
          now,
        )
        assert.equal(server.state === 'open', enforce === null || enforce <= now)
        assert.equal(server.retryAt, server.state === 'open' ? null : enforce)
      }),
    )
  })

  test('W5 the order names the open sources, stores first', () => {
    fc.assert(
      fc.property(subject, instant, (options, now) => {
        const decision = decideSources(options, now)
        const expected = (['stores', 'server'] as const).filter(source => decision[source].state === 'open')
        assert.deepEqual(decision.order, expected)
      }),
    )
  })

  test('W6 a kiosk that waits knows the instant at which it starts', () => {
    fc.assert(
      fc.property(subject, instant, (options, now) => {
        const { order, nextChangeAt } = decideSources(options, now)
        if (order.length > 0) return
        assert.ok(nextChangeAt !== null && nextChangeAt > now)
        assert.notDeepEqual(decideSources(options, nextChangeAt).order, [])
      }),
    )
  })

  test('W7 a window is reached at exactly its instant, not a millisecond earlier', () => {
    fc.assert(
      fc.property(instant, until => {
        const options = { ...kiosk, onlyToProxiesUntil: until, enforceProxyUntil: until }
        assert.deepEqual(decideSources(options, until - 1).order, [])
        assert.equal(decideSources(options, until - 1).nextChangeAt, until)
        assert.deepEqual(decideSources(options, until).order, ['stores', 'server'])
      }),
    )
  })

  test('W8 an auto device counts as the role it has at the moment; other roles are not promoted', () => {
    assert.equal(effectiveRole('auto', true), 'store')
    assert.equal(effectiveRole('auto', false), 'kiosk')
    for (const promoted of [true, false]) {
      assert.equal(effectiveRole('store', promoted), 'store')
      assert.equal(effectiveRole('kiosk', promoted), 'kiosk')
    }
  })

  test('W9 with proxy distribution on, fellow stores are open to a store before, between and after the bounds', () => {
    fc.assert(
      fc.property(windows, instant, (options, now) => {
        const decision = decideSources({ ...options, proxyDistribution: true, role: 'store' }, now)
        assert.deepEqual(decision.stores, { state: 'open', reason: 'fellow-stores', retryAt: null })
        assert.deepEqual(decision.order, ['stores', 'server'])
        assert.equal(decision.nextChangeAt, null)
      }),
    )
  })

  test('W3 W9 a store serves a device exactly when that device may contact a store', () => {
    fc.assert(
      fc.property(windows, role, instant, (options, remoteRole, now) => {
        const decision = decideSources({ ...options, role: remoteRole }, now)
        assert.deepEqual(mayServe(options, remoteRole, now), decision.stores)
      }),
    )
  })

  test('an open source never closes as time goes on', () => {
    fc.assert(
      fc.property(subject, instant, instant, (options, a, b) => {
        const earlier = decideSources(options, Math.min(a, b))
        const later = decideSources(options, Math.max(a, b))
        for (const source of ['stores', 'server'] as const)
          if (earlier[source].state === 'open') assert.deepEqual(later[source], earlier[source])
        assert.ok(earlier.order.every(source => later.order.includes(source)))
      }),
    )
  })

  test('nextChangeAt is exact: nothing differs before it, something does at it', () => {
    const instants = (decision: Decision, now: number) =>
      fc.integer({ min: now, max: (decision.nextChangeAt ?? Number.MAX_SAFE_INTEGER) - 1 })
    fc.assert(
      fc.property(subject, instant, fc.gen(), (options, now, gen) => {
        const decision = decideSources(options, now)
        const between = gen(instants, decision, now)
        assert.deepEqual(decideSources(options, between), decision)
        if (decision.nextChangeAt === null) return
        assert.ok(decision.nextChangeAt > now)
        assert.deepEqual(decideSources(options, decision.nextChangeAt - 1), decision)
        assert.notDeepEqual(decideSources(options, decision.nextChangeAt), decision)
      }),
    )
  })

  test('a closed source opens at its retryAt and not before', () => {
    fc.assert(
      fc.property(subject, instant, (options, now) => {
        for (const source of ['stores', 'server'] as const) {
          const { state, retryAt } = decideSources(options, now)[source]
          if (state === 'open' || retryAt === null) continue
          assert.equal(decideSources(options, retryAt - 1)[source].state, 'closed')
          assert.equal(decideSources(options, retryAt)[source].state, 'open')
        }
      }),
    )
  })

  test('every reason says what the table of reasons says of it, and every reason occurs', () => {
    const seen = new Set<string>()
    for (const itsRole of ['store', 'kiosk'] as const)
      for (const proxyDistribution of [true, false])
        for (const only of [null, 1, 3])
          for (const enforce of [null, 1, 3]) {
            const options = { proxyDistribution, onlyToProxiesUntil: only, enforceProxyUntil: enforce }
            const decision = decideSources({ ...options, role: itsRole }, 2)
            for (const access of [decision.stores, decision.server]) {
              assert.equal(REASONS[access.reason].state, access.state)
              seen.add(access.reason)
            }
          }
    assert.deepEqual([...seen].sort(), Object.keys(REASONS).sort())
  })

  test('time that is no number opens nothing that a window closes', () => {
    const decision = decideSources({ ...kiosk, onlyToProxiesUntil: 1, enforceProxyUntil: 1 }, Number.NaN)
    assert.deepEqual(decision.order, [])
  })
})
