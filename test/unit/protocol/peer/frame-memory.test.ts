/** Frames in memory that the caller uses again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodePeerMessage } from '../../../../protocol/peer/codec.ts'
import { peerMessageExamples } from '../../../support/protocol-examples.ts'

test('a frame lies in the memory it is given where it fits there, and nothing beside it is touched', () => {
  const { chunk } = peerMessageExamples
  const alone = encodePeerMessage(chunk)
  const memory = new Uint8Array(alone.byteLength + 8).fill(7)
  const inside = encodePeerMessage(chunk, memory.subarray(4))
  assert.equal(inside.buffer, memory.buffer)
  assert.deepEqual(inside, alone)
  assert.deepEqual([...memory.subarray(0, 4), ...memory.subarray(-4)], Array(8).fill(7))
  const small = new Uint8Array(alone.byteLength - 1)
  assert.notEqual(encodePeerMessage(chunk, small).buffer, small.buffer)
})
