/** Devices on an admin stage: enrolled by token, online when a test says so, reporting what it says. */
import assert from 'node:assert/strict'
import type { DeviceStatus, PackageStatus } from '../../protocol/device-status.ts'
import { toBase64Url } from '../../protocol/keys.ts'
import type { AdminStage } from './admin-stage.ts'
import { packageStatus, statusOf } from './device-status.ts'

export async function makeSite(stage: AdminStage, site: string, timeZone = 'Europe/Berlin'): Promise<void> {
  assert.equal((await stage.call('PUT', `/api/sites/${site}`, { timeZone })).status, 200)
}

/** As many devices of one site and role, online or not. */
export async function enrolMany(
  stage: AdminStage,
  count: number,
  { site = 'berlin', role = 'kiosk', online = true, name = '' } = {},
): Promise<string[]> {
  const { body } = await stage.call('POST', '/api/enrolment-tokens', { site, role, uses: count })
  const ids: string[] = []
  for (let index = 1; index <= count; index++) {
    const publicKey = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
    const result = await stage.directory.enrol({
      token: body.token,
      publicKey,
      ...(name && { name: `${name} ${index}` }),
      now: stage.now,
    })
    assert.ok(result.ok)
    ids.push(result.device.deviceId)
    if (online) stage.online.add(result.device.deviceId)
  }
  return ids
}

/** Reports one package's status of a device. */
export async function report(
  stage: AdminStage,
  deviceId: string,
  change: Partial<PackageStatus> = {},
  status: Partial<DeviceStatus> = {},
): Promise<void> {
  await stage.directory.saveStatus(deviceId, statusOf(deviceId, [packageStatus(change)], status), stage.now)
}
