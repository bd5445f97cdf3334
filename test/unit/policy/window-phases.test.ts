/** The phases of a pair of windows and their words, over the conformance table, the worked examples and all windows there are. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  isInPhase,
  phaseSentence,
  phasesSentence,
  phaseWords,
  windowPhases,
} from '../../../policy/window-phases.ts'
import { decideSources, type Role, type Windows } from '../../../policy/windows.ts'

const NOW = Date.parse('2026-11-22T17:00:00Z')
const HOUR_MS = 3600_000
const berlin = { timeZone: 'Europe/Berlin', now: NOW }
const at = (text: string) => Date.parse(text)
const windows = (only: string | null, enforce: string | null, proxyDistribution = true): Windows => ({
  proxyDistribution,
  onlyToProxiesUntil: only === null ? null : at(only),
  enforceProxyUntil: enforce === null ? null : at(enforce),
})
const sentence = (w: Windows, role: Role = 'kiosk', times = berlin) =>
  phasesSentence(windowPhases(w, role), times)

interface Row {
  id: string
  role: Role
  proxyDistribution: boolean
  onlyToProxiesUntil: 'before' | 'reached' | 'off'
  enforceProxyUntil: 'before' | 'reached' | 'off'
  order?: string[]
}
const table: { rows: Row[] } = JSON.parse(
  readFileSync(new URL('../../support/policy-table.json', import.meta.url), 'utf8'),
)
const WORDS: Record<string, string> = {
  '': 'kiosks wait',
  stores: 'stores only',
  server: 'server only',
  'stores,server': 'stores first, then server',
}
const SPACING = { before: HOUR_MS, reached: -HOUR_MS }

for (const row of table.rows) {
  test(`${row.id} the phase of now has the words of the row`, () => {
    const bound = (state: Row['enforceProxyUntil']) => (state === 'off' ? null : NOW + SPACING[state])
    const phases = windowPhases(
      {
        proxyDistribution: row.proxyDistribution,
        onlyToProxiesUntil: bound(row.onlyToProxiesUntil),
        enforceProxyUntil: bound(row.enforceProxyUntil),
      },
      row.role,
    )
    const [current, ...others] = phases.filter(phase => isInPhase(phase, NOW))
    assert.ok(current)
    assert.deepEqual(others, [])
    const store = row.proxyDistribution ? 'server and fellow stores' : 'server only'
    const expected = row.role === 'store' ? store : WORDS[(row.order ?? []).join()]
    assert.equal(phaseWords(current.decision), expected)
  })
}

test('W3 W4 the phases of both windows, in the order of their bounds', () => {
  assert.equal(
    sentence(windows('2026-11-22T21:00Z', '2026-11-23T01:00Z')),
    'until 22:00 kiosks wait; 22:00 to 02:00 stores only; from 02:00 stores first, then server',
  )
  assert.equal(
    sentence(windows('2026-11-23T01:00Z', '2026-11-22T21:00Z')),
    'until 22:00 kiosks wait; 22:00 to 02:00 server only; from 02:00 stores first, then server',
  )
  assert.equal(
    sentence(windows('2026-11-22T21:00Z', '2026-11-22T21:00Z')),
    'until 22:00 kiosks wait; from 22:00 stores first, then server',
  )
})

test('W3 W4 one window alone', () => {
  assert.equal(
    sentence(windows('2026-11-22T21:00Z', null)),
    'until 22:00 server only; from 22:00 stores first, then server',
  )
  assert.equal(
    sentence(windows(null, '2026-11-22T21:00Z')),
    'until 22:00 stores only; from 22:00 stores first, then server',
  )
  assert.equal(sentence(windows(null, null)), 'at any time stores first, then server')
})

test('W1 W2 W9 a store has one phase, and so has a kiosk without proxy distribution', () => {
  const both = windows('2026-11-22T21:00Z', '2026-11-23T01:00Z')
  assert.equal(sentence(both, 'store'), 'at any time server and fellow stores')
  assert.equal(sentence({ ...both, proxyDistribution: false }, 'store'), 'at any time server only')
  assert.equal(sentence({ ...both, proxyDistribution: false }), 'at any time server only')
})

test('a time that could be of another day has its date, in the zone that is asked for', () => {
  assert.equal(
    sentence(windows('2026-11-22T09:00Z', '2026-11-24T01:00:30Z')),
    'until 10:00 kiosks wait; 10:00 to 24 Nov 2026, 02:00:30 stores only; from 24 Nov 2026, 02:00:30 stores first, then server',
  )
  const [first] = windowPhases(windows('2026-11-22T21:00Z', null), 'kiosk')
  assert.ok(first)
  assert.equal(phaseSentence(first, { timeZone: 'Asia/Kathmandu', now: NOW }), 'until 02:45 server only')
  assert.throws(() => phaseSentence(first, { timeZone: 'Mars/Olympus', now: NOW }), RangeError)
})

const bound = fc.option(fc.integer({ min: 0, max: 32e12 }))
const anyWindows = fc.record({
  proxyDistribution: fc.boolean(),
  onlyToProxiesUntil: bound,
  enforceProxyUntil: bound,
})

test('W7 phases lie side by side from the beginning for good, neighbours differ, and each is the decision at any of its instants', () => {
  fc.assert(
    fc.property(
      anyWindows,
      fc.constantFrom<Role>('store', 'kiosk'),
      fc.integer({ min: 0, max: 33e12 }),
      (w, role, now) => {
        const phases = windowPhases(w, role)
        assert.equal(phases[0]?.from, null)
        assert.equal(phases.at(-1)?.until, null)
        for (const [index, phase] of phases.entries()) {
          const next = phases[index + 1]
          if (next === undefined) continue
          assert.equal(phase.until, next.from)
          assert.notEqual(phaseWords(phase.decision), phaseWords(next.decision))
        }
        const current = phases.filter(phase => isInPhase(phase, now))
        assert.equal(current.length, 1)
        assert.deepEqual(current[0]?.decision.order, decideSources({ ...w, role }, now).order)
      },
    ),
  )
})
