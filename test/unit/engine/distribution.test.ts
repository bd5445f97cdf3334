/** Whole sites over fakes and virtual time: where every byte comes from. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filesOf, Simulation } from '../../support/kiosk-simulator.ts'

test('W5 one store, three kiosks: the origin sends each chunk once, the kiosks have every byte from the store', async t => {
  const site = await Simulation.create(t)
  const release = await site.publish(filesOf(1))
  await site.untilAllRun(1)
  const encodedBytes = [...release.chunks.values()].reduce((sum, chunk) => sum + chunk.byteLength, 0)
  for (const kiosk of site.kiosks) {
    assert.deepEqual(kiosk.lobby?.bytes, { fromStores: encodedBytes, fromServer: 0, reused: 0 }, kiosk.name)
  }
  assert.deepEqual(
    [...site.origin.sent.values()].filter(times => times !== 1),
    [],
  )
  assert.equal(site.origin.sentBytes, encodedBytes)
})
