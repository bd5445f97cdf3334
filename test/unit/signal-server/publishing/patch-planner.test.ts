import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PatchPlanner } from '../../../../signal-server/publishing/patch-planner.ts'

test('a planner whose thread has ended fails every question instead of waiting for ever', async () => {
  const planner = new PatchPlanner()
  // Nothing that could be sketched: the thread ends with an error.
  await assert.rejects(planner.add(true, 0, null as unknown as Uint8Array, 1))
  await assert.rejects(planner.add(true, 1, new Uint8Array(100), 1))
  await assert.rejects(planner.plan({ maxMakesBytes: 1, maxDictionaryBytes: 1 }))
  await planner.close()
})
