/** Values are compared as values: neither the order of fields nor a field that is undefined makes a difference. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSameValue } from '../../../protocol/same-value.ts'

const same: readonly (readonly [unknown, unknown])[] = [
  [null, null],
  [0, 0],
  ['text', 'text'],
  [
    { a: 1, b: { c: [1, { d: null, e: 'x' }] } },
    { b: { c: [1, { e: 'x', d: null }] }, a: 1 },
  ],
  [{ a: 1, b: undefined }, { a: 1 }],
  [[], []],
]

const different: readonly (readonly [unknown, unknown])[] = [
  [null, undefined],
  [0, '0'],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], [1, 2]],
  [[], {}],
  [{ 0: 'a' }, ['a']],
  [{ a: null }, {}],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: { b: 1 } }, { a: { b: 2 } }],
  [{}, { constructor: Object }],
  [{}, null],
]

test('two values are the same in whatever order their fields stand, and an undefined field is an absent one', () => {
  for (const [a, b] of same) {
    assert.ok(isSameValue(a, b), JSON.stringify([a, b]))
    assert.ok(isSameValue(b, a), JSON.stringify([b, a]))
  }
})

test('values that differ anywhere, in kind, length or depth, are not the same', () => {
  for (const [a, b] of different) {
    assert.ok(!isSameValue(a, b), JSON.stringify([a, b]))
    assert.ok(!isSameValue(b, a), JSON.stringify([b, a]))
  }
})
