/** Two browsers with one key: shown to administrators, and one of them made a new device. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toBase64Url } from '../../protocol/keys.ts'
import { toInstant } from '../../protocol/primitives.ts'
import { openAdminStage } from '../support/admin-stage.ts'

test('a device whose key two browsers have is shown as that, and one of them is asked to begin anew', async t => {
  const stage = await openAdminStage(t)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin' })
  const { body } = await stage.call('POST', '/api/enrolment-tokens', { site: 'berlin', role: 'kiosk' })
  const publicKey = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  const enrolled = await stage.directory.enrol({ token: body.token, publicKey, now: stage.now })
  assert.ok(enrolled.ok)
  const { deviceId } = enrolled.device
  const separate = () => stage.call('POST', `/api/devices/${deviceId}/separate`)
  const refused = await separate()
  assert.deepEqual([refused.status, refused.body.type], [409, 'urn:larder:problem:not-duplicated'])

  const addresses = ['192.0.2.1', '192.0.2.2'] as const
  stage.duplicates.set(deviceId, { addresses, since: stage.now })
  const offline = await separate()
  assert.deepEqual([offline.status, offline.body.type], [409, 'urn:larder:problem:device-offline'])
  stage.online.add(deviceId)
  const duplicate = { addresses: [...addresses], since: toInstant(stage.now) }
  assert.deepEqual((await stage.call('GET', `/api/devices/${deviceId}`)).body.duplicate, duplicate)
  assert.deepEqual((await stage.call('GET', '/api/devices')).body.devices[0].duplicate, duplicate)
  stage.now += 1000
  assert.deepEqual((await separate()).body, { address: '192.0.2.1' })
  const { entries } = (await stage.call('GET', '/api/audit?limit=1')).body
  assert.deepEqual([entries[0].action, entries[0].after], ['device.separate', { address: '192.0.2.1' }])
})
