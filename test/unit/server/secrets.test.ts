import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { enrolmentTokenSchema } from '../../../protocol/device-http.ts'
import { randomApiToken, randomCode, randomEnrolmentToken } from '../../../signal-server/random.ts'

const allBytes = (first: number) => (count: number) =>
  Uint8Array.from({ length: count }, (_, index) => first + index)

test('codes hold no letter or digit that looks like another', () => {
  for (let first = 0; first < 256; first += 8)
    assert.match(randomCode(allBytes(first)), /^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/)
})

test('every letter of a code is as likely as any other', () => {
  const counts = new Map<string, number>()
  for (let first = 0; first < 256; first += 8)
    for (const letter of randomCode(allBytes(first)).replace('-', ''))
      counts.set(letter, (counts.get(letter) ?? 0) + 1)
  assert.deepEqual([counts.size, new Set(counts.values())], [32, new Set([8])])
})

test('tokens have the form that is asked of them', () => {
  assert.ok(v.is(enrolmentTokenSchema, randomEnrolmentToken(allBytes(0))))
  assert.match(randomApiToken(allBytes(0)), /^larder_[A-Za-z0-9_-]{43}$/)
})
