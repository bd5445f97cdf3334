import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { promoteStores, type SiteDevice, STORE_ABSENCE_GRACE_MS } from '../../../policy/store-promotion.ts'

const NOW = 1_000_000

const device = (deviceId: string, change: Partial<SiteDevice> = {}): SiteDevice => ({
  deviceId,
  assignedRole: 'auto',
  offlineSince: null,
  ...change,
})

function promote(devices: SiteDevice[], storesWanted: number, promoted: string[] = [], now = NOW): string[] {
  return [
    ...promoteStores({ site: 'berlin', storesWanted, devices, promoted: new Set(promoted) }, now),
  ].sort()
}

test('W8 as many auto devices hold the role as the site wants, fixed stores counted', () => {
  const devices = [device('a'), device('b'), device('c'), device('s', { assignedRole: 'store' })]
  assert.equal(promote(devices, 0).length, 0)
  assert.equal(promote(devices, 1).length, 0)
  assert.equal(promote(devices, 3).length, 2)
  assert.equal(promote(devices, 9).length, 3)
})

test('W8 devices with an assigned role are never promoted', () => {
  assert.deepEqual(promote([device('k', { assignedRole: 'kiosk' })], 2, ['k']), [])
})

test('a holder keeps the role when others come', () => {
  for (const holder of ['a', 'b', 'c', 'd']) {
    assert.deepEqual(promote([device('a'), device('b'), device('c'), device('d')], 1, [holder]), [holder])
  }
})

test('a holder that is away for a moment keeps its seat; at the end of the grace another takes it', () => {
  const gone = device('a', { offlineSince: NOW })
  assert.deepEqual(promote([gone, device('b')], 1, ['a'], NOW + STORE_ABSENCE_GRACE_MS - 1), ['a'])
  assert.deepEqual(promote([gone, device('b')], 1, ['a'], NOW + STORE_ABSENCE_GRACE_MS), ['b'])
})

test('a fixed store that is away for a moment leads to no promotion', () => {
  const fixed = device('s', { assignedRole: 'store', offlineSince: NOW })
  assert.deepEqual(promote([fixed, device('b')], 1, [], NOW + 1), [])
  assert.deepEqual(promote([fixed, device('b')], 1, [], NOW + STORE_ABSENCE_GRACE_MS), ['b'])
})

test('one that is away is not given a role it did not hold', () => {
  assert.deepEqual(promote([device('a', { offlineSince: NOW })], 1), [])
})

test('of too many holders those who are here stay', () => {
  assert.deepEqual(promote([device('a', { offlineSince: NOW }), device('b')], 1, ['a', 'b']), ['b'])
})

const devicesArbitrary = fc.uniqueArray(
  fc.record({
    deviceId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    assignedRole: fc.constantFrom('auto' as const, 'store' as const, 'kiosk' as const),
    offlineSince: fc.option(fc.integer({ min: NOW - 60_000, max: NOW }), { nil: null }),
  }),
  { selector: each => each.deviceId },
)

test('stable and independent of order: asked again with its own answer it answers the same', () => {
  fc.assert(
    fc.property(
      devicesArbitrary,
      fc.nat(6),
      fc.subarray(['a', 'b', 'c', 'd', 'e', 'f']),
      (devices, wanted, before) => {
        const first = promote(devices, wanted, before)
        assert.deepEqual(promote(devices, wanted, first), first)
        assert.deepEqual(promote(devices.toReversed(), wanted, before), first)
        assert.ok(first.length <= wanted)
      },
    ),
  )
})
