/** Which of several packages fetch now. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdingBack, type Progress } from '../../../policy/package-order.ts'

/** `name priority progress`, in the order of assignment; the names of those that hold back. */
function heldBack(...packages: [name: string, priority: number, progress: Progress][]): string[] {
  const all = packages.map(([name, priority, progress], order) => ({ name, priority, progress, order }))
  return [...holdingBack(all)].map(({ name }) => name)
}

test('P1 while a package of higher priority moves, lower ones hold back; equals share', () => {
  assert.deepEqual(heldBack(['a', 5, 'moving'], ['b', 0, 'moving'], ['c', 0, 'idle'], ['d', 5, 'moving']), [
    'b',
    'c',
  ])
})

test('P2 one that waits, is complete or not wanted holds back nobody', () => {
  assert.deepEqual(heldBack(['a', 5, 'idle'], ['b', 0, 'moving'], ['c', -1, 'idle']), ['c'])
  assert.deepEqual(heldBack(['a', 5, 'idle'], ['b', 0, 'idle']), [])
})

test('P3 while one lacks room, those after it fetch nothing, also of the same priority', () => {
  assert.deepEqual(heldBack(['a', 0, 'out-of-space'], ['b', 0, 'out-of-space'], ['c', 1, 'moving']), [
    'a',
    'b',
  ])
  assert.deepEqual(heldBack(['a', 0, 'out-of-space'], ['b', 0, 'moving']), ['b'])
})

test('the first of the packages that are not idle never holds back', () => {
  for (const first of ['moving', 'out-of-space'] as const)
    for (const second of ['moving', 'out-of-space'] as const)
      for (const priority of [0, 1])
        assert.ok(!heldBack(['a', priority, first], ['b', 0, second]).includes('a'))
})
