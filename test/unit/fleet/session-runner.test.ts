/** What a session sends to a device that does not read: its own answers until it is cut, and little of what others cause. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_UNSENT_BYTES, MAX_UNSENT_BYTES_BY_OTHERS } from '../../../policy/device-budget.ts'
import type { DeviceIdentity } from '../../../protocol/assignment.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { type SignalDownWire, signalDownSchema } from '../../../protocol/signal/down.ts'
import { helloBytes } from '../../../protocol/signal/up.ts'
import { type SpokenVersion, spokenVersions } from '../../../protocol/spoken-versions.ts'
import { PROTOCOL_VERSION } from '../../../protocol/version.ts'
import { DirectoryCache } from '../../../signal-server/fleet/directory-cache.ts'
import { FleetHub } from '../../../signal-server/fleet/fleet-hub.ts'
import { createGrantKey } from '../../../signal-server/fleet/grants.ts'
import { LineLimit } from '../../../signal-server/fleet/line-limit.ts'
import { systemClock } from '../../../signal-server/fleet/server-clock.ts'
import { SessionRunner, type SessionSocket } from '../../../signal-server/fleet/session-runner.ts'
import { DEFAULT_SIGNALING_OPTIONS } from '../../../signal-server/fleet/signaling-options.ts'
import { plainRecord } from '../../support/default-fields.ts'
import { FakeFleetDirectory } from '../../support/fake-fleet-directory.ts'
import { MAINTENANCE, secondVersionOnly, twoVersions } from '../../support/fictitious-version.ts'
import { generateDeviceKeys } from '../../support/signaling-client.ts'

const NONCE = 'n'.repeat(43)

class RecordedSocket implements SessionSocket {
  unsent = 0
  isTerminated = false
  readonly types: string[] = []
  readonly messages: SignalDownWire[] = []
  send(text: string): void {
    const message = JSON.parse(text)
    this.types.push(message.type)
    this.messages.push(message)
  }
  close(): void {}
  terminate(): void {
    this.isTerminated = true
  }
  unsentBytes(): number {
    return this.unsent
  }
}

async function liveSession(
  t: { after(task: () => void): void },
  versions: readonly SpokenVersion[] = spokenVersions,
  protocolVersion = PROTOCOL_VERSION,
) {
  const directory = new FakeFleetDirectory()
  directory.setSite('berlin', {})
  const keys = await generateDeviceKeys()
  directory.setDevice({
    ...{ deviceId: keys.deviceId, publicKey: keys.publicKey, name: '', state: 'accepted', code: null },
    ...{ assignedRole: 'store', site: 'berlin', timeZone: 'UTC' },
    ...plainRecord,
  })
  const log = { info: () => undefined, error: () => undefined }
  const devices = new DirectoryCache(directory)
  const hub = new FleetHub({ directory: devices, clock: systemClock, log, randomId: () => 'i' })
  t.after(() => hub.stop())
  const socket = new RecordedSocket()
  const runner = await new Promise<SessionRunner>(resolve => {
    const session: SessionRunner = new SessionRunner(
      {
        ...{ directory, devices, hub, log, clock: systemClock },
        grantKey: createGrantKey(new Uint8Array(32)),
        settings: { options: DEFAULT_SIGNALING_OPTIONS, iceServers: [], versions },
        strangerLines: new LineLimit({ capacity: 1, refillPerSecond: 1 }, 0),
      },
      socket,
      NONCE,
      () => resolve(session),
      '192.0.2.1',
    )
    void keys.sign(helloBytes(NONCE, keys.deviceId)).then(signature => {
      hear(session, { type: 'hello', protocolVersion, deviceId: keys.deviceId, signature })
    })
  })
  assert.equal(runner.stateName, 'live', JSON.stringify(socket.messages.at(-1)))
  return { runner, socket }
}

function hear(session: SessionRunner, message: object): void {
  const text = JSON.stringify(message)
  session.deliver({ type: 'message', text, bytes: Buffer.byteLength(text) })
}

const relayed = {
  type: 'signal-relayed',
  introductionId: 'i',
  from: 'k',
  signal: { type: 'offer', sdp: 'v=0' },
} as const
const introduced = {
  type: 'introduced',
  introductionId: 'i',
  peer: { deviceId: 'k', role: 'kiosk' },
} as const

test('PR-S12 what other devices cause is left out for a device that does not read, and never has it cut', async t => {
  const { runner, socket } = await liveSession(t)
  socket.types.length = 0
  socket.unsent = MAX_UNSENT_BYTES_BY_OTHERS
  runner.deliver(relayed)
  runner.deliver({ ...introduced, requestId: null })
  assert.deepEqual(socket.types, ['signal', 'introduction'])

  socket.unsent = MAX_UNSENT_BYTES_BY_OTHERS + 1
  runner.deliver(relayed)
  runner.deliver({ ...introduced, requestId: null })
  assert.deepEqual(socket.types, ['signal', 'introduction'], 'nothing more')
  hear(runner, { type: 'ping', id: 'p' })
  runner.deliver({ ...introduced, requestId: 'r' })
  assert.deepEqual(socket.types.slice(2), ['pong', 'introduction'], 'its own answers still come')
  assert.equal(socket.isTerminated, false)

  socket.unsent = MAX_UNSENT_BYTES + 1
  runner.deliver(relayed)
  assert.equal(socket.isTerminated, false, 'not by what others cause')
  hear(runner, { type: 'ping', id: 'p' })
  assert.equal(socket.isTerminated, true)
})

test('log lines that strangers cause are left out beyond a rate, and the next one says how many were', () => {
  const limit = new LineLimit({ capacity: 2, refillPerSecond: 1 }, 0)
  const admitted = [0, 0, 0, 0, 1000, 1000].map(now => limit.admit(now))
  assert.deepEqual(admitted, [0, 0, null, null, 2, null])
})

const RELEASE = 'a'.repeat(64)

/** Has the session say what version 2 of the protocol added, and gives back what the device got. */
async function toldOfVersionTwo(t: { after(task: () => void): void }, protocolVersion: number) {
  const { runner, socket } = await liveSession(t, twoVersions, protocolVersion)
  const welcome = socket.messages.find(message => message.type === 'welcome')
  assert.ok(welcome)
  const device = { ...welcome.device, name: 'Desk', floor: 2 } as DeviceIdentity
  runner.deliver({ type: 'view-changed', view: { device, assignments: [], storesOnline: 0 } })
  const maintenance = {
    type: MAINTENANCE,
    title: 'Under maintenance',
    status: 503,
    detail: 'Come back at six.',
  }
  runner.deliver({ type: 'request-refused', requestId: 'r', problem: maintenance })
  hear(runner, { type: 'ping', id: 'p' })
  return { runner, socket, messages: socket.messages }
}

test('PR-V4 a device of an earlier version is told everything in the form of its version, and understood in it', async t => {
  const { runner, socket, messages } = await toldOfVersionTwo(t, 1)
  for (const message of messages) {
    const { device, problem } = message as { device?: object; problem?: { type: string; detail?: string } }
    assert.ok(parseWith(signalDownSchema, message).ok, JSON.stringify(message))
    assert.equal(device && 'floor' in device, device && false)
    if (problem)
      assert.deepEqual([problem.type, problem.detail], ['urn:larder:problem:internal', 'Come back at six.'])
  }
  assert.deepEqual(socket.types, ['challenge', 'welcome', 'device', 'refused', 'pong'])
  hear(runner, { type: 'grant', requestId: 'g', release: RELEASE })
  assert.equal(socket.types.at(-1), 'refused', 'a request in the form of version 1 is answered')
  assert.equal(runner.stateName, 'live')
})

test('PR-V4 a device of the newest version is told what is new, and a later one too', async t => {
  for (const protocolVersion of [2, 3]) {
    const { runner, messages } = await toldOfVersionTwo(t, protocolVersion)
    const [, , device, refused] = messages as readonly {
      device?: { floor: number }
      problem?: { type: string }
    }[]
    assert.deepEqual([device?.device?.floor, refused?.problem?.type], [2, MAINTENANCE])
    hear(runner, { type: 'grant', requestId: 'g', release: RELEASE })
    assert.equal(runner.stateName, 'closed', 'what it says is read in that version')
  }
})

test('PR-V1 a device is refused once the oldest version has risen above its own, and not before', async t => {
  const { socket } = await liveSession(t, twoVersions, 1)
  assert.deepEqual(socket.messages[0], {
    ...{ type: 'challenge', protocolVersion: 2, minProtocolVersion: 1 },
    nonce: NONCE,
  })
  await assert.rejects(liveSession(t, secondVersionOnly, 1), /protocol-unsupported/)
})
