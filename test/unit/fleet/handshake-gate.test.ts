import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HandshakeGate } from '../../../signal-server/fleet/handshake-gate.ts'

const LIMITS = { handshakes: 3, lateMs: 50 }

function filled(): HandshakeGate {
  const gate = new HandshakeGate(LIMITS)
  for (let at = 0; at < LIMITS.handshakes; at++) assert.ok(gate.enter(1000))
  return gate
}

test('PR-S15 a server that is behind turns away what is more than its handshakes, and lets in again when one is over', () => {
  const gate = filled()
  assert.equal(gate.enter(51), false)
  gate.leave()
  assert.ok(gate.enter(51))
  assert.equal(gate.enter(51), false)
})

test('PR-S15 connections that say nothing keep nobody out of a server that is not behind', () => {
  const gate = filled()
  for (let at = 0; at < 1000; at++) assert.ok(gate.enter(50))
})
