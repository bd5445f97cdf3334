/** What a report adds to the bytes that travelled: whatever counters do, the sum neither shrinks nor explodes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MIB } from '../../../../protocol/limits.ts'
import {
  capForRelease,
  countersAfter,
  endsCounters,
  trafficIncrement,
} from '../../../../signal-server/records/traffic-increments.ts'
import { packageStatus, statusOf } from '../../../support/device-status.ts'

const DEVICE = `d-${'a'.repeat(32)}`
const report = (wantedRelease: number, fromStores: number, fromServer = 0, name = 'lobby') =>
  statusOf(DEVICE, [
    packageStatus({ package: name, wantedRelease, bytes: { fromStores, fromServer, reused: 0 } }),
  ])
const CALM = { elapsedMs: 60_000, capOf: () => 100 * MIB }

function addUp(reports: readonly ReturnType<typeof report>[], bounds = CALM): [number, number] {
  let counters: ReturnType<typeof countersAfter> = new Map()
  let stores = 0
  let server = 0
  for (const each of reports) {
    const { fromStores, fromServer } = trafficIncrement(counters, each, bounds)
    counters = countersAfter(counters, each)
    stores += fromStores
    server += fromServer
  }
  return [stores, server]
}

test('counters that rise add what they rose by', () => {
  assert.deepEqual(addUp([report(1, 10, 5), report(1, 10, 5), report(1, 30, 6)]), [30, 6])
})

test('PR-S17 a new release counts from nothing', () => {
  assert.deepEqual(addUp([report(1, 100), report(2, 40)]), [140, 0])
  assert.deepEqual(addUp([report(1, 100), report(2, 40), report(1, 30)]), [170, 0])
})

test('PR-S17 a report that comes again, and a counter that fell, add nothing until the counter is above what was counted', () => {
  assert.deepEqual(addUp([report(1, 100), report(1, 40)]), [100, 0])
  assert.deepEqual(
    addUp([report(1, 100, 7), report(1, 40, 5), report(1, 100, 7), report(1, 130, 9)]),
    [130, 9],
  )
})

test('PR-S17 a page that repeats the counters of the previous release while it does not know the chunks of the wanted one adds nothing by that', () => {
  const unknown = (wantedRelease: number, fromServer: number) =>
    statusOf(DEVICE, [
      packageStatus({
        wantedRelease,
        chunks: { have: 0, total: 0 },
        bytes: { fromStores: 0, fromServer, reused: 0 },
      }),
    ])
  assert.deepEqual(addUp([report(1, 0, 100), unknown(2, 100), report(2, 0, 60), report(2, 0, 80)]), [0, 180])
  assert.deepEqual(addUp([report(1, 0, 100), unknown(2, 100), report(2, 0, 150)]), [0, 250])
  assert.deepEqual(addUp([report(1, 0, 100), unknown(2, 100), report(2, 0, 0)]), [0, 100], 'no new bytes')
  // Loaded again while it fetched release 2: until its server tells it so, it wants what runs.
  assert.deepEqual(addUp([report(2, 0, 30), unknown(1, 30), unknown(2, 30), report(2, 0, 50)]), [0, 50])
  assert.deepEqual(
    addUp([unknown(2, 30), report(2, 0, 50)]),
    [0, 50],
    'its server knows of no earlier report',
  )
})

test('a package that a report leaves out, as after a reload, is not counted again when it comes back', () => {
  assert.deepEqual(addUp([report(1, 100), statusOf(DEVICE, []), report(1, 120)]), [120, 0])
})

test('a lie is bounded by what a release can be and by what a link can carry', () => {
  const { MAX_SAFE_INTEGER } = Number
  assert.deepEqual(addUp([report(1, MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)]), [100 * MIB, 100 * MIB])
  const quick = { elapsedMs: 1, capOf: () => MAX_SAFE_INTEGER }
  assert.deepEqual(addUp([report(1, MAX_SAFE_INTEGER)], quick), [125_000_000, 0])
  assert.equal(capForRelease(null), 64 * MIB)
  assert.equal(capForRelease(100 * MIB), 400 * MIB)
})

test('whatever is reported, increments are whole, never negative and bounded', () => {
  const counter = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
  const reports = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), counter, counter), { maxLength: 20 })
  fc.assert(
    fc.property(reports, all => {
      const [stores, server] = addUp(all.map(([release, a, b]) => report(release, a, b)))
      for (const sum of [stores, server])
        assert.ok(Number.isInteger(sum) && sum >= 0 && sum <= all.length * CALM.capOf())
    }),
  )
})

test('a report is kept beside a newer one only where its counters end with it', () => {
  assert.equal(endsCounters(report(1, 10), report(1, 20)), false)
  assert.equal(endsCounters(report(1, 10), report(2, 20)), true)
  assert.equal(endsCounters(report(1, 10), report(1, 5)), true)
  assert.equal(endsCounters(report(1, 10), statusOf(DEVICE, [])), true)
})
