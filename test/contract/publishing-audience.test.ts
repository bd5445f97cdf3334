/** What publishing moves and whom it reaches, as it is told before: the bytes are those that travel then. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { stagedArchiveSchema } from '../../protocol/admin/archives.ts'
import { audienceSchema } from '../../protocol/admin/audience.ts'
import { publishedSchema } from '../../protocol/admin-api.ts'
import { enrolMany, makeSite } from '../support/admin-fleet.ts'
import { openAdminStage } from '../support/admin-stage.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { zipFile } from '../support/zip-file.ts'

after(() => assertNothingLeaks())

test('the bytes that an archive is said to move are those of the release, packed as they travel', async t => {
  const stage = await openAdminStage(t)
  const text = 'the same line again and again\n'.repeat(20_000)
  const zip = zipFile([
    { name: 'index.html', content: '<h1>Lobby</h1>' },
    { name: 'data.txt', content: text },
  ])
  const sent = await stage.call('POST', '/api/packages/lobby/archives', zip)
  assert.equal(sent.status, 201, JSON.stringify(sent.body))
  const { stagingId, comparison } = v.parse(stagedArchiveSchema, sent.body)
  assert.ok(comparison.bytes.travelling < comparison.bytes.raw / 10, `${comparison.bytes.travelling} bytes`)
  const body = { stagingId, version: '1.0.0', entry: 'index.html' }
  const published = v.parse(
    publishedSchema,
    (await stage.call('POST', '/api/packages/lobby/releases', body)).body,
  )
  assert.equal(published.encodedBytes, comparison.bytes.travelling)
  assert.equal(published.newEncodedBytes, comparison.bytes.travelling)
})

test('before publishing it is told which sites and devices get it, when, and which stay with another release', async t => {
  const stage = await openAdminStage(t)
  for (const site of ['berlin', 'oslo', 'rome']) await makeSite(stage, site)
  await stage.publish('lobby', { 'index.html': '<h1>Lobby</h1>' })
  const profile = (name: string, body: object) => stage.call('PUT', `/api/profiles/${name}`, body)
  await profile('shops', { sites: ['berlin'], packages: [{ package: 'lobby' }] })
  await profile('clinics', { sites: ['oslo'], packages: [{ package: 'lobby', release: 1 }] })
  await enrolMany(stage, 1, { role: 'store' })
  await enrolMany(stage, 2)
  await enrolMany(stage, 1, { online: false })
  await enrolMany(stage, 2, { site: 'oslo' })
  await stage.call('PUT', '/api/profiles/shops/packages/lobby/distribution', {
    proxyDistribution: true,
    onlyToProxiesUntil: { siteLocal: '2026-11-22T22:00' },
    enforceProxyUntil: { siteLocal: '2026-11-23T02:00' },
  })
  const asked = await stage.call('GET', '/api/packages/lobby/audience?bytes=1000')
  const audience = v.parse(audienceSchema, asked.body)
  assert.deepEqual([audience.devices, audience.offline, audience.uplinkBytes], [4, 1, 1000])
  const [berlin, ...others] = audience.sites
  assert.deepEqual(others, [])
  assert.deepEqual([berlin?.site, berlin?.profile, berlin?.storesOnline], ['berlin', 'shops', 1])
  assert.match(berlin?.kiosks ?? '', /kiosks wait.*stores only/)
  assert.match(berlin?.takeover ?? '', /^A new release takes over/)
  assert.deepEqual(audience.pinned, [{ profile: 'clinics', release: 1, sites: 1 }])
  const unknown = v.parse(audienceSchema, (await stage.call('GET', '/api/packages/unknown/audience')).body)
  assert.deepEqual(unknown, { devices: 0, offline: 0, uplinkBytes: 0, sites: [], pinned: [] })
})
