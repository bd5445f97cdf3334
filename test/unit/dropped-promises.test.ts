/**
 * The server drops no promise without handling its failure. Bare statements are the linter's (`noFloatingPromises`); what it
 * lets pass, `void` and a promise kept only to be cleared, is looked for here.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { lineAt, scanSource } from '../support/source-scan.ts'

const root = fileURLToPath(new URL('../../signal-server', import.meta.url))

/** What `void` may stand before, and why no failure is lost there. */
const ALLOWED: readonly RegExp[] = [
  // Answers with a boolean.
  /^(?:\w+\.)*(?:(?:this\.#)?listeners\.delete|process\.stdout\.write|process\.stderr\.write|process\.off)\(/,
  // Answers with a number.
  /^failures\.push\(/,
  // Catches everything itself, and says so in its own tests.
  /^run\(key, work\)/,
  /^this\.flush\(\)/,
  /^this\.#count\(\)/,
]

/** The rest of the statement, over several lines where it is. */
const droppedIn = (code: string) =>
  [...code.matchAll(/(?<![\w$.])void[ \t]+(?=[\w$#.]+\()/g)].map(match => {
    const from = match.index + match[0].length
    return { offset: match.index, text: code.slice(from).split(/\n(?!\s*\.)/)[0] ?? '' }
  })

/** `x ??= work().finally(…)`: the chain rejects, and what holds it may be cleared before anything looks. */
const keptIn = (code: string) =>
  [...code.matchAll(/\?\?=[^\n]*\.finally\(/g)].map(match => ({ offset: match.index, text: match[0] }))

function violationsOf(code: string): { readonly line: number; readonly text: string }[] {
  const dropped = droppedIn(code).filter(
    ({ text }) => !/\.catch\(/.test(text) && !ALLOWED.some(allowed => allowed.test(text)),
  )
  return [...dropped, ...keptIn(code)].map(({ offset, text }) => ({ line: lineAt(code, offset), text }))
}

test('no promise of the server is dropped without what handles its failure', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    // The page runs in browsers, where a failure that nothing handles ends nothing.
    name => name.endsWith('.ts') && !name.startsWith(`admin${path.sep}`),
  )
  assert.ok(files.length > 100, 'the walk must find the files')
  const found = files.flatMap(name =>
    violationsOf(scanSource(readFileSync(path.join(root, name), 'utf8')).code).map(
      ({ line, text }) => `${name}:${line} ${text}`,
    ),
  )
  assert.deepEqual(found, [])
})

test('the search finds what it claims to find', () => {
  const cases: readonly [code: string, count: number][] = [
    ['void this.#tick()', 1],
    ['setInterval(() => void recheck(), 5)', 1],
    ['this.#running ??= this.#run().finally(() => {})', 1],
    ['void this.flush().catch(onFailure)', 0],
    ['void this.flush()\n  .then(x)\n  .catch(y)', 0],
    ['return () => void this.#listeners.delete(listener)', 0],
    ['function f(): void {}', 0],
  ]
  for (const [code, count] of cases) assert.equal(violationsOf(code).length, count, code)
})
