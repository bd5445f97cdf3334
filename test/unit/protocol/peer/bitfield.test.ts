import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { bitfieldHas, bitfieldOf } from '../../../../protocol/peer/bitfield.ts'

describe('bitfield', () => {
  it('PR-P5 chunk 0 is the highest bit of the first byte', () => {
    assert.deepEqual(
      bitfieldOf(9, index => index === 0 || index === 2 || index === 8),
      new Uint8Array([0b1010_0000, 0b1000_0000]),
    )
    assert.deepEqual(
      bitfieldOf(0, () => true),
      new Uint8Array(),
    )
  })

  it('PR-P5 says of every chunk what it was told, and nothing of chunks beyond', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 300 }), held => {
        const bits = bitfieldOf(held.length, index => held[index] === true)
        assert.deepEqual(
          held.map((_, index) => bitfieldHas(bits, index)),
          held,
        )
        for (let index = held.length; index < held.length + 20; index++) {
          assert.equal(bitfieldHas(bits, index), false)
        }
      }),
    )
  })
})
