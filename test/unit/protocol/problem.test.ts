import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseWith } from '../../../protocol/parse.ts'
import { type ProblemName, problem, problemSchema, problemTypes } from '../../../protocol/problem.ts'

const names = Object.keys(problemTypes) as ProblemName[]
const RETRY_AT = Date.UTC(2026, 10, 23, 2)

describe('problem', () => {
  for (const name of names) {
    it(`${name} survives the wire, with and without detail and time`, () => {
      const { title, status } = problemTypes[name]
      const wire = (document: unknown) => JSON.parse(JSON.stringify(document))
      assert.deepEqual(parseWith(problemSchema, wire(problem(name))), {
        ok: true,
        value: { type: name, title, status },
      })
      assert.deepEqual(parseWith(problemSchema, wire(problem(name, 'because', RETRY_AT))), {
        ok: true,
        value: { type: name, title, status, detail: 'because', retryAt: RETRY_AT },
      })
    })
  }

  it('is RFC 9457 on the wire: an absolute type, the status of the answer, ISO times', () => {
    assert.deepEqual(problem('window-closed', 'The server opens at 02:00.', RETRY_AT), {
      type: 'urn:larder:problem:window-closed',
      title: 'The windows do not allow this yet',
      status: 403,
      detail: 'The server opens at 02:00.',
      retryAt: '2026-11-23T02:00:00.000Z',
    })
    assert.ok(!('retryAt' in problem('not-found', undefined, null)))
    for (const name of names) {
      const { status } = problemTypes[name]
      assert.ok(status >= 400 && status < 600, name)
    }
  })

  it('other members, which RFC 9457 allows, are dropped', () => {
    const parsed = parseWith(problemSchema, { ...problem('not-found'), instance: '/x' })
    assert.ok(parsed.ok)
    assert.ok(!('instance' in parsed.value))
  })

  it('an unknown type and a document of something else are refused', () => {
    assert.match(
      JSON.stringify(parseWith(problemSchema, { ...problem('not-found'), type: 'about:blank' })),
      /type: is a problem type that is not known here/,
    )
    assert.equal(parseWith(problemSchema, { error: 'x' }).ok, false)
    assert.equal(parseWith(problemSchema, { ...problem('not-found'), type: 'toString' }).ok, false)
  })
})
