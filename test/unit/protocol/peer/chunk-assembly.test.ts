import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type AssemblyStep, addSlice, type ChunkAssembly } from '../../../../protocol/peer/chunk-assembly.ts'
import type { PeerMessage } from '../../../../protocol/peer/messages.ts'
import { exampleDigest } from '../../../support/protocol-examples.ts'

type ChunkSlice = Extract<PeerMessage, { type: 'chunk' }>

function slice(totalBytes: number, offset: number, payload: Uint8Array): ChunkSlice {
  return {
    type: 'chunk',
    release: exampleDigest,
    index: 0,
    totalBytes,
    offset,
    payload: new Uint8Array(payload),
  }
}

function partial(step: AssemblyStep): ChunkAssembly {
  assert.equal(step.state, 'partial')
  return (step as Extract<AssemblyStep, { state: 'partial' }>).assembly
}

/** An encoded chunk and a way to slice it. */
const sliced = fc.uint8Array({ minLength: 1, maxLength: 300 }).chain(encoded =>
  fc.record({
    encoded: fc.constant(new Uint8Array(encoded)),
    cuts: fc
      .uniqueArray(fc.nat(encoded.length), { maxLength: 8 })
      .map(cuts => [...new Set([0, ...cuts, encoded.length])].sort((a, b) => a - b)),
  }),
)

function slicesOf(encoded: Uint8Array, cuts: readonly number[]): ChunkSlice[] {
  return cuts.slice(1).map((end, i) => {
    const start = cuts[i] ?? 0
    return slice(encoded.length, start, encoded.subarray(start, end))
  })
}

describe('chunk assembly', () => {
  it('PR-P9 any slicing gives the chunk back, complete with the last slice and not before', () => {
    fc.assert(
      fc.property(sliced, ({ encoded, cuts }) => {
        const slices = slicesOf(encoded, cuts)
        let assembly: ChunkAssembly | null = null
        for (const next of slices.slice(0, -1)) assembly = partial(addSlice(assembly, next, encoded.length))
        const last = slices.at(-1)
        assert.ok(last)
        const step = addSlice(assembly, last, encoded.length)
        assert.deepEqual(step, { state: 'complete', encoded })
      }),
    )
  })

  it('PR-P9 keeps no view of the frames: they may be used again', () => {
    const frame = new Uint8Array([1, 2])
    const assembly = partial(addSlice(null, { ...slice(3, 0, frame), payload: frame }, 3))
    frame.fill(9)
    assert.deepEqual(addSlice(assembly, slice(3, 2, new Uint8Array([3])), 3), {
      state: 'complete',
      encoded: new Uint8Array([1, 2, 3]),
    })
  })

  it('PR-P9 any slice repeated, left out or moved is a violation', () => {
    fc.assert(
      fc.property(
        sliced.filter(({ cuts }) => cuts.length > 2),
        fc.nat(),
        fc.nat(),
        ({ encoded, cuts }, pickA, pickB) => {
          const slices = slicesOf(encoded, cuts)
          const at = pickA % (slices.length - 1)
          let assembly: ChunkAssembly | null = null
          for (const next of slices.slice(0, at)) assembly = partial(addSlice(assembly, next, encoded.length))
          const wrong = slices[pickB % slices.length]
          assert.ok(wrong)
          const step = addSlice(assembly, wrong, encoded.length)
          assert.equal(step.state === 'violation', pickB % slices.length !== at)
        },
      ),
    )
  })

  it('PR-P9 an encoded chunk is at most one byte larger than its raw bytes in the manifest', () => {
    assert.equal(addSlice(null, slice(101, 0, new Uint8Array(101)), 100).state, 'complete')
    assert.deepEqual(addSlice(null, slice(102, 0, new Uint8Array(1)), 100), {
      state: 'violation',
      message: 'a chunk is larger than its manifest allows',
    })
  })

  it('PR-P9 a first slice that does not begin at 0 is a violation', () => {
    assert.equal(addSlice(null, slice(10, 1, new Uint8Array(1)), 100).state, 'violation')
  })

  it('PR-P9 slices that disagree about the size are a violation', () => {
    const assembly = partial(addSlice(null, slice(10, 0, new Uint8Array(4)), 100))
    assert.deepEqual(addSlice(assembly, slice(11, 4, new Uint8Array(4)), 100), {
      state: 'violation',
      message: 'slices of one chunk disagree about its size',
    })
  })

  it('PR-P9 a slice that runs past the end is a violation, not an exception', () => {
    assert.deepEqual(addSlice(null, slice(10, 0, new Uint8Array(11)), 100), {
      state: 'violation',
      message: 'a slice runs past the end of its chunk',
    })
  })

  it('PR-P9 a violation leaves what was there untouched', () => {
    const assembly = partial(addSlice(null, slice(4, 0, new Uint8Array([1, 2])), 4))
    addSlice(assembly, slice(4, 0, new Uint8Array([9, 9])), 4)
    assert.deepEqual(addSlice(assembly, slice(4, 2, new Uint8Array([3, 4])), 4), {
      state: 'complete',
      encoded: new Uint8Array([1, 2, 3, 4]),
    })
  })
})
