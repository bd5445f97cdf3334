/** Tries that an administrator asked for, whatever a package is called. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryRecordStore } from '../../../client/adapters/memory-stores.ts'
import { DeviceEnrolment } from '../../../client/engine/device-enrolment.ts'
import type { Platform } from '../../../client/ports.ts'
import type { IdentityRecord } from '../../../client/records.ts'

const nothing = () => {}

test('a package that is called like something that every object has was not asked for', () => {
  const enrolment = new DeviceEnrolment({
    records: createMemoryRecordStore(),
    origin: { enrol: async () => ({ ok: false, reason: 'unreachable', message: 'no server' }) },
    platform: { monotonicMs: () => 0, random: () => 0, setTimer: () => nothing } as unknown as Platform,
    byCode: false,
    createIdentity: null,
    report: nothing,
    reportKeysRefused: nothing,
    listener: {
      connect: nothing,
      rest: nothing,
      giveUpPackages: nothing,
      newAuthority: async () => {},
      keysChanged: nothing,
      changed: nothing,
    },
  })
  enrolment.begin({
    deviceId: 'd',
    enrolled: { trustedKeys: [], device: { retries: { lobby: 2 } } },
  } as unknown as IdentityRecord)
  assert.deepEqual(
    ['lobby', 'menu', 'constructor', 'valueOf'].map(name => enrolment.retriesOf(name)),
    [2, 0, 0, 0],
  )
})
