import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  MAX_PENDING_DEVICES,
  MAX_PENDING_PER_NETWORK,
  PENDING_YIELD_MS,
} from '../../../policy/device-budget.ts'
import { admitWaiting, type WaitingDevice } from '../../../policy/waiting-places.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')

/** So many devices of a network, the first of them absent the longest. */
function devices(network: string | null, count: number, seenAt = NOW): WaitingDevice[] {
  return Array.from({ length: count }, (_, index) => ({
    deviceId: `${network}-${index}`,
    network,
    lastSeenAt: seenAt - (count - index),
  }))
}

const crowds = (networks: number, each: number) =>
  Array.from({ length: networks }, (_, index) => devices(`crowd-${index}`, each)).flat()

describe('places for devices that wait to be accepted', () => {
  test('there is a place while the list and the share of the network are not full', () => {
    const waiting = devices('shop', MAX_PENDING_PER_NETWORK - 1)
    assert.deepEqual(admitWaiting(waiting, 'shop', NOW), { admitted: true, replaces: null })
  })

  test('no network gets more than its share, however empty the list is', () => {
    const waiting = devices('crowd', MAX_PENDING_PER_NETWORK)
    assert.deepEqual(admitWaiting(waiting, 'crowd', NOW), { admitted: false, full: 'network' })
    assert.deepEqual(admitWaiting(waiting, 'shop', NOW), { admitted: true, replaces: null })
  })

  test('where the list is full, the network that holds most gives way: its device that is absent the longest', () => {
    const waiting = [...crowds(9, 100), ...devices('small', 60), ...devices('other', 40)]
    assert.equal(waiting.length, MAX_PENDING_DEVICES)
    assert.deepEqual(admitWaiting(waiting, 'shop', NOW), { admitted: true, replaces: 'crowd-0-0' })
    assert.deepEqual(admitWaiting(waiting, 'small', NOW), { admitted: true, replaces: 'crowd-0-0' })
  })

  test('a network takes no place from one that would hold fewer then', () => {
    const waiting = crowds(20, 50)
    assert.deepEqual(admitWaiting(waiting, 'crowd-1', NOW), { admitted: false, full: 'list' })
    assert.deepEqual(admitWaiting(waiting, 'shop', NOW), { admitted: true, replaces: 'crowd-0-0' })
  })

  test('of a thousand networks with a place each, a device that was not seen for some minutes gives way', () => {
    const waiting = crowds(MAX_PENDING_DEVICES, 1)
    assert.deepEqual(admitWaiting(waiting, 'shop', NOW), { admitted: false, full: 'list' })
    assert.deepEqual(admitWaiting(waiting, 'shop', NOW + PENDING_YIELD_MS - 1), {
      admitted: true,
      replaces: 'crowd-0-0',
    })
  })

  test('devices whose network is forgotten count as one, and have no share of their own to exceed', () => {
    const waiting = devices(null, MAX_PENDING_DEVICES - 1)
    assert.deepEqual(admitWaiting(waiting, null, NOW), { admitted: true, replaces: null })
    const full = devices(null, MAX_PENDING_DEVICES)
    assert.deepEqual(admitWaiting(full, 'shop', NOW), { admitted: true, replaces: 'null-0' })
    assert.deepEqual(admitWaiting(full, null, NOW), { admitted: false, full: 'list' })
  })
})

test('an honest screen gets a place at any moment of a flood from a dozen networks, and keeps it', () => {
  let waiting: WaitingDevice[] = []
  const enrol = (deviceId: string, network: string, now: number) => {
    const admission = admitWaiting(waiting, network, now)
    if (!admission.admitted) return false
    waiting = waiting.filter(device => device.deviceId !== admission.replaces)
    waiting.push({ deviceId, network, lastSeenAt: now })
    return true
  }
  for (let second = 0; second < 4000; second++) {
    enrol(`stranger-${second}`, `crowd-${second % 12}`, NOW + second)
    if (second % 400 === 200) assert.ok(enrol(`screen-${second}`, 'shop', NOW + second), `at ${second}`)
  }
  assert.equal(waiting.length, MAX_PENDING_DEVICES)
  assert.equal(waiting.filter(({ network }) => network === 'shop').length, 10)
})
