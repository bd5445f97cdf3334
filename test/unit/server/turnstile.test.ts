import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurnstile } from '../../../signal-server/publishing/turnstile.ts'

test('acts go through one at a time, in order, and a failure concerns only its own', async () => {
  const turnstile = createTurnstile()
  const seen: string[] = []
  const act = (name: string, fails = false) =>
    turnstile.pass(async () => {
      seen.push(`${name} begins`)
      await Promise.resolve()
      seen.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    })
  const [a, b, c] = await Promise.allSettled([act('a'), act('b', true), act('c')])
  assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  assert.deepEqual([a.status, b.status, c.status], ['fulfilled', 'rejected', 'fulfilled'])
})
