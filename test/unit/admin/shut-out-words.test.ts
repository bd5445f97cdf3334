/** What the page says before a device is shut out, and of a device that has not reported what it is to run. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingText } from '../../../signal-server/admin/devices/missing-packages.ts'
import { revokeQuestion } from '../../../signal-server/admin/devices/revoke-words.ts'

const device = {
  name: 'Lobby left',
  deviceId: `d-${'1'.repeat(32)}`,
  code: null,
  site: 'berlin',
  state: 'accepted',
  connection: 'online',
} as const

test('before a device is revoked its page says that the screen goes out of service within seconds', () => {
  const { title, text, confirmLabel } = revokeQuestion(device)
  assert.deepEqual([title, confirmLabel], ['Revoke Lobby left?', 'Revoke'])
  assert.match(text, /^Its screen says “Out of service” within seconds\./)
  assert.doesNotMatch(text, /stays on its screen/)
})

test('of an offline device it says that the screen goes on until the device is connected', () => {
  assert.match(
    revokeQuestion({ ...device, connection: 'offline' }).text,
    /^It is offline: its screen goes on as it is, and says “Out of service” as soon as it is connected again\./,
  )
})

test('a device that waits is turned away, and its code is said to become invalid', () => {
  const pending = { ...device, state: 'pending', code: 'K7QX-2MPA', site: null } as const
  const { title, text, confirmLabel } = revokeQuestion(pending)
  assert.deepEqual([title, confirmLabel], ['Turn K7QX-2MPA away?', 'Turn away'])
  assert.match(text, /Its code becomes invalid/)
})

test('a device that has not reported what it is to run says what it waits for', () => {
  const assigned = [{ package: 'lobby', release: 2, version: '1.1.0' }]
  const nothing = { assigned, packages: [] }
  assert.match(
    missingText({ ...nothing, connection: 'online' }) ?? '',
    /^It is to run lobby 1\.1\.0, .*reports within a few seconds\.$/,
  )
  assert.match(
    missingText({ ...nothing, connection: 'offline' }) ?? '',
    /It is offline: it reports as soon as it is connected/,
  )
  assert.equal(missingText({ assigned: [], packages: [], connection: 'online' }), null)
})
