/** The limit on kiosks of a site that fetch the same release from the server at once, over real sessions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toInstant } from '../../protocol/primitives.ts'
import { openStage, RELEASE, START } from '../support/device-listener-stage.ts'
import { packageStatus, statusOf } from '../support/device-status.ts'
import type { SignalingClient } from '../support/signaling-client.ts'

const LIMITS = { turnLimits: { atOnce: 1 } }

async function isGranted(client: SignalingClient): Promise<boolean> {
  return (await client.askGrant(RELEASE)).type === 'grant'
}

test('T1 PR-G10 a kiosk whose turn it is not is told when to come back, and gets its grant then', async t => {
  const stage = await openStage(t, LIMITS)
  const [first, second] = [await stage.online('berlin', 'kiosk'), await stage.online('berlin', 'kiosk')]
  assert.ok(await isGranted(first))
  const refused = await second.askGrant(RELEASE)
  assert.ok(refused.type === 'refused')
  assert.equal(refused.problem.type, 'await-turn')
  const { retryAt } = refused.problem
  assert.ok(
    retryAt !== undefined && retryAt >= START + 5_000 && retryAt <= START + 60_000,
    toInstant(retryAt ?? 0),
  )

  const has = packageStatus({ phase: 'active', activeRelease: 1, chunks: { have: 10, total: 10 } })
  first.send({ type: 'status', status: statusOf(first.deviceId, [has]) })
  await first.settled()
  stage.clock.set(retryAt)
  assert.ok(await isGranted(second))
})

test('W1 T1 stores always get their grants, and take no turn from a kiosk', async t => {
  const stage = await openStage(t, LIMITS)
  for (let store = 0; store < 3; store++) assert.ok(await isGranted(await stage.online('berlin', 'store')))
  assert.ok(await isGranted(await stage.online('berlin', 'kiosk')))
  assert.ok(await isGranted(await stage.online('berlin', 'store')))
})

test('T1 the limit is each site’s own', async t => {
  const stage = await openStage(t, LIMITS)
  assert.ok(await isGranted(await stage.online('berlin', 'kiosk')))
  assert.ok(await isGranted(await stage.online('oslo', 'kiosk')))
  assert.equal(await isGranted(await stage.online('oslo', 'kiosk')), false)
})

test('T4 a kiosk that went offline keeps its turn for a minute, then the next one has it', async t => {
  const stage = await openStage(t, LIMITS)
  const [first, second] = [await stage.online('berlin', 'kiosk'), await stage.online('berlin', 'kiosk')]
  assert.ok(await isGranted(first))
  await first.close()
  await second.settled()
  assert.equal(await isGranted(second), false)
  stage.clock.set(START + 60_000)
  assert.ok(await isGranted(second))
})
