/** The main job, whole: a package crosses the uplink once and reaches every screen of the site. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { assignPackages, startTestSite } from '../support/test-site.ts'

const LOBBY_1 = fileURLToPath(new URL('../../examples/lobby/v1', import.meta.url))
const LOBBY_2 = fileURLToPath(new URL('../../examples/lobby/v2', import.meta.url))

after(() => assertNothingLeaks())

test('W5 one store, three kiosks, no windows: one copy from the origin, every kiosk byte from the store; then an update of what is new', async t => {
  const site = await startTestSite(t)
  const first = await site.publish(LOBBY_1, '1.0.0')
  await assignPackages(site, 'lobby')
  const store = await site.openOnline({ role: 'store' })
  const kiosks = await Promise.all([1, 2, 3].map(() => site.open({ role: 'kiosk' })))
  const devices = [store, ...kiosks]

  await Promise.all(devices.map(device => device.untilRuns(1, 'Lobby 1.0.0')))
  for (const kiosk of kiosks) {
    const status = await kiosk.package()
    assert.deepEqual(status?.bytes, { fromStores: first.encodedBytes, fromServer: 0, reused: 0 })
    assert.deepEqual(kiosk.chunkRequests, [])
  }
  const sent = await site.originBytes()
  assert.ok(
    sent >= first.encodedBytes && sent <= first.encodedBytes * 1.02,
    `${sent} of ${first.encodedBytes}`,
  )

  const second = await site.publish(LOBBY_2, '1.1.0')
  await Promise.all(devices.map(device => device.untilRuns(2, 'Lobby 1.1.0')))
  assert.ok(second.newEncodedBytes < second.encodedBytes / 2, 'the example changes less than half of itself')
  const travelled = (await site.originBytes()) - sent
  assert.ok(travelled <= second.newEncodedBytes, 'by patch at most what is new, and once')
  for (const kiosk of kiosks) {
    const status = await kiosk.package()
    assert.deepEqual(status?.bytes, {
      fromStores: travelled,
      fromServer: 0,
      reused: second.encodedBytes - second.newEncodedBytes,
    })
  }
})
