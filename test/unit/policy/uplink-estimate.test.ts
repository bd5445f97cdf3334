/** The estimate of what crosses an uplink: one copy where stores can give, one for each where they cannot. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  estimateUplinkBytes,
  leastUplinkBytes,
  mostUplinkBytes,
  type NeedyDevice,
} from '../../../policy/uplink-estimate.ts'
import type { Windows } from '../../../policy/windows.ts'

const NOW = 1000
const OPEN: Windows = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }
const store = (missingBytes: number): NeedyDevice => ({ role: 'store', missingBytes })
const kiosk = (missingBytes: number): NeedyDevice => ({ role: 'kiosk', missingBytes })
const SITE = [store(100), store(80), kiosk(100), kiosk(50)]

test('W5 W9 stores fetch one copy between them and kiosks take it from there', () => {
  assert.equal(estimateUplinkBytes(SITE, OPEN, true, NOW), 100)
  assert.equal(estimateUplinkBytes([store(0), kiosk(100)], OPEN, true, NOW), 0)
})

test('W3 W4 a kiosk takes the first source that opens to it', () => {
  const serverFirst = { ...OPEN, onlyToProxiesUntil: 5000 }
  const storesFirst = { ...OPEN, onlyToProxiesUntil: 3000, enforceProxyUntil: 5000 }
  assert.equal(estimateUplinkBytes(SITE, serverFirst, true, NOW), 250)
  assert.equal(estimateUplinkBytes(SITE, serverFirst, true, 5000), 100, 'reached')
  assert.equal(estimateUplinkBytes(SITE, storesFirst, true, NOW), 100)
  assert.equal(estimateUplinkBytes(SITE, storesFirst, false, NOW), 250, 'no store is there at three')
})

test('W2 without proxy distribution every device fetches for itself', () => {
  assert.equal(estimateUplinkBytes(SITE, { ...OPEN, proxyDistribution: false }, true, NOW), 330)
})

test('the estimate lies between the least and the most, whatever the windows', () => {
  const device = fc.record<NeedyDevice>({
    role: fc.constantFrom('store', 'kiosk'),
    missingBytes: fc.integer({ min: 0, max: 1000 }),
  })
  const bound = fc.option(fc.integer({ min: 0, max: 3000 }))
  const windows = fc.record({
    proxyDistribution: fc.boolean(),
    onlyToProxiesUntil: bound,
    enforceProxyUntil: bound,
  })
  fc.assert(
    fc.property(fc.array(device), windows, fc.integer({ min: 0, max: 4000 }), (devices, w, now) => {
      const hasStore = devices.some(each => each.role === 'store')
      // Kiosks that take from stores need what the stores have: with a store, nobody lacks more than the stores do.
      const most = Math.max(0, ...devices.filter(d => d.role === 'store').map(d => d.missingBytes))
      const site = hasStore
        ? devices.map(d => ({ ...d, missingBytes: Math.min(d.missingBytes, most) }))
        : devices
      const estimate = estimateUplinkBytes(site, w, hasStore, now)
      assert.ok(estimate >= leastUplinkBytes(site) && estimate <= mostUplinkBytes(site))
    }),
  )
})
