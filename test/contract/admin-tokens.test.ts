/** API tokens over the API: shown once, listed without secrets, noted when used, gone when revoked. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { tokenCreatedSchema, tokenListSchema } from '../../protocol/admin/tokens.ts'
import { secureRandomBytes } from '../../signal-server/random.ts'
import { listApiTokens, useApiToken } from '../../signal-server/records/api-tokens.ts'
import { openRecords } from '../../signal-server/records/records.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { createOldRecords } from '../support/old-records.ts'

const list = async (stage: AdminStage) =>
  v.parse(tokenListSchema, (await stage.call('GET', '/api/tokens')).body).tokens

test('a token is made with a name, shown once, and works until it is revoked', async t => {
  const stage = await openAdminStage(t)
  const made = await stage.call('POST', '/api/tokens', { name: 'Nightly publish' })
  assert.equal(made.status, 201)
  const { token, id, lastUsedAt } = v.parse(tokenCreatedSchema, made.body)
  assert.match(token, /^larder_[A-Za-z0-9_-]{43}$/)
  assert.equal(lastUsedAt, null)
  const withToken = { authorization: `Bearer ${token}` }
  assert.equal((await stage.call('GET', '/api/sites', undefined, withToken)).status, 200)
  assert.equal(
    (await stage.call('GET', '/api/session', undefined, withToken)).body.actor,
    'token:Nightly publish',
  )

  stage.now += 5 * 60_000
  assert.equal((await stage.call('DELETE', `/api/tokens/${id}`)).status, 204)
  assert.equal((await stage.call('GET', '/api/sites', undefined, withToken)).status, 401)
  const revokedAt = stage.now
  stage.now += 1000
  assert.equal((await stage.call('DELETE', `/api/tokens/${id}`)).status, 204, 'asking again changes nothing')
  const listed = (await list(stage)).find(entry => entry.id === id)
  assert.equal(Date.parse(listed?.revokedAt ?? ''), revokedAt)
})

test('the list is newest first, says when each was last used, and holds no secret', async t => {
  const stage = await openAdminStage(t)
  stage.now += 1000
  const { token } = (await stage.call('POST', '/api/tokens', { name: 'a' })).body
  stage.now += 60_000
  await stage.call('GET', '/api/sites', undefined, { authorization: `Bearer ${token}` })
  const usedAt = stage.now
  stage.now += 59_999
  await stage.call('GET', '/api/sites', undefined, { authorization: `Bearer ${token}` })
  const tokens = await list(stage)
  assert.deepEqual(
    tokens.map(entry => entry.name),
    ['a', 'test'],
  )
  assert.equal(Date.parse(tokens[0]?.lastUsedAt ?? ''), usedAt)
  assert.ok(!JSON.stringify(tokens).includes(token))
})

test('a name is taken once, and names that are none are refused', async t => {
  const stage = await openAdminStage(t)
  const make = (name: unknown) => stage.call('POST', '/api/tokens', { name })
  const { id } = (await make('ci')).body
  assert.equal((await make('ci')).status, 409)
  for (const name of ['', '  ', 'x'.repeat(300), 'two\nlines', 7])
    assert.equal((await make(name)).status, 400, JSON.stringify(name))
  await stage.call('DELETE', `/api/tokens/${id}`)
  assert.equal((await make('ci')).status, 201, 'a revoked one gives its name back')
  assert.equal((await stage.call('DELETE', '/api/tokens/0123456789abcdef')).status, 404)
  assert.equal((await stage.call('DELETE', '/api/tokens/everything')).status, 400)
})

test('tokens made before tokens had ids get theirs, and go on to work', async t => {
  const path = join(await temporaryDirectory(t), 'records.db')
  await createOldRecords(
    path,
    1,
    `insert into api_tokens values ('${'a'.repeat(64)}', 'old', 1, null), ('${'b'.repeat(64)}', 'gone', 2, 3);`,
  )
  const { db } = withCleanup(t).use(await openRecords({ path, randomBytes: secureRandomBytes }))
  assert.deepEqual(
    (await listApiTokens(db)).map(({ id, name, revokedAt }) => [id, name, revokedAt]),
    [
      ['b'.repeat(16), 'gone', 3],
      ['a'.repeat(16), 'old', null],
    ],
  )
  assert.equal((await useApiToken(db, 'a'.repeat(64), 4))?.name, 'old')
  assert.equal(await useApiToken(db, 'b'.repeat(64), 4), null)
})
