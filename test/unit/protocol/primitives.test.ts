import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { GenericSchema } from 'valibot'
import { parseWith } from '../../../protocol/parse.ts'
import {
  countSchema,
  deviceIdSchema,
  digestSchema,
  displayNameSchema,
  eventTextSchema,
  instantSchema,
  nonceSchema,
  packageNameSchema,
  publicKeySchema,
  releaseNumberSchema,
  shortIdSchema,
  signatureSchema,
  toInstant,
  toInstantOrNull,
  versionLabelSchema,
} from '../../../protocol/primitives.ts'

const accepts = (schema: GenericSchema, input: unknown) => parseWith(schema, input).ok

/** For each schema, what it takes and what it refuses: every bound at and one over. */
const cases: [string, GenericSchema, unknown[], unknown[]][] = [
  [
    'digest',
    digestSchema,
    ['0'.repeat(64)],
    ['0'.repeat(63), '0'.repeat(65), 'G'.repeat(64), 'A'.repeat(64), `${'0'.repeat(64)}\n`],
  ],
  [
    'package name',
    packageNameSchema,
    ['a', '0', 'a.b-c_d', 'a'.repeat(64)],
    ['', 'a'.repeat(65), '.a', '-a', 'A', 'a b', 'a..b', 'a/b', 'ä', 'a\n'],
  ],
  [
    'device id',
    deviceIdSchema,
    [`d-${'0'.repeat(32)}`],
    [`d-${'0'.repeat(31)}`, `d-${'0'.repeat(33)}`, `e-${'0'.repeat(32)}`],
  ],
  [
    'display name',
    displayNameSchema,
    ['', 'Halle 3 – links', 'x'.repeat(80)],
    ['x'.repeat(81), 'a\tb', 'a\u2028b', 'a\ud800', 7],
  ],
  [
    'version label',
    versionLabelSchema,
    ['1', 'x'.repeat(64)],
    ['', '  ', 'x'.repeat(65), 'a\nb', 'a\u0085b', '\udc00'],
  ],
  ['event text', eventTextSchema, ['', 'x'.repeat(500)], ['x'.repeat(501)]],
  [
    'release number',
    releaseNumberSchema,
    [1, Number.MAX_SAFE_INTEGER],
    [0, -1, 1.5, 2 ** 53, '1', Number.NaN],
  ],
  ['count', countSchema, [0, Number.MAX_SAFE_INTEGER], [-1, 0.5, 2 ** 53, Infinity]],
  [
    'public key',
    publicKeySchema,
    ['A'.repeat(43), '_-'.padEnd(43, '0')],
    ['A'.repeat(42), 'A'.repeat(44), '+'.repeat(43), `${'A'.repeat(42)}=`],
  ],
  ['signature', signatureSchema, ['A'.repeat(86)], ['A'.repeat(85), 'A'.repeat(87), `${'A'.repeat(86)}==`]],
  ['nonce', nonceSchema, ['A'.repeat(43)], ['A'.repeat(42), 'A'.repeat(44)]],
  ['short id', shortIdSchema, ['a', '_-9', 'a'.repeat(32)], ['', 'a'.repeat(33), 'a b', 'a\n']],
]

describe('primitives', () => {
  for (const [what, schema, good, bad] of cases) {
    it(`a ${what}: what it takes and what it refuses`, () => {
      for (const input of good) assert.ok(accepts(schema, input), JSON.stringify(input))
      for (const input of bad) assert.ok(!accepts(schema, input), JSON.stringify(input))
    })
  }

  it('names are trimmed', () => {
    assert.deepEqual(parseWith(versionLabelSchema, ' 1.0 '), { ok: true, value: '1.0' })
    assert.deepEqual(parseWith(displayNameSchema, ' Lobby '), { ok: true, value: 'Lobby' })
  })
})

describe('instants', () => {
  const parsed = (text: string) => {
    const result = parseWith(instantSchema, text)
    return result.ok ? result.value : null
  }

  it('ISO 8601 with a zone becomes epoch milliseconds', () => {
    assert.equal(parsed('1970-01-01T00:00Z'), 0)
    assert.equal(parsed('2026-11-23T03:00:00+01:00'), Date.UTC(2026, 10, 23, 2))
    assert.equal(parsed('2026-11-23T02:00:00.123456789Z'), Date.UTC(2026, 10, 23, 2, 0, 0, 123))
    assert.equal(parsed('2028-02-29T00:00:00Z'), Date.UTC(2028, 1, 29))
  })

  it('without a zone, in another form, or on a day that does not exist: refused', () => {
    for (const text of [
      '2026-11-23T02:00:00',
      '2026-11-23',
      '23.11.2026',
      '2026-11-23 02:00Z',
      '2026-11-23T02:00:00z',
      '2026-02-29T00:00:00Z',
      '2026-02-30T00:00:00Z',
      '2026-04-31T00:00:00Z',
      '2026-00-01T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-01-00T00:00:00Z',
      '2026-01-01T25:00:00Z',
      '2026-01-01T00:60:00Z',
      '2026-01-01T00:00:00+99:99',
      '',
    ]) {
      assert.equal(parsed(text), null, text)
    }
  })

  it('every instant of four-digit years comes back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), at => {
        assert.equal(parsed(toInstant(at)), at)
      }),
    )
    assert.equal(toInstantOrNull(null), null)
    assert.equal(toInstantOrNull(0), '1970-01-01T00:00:00.000Z')
  })
})
