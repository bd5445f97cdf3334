/** Memory that is given back at once, and a collector that is made to come in time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGarbagePressure } from '../../../client/adapters/browser/garbage-pressure.ts'
import { freeBytes } from '../../../client/engine/free-bytes.ts'

const MIB = 1024 * 1024

test('bytes that are given back are empty, with every view of their buffer, and may be given back twice', () => {
  const bytes = new Uint8Array(1000)
  const view = bytes.subarray(10, 20)
  freeBytes(view)
  freeBytes(view)
  assert.deepEqual([bytes.byteLength, view.byteLength, bytes.buffer.detached], [0, 0, true])
})

test('for every 16 MiB left behind one buffer is made and given back, also where there is no memory for it', () => {
  const made: Uint8Array[] = []
  let isFull = false
  const leftBehind = createGarbagePressure(bytes => {
    if (isFull) throw new RangeError('Array buffer allocation failed')
    const buffer = new Uint8Array(bytes)
    made.push(buffer)
    return buffer
  })
  for (let chunk = 0; chunk < 15; chunk++) leftBehind(MIB)
  assert.equal(made.length, 0)
  leftBehind(MIB)
  assert.deepEqual(
    made.map(buffer => buffer.byteLength),
    [0],
  )
  isFull = true
  for (let chunk = 0; chunk < 32; chunk++) leftBehind(MIB)
  assert.equal(made.length, 1)
})
