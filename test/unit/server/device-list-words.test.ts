/** Devices on a terminal: what an offline one said last is not told as what it is doing now. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceSummary } from '../../../protocol/admin-api.ts'
import { describeDevices } from '../../../signal-server/cli/commands/device-words.ts'
import { packageStatus } from '../../support/device-status.ts'

const device: DeviceSummary = {
  deviceId: `d-${'1'.repeat(32)}`,
  name: 'Lobby',
  state: 'accepted',
  code: null,
  assignedRole: 'kiosk',
  role: 'kiosk',
  site: 'berlin',
  timeZone: 'Europe/Berlin',
  connection: 'online',
  enrolledAt: '2026-11-01T08:00:00.000Z',
  lastSeenAt: '2026-11-22T01:00:00.000Z',
  labels: {},
  duplicate: null,
  packages: [packageStatus({ phase: 'active', activeRelease: 1, activeVersion: '1.0.0' })],
}

test('a device that is online is listed with the phase of its packages', () => {
  assert.match(describeDevices([device], true), /berlin {2}online +- +lobby 1 active\n/)
})

test('a device that is offline is listed with since when, and its phase as what it was', () => {
  assert.match(
    describeDevices([{ ...device, connection: 'offline' }], true),
    /berlin {2}offline since 2026-11-22 02:00 Europe\/Berlin {2}- +lobby 1 \(was active\)\n/,
  )
})
