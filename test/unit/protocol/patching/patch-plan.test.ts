import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  planPatch,
  type SketchedChunk,
  sampleBitsFor,
  sketchOf,
} from '../../../../protocol/patching/patch-plan.ts'
import { seededBytes } from '../../../support/seeded-bytes.ts'

const bounds = { maxMakesBytes: 1000, maxDictionaryBytes: 2000 }
const chunk = (index: number, sizeBytes: number, ...features: number[]): SketchedChunk => ({
  index,
  sizeBytes,
  sketch: Uint32Array.from(features),
})

const chunks = fc.array(
  fc.record({
    sizeBytes: fc.integer({ min: 1, max: 900 }),
    features: fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 20 }),
  }),
  { maxLength: 30 },
)
const sketched = (drawn: readonly { sizeBytes: number; features: number[] }[]) =>
  drawn.map(({ sizeBytes, features }, index) => chunk(index, sizeBytes, ...features))

test('PR-D3 a plan is in bounds, makes nothing twice, and needs only what is there by then', () => {
  fc.assert(
    fc.property(chunks, chunks, (oldDrawn, freshDrawn) => {
      const [old, fresh] = [sketched(oldDrawn), sketched(freshDrawn)]
      const sizeOf = (all: SketchedChunk[], indexes: readonly number[]) =>
        indexes.reduce((sum, index) => sum + (all[index]?.sizeBytes ?? Number.NaN), 0)
      const made = new Set<number>()
      for (const part of planPatch(old, fresh, bounds)) {
        assert.ok(sizeOf(fresh, part.makes) <= bounds.maxMakesBytes)
        assert.ok(sizeOf(old, part.from) + sizeOf(fresh, part.made) <= bounds.maxDictionaryBytes)
        assert.ok(part.from.length + part.made.length > 0)
        for (const index of part.made) assert.ok(made.has(index), 'uses what is not made yet')
        for (const index of part.makes) {
          assert.ok(!made.has(index), 'makes a chunk twice')
          made.add(index)
        }
      }
    }),
  )
})

test('a dictionary is the chunks that resemble most, whatever their place', () => {
  const old = [
    chunk(0, 900, 1, 2),
    chunk(1, 900, 3, 4, 5, 6, 7),
    chunk(2, 900, 90, 91),
    chunk(3, 900, 5, 6, 8, 9),
  ]
  const [part] = planPatch(old, [chunk(7, 500, 3, 4, 5, 6, 7, 8, 9)], bounds)
  assert.deepEqual(part, { makes: [7], from: [1, 3], made: [] })
})

test('content that is new but stands twice is made once: later parts know what earlier ones made', () => {
  const fresh = [
    chunk(0, 900, 1, 2, 3, 4),
    chunk(1, 900, 3, 4, 50, 51, 52, 53),
    chunk(2, 900, 50, 51, 52, 53),
  ]
  const parts = planPatch([chunk(0, 500, 1, 2)], fresh, bounds)
  assert.deepEqual(parts.at(-1), { makes: [2], from: [], made: [1] })
})

test('chunks that resemble nothing are in no part', () => {
  const parts = planPatch([chunk(0, 500, 1, 2, 3)], [chunk(0, 500, 7, 8, 9)], bounds)
  assert.deepEqual(parts, [])
})

test('sketches of shifted content share nearly all features, those of other content none', () => {
  const content = seededBytes(1, 200_000)
  const a = sketchOf(content, 8)
  const b = new Set(sketchOf(content.subarray(777), 8))
  assert.ok(a.length > 500 && a.length < 1100, `${a.length}`)
  assert.ok([...a].filter(feature => b.has(feature)).length > a.length * 0.97)
  const other = new Set(sketchOf(seededBytes(2, 200_000), 8))
  assert.ok([...a].filter(feature => other.has(feature)).length < 3)
})

test('large releases are sampled more sparsely, so that a plan fits in memory', () => {
  assert.equal(sampleBitsFor(0), 8)
  assert.equal(sampleBitsFor(100_000_000), 8)
  assert.equal(sampleBitsFor(8 * 2 ** 30), 13)
})
