import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { boundedMessage, parseJsonWith, parseWith } from '../../../protocol/parse.ts'
import { signalUpSchema } from '../../../protocol/signal/up.ts'
import { signalUpExamples } from '../../support/protocol-examples.ts'

const schema = v.strictObject({ outer: v.strictObject({ count: v.number() }) })

function refusal(input: unknown, against: v.GenericSchema = schema): string {
  const parsed = parseWith(against, input)
  assert.ok(!parsed.ok, 'was accepted')
  return parsed.message
}

describe('parse', () => {
  it('names the field by its path, and says what was expected', () => {
    assert.equal(
      refusal({ outer: { count: 'x' } }),
      'outer.count: Invalid type: Expected number but received "x"',
    )
    assert.match(refusal({ outer: { count: 1, more: 2 } }), /^outer\.more: /)
    assert.match(refusal({}), /^outer: /)
    assert.match(refusal(7), /^Invalid type/)
  })

  it('names the first wrong field only', () => {
    assert.doesNotMatch(refusal({ outer: { count: 'x' }, other: 1 }), /other/)
  })

  it('does not echo long input, neither values nor keys', () => {
    const long = 'z'.repeat(60_000)
    for (const input of [{ outer: { count: long } }, { [long]: 1 }, { outer: { count: 1, [long]: 1 } }]) {
      const message = refusal(input)
      assert.ok(message.length <= 300, `${message.length} characters`)
      assert.doesNotMatch(message, /z{120}/)
    }
    assert.match(refusal({ outer: { count: long } }), /^outer\.count: Invalid type: Expected number/)
  })

  it('says nothing that moves a cursor, fakes a line, turns the direction or is half a character', () => {
    const nasty = '\u001b[2J\r\nfake\u202e\u2028\ud800'
    for (const input of [{ outer: { count: nasty } }, { outer: { count: 1, [nasty]: 1 } }]) {
      const message = refusal(input)
      assert.doesNotMatch(message, /[\p{Cc}\p{Zl}\p{Cs}\u202e]/u)
      assert.match(message, /fake/)
    }
  })

  it('a bounded message is one well-formed line of at most 300 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
        const message = boundedMessage(text)
        assert.ok(message.length <= 300 && message.isWellFormed())
        assert.doesNotMatch(message, /[\p{Cc}\p{Zl}\p{Zp}]/u)
      }),
    )
    assert.equal(boundedMessage('as it is: größer'), 'as it is: größer')
  })

  it('JSON that is not JSON, or is too long, is a result', () => {
    assert.deepEqual(parseJsonWith(schema, '{', 100), { ok: false, message: 'not valid JSON' })
    assert.deepEqual(parseJsonWith(schema, ' '.repeat(101), 100), {
      ok: false,
      message: 'longer than 100 bytes',
    })
    const text = '{"outer":{"count":1}}'
    assert.deepEqual(parseJsonWith(schema, text, text.length), { ok: true, value: { outer: { count: 1 } } })
    assert.equal(parseJsonWith(schema, text, text.length - 1).ok, false)
  })

  it('never throws, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        parseJsonWith(signalUpSchema, text, 100_000)
      }),
    )
    const text = JSON.stringify(signalUpExamples.status)
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 3 }), (at, inserted) => {
        parseJsonWith(
          signalUpSchema,
          text.slice(0, at) + inserted + text.slice(at + inserted.length),
          100_000,
        )
      }),
      { numRuns: 200 },
    )
  })
})
