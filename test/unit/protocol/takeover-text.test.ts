/** How a package takes over as text: read, written back the same, refused with what to write, and said in words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Activation, Confirmation } from '../../../protocol/assignment.ts'
import {
  activationText,
  activationWords,
  confirmationText,
  confirmationWords,
  parseActivationText,
  parseConfirmationText,
} from '../../../protocol/takeover-text.ts'

const ACTIVATIONS: readonly (readonly [text: string, Activation, words: RegExp])[] = [
  ['at-once', { when: 'at-once' }, /as soon as it is complete/],
  ['idle:10min', { when: 'idle', idleMs: 600_000 }, /nobody has touched the screen for 10 min$/],
  ['idle:1500ms', { when: 'idle', idleMs: 1500 }, /1500 ms$/],
  ['idle:24h', { when: 'idle', idleMs: 86_400_000 }, /24 h$/],
  ['window:22:00-04:30', { when: 'window', from: '22:00', until: '04:30' }, /between 22:00 and 04:30/],
]
const CONFIRMATIONS: readonly (readonly [text: string, Confirmation, words: RegExp])[] = [
  ['ready:90s', { by: 'ready', withinMs: 90_000 }, /larder\.ready\(\), for which it has 90 s$/],
  ['runs:2min', { by: 'runs', forMs: 120_000 }, /has run for 2 min without an error/],
]

test('each way to take over and to be confirmed is read, and written back as it was', () => {
  for (const [text, activation, words] of ACTIVATIONS) {
    assert.deepEqual(parseActivationText(text), { ok: true, value: activation })
    assert.equal(activationText(activation), text)
    assert.match(activationWords(activation), words)
  }
  for (const [text, confirmation, words] of CONFIRMATIONS) {
    assert.deepEqual(parseConfirmationText(text), { ok: true, value: confirmation })
    assert.equal(confirmationText(confirmation), text)
    assert.match(confirmationWords(confirmation), words)
  }
  assert.deepEqual(parseActivationText(' idle:10m '), parseActivationText('idle:10min'))
})

test('what is no such text is refused with what to write instead', () => {
  const wrong = [
    '',
    'now',
    'at-once:5',
    'idle',
    'idle:',
    'idle:10',
    'idle:0s',
    'idle:25h',
    'idle:-5s',
    'constructor',
  ]
  const windows = ['window', 'window:2:00-4:00', 'window:02:00', 'window:02:00-02:00', 'window:24:00-25:00']
  for (const text of [...wrong, ...windows]) {
    const parsed = parseActivationText(text)
    assert.match(parsed.ok ? '' : parsed.message, /^write at-once, idle:10min .*window:02:00-04:30/, text)
  }
  for (const text of ['', 'ready', 'ready:', 'ready:never', 'runs:500ms', 'runs:2d', 'idle:5s']) {
    const parsed = parseConfirmationText(text)
    assert.match(parsed.ok ? '' : parsed.message, /^write ready:60s or runs:30s/, text)
  }
})
