/** What changes the keys that a device trusts: a table over how an enrolment was begun and what the answer names. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Attempt,
  noTrust,
  type Trust,
  trustAfter,
  withUsedToken,
} from '../../../client/machines/trust.ts'
import type { TrustedKey } from '../../../protocol/keys.ts'

const key = (name: string): TrustedKey => ({
  keyId: name.padEnd(16, '0'),
  publicKey: name.padEnd(43, 'A'),
})
const [own, next, foreign] = [key('a'), key('b'), key('f')]
const [used, fresh] = ['1'.repeat(64), '2'.repeat(64)]

const pinning = (...pinned: TrustedKey[]): Trust => ({ pinned, keysRefused: false, usedTokens: [used] })
const byItself: Attempt = { isByHand: false, tokenDigest: null }
const byUsedLink: Attempt = { isByHand: false, tokenDigest: used }
const byFreshLink: Attempt = { isByHand: false, tokenDigest: fresh }
const entered: Attempt = { isByHand: true, tokenDigest: used }

interface Outcome {
  readonly pinned: readonly TrustedKey[]
  readonly refused: boolean
  readonly isNewAuthority: boolean
}
const kept = (pinned: readonly TrustedKey[], refused: boolean): Outcome => ({
  pinned,
  refused,
  isNewAuthority: false,
})

const cases: readonly (readonly [string, Trust, Attempt, readonly TrustedKey[], Outcome])[] = [
  ['the first enrolment pins what is answered', noTrust, byItself, [own, next], kept([own, next], false)],
  ['the first enrolment, with a link', noTrust, byFreshLink, [own], kept([own], false)],
  ['by itself, the same keys', pinning(own), byItself, [own], kept([own], false)],
  ['by itself, fewer keys: none is dropped', pinning(own, next), byItself, [own], kept([own, next], false)],
  [
    'by itself, a pinned key and another: it is not added',
    pinning(own),
    byItself,
    [own, next],
    kept([own], true),
  ],
  ['by itself, only other keys', pinning(own), byItself, [foreign], kept([own], true)],
  [
    'a pinned key id with another key behind it',
    pinning(own),
    byItself,
    [{ ...foreign, keyId: own.keyId }],
    kept([own], true),
  ],
  ['a link that this browser used before', pinning(own), byUsedLink, [foreign], kept([own], true)],
  [
    'a link of its first use',
    pinning(own),
    byFreshLink,
    [foreign],
    { pinned: [foreign], refused: false, isNewAuthority: true },
  ],
  [
    'a used link that a person enters',
    pinning(own),
    entered,
    [foreign],
    { pinned: [foreign], refused: false, isNewAuthority: true },
  ],
  [
    'by hand, a pinned key and another: numbers go on',
    pinning(own),
    entered,
    [own, next],
    kept([own, next], false),
  ],
  ['by hand, fewer keys: the others are dropped', pinning(own, next), entered, [next], kept([next], false)],
]

for (const [title, trust, attempt, keys, expected] of cases) {
  test(`PR-E8 ${title}`, () => {
    const after = trustAfter(trust, keys, attempt)
    const { pinned, keysRefused: refused } = after.trust
    assert.deepEqual({ pinned, refused, isNewAuthority: after.isNewAuthority }, expected)
  })
}

test('PR-E8 keys that were refused count as refused until an answer names only pinned ones', () => {
  const refused = trustAfter(pinning(own), [foreign], byItself).trust
  assert.equal(trustAfter(refused, [own], byItself).trust.keysRefused, false)
})

test('PR-E8 a link that is used at each start stays known, however many others are used in between', () => {
  let trust = noTrust
  for (let start = 0; start < 100; start++) {
    trust = withUsedToken(trust, used)
    trust = withUsedToken(trust, `${start}`.padStart(64, '0'))
  }
  assert.ok(trust.usedTokens.includes(used))
  assert.equal(trust.usedTokens.length, 32)
  assert.equal(withUsedToken(trust, null), trust)
})
