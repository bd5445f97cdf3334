/** The audit log over the API: every change once, newest first, page after page, with what was there before. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { auditPageSchema } from '../../protocol/admin/audit.ts'
import { noLimits } from '../../protocol/assignment.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'

const page = async (stage: AdminStage, query = '') =>
  v.parse(auditPageSchema, (await stage.call('GET', `/api/audit${query}`)).body)

test('an entry says who changed what, when, from what to what', async t => {
  const stage = await openAdminStage(t)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin' })
  stage.now += 1000
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Vienna' })
  const { entries, nextCursor } = await page(stage)
  assert.equal(nextCursor, null)
  const berlin = { name: 'berlin', storesWanted: 1, limits: noLimits }
  assert.deepEqual(
    entries.map(({ id: _, ...entry }) => entry),
    [
      {
        at: new Date(stage.now).toISOString(),
        actor: 'token:test',
        action: 'site.put',
        target: 'site:berlin',
        before: { ...berlin, timeZone: 'Europe/Berlin' },
        after: { ...berlin, timeZone: 'Europe/Vienna' },
      },
      {
        at: new Date(stage.now - 1000).toISOString(),
        actor: 'token:test',
        action: 'site.put',
        target: 'site:berlin',
        before: null,
        after: { ...berlin, timeZone: 'Europe/Berlin' },
      },
    ],
  )
})

test('the pages together hold every entry once, also those of one instant and while new ones come', async t => {
  const stage = await openAdminStage(t)
  for (let count = 0; count < 23; count++) {
    if (count % 7 === 0) stage.now += 1
    await stage.call('PUT', `/api/sites/s${count}`, { timeZone: 'UTC' })
  }
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { entries, nextCursor } = await page(stage, `?limit=5${cursor && `&cursor=${cursor}`}`)
    assert.ok(entries.length <= 5)
    seen.push(...entries.map(entry => entry.target))
    cursor = nextCursor
    stage.now += 1
    await stage.call('PUT', '/api/sites/later', { timeZone: 'UTC' })
  }
  assert.equal(seen.length, 23)
  assert.deepEqual(new Set(seen), new Set(Array.from({ length: 23 }, (_, count) => `site:s${count}`)))
})

test('pages that are asked for wrongly are refused', async t => {
  const stage = await openAdminStage(t)
  for (const query of [
    '?limit=0',
    '?limit=501',
    '?limit=ten',
    '?cursor=',
    '?cursor=%27%20or%201',
    '?cursor=1-zz',
  ])
    assert.equal((await stage.call('GET', `/api/audit${query}`)).status, 400, query)
})
