/** Devices that do not keep to the windows: refused by the server and by the store, each with the time to come back. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { decodePeerMessage, encodePeerMessage } from '../../protocol/peer/codec.ts'
import type { PeerMessage } from '../../protocol/peer/messages.ts'
import { assertNothingLeaks, withCleanup } from '../support/cleanup.ts'
import { enrolDevice, generateDeviceKeys, SignalingClient } from '../support/signaling-client.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestDevice, type TestSite, until } from '../support/test-site.ts'

const HOUR_MS = 3_600_000

after(() => assertNothingLeaks())

const instantIn = (ms: number) => new Date(Date.now() + ms).toISOString()

/** Package `lobby` behind both windows for an hour, published; a store that holds it. */
async function startClosedShop(t: TestContext) {
  const site = await startTestSite(t)
  const directory = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 600_000 })
  const published = await site.publish(directory, '1.0.0')
  await assignPackages(site, 'lobby')
  const until = instantIn(HOUR_MS)
  await site.windows({ only: until, enforce: until })
  return { site, until, published }
}

/** A hand-made kiosk that speaks the signaling protocol and keeps to nothing. */
async function joinByHand(t: TestContext, site: TestSite, role: 'kiosk' | 'store', siteName = 'shop') {
  const base = new URL('../', site.server.kioskUrl).href
  const keys = await generateDeviceKeys()
  const token = new URL(await site.enrolmentLink(role, siteName)).searchParams.get('enrol') ?? ''
  await enrolDevice(base, keys, token)
  const { client, welcome } = await SignalingClient.join(base, keys)
  withCleanup(t).defer(() => client.close())
  return { client, welcome, base }
}

test('W4 a hand-made request for a chunk while the server is closed to it gets 403 with retryAt', async t => {
  const { site, until: opensAt, published } = await startClosedShop(t)
  const kiosk = await joinByHand(t, site, 'kiosk')
  const manifest = (await (await fetch(`${kiosk.base}releases/${published.digest}/manifest`)).json()) as {
    manifest: { chunks: { digest: string }[] }
  }
  const chunkUrl = `${kiosk.base}releases/${published.digest}/chunks/${manifest.manifest.chunks[0]?.digest}`

  const refused = await kiosk.client.askGrant(published.digest)
  assert.equal(refused.type === 'refused' && refused.problem.type, 'window-closed')
  assert.equal(refused.type === 'refused' && refused.problem.retryAt, Date.parse(opensAt))

  const without = await fetch(chunkUrl)
  assert.equal(without.status, 403)
  assert.match(without.headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.equal(((await without.json()) as { retryAt: string }).retryAt, opensAt)

  // A grant got while the window was open is worth nothing once it is closed.
  await site.windows({ only: 'off', enforce: 'off' })
  await kiosk.client.next('assignments')
  const grant = await kiosk.client.askGrant(published.digest)
  assert.ok(grant.type === 'grant')
  const authorization = `Bearer ${grant.token}`
  assert.equal((await fetch(chunkUrl, { headers: { authorization } })).status, 200)
  await site.windows({ enforce: opensAt })
  const closed = await fetch(chunkUrl, { headers: { authorization } })
  assert.equal(closed.status, 403)
  assert.equal(((await closed.json()) as { retryAt: string }).retryAt, opensAt)

  const forged = `${grant.token.slice(0, -4)}AAAA`
  assert.equal((await fetch(chunkUrl, { headers: { authorization: `Bearer ${forged}` } })).status, 403)
})

test('W3 a device that asks to be introduced before its time is refused, and a device of another site always', async t => {
  const { site, until: opensAt, published } = await startClosedShop(t)
  const store = await site.openOnline({ role: 'store' })
  await store.untilRuns(1, 'App 1')
  const kiosk = await joinByHand(t, site, 'kiosk')
  const refused = await kiosk.client.introduce(published.digest)
  assert.equal(refused.type === 'refused' && refused.problem.type, 'window-closed')
  assert.equal(refused.type === 'refused' && refused.problem.retryAt, Date.parse(opensAt))

  await site.windows({ only: 'off', enforce: 'off' })
  await site.larder('site', 'create', 'elsewhere', '--time-zone', 'UTC')
  await site.larder('profile', 'set', 'screens', '--site', 'shop', '--site', 'elsewhere')
  const stranger = await joinByHand(t, site, 'kiosk', 'elsewhere')
  assert.equal(stranger.welcome.storesOnline, 0)
  const answer = await stranger.client.introduce(published.digest)
  assert.equal(answer.type === 'refused' && answer.problem.type, 'no-store-online')
  const introduced = await kiosk.client.introduce(published.digest)
  assert.equal(introduced.type, 'introduction')
  // Whatever a stranger sends into the introduction of two others reaches neither of them.
  assert.ok(introduced.type === 'introduction')
  stranger.client.send({
    type: 'signal',
    introductionId: introduced.introductionId,
    signal: { type: 'offer', sdp: 'v=0\r\n' },
  })
  await stranger.client.settled()
  assert.deepEqual((await store.status())?.peers, [])
})

/** Keeps every data channel of the page within reach, and what arrives on them. */
const CAPTURE_CHANNELS = `
  globalThis.channels = []
  globalThis.frames = []
  const create = RTCPeerConnection.prototype.createDataChannel
  const capture = channel => {
    channels.push(channel)
    channel.addEventListener('message', event => frames.push([...new Uint8Array(event.data)]))
  }
  RTCPeerConnection.prototype.createDataChannel = function (...args) {
    const channel = create.apply(this, args)
    capture(channel)
    return channel
  }
`

async function sendByHand(device: TestDevice, message: PeerMessage): Promise<void> {
  await device.browser.page.evaluate(
    bytes => {
      const { channels } = globalThis as unknown as { channels: RTCDataChannel[] }
      channels.at(-1)?.send(new Uint8Array(bytes))
    },
    [...encodePeerMessage(message)],
  )
}

async function framesOf(device: TestDevice): Promise<PeerMessage[]> {
  const frames = await device.browser.page.evaluate(
    () => (globalThis as unknown as { frames: number[][] }).frames,
  )
  return frames.flatMap(bytes => {
    const decoded = decodePeerMessage(new Uint8Array(bytes))
    return decoded.ok ? [decoded.message] : []
  })
}

test('W3 a store refuses a kiosk whose window is closed, also on a link that another package opened', async t => {
  const { site, until: opensAt, published } = await startClosedShop(t)
  const open = await writeTestPackage(join(site.root, 'open'), {
    title: 'Open 1',
    weightBytes: 200_000,
    seed: 7,
  })
  await site.publish(open, '1.0.0', 'notices')
  await site.larder(
    'profile',
    'set',
    'screens',
    '--site',
    'shop',
    '--package',
    'lobby',
    '--package',
    'notices',
  )
  const store = await site.openOnline({ role: 'store' })
  await store.untilRuns(1, 'App 1')
  await store.untilPackage('the store has both', status => status.phase === 'active', 'notices')
  const kiosk = await site.open({ role: 'kiosk', initScript: CAPTURE_CHANNELS })
  await kiosk.untilPackage(
    'the open package came from the store',
    ({ bytes }) => bytes.fromStores > 0,
    'notices',
  )

  await sendByHand(kiosk, {
    type: 'interest',
    release: published.digest,
    chunkCount: await chunkCountOf(site, published.digest),
  })
  const reject = await until('the store rejects the interest', async () => {
    const frames = await framesOf(kiosk)
    return frames.find(frame => frame.type === 'reject' && frame.release === published.digest)
  })
  assert.ok(reject.type === 'reject')
  assert.equal(reject.reason, 'window-closed')
  const leftMs = Date.parse(opensAt) - Date.now()
  assert.ok(Math.abs(reject.retryAfterMs - leftMs) < 60_000, `${reject.retryAfterMs} against ${leftMs}`)

  await sendByHand(kiosk, { type: 'request', release: published.digest, indexes: [0] })
  await until('the request is rejected too', async () => {
    const frames = await framesOf(kiosk)
    return frames.filter(frame => frame.type === 'reject' && frame.release === published.digest).length >= 2
  })
  const chunks = (await framesOf(kiosk)).filter(
    frame => frame.type === 'chunk' && frame.release === published.digest,
  )
  assert.deepEqual(chunks, [])
})

async function chunkCountOf(site: TestSite, digest: string): Promise<number> {
  const response = await fetch(new URL(`../releases/${digest}/manifest`, site.server.kioskUrl))
  return ((await response.json()) as { manifest: { chunks: unknown[] } }).manifest.chunks.length
}

/** The whole page lives two days ahead. */
const WRONG_WALL_CLOCK = `
  const aheadMs = 2 * 24 * 3600 * 1000
  const RealDate = Date
  globalThis.Date = class extends RealDate {
    constructor(...args) { args.length === 0 ? super(RealDate.now() + aheadMs) : super(...args) }
    static now() { return RealDate.now() + aheadMs }
  }
`

test('W7 a wrong wall clock on the kiosk changes nothing', async t => {
  const { site, until: opensAt } = await startClosedShop(t)
  const store = await site.openOnline({ role: 'store' })
  await store.untilRuns(1, 'App 1')
  const sent = await site.originBytes()
  const kiosk = await site.open({ role: 'kiosk', initScript: WRONG_WALL_CLOCK })
  const waiting = await kiosk.untilPackage(
    'it waits all the same',
    status => status.reason === 'windows-closed',
  )
  assert.deepEqual(waiting.decision, { stores: 'closed', server: 'closed', nextChangeAt: opensAt })
  const status = await kiosk.status()
  const offsetMs = status?.clockOffsetMs ?? 0
  assert.ok(Math.abs(offsetMs + 2 * 24 * HOUR_MS) < 60_000, `it knows how wrong its clock is: ${offsetMs}`)
  assert.equal(await site.originBytes(), sent)

  const boundary = instantIn(4_000)
  await site.windows({ only: boundary, enforce: boundary })
  const done = await kiosk.untilRuns(1, 'App 1')
  assert.ok(Date.now() >= Date.parse(boundary))
  assert.equal(done.bytes.fromServer, 0)
})
