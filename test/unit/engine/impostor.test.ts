/**
 * A server that answers at the address of the real one, TLS and all, but does not have its signing key: what it can make
 * of a device, and what not (the table below PR-E8).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IdentityRecord, recordKeys } from '../../../client/records.ts'
import { plainIdentity } from '../../support/default-fields.ts'
import { filesOf, type SimulatedDevice, Simulation } from '../../support/kiosk-simulator.ts'
import { seededSigningKey } from '../../support/virtual-time-crypto.ts'

const identityOf = async (device: SimulatedDevice) =>
  (await device.records.get(recordKeys.identity)) as IdentityRecord

/** A kiosk that runs release 2 and remembers having run it. */
async function kioskBeforeTheImpostor(t: Parameters<typeof Simulation.create>[0]) {
  const site = await Simulation.create(t, { stores: 0, kiosks: 1 })
  const kiosk = site.device('kiosk1')
  await site.publish(filesOf(1))
  await site.untilAllRun(1)
  const oldAssignments = site.server.assignments
  await site.publish(filesOf(2), 2)
  await site.untilAllRun(2)
  await site.time.advance(60_000)
  return { site, kiosk, oldAssignments }
}

/** From now on enrolments are answered with a key of the impostor, and releases are signed with it. */
async function beginImposture(site: Simulation, kiosk: SimulatedDevice): Promise<void> {
  const { privateKey: _, ...foreignKey } = await seededSigningKey('impostor')
  site.origin.enrolAnswer = ({ publicKey }) => {
    site.server.enrol({ deviceId: kiosk.deviceId, publicKey, role: 'kiosk' })
    const device = {
      deviceId: kiosk.deviceId,
      name: 'taken',
      state: 'accepted' as const,
      code: null,
      role: 'kiosk' as const,
      assignedRole: 'kiosk' as const,
      site: 'shop',
      timeZone: 'UTC',
      ...plainIdentity,
    }
    return { device, trustedKeys: [foreignKey] }
  }
  site.forgeManifests = true
  site.server.forget(kiosk.deviceId)
}

test('PR-E8 an impostor that makes a device enrol again changes neither its keys nor its numbers, and shows nothing on it', async t => {
  const { site, kiosk } = await kioskBeforeTheImpostor(t)
  await beginImposture(site, kiosk)
  await site.until('it says that the keys are foreign', () => kiosk.kiosk?.view().keysRefused !== null)
  await site.until('it is connected', () => kiosk.kiosk?.status().connection === 'online')
  const before = await identityOf(kiosk)
  for (const release of [1, 3, Number.MAX_SAFE_INTEGER]) {
    await site.publish(filesOf(7), release)
    await site.time.advance(120_000)
    assert.equal(kiosk.lobby?.reason, 'manifest-refused', `${release}`)
    assert.equal(kiosk.kiosk?.view().app?.release, 2)
  }
  const told = site.server.events.filter(
    ({ detail }) => /does not trust/.test(detail) && /by hand/.test(detail),
  )
  assert.equal(told.length, 1)
  assert.deepEqual((await identityOf(kiosk)).enrolled?.trustedKeys, before.enrolled?.trustedKeys)
  assert.equal(Object(await kiosk.records.get(recordKeys.package('lobby'))).highestRelease, 2)

  // The real server is back, with the record of the device that it always had.
  site.forgeManifests = false
  site.origin.enrolAnswer = null
  await site.publish(filesOf(3), 3)
  await site.untilAllRun(3)
})

test('PR-E8 an impostor cannot bring back an old release, although its signature is right', async t => {
  const { site, kiosk, oldAssignments } = await kioskBeforeTheImpostor(t)
  await beginImposture(site, kiosk)
  await site.until('it is connected', () => kiosk.kiosk?.view().keysRefused !== null)
  site.server.assign([])
  await site.time.advance(60_000)
  site.server.assign(oldAssignments)
  await site.until('it is refused', () => kiosk.lobby?.reason === 'manifest-refused')
  assert.match(kiosk.lobby?.detail ?? '', /older/)
  assert.equal(kiosk.kiosk?.view().app?.release, 2)
  kiosk.kill()
  kiosk.boot()
  await site.time.advance(120_000)
  assert.equal(kiosk.kiosk?.view().app?.release, 2, 'also not over a restart')
  assert.equal(Object(await kiosk.records.get(recordKeys.package('lobby'))).highestRelease, 2)
})

test('PR-E8 an impostor that takes everything away from a device leaves what is on its disk', async t => {
  const { site, kiosk } = await kioskBeforeTheImpostor(t)
  const chunks = (await kiosk.chunks.digests()).size
  await beginImposture(site, kiosk)
  await site.until('it is connected', () => kiosk.kiosk?.view().keysRefused !== null)
  site.server.assign([])
  site.server.setRole(kiosk.deviceId, 'store')
  await site.time.advance(3_600_000)
  assert.equal((await kiosk.chunks.digests()).size, chunks)
  const { active, highestRelease } = Object(await kiosk.records.get(recordKeys.package('lobby')))
  assert.deepEqual([active.release, highestRelease], [2, 2])
  site.server.setRole(kiosk.deviceId, 'kiosk')
})
