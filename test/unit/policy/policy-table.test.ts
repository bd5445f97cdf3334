/**
 * The conformance table: every row of test/support/policy-table.json is one test, and docs/POLICY.md shows those rows,
 * the reasons and the warnings as the code has them.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import * as v from 'valibot'
import { WARNINGS, windowWarnings } from '../../../policy/warnings.ts'
import { decideSources, mayServe, REASONS, type Windows } from '../../../policy/windows.ts'

const placementSchema = v.picklist(['before', 'reached', 'off'])
const accessSchema = v.picklist(['open', 'closed', 'n/a'])
const tableSchema = v.object({
  rows: v.array(
    v.strictObject({
      id: v.string(),
      role: v.picklist(['store', 'kiosk']),
      proxyDistribution: v.boolean(),
      onlyToProxiesUntil: placementSchema,
      enforceProxyUntil: placementSchema,
      stores: accessSchema,
      server: accessSchema,
      order: v.optional(v.array(v.picklist(['stores', 'server']))),
      warning: v.optional(v.string()),
    }),
  ),
})
type Row = v.InferOutput<typeof tableSchema>['rows'][number]

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const { rows } = v.parse(tableSchema, JSON.parse(read('test/support/policy-table.json')))

/** The rules whose outcome a row shows. */
function rulesOf(row: Row): string {
  if (row.role === 'store') return row.proxyDistribution ? 'W1 W9' : 'W1 W2'
  if (!row.proxyDistribution) return 'W2'
  if (row.order?.length === 2) return 'W3 W4 W5'
  return row.order?.length === 0 ? 'W3 W4 W6' : 'W3 W4'
}

const NOW = Date.parse('2026-11-23T02:00:00Z')
/** How far the bounds lie from now: at the very edge (W7), and well off it. */
const PLACEMENTS = [
  { before: NOW + 1, reached: NOW, off: null },
  { before: NOW + 3_600_000, reached: NOW - 3_600_000, off: null },
]

describe('the conformance table', () => {
  test('has the rows that were agreed on', () => {
    assert.equal(rows.length, 18)
    assert.equal(new Set(rows.map(row => row.id)).size, rows.length)
  })

  for (const row of rows) {
    test(`${rulesOf(row)} row ${row.id}: ${row.role}, stores ${row.stores}, server ${row.server}`, () => {
      for (const placement of PLACEMENTS) {
        const windows: Windows = {
          proxyDistribution: row.proxyDistribution,
          onlyToProxiesUntil: placement[row.onlyToProxiesUntil],
          enforceProxyUntil: placement[row.enforceProxyUntil],
        }
        const decision = decideSources({ ...windows, role: row.role }, NOW)

        assert.equal(decision.server.state, row.server)
        // 'n/a': the table leaves stores to W9, which no window touches.
        const stores = row.stores === 'n/a' ? (row.proxyDistribution ? 'open' : 'closed') : row.stores
        assert.equal(decision.stores.state, stores)
        if (row.stores === 'n/a') assert.equal(decision.nextChangeAt, null)
        if (row.order) assert.deepEqual(decision.order, row.order)
        assert.deepEqual(mayServe(windows, row.role, NOW), decision.stores)

        const codes = windowWarnings(windows, NOW).map(warning => warning.code)
        assert.equal(codes.includes('enforce-before-only'), row.warning === 'enforce-before-only')
      }
    })
  }
})

describe('docs/POLICY.md', () => {
  const page = read('docs/POLICY.md')
  const cells = (...values: string[]) => `| ${values.join(' | ')} |`

  test('shows the conformance table as the JSON has it', () => {
    for (const row of rows) {
      const line = cells(
        row.id,
        row.role,
        row.proxyDistribution ? 'on' : 'off',
        row.onlyToProxiesUntil,
        row.enforceProxyUntil,
        row.stores,
        row.server,
        row.order ? row.order.join(', ') || 'waits' : '',
        row.warning ?? '',
      ).replaceAll(/ {2,}/g, ' ')
      assert.ok(page.includes(line), `docs/POLICY.md lacks the line:\n${line}`)
    }
  })

  test('shows every reason with its rule and its sentence', () => {
    for (const [reason, { state, rule, explanation }] of Object.entries(REASONS)) {
      const line = cells(`\`${reason}\``, state, rule, explanation)
      assert.ok(page.includes(line), `docs/POLICY.md lacks the line:\n${line}`)
    }
  })

  test('shows every warning with its sentence', () => {
    for (const [code, message] of Object.entries(WARNINGS)) {
      const line = cells(`\`${code}\``, message)
      assert.ok(page.includes(line), `docs/POLICY.md lacks the line:\n${line}`)
    }
  })

  test('states only rules that a test here begins with', () => {
    const rules = [...page.matchAll(/^- \*\*([WB]\d)\*\*/gm)].map(match => match[1])
    assert.ok(rules.length >= 17, 'the rules W1..W9 and B1..B8 stand in docs/POLICY.md')
    const tests = readdirSync(new URL('.', import.meta.url))
      .filter(name => name.endsWith('.test.ts') && name !== 'policy-table.test.ts')
      .map(name => read(`test/unit/policy/${name}`))
      .join('\n')
    for (const rule of rules) assert.match(tests, new RegExp(`test\\(\\s*['"\`](?:[WB]\\d )*${rule}\\b`))
  })
})
