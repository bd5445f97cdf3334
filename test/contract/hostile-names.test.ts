/** Names that strangers choose for themselves: no command, search or link takes them for a code, an id or a known device. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertFails, startCliStage } from '../support/cli-stage.ts'
import { enrolDevice, generateDeviceKeys } from '../support/signaling-client.ts'

const { env, server, larder, larderJson, end } = await startCliStage()
after(end)
const deviceUrl = new URL('/', server.kioskUrl).href

before(async () => {
  await larderJson('site', 'create', 'berlin', '--time-zone', 'Europe/Berlin')
})

interface Screen {
  readonly deviceId: string
  readonly code: string
}

/** A device that waits to be accepted under a name of its choice. */
async function stranger(name: string): Promise<Screen> {
  const { device } = await enrolDevice(deviceUrl, await generateDeviceKeys(), undefined, name)
  assert.ok(device.code)
  return { deviceId: device.deviceId, code: device.code }
}

async function accepted(name: string): Promise<string> {
  const { token } = await larderJson('enrol', 'create', '--site', 'berlin', '--role', 'kiosk')
  const { device } = await enrolDevice(deviceUrl, await generateDeviceKeys(), token, name)
  return device.deviceId
}

test('a stranger that names itself after the code on a screen is not accepted in its place', async () => {
  const honest = await stranger('Screen by the door')
  const thief = await stranger(honest.code)
  const answer = await larderJson('device', 'accept', honest.code, '--site', 'berlin')
  assert.deepEqual([answer.deviceId, answer.state], [honest.deviceId, 'accepted'])
  assert.equal((await larderJson('device', 'show', thief.deviceId)).state, 'pending')
  // The screen shows no code any more, and the name of the stranger still is none.
  assertFails(await larder('device', 'accept', honest.code, '--site', 'berlin'), 1, /no device .* code/)
  assert.equal((await larderJson('device', 'show', thief.deviceId)).state, 'pending')
})

test('accept takes the code of a device that waits, in either case, and neither its name nor its id', async () => {
  const screen = await stranger('Window')
  for (const text of ['Window', screen.deviceId, screen.deviceId.slice(0, 20)])
    assertFails(await larder('device', 'accept', text, '--site', 'berlin'), 1, /code/)
  const answer = await larderJson('device', 'accept', screen.code.toLowerCase(), '--site', 'berlin')
  assert.equal(answer.deviceId, screen.deviceId)
})

test('accept brings a revoked device back by its id, not by its name', async () => {
  const deviceId = await accepted('Counter')
  await larderJson('device', 'revoke', deviceId)
  assertFails(await larder('device', 'accept', 'Counter'), 1, /code.*id of a revoked device/)
  assert.equal((await larderJson('device', 'accept', deviceId.slice(0, 20))).state, 'accepted')
})

test('a stranger with the name of an accepted device hinders no command that names that device', async () => {
  const lobby = await accepted('Lobby left')
  await stranger('Lobby left')
  const refused = await stranger('Lobby left')
  await larderJson('device', 'revoke', refused.deviceId)
  assert.equal((await larderJson('device', 'show', 'Lobby left')).deviceId, lobby)
  assert.equal((await larderJson('device', 'set-role', 'Lobby left', 'store')).deviceId, lobby)
  assert.equal((await larderJson('device', 'label', 'Lobby left', 'floor=2')).deviceId, lobby)
  assertFails(
    await larder('device', 'retry', 'Lobby left', '--package', 'lobby'),
    1,
    /has not failed|reported/,
  )
  assertFails(await larder('device', 'diagnose', 'Lobby left'), 1, /not online/)
  assertFails(await larder('explain', '--device', 'Lobby left', '--package', 'lobby'), 1, /package|profile/)
  assert.equal((await larderJson('device', 'revoke', 'Lobby left')).deviceId, lobby)
  // It was accepted once, so its name is still known; that of strangers never was.
  assert.equal((await larderJson('device', 'show', 'Lobby left')).deviceId, lobby)
})

test('two accepted devices of one name are ambiguous, and told apart by id', async () => {
  const [first] = [await accepted('Twin'), await accepted('Twin')]
  assertFails(await larder('device', 'show', 'Twin'), 1, /2 devices .*"Twin".* id/)
  assert.equal((await larderJson('device', 'show', first)).deviceId, first)
})

test('the name of a device that waits matches nothing, also where no other device has it', async () => {
  const { deviceId } = await stranger('Reception')
  assertFails(await larder('device', 'show', 'Reception'), 1, /no device .*"Reception"/)
  await larderJson('device', 'revoke', deviceId)
  assertFails(await larder('device', 'show', 'Reception'), 1, /no device .*"Reception"/)
})

test('a device whose name looks like the beginning of an id is never taken for the device that has it', async () => {
  const deviceId = await accepted('Desk')
  const start = deviceId.slice(0, 20)
  await accepted(start)
  await stranger(start)
  assert.equal((await larderJson('device', 'show', start)).deviceId, deviceId)
})

test('a search does not look at the names of devices that were never accepted', async () => {
  const deviceId = await accepted('Aquarium')
  const waiting = await stranger('Aquarium')
  const found = await larderJson('device', 'list', '--search', 'aquarium')
  assert.deepEqual(
    found.devices.map((device: Screen) => device.deviceId),
    [deviceId],
  )
  const byCode = await larderJson('device', 'list', '--search', waiting.code)
  assert.deepEqual(
    byCode.devices.map((device: Screen) => device.deviceId),
    [waiting.deviceId],
  )
})

test('the list of devices can be asked for exactly the device that shows a code', async () => {
  const honest = await stranger('')
  await stranger(honest.code)
  const url = new URL(`api/devices?code=${honest.code.toLowerCase()}`, env.LARDER_URL)
  const response = await fetch(url, { headers: { authorization: `Bearer ${env.LARDER_TOKEN}` } })
  const { devices } = (await response.json()) as { devices: readonly Screen[] }
  assert.deepEqual(
    devices.map(device => device.deviceId),
    [honest.deviceId],
  )
})

test('devices that wait are dismissed by their codes, and never by a name or an id', async () => {
  const [one, two] = [await stranger('One'), await stranger('Two')]
  assertFails(await larder('device', 'dismiss', 'One', two.deviceId), 1, /no device that waits/)
  assert.match((await larder('device', 'dismiss', one.code)).stdout, /^Dismissed 1 waiting device\.$/m)
  assertFails(await larder('device', 'show', one.deviceId), 1, /no device/)
  for (const args of [[], ['--all', two.code], ['--all', '--older-than', '2h'], ['--older-than', 'soon']])
    assertFails(await larder('device', 'dismiss', ...args), 2, /codes|duration/)
  assert.match((await larder('device', 'dismiss', '--older-than', '1h')).stdout, /^Dismissed 0/)
  assert.ok((await larderJson('device', 'dismiss', '--all')).dismissed >= 1)
  assertFails(await larder('device', 'show', two.deviceId), 1, /no device/)
})
