/** What is typed about a device and its packages: labels a line each, spans of time as a number and a unit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSpan, spanIn, unitOf } from '../../../signal-server/admin/designer/spans.ts'
import { parseLabels, sameLabels } from '../../../signal-server/admin/devices/labels.ts'

test('labels are read a line each; a name alone has no value', () => {
  assert.deepEqual(parseLabels(' floor=2 \n\narea = by the=window\nspare'), {
    ok: true,
    value: { floor: '2', area: 'by the=window', spare: '' },
  })
  assert.deepEqual(parseLabels(''), { ok: true, value: {} })
  assert.ok(sameLabels({ a: '1', b: '2' }, { b: '2', a: '1' }))
  assert.ok(!sameLabels({ a: '1' }, { a: '2' }))
})

test('labels that are none say which, and what is allowed', () => {
  const message = (text: string) => {
    const parsed = parseLabels(text)
    return parsed.ok ? '' : parsed.message
  }
  assert.match(message('Floor=2'), /"Floor" is no name of a label: use small letters/)
  assert.match(message('=2'), /no name of a label|at most 32/)
  assert.match(message('floor=1\nfloor=2'), /"floor" stands there twice/)
  assert.match(message(`floor=${'x'.repeat(201)}`), /at most 200 characters/)
  assert.match(message(Array.from({ length: 33 }, (_, index) => `l${index}`).join('\n')), /at most 32 labels/)
})

test('a span is shown in its largest whole unit and read in the one beside it', () => {
  assert.deepEqual(
    [30_000, 90_000, 600_000, 7_200_000].map(ms => [spanIn(ms, unitOf(ms)), unitOf(ms)]),
    [
      [30, 's'],
      [90, 's'],
      [10, 'min'],
      [2, 'h'],
    ],
  )
  assert.equal(parseSpan('1.5', 'min'), 90_000)
  for (const [text, unit] of [
    ['', 's'],
    ['0', 's'],
    ['-1', 'min'],
    ['25', 'h'],
    ['ten', 'min'],
  ] as const)
    assert.equal(parseSpan(text, unit), null, text)
})
