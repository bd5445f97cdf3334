/** The preview of distribution options: phases in words, what the fleet would do now, what would cross the uplinks. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { type Preview, type PreviewPost, previewSchema } from '../../protocol/admin/preview.ts'
import { enrolMany, makeSite, report } from '../support/admin-fleet.ts'
import { type AdminStage, openAdminStage, START } from '../support/admin-stage.ts'

const DISTRIBUTION = '/api/profiles/shops/packages/lobby/distribution'
const OPEN = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }
/** The stage's clock says 13:00 in Berlin. */
const NIGHT = {
  ...OPEN,
  onlyToProxiesUntil: { siteLocal: '2026-11-22T22:00' },
  enforceProxyUntil: { siteLocal: '2026-11-23T02:00' },
}

async function openShop(t: TestContext, sites = ['berlin']): Promise<{ stage: AdminStage; bytes: number }> {
  const stage = await openAdminStage(t)
  for (const site of sites) await makeSite(stage, site)
  const { body } = await stage.publish('lobby', { 'index.html': 'one', 'app.js': 'run(1)' })
  await stage.call('PUT', '/api/profiles/shops', { sites, packages: [{ package: 'lobby' }] })
  return { stage, bytes: body.encodedBytes }
}

async function preview(stage: AdminStage, distribution: PreviewPost['distribution']): Promise<Preview> {
  const { status, body } = await stage.call('POST', `${DISTRIBUTION}/preview`, { distribution })
  assert.equal(status, 200, JSON.stringify(body))
  return v.parse(previewSchema, body)
}

test('W3 W4 the phases come in order, with their words, in the time of each site', async t => {
  const { stage } = await openShop(t)
  await makeSite(stage, 'kathmandu', 'Asia/Kathmandu')
  await stage.call('PUT', '/api/profiles/shops', {
    sites: ['berlin', 'kathmandu'],
    packages: [{ package: 'lobby' }],
  })
  const { sites, warnings, example } = await preview(stage, NIGHT)
  for (const site of sites) {
    assert.equal(
      site.kiosks.sentence,
      'until 22:00 kiosks wait; 22:00 to 02:00 stores only; from 02:00 stores first, then server',
    )
    assert.equal(site.stores.sentence, 'at any time server and fellow stores')
  }
  assert.deepEqual(
    sites.map(site => site.windows.onlyToProxiesUntil),
    ['2026-11-22T21:00:00.000Z', '2026-11-22T16:15:00.000Z'],
  )
  assert.deepEqual(
    sites[0]?.kiosks.phases.map(({ from, until, isNow, words }) => [from, until, isNow, words]),
    [
      [null, '2026-11-22T21:00:00.000Z', true, 'kiosks wait'],
      ['2026-11-22T21:00:00.000Z', '2026-11-23T01:00:00.000Z', false, 'stores only'],
      ['2026-11-23T01:00:00.000Z', null, false, 'stores first, then server'],
    ],
  )
  assert.deepEqual([warnings, example], [[], null])
})

test('a preview says who would begin or cease to wait, and saves nothing', async t => {
  const { stage, bytes } = await openShop(t)
  await stage.call('PUT', DISTRIBUTION, NIGHT)
  await enrolMany(stage, 1, { role: 'store' })
  const [done] = await enrolMany(stage, 4)
  assert.ok(done)
  await report(stage, done, { phase: 'active', activeRelease: 1, activeVersion: '1.0.0' })
  const opened = await preview(stage, OPEN)
  assert.deepEqual(opened.total, {
    devices: 5,
    done: 1,
    before: { waiting: 3, open: 1, storesOnly: 0, serverOnly: 0, storesThenServer: 1, uplinkBytes: bytes },
    after: { waiting: 0, open: 4, storesOnly: 0, serverOnly: 0, storesThenServer: 4, uplinkBytes: bytes },
    opening: 3,
    closing: 0,
    leastUplinkBytes: bytes,
    mostUplinkBytes: 4 * bytes,
  })
  assert.equal((await stage.call('GET', DISTRIBUTION)).body.revision, 2)

  await stage.call('PUT', DISTRIBUTION, OPEN)
  const closed = await preview(stage, NIGHT)
  assert.deepEqual([closed.total.opening, closed.total.closing], [0, 3])
})

test('the estimate of the uplink follows who can fetch from whom', async t => {
  const { stage, bytes } = await openShop(t)
  const kiosks = await enrolMany(stage, 3)
  const uplink = async (distribution: PreviewPost['distribution']) =>
    (await preview(stage, distribution)).sites[0]?.after.uplinkBytes
  const onlyAlone = { ...NIGHT, enforceProxyUntil: null }
  const storesOnly = { ...OPEN, enforceProxyUntil: { siteLocal: '2026-11-23T02:00' } }
  assert.equal(await uplink(OPEN), 3 * bytes, 'without a store every kiosk fetches for itself')
  assert.equal(await uplink(storesOnly), 3 * bytes, 'and does so as soon as it may')
  const [store] = await enrolMany(stage, 1, { role: 'store' })
  assert.ok(store && kiosks[0])
  assert.equal(await uplink(OPEN), bytes, 'one copy for the site')
  assert.equal(await uplink(storesOnly), bytes)
  assert.equal(await uplink(onlyAlone), 4 * bytes, 'stores closed, server open')
  assert.equal(await uplink({ ...OPEN, proxyDistribution: false }), 4 * bytes)
  await report(stage, store, { phase: 'active', activeRelease: 1, activeVersion: '1.0.0' })
  assert.equal(await uplink(OPEN), 0, 'the store has it')
  await report(stage, kiosks[0], { chunks: { have: 1, total: 2 } })
  assert.equal(await uplink(onlyAlone), 2 * bytes + Math.round(bytes / 2))
  stage.online.delete(store)
  assert.equal(await uplink(OPEN), 2 * bytes + Math.round(bytes / 2), 'a store that is off gives nothing')
})

test('a device that runs an older release lacks only the chunks that are new', async t => {
  const { stage } = await openShop(t)
  const [kiosk] = await enrolMany(stage, 1)
  assert.ok(kiosk)
  await report(stage, kiosk, { phase: 'active', activeRelease: 1, activeVersion: '1.0.0' })
  const second = await stage.publish('lobby', { 'index.html': 'one', 'app.js': 'run(22)' }, '2.0.0')
  const { total } = await preview(stage, OPEN)
  assert.deepEqual([total.done, total.mostUplinkBytes], [0, second.body.newEncodedBytes])
  assert.ok(second.body.newEncodedBytes < second.body.encodedBytes)
})

test('each warning comes with the sites it concerns', async t => {
  const { stage } = await openShop(t)
  const codes = async (distribution: PreviewPost['distribution']) =>
    (await preview(stage, distribution)).warnings.map(({ code, sites }) => [code, ...sites])
  assert.deepEqual(await codes({ ...NIGHT, enforceProxyUntil: null }), [['only-without-enforce', 'berlin']])
  const { onlyToProxiesUntil, enforceProxyUntil } = NIGHT
  const swapped = { ...OPEN, onlyToProxiesUntil: enforceProxyUntil, enforceProxyUntil: onlyToProxiesUntil }
  assert.deepEqual(await codes(swapped), [['enforce-before-only', 'berlin']])
  assert.deepEqual(await codes({ ...NIGHT, proxyDistribution: false }), [['windows-without-proxy', 'berlin']])
})

test('where another profile gives the package nothing changes; without sites there is an example; bad questions are refused', async t => {
  const { stage } = await openShop(t)
  await enrolMany(stage, 2)
  await stage.call('PUT', '/api/profiles/other', {
    sites: ['berlin'],
    priority: 9,
    packages: [{ package: 'lobby' }],
  })
  const [site] = (await preview(stage, NIGHT)).sites
  assert.deepEqual([site?.overriddenBy, site?.devices, site?.after.waiting], ['other', 0, 0])

  await stage.call('PUT', '/api/profiles/shops', { sites: [], packages: [{ package: 'lobby' }] })
  const { example, sites } = await preview(stage, { ...OPEN, onlyToProxiesUntil: { afterPublish: 'PT4H' } })
  assert.deepEqual([sites, example?.timeZone], [[], 'UTC'])
  assert.equal(example?.kiosks.sentence, 'until 16:00 server only; from 16:00 stores first, then server')
  assert.equal(example?.windows.onlyToProxiesUntil, new Date(START + 4 * 3600_000).toISOString())

  const refused = async (path: string, body: object) => (await stage.call('POST', path, body)).status
  assert.equal(await refused(`${DISTRIBUTION}/preview`, { distribution: { proxyDistribution: true } }), 400)
  assert.equal(
    await refused(`${DISTRIBUTION}/preview`, {
      distribution: { ...OPEN, enforceProxyUntil: { siteLocal: '25:00' } },
    }),
    400,
  )
  assert.equal(
    await refused('/api/profiles/shops/packages/menu/distribution/preview', { distribution: OPEN }),
    404,
  )
  assert.equal(
    await refused('/api/profiles/none/packages/lobby/distribution/preview', { distribution: OPEN }),
    404,
  )
})
