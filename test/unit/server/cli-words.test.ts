import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  count,
  formatBytes,
  formatFacts,
  formatInstant,
  formatTable,
  printable,
} from '../../../signal-server/cli/words.ts'

test('sizes have at most three digits and a binary unit', () => {
  const cases: [number, string][] = [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [10_188, '9.9 KiB'],
    [10_240, '10 KiB'],
    [1_023_000, '999 KiB'],
    [1_023_900, '1.0 MiB'],
    [3 * 1024 ** 3, '3.0 GiB'],
    [5000 * 1024 ** 4, '5000 TiB'],
  ]
  for (const [bytes, text] of cases) assert.equal(formatBytes(bytes), text)
})

test('instants are shown on the clock of their zone, which is named', () => {
  assert.equal(formatInstant('2026-11-23T01:00:00.000Z', 'Europe/Berlin'), '2026-11-23 02:00 Europe/Berlin')
  assert.equal(
    formatInstant('2026-11-22T20:15:07.000Z', 'Asia/Kathmandu'),
    '2026-11-23 02:00:07 Asia/Kathmandu',
  )
  assert.equal(formatInstant(null, 'UTC', 'off'), 'off')
})

test('tables are aligned, have no trailing spaces, and say what to do when they are empty', () => {
  const columns = [
    { title: 'name', of: (row: [string, number]) => row[0] },
    { title: 'size', align: 'right' as const, of: (row: [string, number]) => String(row[1]) },
    { title: 'note', of: () => '' },
  ]
  const rows: [string, number][] = [
    ['a', 100],
    ['größer', 7],
  ]
  assert.equal(formatTable(rows, columns, ''), 'NAME    SIZE  NOTE\na        100\ngrößer     7\n')
  assert.equal(formatTable([], columns, 'None yet.'), 'None yet.\n')
})

test('text from a device cannot move the cursor or begin a line', () => {
  assert.equal(printable('a\u001b[2Jb\nc\u202ed'), 'a [2Jb c d')
})

test('facts line up under one another, and counts agree with their nouns', () => {
  assert.equal(
    formatFacts([
      ['a', '1'],
      ['long', '2'],
    ]),
    '  a     1\n  long  2\n',
  )
  assert.deepEqual([count(1, 'chunk'), count(0, 'chunk')], ['1 chunk', '0 chunks'])
})
