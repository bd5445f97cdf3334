/** A page that speaks two versions of the protocol: with a server of the first, with one of the second, and with other devices. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PeerHub } from '../../../client/engine/peer-hub.ts'
import { SignalingRunner } from '../../../client/engine/signaling-runner.ts'
import type { PeerSessionEffect } from '../../../client/machines/peer-session/effects.ts'
import type { Share } from '../../../client/machines/peer-session/state.ts'
import { defaultOptions } from '../../../client/options.ts'
import type { SignalLinkEvents } from '../../../client/ports.ts'
import type { SignalDown } from '../../../protocol/signal/down.ts'
import { type SpokenVersion, spokenVersions } from '../../../protocol/spoken-versions.ts'
import { createFakePeerLinks } from '../../support/fake-peer-link.ts'
import { NEW_REASON_RETRY_MS, secondVersionOnly, twoVersions } from '../../support/fictitious-version.ts'
import { SimulatedHost } from '../../support/kiosk-simulator-host.ts'
import { signalDownExamples, signalUpExamples } from '../../support/protocol-examples.ts'
import { VirtualTime } from '../../support/virtual-time.ts'

const DEVICE_ID = `d-${'0'.repeat(32)}`
const RELEASE = 'a'.repeat(64)

async function join(versions: readonly SpokenVersion[], serverVersion: number, welcome: object) {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const said: Record<string, unknown>[] = []
  const heard: SignalDown[] = []
  let events: SignalLinkEvents | null = null
  const nothing = () => undefined
  const session = new SignalingRunner({
    platform: new SimulatedHost(new VirtualTime(), DEVICE_ID, 1, 0).platform,
    identity: () => ({ keyPair: pair, publicKey: '', deviceId: DEVICE_ID, enrolled: null }),
    openLink: opened => {
      events = opened
      return { send: text => said.push(JSON.parse(text)), close: nothing }
    },
    listener: {
      ...{ offline: nothing, refused: nothing, needsNewPage: nothing },
      online: message => heard.push(message),
      message: message => heard.push(message),
    },
    options: defaultOptions,
    versions,
  })
  session.start()
  const link = events as SignalLinkEvents | null
  const hear = (message: object) => link?.onMessage(JSON.stringify(message))
  link?.onOpen()
  const nonce = 'n'.repeat(43)
  hear({ type: 'challenge', protocolVersion: serverVersion, minProtocolVersion: serverVersion, nonce })
  while (said.length === 0 && !session.needsNewPage()) await new Promise(resolve => setImmediate(resolve))
  hear(welcome)
  return { session, said, heard, hear }
}

const { welcome } = signalDownExamples
const secondWelcome = { ...welcome, device: { ...welcome.device, floor: 2 } }
const secondGrant = { ...signalUpExamples.grant, isUrgent: true }
const floorOf = (message: SignalDown | undefined) =>
  message?.type === 'welcome' ? Reflect.get(message.device, 'floor') : undefined

test('PR-V4 a page reads what a server of an earlier version says, and says nothing that it does not know', async () => {
  const { session, said, heard } = await join(twoVersions, 1, welcome)
  assert.equal(session.isOnline(), true)
  assert.equal(floorOf(heard[0]), null)
  session.send(secondGrant)
  session.send(signalUpExamples.diagnostics)
  assert.equal(said[0]?.protocolVersion, 2, 'its own version, as PR-V1 says')
  assert.deepEqual(said.slice(1), [signalUpExamples.grant])
})

test('PR-V4 a page speaks its newest version with a server that speaks it', async () => {
  const { session, said, heard } = await join(twoVersions, 2, secondWelcome)
  assert.equal(floorOf(heard[0]), 2)
  session.send(secondGrant)
  session.send(signalUpExamples.diagnostics)
  assert.deepEqual(said.slice(1), [secondGrant, signalUpExamples.diagnostics])
})

for (const [title, versions, serverVersion, welcomed] of [
  ['a welcome with a field that it does not know', spokenVersions, 1, secondWelcome],
  ['a server that speaks only later versions', spokenVersions, 2, secondWelcome],
  ['a server that speaks only earlier versions', secondVersionOnly, 1, welcome],
] as const) {
  test(`PR-V1 ${title}: the page needs another build`, async () => {
    const { session } = await join(versions, serverVersion, welcomed)
    assert.deepEqual([session.isOnline(), session.needsNewPage()], [false, true])
  })
}

test('PR-V1 so it does after a later message with a field that it does not know', async () => {
  const { session, hear } = await join(spokenVersions, 1, welcome)
  hear({ type: 'device', device: secondWelcome.device })
  assert.deepEqual([session.isOnline(), session.needsNewPage()], [false, true])
})

/** A store that is closed to the kiosk, and what the kiosk is told when it asks. */
async function rejectionBetween(
  storeVersions: readonly SpokenVersion[],
  kioskVersions: readonly SpokenVersion[],
) {
  const time = new VirtualTime()
  const links = createFakePeerLinks()
  const told: PeerSessionEffect[] = []
  const closed = { proxyDistribution: true, onlyToProxiesUntil: NEW_REASON_RETRY_MS, enforceProxyUntil: null }
  const share: Share = { windows: closed, chunkCount: 1, holds: () => true }
  const hubs = new Map<string, PeerHub>()
  const violations: string[] = []
  const hub = (self: 'store' | 'kiosk', versions: readonly SpokenVersion[]) =>
    new PeerHub({
      platform: new SimulatedHost(time, self, 1, 0).platform,
      options: defaultOptions,
      openLink: links.open,
      versions,
      ...{ iceServers: () => [], serverNow: () => 0, selfId: () => self, selfRole: () => self },
      shares: () => new Map([[RELEASE, share]]),
      ...{ chunkOf: () => undefined, readChunk: async () => null, uploadLimit: () => null },
      sendSignal: (introductionId, signal) =>
        hubs.get(self === 'store' ? 'kiosk' : 'store')?.signal(introductionId, self, signal),
      listener: {
        ...{ opened: () => undefined, closed: () => undefined, changed: () => undefined },
        session: (_, effect) => told.push(effect),
        violation: (_, detail) => violations.push(detail),
      },
    })
  const [store, kiosk] = [hub('store', storeVersions), hub('kiosk', kioskVersions)]
  hubs.set('store', store).set('kiosk', kiosk)
  store.introduced('i', { deviceId: 'kiosk', role: 'kiosk' }, false)
  kiosk.introduced('i', { deviceId: 'store', role: 'store' }, true)
  await time.advance(1_000)
  kiosk.step('store', { type: 'want', release: RELEASE, sizes: [{ sizeBytes: 1 }] })
  await time.advance(1_000)
  for (const each of hubs.values()) each.closeAll()
  assert.deepEqual(violations, [])
  return told.flatMap(effect => (effect.type === 'rejected' ? [[effect.reason, effect.retryAfterMs]] : []))
}

test('PR-V4 a peer of an earlier version gets messages in the form of its version, others in that of the newest', async () => {
  assert.deepEqual(await rejectionBetween(twoVersions, spokenVersions), [['busy', 0]])
  assert.deepEqual(await rejectionBetween(twoVersions, twoVersions), [['window-closed', NEW_REASON_RETRY_MS]])
  assert.deepEqual(
    await rejectionBetween(spokenVersions, secondVersionOnly),
    [],
    'no link without a common version',
  )
})
