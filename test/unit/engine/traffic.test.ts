/** What devices report of the bytes that came (PR-S17), beside what the links and the origin of a simulated site carried. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filesOf, Simulation } from '../../support/kiosk-simulator.ts'
import { ReportCounter } from '../../support/report-counter.ts'

test('PR-S17 over several releases the reports add up to what the origin sent, and an update without new bytes adds none', async t => {
  const site = await Simulation.create(t, { kiosks: 0 })
  const counted = new ReportCounter()
  site.server.onStatus = (deviceId, status) => counted.report(deviceId, status)
  await site.publish(filesOf(1))
  await site.untilAllRun(1)
  await site.time.advance(2_000)
  assert.equal(counted.total().fromServer, site.origin.sentBytes)
  await site.publish(filesOf(2), 2)
  await site.untilAllRun(2)
  await site.time.advance(2_000)
  assert.equal(counted.total().fromServer, site.origin.sentBytes)
  const before = site.origin.sentBytes
  await site.publish(filesOf(2), 3)
  await site.untilAllRun(3)
  await site.time.advance(2_000)
  assert.equal(site.origin.sentBytes, before)
  assert.deepEqual(counted.total(), { fromStores: 0, fromServer: before })
})
