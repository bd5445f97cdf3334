/** A kiosk that sends garbage through a real data channel. What else lying devices do is test/contract/hostile-peers.test.ts. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

/** Follows its first good message with bad ones of every kind a channel can carry. */
const SENDS_GARBAGE = `{
  const send = RTCDataChannel.prototype.send
  let isFirst = true
  RTCDataChannel.prototype.send = function (data) {
    send.call(this, data)
    if (!isFirst) return
    isFirst = false
    for (const bad of ['', 'text', new Uint8Array(), new Uint8Array(200_000).fill(255), new Uint8Array([9, 9])]) {
      try { send.call(this, bad) } catch {}
    }
  }
}`

test('PR-P10 PR-P12 a kiosk that sends garbage is dropped and reported by the store, which goes on serving', async t => {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 1_000_000 })
  await site.publish(app, '1.0.0')
  await assignPackages(site, 'lobby')
  const store = await site.openOnline({ role: 'store' })
  await store.untilRuns(1, 'App 1')
  const liar = await site.openOnline({ role: 'kiosk', initScript: SENDS_GARBAGE })
  const [storeId, liarId] = [(await store.untilOnline()).deviceId, (await liar.untilOnline()).deviceId]
  const reported = await until('the store reports it', async () => {
    const { events } = (await (await site.api(`api/devices/${storeId}`)).json()) as {
      events: { kind: string; peer?: string }[]
    }
    return events.find(({ kind }) => kind === 'peer-protocol-error')
  })
  assert.equal(reported.peer, liarId)
  const kiosk = await site.open({ role: 'kiosk' })
  const { bytes } = await kiosk.untilRuns(1, 'App 1')
  assert.equal(bytes.fromServer, 0)
  assert.ok(bytes.fromStores > 1_000_000)
  await liar.untilRuns(1, 'App 1')
})
