import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_CHUNK_BYTES, MAX_PART_DICTIONARY_BYTES } from '../../../../protocol/limits.ts'
import {
  type PatchPart,
  type PatchSet,
  parsePatchSet,
  partsAsChunks,
  patchSetBytes,
  patchSetDigestOf,
} from '../../../../protocol/patching/patch-set.ts'

const digest = (letter: string) => letter.repeat(64)
const chunk = (letter: string, sizeBytes = 1000) => ({ digest: digest(letter), sizeBytes })
const from = {
  digest: digest('a'),
  chunks: [chunk('1'), chunk('2', MAX_CHUNK_BYTES), chunk('3', MAX_CHUNK_BYTES)],
}
const to = { digest: digest('b'), chunks: [chunk('4'), chunk('5'), chunk('6', MAX_CHUNK_BYTES)] }
const part: PatchPart = {
  digest: digest('9'),
  sizeBytes: 77,
  makes: [0, 1],
  insteadOf: [400, 500],
  from: [0],
  made: [],
}
const set: PatchSet = { format: 1, from: from.digest, to: to.digest, parts: [part] }
const textOf = (change: Partial<PatchPart> | { set: object }) =>
  JSON.stringify('set' in change ? { ...set, ...change.set } : { ...set, parts: [{ ...part, ...change }] })

test('PR-D1 a patch set is taken as it is, and named by its canonical bytes', async () => {
  const parsed = parsePatchSet(textOf({}), from, to)
  assert.deepEqual(parsed, { ok: true, value: set })
  const again = parsePatchSet(new TextDecoder().decode(patchSetBytes(set)), from, to)
  assert.ok(again.ok)
  assert.equal(await patchSetDigestOf(again.value), await patchSetDigestOf(set))
  assert.deepEqual(partsAsChunks(set), [{ digest: digest('9'), sizeBytes: 77 }])
})

test('PR-D1 PR-D2 a set for other releases, with chunks that are not there, or beyond a bound is refused', () => {
  const bad: [string, Parameters<typeof textOf>[0]][] = [
    ['another origin', { set: { from: digest('c') } }],
    ['another target', { set: { to: digest('c') } }],
    ['an unknown field', { set: { more: 1 } }],
    ['a chunk of `to` that is not there', { makes: [0, 3] }],
    ['a chunk of `from` that is not there', { from: [3] }],
    ['a made chunk that is not there', { made: [9] }],
    ['sizes that do not match', { insteadOf: [400] }],
    ['nothing made', { makes: [], insteadOf: [] }],
    ['too much made at once', { makes: [2, 0], insteadOf: [1, 1] }],
    ['too large a dictionary', { from: [1, 2], made: [0] }],
    ['a part larger than a chunk', { sizeBytes: MAX_CHUNK_BYTES + 1 }],
  ]
  assert.equal(MAX_PART_DICTIONARY_BYTES, 2 * MAX_CHUNK_BYTES)
  for (const [what, change] of bad) assert.equal(parsePatchSet(textOf(change), from, to).ok, false, what)
  assert.equal(parsePatchSet('not JSON', from, to).ok, false)
})
