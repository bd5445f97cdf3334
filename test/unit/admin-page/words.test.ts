/** Numbers, spans and times as the admin page writes them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatBytes, formatSpan } from '../../../presentation/sizes-and-spans.ts'
import { countOf, formatInstant, formatRelative, formatShare } from '../../../signal-server/admin/words.ts'

test('sizes have decimal units and two figures where one would say little', () => {
  assert.deepEqual([0, 999, 1500, 9_960, 999_600, 52_000_000, 4.2e12].map(formatBytes), [
    '0 B',
    '999 B',
    '1.5 kB',
    '10 kB',
    '1.0 MB',
    '52 MB',
    '4.2 TB',
  ])
})

test('a share is all only when it is all, and nothing only when it is nothing', () => {
  assert.deepEqual([0, 0.001, 0.5, 0.999, 1].map(formatShare), ['0 %', '1 %', '50 %', '99 %', '100 %'])
})

test('spans and distances read as people say them', () => {
  assert.deepEqual(
    [0, 40_000, 12 * 60_000, 192 * 60_000, 52 * 3_600_000].map(ms => formatSpan(ms)),
    ['1 s', '40 s', '12 min', '3 h 12 min', '2 d 4 h'],
  )
  const now = Date.parse('2026-11-22T10:00:00Z')
  assert.equal(formatRelative(now - 500, now), 'just now')
  assert.equal(formatRelative(now - 180_000, now), '3 min ago')
  assert.equal(formatRelative(now + 7_200_000, now), 'in 2 h')
  assert.equal(countOf(1, 'device'), '1 device')
  assert.equal(countOf(2000, 'device'), '2,000 devices')
})

test('times always say their zone; a zone that is not known here is UTC', () => {
  const at = Date.parse('2026-07-01T22:30:00Z')
  assert.match(formatInstant(at, 'Europe/Berlin'), /^2 Jul 2026, 00:30 (CEST|GMT\+2)$/)
  assert.match(formatInstant(at, 'Moon/Tranquility'), /^1 Jul 2026, 22:30 UTC$/)
})
