/** The thread behind `patch-planner.ts`: answers each request with one message. */
import { parentPort } from 'node:worker_threads'
import { planPatch, type SketchedChunk, sketchOf } from '../../protocol/patching/patch-plan.ts'
import type { PlannerRequest } from './patch-planner.ts'

const old: SketchedChunk[] = []
const fresh: SketchedChunk[] = []

parentPort?.on('message', (request: PlannerRequest) => {
  if (request.type === 'plan') {
    parentPort?.postMessage(planPatch(old, fresh, request.bounds))
    return
  }
  const { isFresh, index, raw, sampleBits } = request
  const chunk = { index, sizeBytes: raw.byteLength, sketch: sketchOf(raw, sampleBits) }
  if (isFresh) fresh.push(chunk)
  else old.push(chunk)
  parentPort?.postMessage(null)
})
