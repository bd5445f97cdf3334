/** What the worker shows in place of a kiosk page that is not complete. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryRecordStore } from '../../../client/adapters/memory-stores.ts'
import { incompletePage, packageToShow } from '../../../client/kiosk-page/worker/incomplete-page.ts'

const active = { release: 1, version: '1', digest: 'a'.repeat(64) }
const records = (entries: Readonly<Record<string, unknown>>) => {
  const store = createMemoryRecordStore()
  void store.setMany(Object.entries(entries))
  return store
}
const lobby = { 'package:lobby': { package: 'lobby', active } }

const cases: readonly [title: string, entries: Readonly<Record<string, unknown>>, expected: string | null][] =
  [
    ['the first assigned package that has a release', { assigned: ['menu', 'lobby'], ...lobby }, 'lobby'],
    ['any package that has one, where the list is lost', lobby, 'lobby'],
    ['none that is not assigned any more', { assigned: [], ...lobby }, null],
    [
      'none on a device that was revoked',
      { identity: { revoked: true }, assigned: ['lobby'], ...lobby },
      null,
    ],
    [
      'none whose record is damaged',
      { assigned: ['lobby'], 'package:lobby': { package: 'x', active: 'none' } },
      null,
    ],
    ['none where there is nothing', {}, null],
  ]
for (const [title, entries, expected] of cases)
  test(`shown is ${title}`, async () => assert.equal(await packageToShow(records(entries)), expected))

test('nothing is shown of records that cannot be read', async () => {
  const broken = { get: () => Promise.reject(new Error('closed')), keys: async () => [] }
  assert.equal(await packageToShow(broken), null)
})

test('the page says what is missing by name and looks by itself; with a package it frames that', async () => {
  const paths = ['', `assets/index-${'0'.repeat(32)}.js`]
  const answer = incompletePage(paths, 'altered', null)
  assert.equal(answer.status, 503)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const text = await answer.text()
  assert.match(text, /missing or damaged on this device \(index\.html, index\.js\)/)
  assert.match(
    text,
    /cannot be fetched now: something between this device and the server changes them.*without changes\./,
  )
  assert.match(text, /setInterval\(look, 10000\)/)
  assert.doesNotMatch(text, /<iframe/)
  assert.match(
    await incompletePage(paths, 'no-answer', 'app/lobby/').text(),
    /<iframe [^>]*src="\.\/app\/lobby\/"/,
  )
})
