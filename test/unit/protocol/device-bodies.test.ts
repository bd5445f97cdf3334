/** Bodies that are no signaling messages: enrolment, clock check, status. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deviceIdentitySchema } from '../../../protocol/assignment.ts'
import { enrolRequestSchema, enrolResponseSchema, timeResponseSchema } from '../../../protocol/device-http.ts'
import { deviceStatusSchema, statusReasons } from '../../../protocol/device-status.ts'
import { MAX_ASSIGNMENTS, MAX_PEERS_IN_STATUS } from '../../../protocol/limits.ts'
import { parseWith } from '../../../protocol/parse.ts'
import {
  exampleEnrolRequest,
  exampleEnrolResponse,
  exampleIdentity,
  exampleStatus,
} from '../../support/protocol-examples.ts'

const enrols = (changes: object) => parseWith(enrolRequestSchema, { ...exampleEnrolRequest, ...changes }).ok

describe('enrolment', () => {
  it('request: with a token and a name, or without', () => {
    const { token: _token, name: _name, ...bare } = exampleEnrolRequest
    assert.ok(parseWith(enrolRequestSchema, exampleEnrolRequest).ok)
    assert.ok(parseWith(enrolRequestSchema, bare).ok)
  })

  it('request: bounds and unknown fields', () => {
    assert.deepEqual(
      [20, 64].map(length => enrols({ token: 'T'.repeat(length) })),
      [true, true],
    )
    assert.deepEqual(
      [0, 19, 65].map(length => enrols({ token: 'T'.repeat(length) })),
      [false, false, false],
    )
    for (const wrong of [
      { publicKey: '' },
      { proof: 'A'.repeat(85) },
      { name: 'x'.repeat(81) },
      { role: 'store' },
    ]) {
      assert.equal(enrols(wrong), false, JSON.stringify(wrong))
    }
  })

  it('response: 1 to 16 keys to pin', () => {
    const [key] = exampleEnrolResponse.trustedKeys
    const answers = (count: number) =>
      parseWith(enrolResponseSchema, {
        ...exampleEnrolResponse,
        trustedKeys: Array.from({ length: count }, () => key),
      }).ok
    assert.deepEqual([0, 1, 16, 17].map(answers), [false, true, true, false])
  })

  it('a code is two groups of four', () => {
    const shows = (code: unknown) => parseWith(deviceIdentitySchema, { ...exampleIdentity, code }).ok
    assert.deepEqual([null, 'AB12-CD34'].map(shows), [true, true])
    assert.deepEqual(['ab12-cd34', 'AB12CD34', 'AB12-CD345', ''].map(shows), [false, false, false, false])
  })

  it('GET /time answers an instant', () => {
    assert.deepEqual(parseWith(timeResponseSchema, { serverTime: '1970-01-01T00:00:01Z' }), {
      ok: true,
      value: { serverTime: 1000 },
    })
  })
})

describe('device status', () => {
  const [pkg] = exampleStatus.packages
  const [peer] = exampleStatus.peers
  const reports = (changes: object) => parseWith(deviceStatusSchema, { ...exampleStatus, ...changes }).ok

  it('comes out as it went in: instants stay text', () => {
    assert.deepEqual(parseWith(deviceStatusSchema, exampleStatus), { ok: true, value: exampleStatus })
  })

  it('every reason of the closed set, and no other', () => {
    for (const reason of statusReasons) assert.ok(reports({ packages: [{ ...pkg, reason }] }), reason)
    assert.equal(reports({ packages: [{ ...pkg, reason: 'bored' }] }), false)
  })

  it('64 packages and 64 peers at most, short sentences', () => {
    const many = <T>(item: T, count: number) => Array.from({ length: count }, () => item)
    assert.ok(reports({ packages: many(pkg, MAX_ASSIGNMENTS), peers: many(peer, MAX_PEERS_IN_STATUS) }))
    assert.equal(reports({ packages: many(pkg, MAX_ASSIGNMENTS + 1) }), false)
    assert.equal(reports({ peers: many(peer, MAX_PEERS_IN_STATUS + 1) }), false)
    assert.ok(reports({ packages: [{ ...pkg, detail: 'x'.repeat(500) }] }))
    assert.equal(reports({ packages: [{ ...pkg, detail: 'x'.repeat(501) }] }), false)
  })

  it('numbers are finite and counts whole', () => {
    assert.equal(reports({ clockOffsetMs: Infinity }), false)
    assert.equal(reports({ peers: [{ ...peer, bytesIn: 0.5 }] }), false)
    assert.equal(reports({ packages: [{ ...pkg, chunks: { have: -1, total: 2 } }] }), false)
  })
})
