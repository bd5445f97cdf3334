/** Which version two sides speak, and that what is spoken is what `version.ts` says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agreedVersion, spokenVersion, spokenVersions } from '../../../protocol/spoken-versions.ts'
import { MIN_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../../protocol/version.ts'
import { secondVersionOnly, twoVersions } from '../../support/fictitious-version.ts'

test('PR-V4 every version from the oldest to the newest can be read and written, none twice', () => {
  assert.deepEqual(
    spokenVersions.map(({ version }) => version),
    Array.from({ length: PROTOCOL_VERSION - MIN_PROTOCOL_VERSION + 1 }, (_, i) => MIN_PROTOCOL_VERSION + i),
  )
})

for (const [title, here, protocolVersion, minProtocolVersion, agreed] of [
  ['both speak the same', spokenVersions, 1, 1, 1],
  ['the other is earlier', twoVersions, 1, 1, 1],
  ['the other is later and still speaks ours', twoVersions, 5, 2, 2],
  ['both speak two', twoVersions, 2, 1, 2],
  ['the other is too old', secondVersionOnly, 1, 1, null],
  ['the other no longer speaks ours', twoVersions, 5, 3, null],
] as const) {
  test(`PR-V1 two sides speak the lower of their versions: ${title}`, () => {
    assert.equal(agreedVersion(here, { protocolVersion, minProtocolVersion }), agreed)
  })
}

test('a version that was never agreed on is an error of the caller', () => {
  assert.throws(() => spokenVersion(spokenVersions, PROTOCOL_VERSION + 1), RangeError)
})
