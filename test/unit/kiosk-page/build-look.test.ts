import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBuildLook } from '../../../client/kiosk-page/build-look.ts'

test('another build is looked for at once, then after pauses of 1, 2, 4, 8 and at most 10 minutes', () => {
  const MINUTE = 60_000
  const looks: number[] = []
  let now = 7
  const look = createBuildLook(
    () => looks.push((now - 7) / MINUTE),
    () => now,
  )
  for (; now <= 7 + 40 * MINUTE; now += 1_000) look()
  assert.deepEqual(looks, [0, 1, 3, 7, 15, 25, 35])
})
