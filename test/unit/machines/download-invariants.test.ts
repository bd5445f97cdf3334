/** The numbered invariants of `decide.ts`, after every step of arbitrary histories. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ASKED, HELD, MISSING, STORING } from '../../../client/machines/download/chunk-table.ts'
import type { DownloadEffect } from '../../../client/machines/download/effects.ts'
import { hopefulPeers, isAskable, isStalled, storesHopeful } from '../../../client/machines/download/hope.ts'
import { serverStanding } from '../../../client/machines/download/stalls.ts'
import type { PeerView } from '../../../client/machines/download/state.ts'
import type { DownloadEvent } from '../../../client/machines/download/step.ts'
import { rendezvousOwner } from '../../../policy/rendezvous.ts'
import { decideSources } from '../../../policy/windows.ts'
import { bitfieldOf } from '../../../protocol/peer/bitfield.ts'
import { DownloadDriver, digestsOf, fetchedOf, SELF, SERVER_EPOCH_MS } from './download-driver.ts'

const CHUNKS = 12
const PEERS = ['d-a', 'd-b']

/** What may happen next is chosen by numbers, among what can happen in this state. */
type Choice = readonly [kind: number, a: number, b: number]

function eventOf(driver: DownloadDriver, [kind, a, b]: Choice): DownloadEvent | null {
  const { state } = driver
  const deviceId = PEERS[a % PEERS.length] ?? 'd-a'
  const peer = state.peers.get(deviceId)
  const subset = Array.from({ length: CHUNKS }, (_, i) => i).filter(i => (b >> i) & 1)
  const storing = [...state.table.status.entries()].flatMap(([i, status]) => (status === STORING ? i : []))
  const oneOf = <T>(items: readonly T[]): T | undefined => items[b % Math.max(1, items.length)]
  switch (kind % 19) {
    case 0:
      return { type: 'session', online: b % 4 > 0, storesOnline: a % 3 }
    case 1: {
      const bound = (n: number) => (n % 3 === 0 ? null : driver.inMs(((n % 7) - 2) * 5_000))
      const windows = {
        proxyDistribution: b % 5 > 0,
        onlyToProxiesUntil: bound(a),
        enforceProxyUntil: bound(b),
      }
      return { type: 'policy', role: a % 2 ? 'store' : 'kiosk', windows }
    }
    case 2:
      return { type: 'introduced', deviceId }
    case 3:
      return { type: 'contact-failed', retryAt: b % 2 ? driver.inMs(a * 100 - 1_000) : null }
    case 4:
      return peer ? null : { type: 'peer-joined', deviceId, role: 'store' }
    case 5:
      return { type: 'peer-left', deviceId }
    case 6:
      // An offer answers interest, or ends a rejection.
      if (peer === undefined || (peer.asked.size > 0 && peer.offer === 'offering')) return null
      return { type: 'peer-offer', deviceId, bits: bitfieldOf(CHUNKS, i => subset.includes(i)) }
    case 7:
      return { type: 'peer-have', deviceId, indexes: subset }
    case 8:
      return { type: 'peer-alive', deviceId }
    case 9: {
      const indexes = b % 2 ? [] : subset
      return {
        type: 'peer-reject',
        deviceId,
        reason: b % 3 ? 'busy' : 'not-held',
        retryAfterMs: (a % 4) * 700,
        indexes,
      }
    }
    case 10:
      return { type: 'grant', token: 't', expiresAt: driver.inMs(a * 10_000 - 20_000) }
    case 11:
      return { type: 'grant-refused', retryAt: b % 2 ? driver.inMs(a * 1_000 - 3_000) : null }
    case 12: {
      const index = oneOf([...state.origin.fetching])
      if (index === undefined) return null
      return {
        type: 'origin-failed',
        index,
        reason: a % 2 ? 'grant' : 'unreachable',
        retryAt: a % 3 ? null : driver.inMs(a * 500),
      }
    }
    case 13: {
      const index = oneOf([...state.origin.fetching])
      return index === undefined
        ? null
        : { type: 'received', index, from: 'server', encoded: new Uint8Array(9) }
    }
    case 14: {
      const index = oneOf([...(peer?.asked ?? [])])
      return index === undefined
        ? null
        : { type: 'received', index, from: { deviceId }, encoded: new Uint8Array(9) }
    }
    case 15: {
      const index = oneOf(storing)
      return index === undefined ? null : { type: 'stored', index }
    }
    case 16: {
      const index = oneOf(storing)
      if (index === undefined) return null
      return a % 2
        ? { type: 'bad-chunk', index, from: b % 2 ? 'server' : { deviceId } }
        : { type: 'store-failed', index, reason: 'out-of-space', message: 'full' }
    }
    case 17:
      return { type: 'lost', digests: new Set(subset.map(i => digestsOf(CHUNKS)[i] ?? '')) }
    default:
      return null
  }
}

function checkInvariants(driver: DownloadDriver, effects: readonly DownloadEffect[]): void {
  const { state, now, options } = driver
  const { table, origin, peers } = state
  const isComplete = table.held === table.total
  const { stores, server } = decideSources({ role: state.role, ...state.windows }, driver.serverNow)
  const types = new Set(effects.map(effect => effect.type))
  const asked = [...peers.values()].flatMap(peer => [...peer.asked])

  if (stores.state === 'closed' && !isComplete) {
    assert.equal(asked.length, 0, 'I1: requests at closed stores')
    for (const type of ['introduce', 'interest', 'request'] as const)
      assert.ok(!types.has(type), `I1: ${type}`)
  }
  if (server.state === 'closed' && !isComplete) {
    assert.equal(origin.fetching.size, 0, 'I1: requests at a closed server')
    for (const type of ['ask-grant', 'fetch'] as const) assert.ok(!types.has(type), `I1: ${type}`)
  }
  const hopeful = stores.state === 'open' && storesHopeful(state, now, options)
  if (state.role === 'kiosk' && hopeful) assert.ok(!types.has('fetch') && !types.has('ask-grant'), 'I2')

  const underWay = [...asked, ...origin.fetching]
  const hedged = [...state.hedged].filter(index => asked.filter(other => other === index).length === 2)
  assert.equal(new Set(underWay).size, underWay.length - hedged.length, 'I3: asked of two')
  assert.ok(
    state.hedged.size <= 8 && [...state.hedged].every(index => table.status[index] === ASKED),
    'I3: hedged',
  )
  for (const [index, status] of table.status.entries()) {
    assert.equal(status === ASKED, underWay.includes(index), `I3: ${index} is ${status}`)
    assert.equal(status === MISSING, table.missing.has(index), `missing ${index}`)
  }
  assert.equal(table.held, [...table.status].filter(status => status === HELD).length)
  assert.equal(state.storingBytes, 1_000 * [...table.status].filter(status => status === STORING).length)
  for (const peer of peers.values()) assert.equal(peer.askedBytes, 1_000 * peer.asked.size)

  const isDiskBusy = state.storage !== null || state.storingBytes >= options.maxStoringBytes
  if (isDiskBusy) assert.ok(!types.has('request') && !types.has('fetch'), 'I4')

  if (!isComplete) {
    const isMoving = underWay.length > 0 || state.storingBytes > 0
    assert.ok(driver.wakeAt !== null || isMoving || !state.online, 'I5: waits for nothing')
    assert.ok(driver.wakeAt === null || driver.wakeAt > now, 'I5: wakes in a circle')
  }
  const standing = server.state === 'open' ? serverStanding(state, now) : 'none'
  const isAtWork = (peer: PeerView) =>
    peer.stall === null && isAskable(peer, now) && !isStalled(peer, now, options)
  for (const peer of peers.values()) {
    const isLeftAlone = peer.stall !== null && now < peer.stall.pausedUntil
    if (isLeftAlone) assert.equal(peer.asked.size, 0, 'I9: asked while it is left alone')
    const mayBeAsked = stores.state === 'open' && !isDiskBusy && !state.heldBack && !isComplete
    const canGive =
      peer.offer === 'offering' && now >= peer.suspectUntil && [...table.missing].some(i => peer.has.has(i))
    if (!isLeftAlone || !mayBeAsked || !canGive) continue
    const others = [...peers.values()].filter(
      other => other !== peer && isAtWork(other) && other.asked.size > 0,
    )
    assert.ok(
      standing === 'good' || others.length > 0,
      `I9: ${peer.deviceId} is left alone, and nobody else is asked`,
    )
  }
  for (const effect of effects) {
    if (effect.type !== 'cancel' || stores.state === 'closed' || isComplete) continue
    const elsewhere = (index: number) =>
      table.status[index] !== MISSING ||
      standing !== 'none' ||
      [...peers.values()].some(({ deviceId, has }) => deviceId !== effect.deviceId && has.has(index))
    assert.ok(effect.indexes.every(elsewhere), 'I9: cancelled, and nobody else has it')
  }
  if (state.role === 'store' && hopeful) {
    const owners = [SELF, ...hopefulPeers(state, now, options).map(peer => peer.deviceId)]
    for (const index of fetchedOf(effects))
      assert.equal(rendezvousOwner(table.chunks[index]?.digest ?? '', owners), SELF, 'I6')
  }
}

test('I1 I2 I3 I4 I5 I6 I9 hold after every step of arbitrary histories', () => {
  const choice = fc.tuple(fc.nat(18), fc.nat(20), fc.nat(2 ** CHUNKS - 1))
  const pause = fc.oneof(fc.constant(0), fc.nat(500), fc.nat(20_000))
  fc.assert(
    fc.property(fc.array(fc.tuple(choice, pause), { maxLength: 60 }), steps => {
      const driver = new DownloadDriver({
        digests: digestsOf(CHUNKS),
        options: {
          minPipelineBytes: 3_000,
          maxPipelineBytes: 3_000,
          minStoreBytesPerS: 100,
          admissionSpreadMs: 3_000,
          originParallel: 3,
          maxStoringBytes: 3_000,
          maxStoreLinks: 2,
        },
        chance: 0.5,
      })
      checkInvariants(driver, driver.last)
      for (const [chosen, pauseMs] of steps) {
        const end = driver.now + pauseMs
        for (let wakes = 0; driver.wakeAt !== null && driver.wakeAt <= end; wakes++) {
          assert.ok(wakes < 1_000, 'I5: wakes in a circle')
          driver.now = driver.wakeAt
          driver.wakeAt = null
          checkInvariants(driver, driver.send({ type: 'wake' }))
        }
        driver.now = end
        const event = eventOf(driver, chosen)
        if (event !== null) checkInvariants(driver, driver.send(event))
      }
      assert.ok(driver.serverNow > SERVER_EPOCH_MS)
    }),
    { numRuns: 600 },
  )
})
