import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createGrantKey } from '../../../signal-server/fleet/grants.ts'

const SECRET = new Uint8Array(32).fill(1)
const GRANT = { device: `d-${'a'.repeat(32)}`, release: 'b'.repeat(64), expiresAt: 1_700_000_000_000 }

test('PR-G1 a token opens to the grant it was made of, and fits the protocol', () => {
  const key = createGrantKey(SECRET)
  const token = key.seal(GRANT)
  assert.deepEqual(key.open(token), GRANT)
  assert.ok(token.length <= 1024)
  assert.match(token, /^[A-Za-z0-9_.-]+$/)
})

test('PR-G1 a token of another secret opens to nothing', () => {
  assert.equal(createGrantKey(new Uint8Array(32).fill(2)).open(createGrantKey(SECRET).seal(GRANT)), null)
})

test('PR-G1 a token changed in any one character opens to nothing', () => {
  const key = createGrantKey(SECRET)
  const token = key.seal(GRANT)
  for (let at = 0; at < token.length; at++) {
    const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
    const opened = key.open(changed)
    // The last character of base64url may have bits that mean nothing; the grant is the same then.
    if (opened !== null) assert.deepEqual(opened, GRANT)
  }
})

test('PR-G1 whatever text comes, nothing is thrown and nothing opens', () => {
  const key = createGrantKey(SECRET)
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => assert.equal(key.open(text), null)),
  )
  fc.assert(
    fc.property(fc.base64String(), fc.base64String(), (a, b) => assert.equal(key.open(`${a}.${b}`), null)),
  )
})

test('a secret that is too short is refused', () => {
  assert.throws(() => createGrantKey(new Uint8Array(16)), RangeError)
})
