/** Bounds and options as the designer handles them: kinds, words, and two administrators who changed the same ones. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as v from 'valibot'
import { resolveBound } from '../../../policy/bounds.ts'
import { defaultUpdateOptions } from '../../../protocol/assignment.ts'
import { boundSchema } from '../../../protocol/bound.ts'
import {
  BOUND_KINDS,
  boundAt,
  boundWords,
  durationFields,
  durationText,
  kindOf,
  roughInstant,
} from '../../../signal-server/admin/designer/bounds.ts'
import { firstChoices, merged } from '../../../signal-server/admin/designer/merge.ts'
import { differing, type Options } from '../../../signal-server/admin/designer/options.ts'
import { dragged } from '../../../signal-server/admin/designer/site-view.ts'

const AT = Date.parse('2026-11-23T01:15:00Z')
const CONTEXT = { timeZone: 'Europe/Berlin', publishedAt: Date.parse('2026-11-22T12:00:00Z') }

describe('kinds of bounds', () => {
  test('B1, B2, B3, B6 each kind made for an instant is valid and means that instant', () => {
    for (const { kind } of BOUND_KINDS) {
      const bound = boundAt(kind, AT, CONTEXT)
      assert.equal(kindOf(bound), kind)
      assert.deepEqual(v.parse(boundSchema, bound), bound)
      assert.equal(resolveBound(bound, CONTEXT), AT)
      assert.equal(roughInstant(bound, CONTEXT), AT)
    }
  })

  test('B6 nothing ends before its publication', () => {
    const bound = boundAt('afterPublish', CONTEXT.publishedAt - 1, CONTEXT)
    assert.equal(resolveBound(bound, CONTEXT), CONTEXT.publishedAt)
  })

  test('durations in hours and minutes', () => {
    assert.deepEqual(['P1DT2H', 'PT90M', 'PT0M'].map(durationFields), [
      { hours: 26, minutes: 0 },
      { hours: 1, minutes: 30 },
      { hours: 0, minutes: 0 },
    ])
    assert.deepEqual(
      [0, 45, 120, 150].map(minutes => durationText(minutes * 60_000)),
      ['PT0M', 'PT45M', 'PT2H', 'PT2H30M'],
    )
  })

  test('in words, always with their zone', () => {
    assert.equal(boundWords(null, 'UTC'), 'off')
    assert.equal(
      boundWords({ siteLocal: '2026-11-23T02:00' }, 'UTC'),
      '23 Nov 2026, 02:00, each site’s local time',
    )
    assert.equal(boundWords({ at: '2026-11-23T02:00:00Z' }, 'UTC'), '23 Nov 2026, 02:00 UTC')
    assert.equal(boundWords({ afterPublish: 'PT4H' }, 'UTC'), '4 h after publication')
  })
})

describe('two administrators', () => {
  const base: Options = {
    proxyDistribution: true,
    onlyToProxiesUntil: { siteLocal: '2026-11-22T22:00' },
    enforceProxyUntil: null,
    ...defaultUpdateOptions,
  }
  const mine = { ...base, onlyToProxiesUntil: { siteLocal: '2026-11-22T23:00' } }
  const theirs = { ...base, onlyToProxiesUntil: null, proxyDistribution: false }

  test('what only one of them changed is kept; where both did, mine comes first', () => {
    assert.deepEqual(differing(mine, theirs), ['proxyDistribution', 'onlyToProxiesUntil'])
    const choices = firstChoices(base, mine)
    assert.deepEqual(merged(mine, theirs, choices), { ...mine, proxyDistribution: false })
  })

  test('how it takes over is kept and chosen like the windows', () => {
    const idle = { ...mine, activation: { when: 'idle', idleMs: 60_000 } } as const
    const first = { ...theirs, priority: 5 }
    assert.deepEqual(merged(idle, first, firstChoices(base, idle)), {
      ...idle,
      proxyDistribution: false,
      priority: 5,
    })
  })

  test('each option can be taken from either', () => {
    const choices = { ...firstChoices(base, mine), onlyToProxiesUntil: 'theirs' } as const
    assert.deepEqual(merged(mine, theirs, choices), theirs)
  })
})

test('bands follow a bound that is dragged, until the server answers', () => {
  const at = (ms: number) => new Date(ms).toISOString()
  const phase = {
    isNow: false,
    stores: 'open' as const,
    server: 'open' as const,
    order: [],
    words: '',
    sentence: '',
  }
  const phases = [
    { ...phase, from: null, until: at(AT) },
    { ...phase, from: at(AT), until: null },
  ]
  const shown = dragged(
    phases,
    { onlyToProxiesUntil: AT, enforceProxyUntil: null },
    { onlyToProxiesUntil: AT + 900_000, enforceProxyUntil: null },
  )
  assert.deepEqual(
    shown.map(({ from, until }) => [from, until]),
    [
      [null, at(AT + 900_000)],
      [at(AT + 900_000), null],
    ],
  )
})
