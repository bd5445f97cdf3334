/** What a device reports, and when: nothing before it is accepted, and then what it kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ServerSession } from '../../../client/engine/server-session.ts'
import { defaultOptions } from '../../../client/options.ts'
import type { SignalLinkEvents } from '../../../client/ports.ts'
import type { DeviceIdentity } from '../../../protocol/assignment.ts'
import type { SignalDownWire } from '../../../protocol/signal/down.ts'
import { PROTOCOL_VERSION } from '../../../protocol/version.ts'
import { plainIdentity } from '../../support/default-fields.ts'
import { statusOf } from '../../support/device-status.ts'
import { SimulatedHost } from '../../support/kiosk-simulator-host.ts'
import { signalUpExamples } from '../../support/protocol-examples.ts'
import { VirtualTime } from '../../support/virtual-time.ts'

const DEVICE_ID = `d-${'0'.repeat(32)}`

const PENDING: DeviceIdentity = {
  ...{
    deviceId: DEVICE_ID,
    name: '',
    state: 'pending',
    code: 'K7QX-2MPA',
    role: 'kiosk',
    assignedRole: 'kiosk',
  },
  ...{ site: null, timeZone: 'UTC' },
  ...plainIdentity,
}
const ACCEPTED: DeviceIdentity = { ...PENDING, state: 'accepted', code: null, site: 'berlin' }

async function startSession() {
  const time = new VirtualTime()
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const said: string[] = []
  const links: SignalLinkEvents[] = []
  const nothing = () => undefined
  const session = new ServerSession({
    platform: new SimulatedHost(time, DEVICE_ID, 1, 0).platform,
    options: defaultOptions,
    openLink: events => {
      links.push(events)
      return { send: text => said.push(JSON.parse(text).type), close: nothing }
    },
    identity: () => ({ keyPair: pair, publicKey: '', deviceId: DEVICE_ID, enrolled: null }),
    status: () => statusOf(DEVICE_ID, []),
    diagnose: null,
    listener: {
      ...{
        online: nothing,
        offline: nothing,
        separated: nothing,
        expelled: nothing,
        device: nothing,
        assignments: nothing,
      },
      ...{ storesChanged: nothing, introduced: nothing, signal: nothing, answered: nothing },
    },
  })
  const hear = (message: SignalDownWire) => links.at(-1)?.onMessage(JSON.stringify(message))

  async function join(device: DeviceIdentity): Promise<void> {
    session.connect()
    links.at(-1)?.onOpen()
    const versions = { protocolVersion: PROTOCOL_VERSION, minProtocolVersion: PROTOCOL_VERSION }
    hear({ type: 'challenge', ...versions, nonce: 'n'.repeat(43) })
    while (said.at(-1) !== 'hello') await new Promise(resolve => setImmediate(resolve))
    const rest = { assignments: [], storesOnline: 0, iceServers: [], heartbeatMs: 25_000, returnSpreadMs: 0 }
    hear({ type: 'welcome', serverTime: '2026-11-22T12:00:00.000Z', device, ...rest })
  }
  const reports = () => said.filter(type => ['status', 'event', 'diagnostics'].includes(type)).sort()
  return { time, session, hear, join, reports }
}

test('PR-S6 a device that waits keeps its reports, and sends them when it is accepted', async () => {
  const { time, session, hear, join, reports } = await startSession()
  session.report({ kind: 'storage-failed', detail: 'before the session' })
  await join(PENDING)
  session.report({ kind: 'storage-failed', detail: 'while it waits' })
  session.reportDiagnostics(signalUpExamples.diagnostics.report)
  session.statusChanged()
  await time.advance(10_000)
  assert.deepEqual(reports(), [])

  hear({ type: 'device', device: ACCEPTED })
  await time.advance(10_000)
  assert.deepEqual(reports(), ['diagnostics', 'event', 'event', 'status'])
  hear({ type: 'device', device: { ...ACCEPTED, name: 'Desk' } })
  await time.advance(10_000)
  assert.equal(reports().length, 4, 'sent once')
  session.stop()
})

test('PR-S13 a device that is accepted reports at once', async () => {
  const { time, session, join, reports } = await startSession()
  await join(ACCEPTED)
  session.report({ kind: 'storage-failed', detail: 'no room' })
  await time.advance(2_000)
  assert.deepEqual(reports(), ['event', 'status'])
  session.stop()
})
