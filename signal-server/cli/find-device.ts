/** Which device somebody means who typed an id, its beginning, a name, or the code on its screen. */
import * as v from 'valibot'
import { deviceListSchema } from '../../protocol/admin-api.ts'
import { deviceIdSchema } from '../../protocol/primitives.ts'
import { Failure } from '../failure.ts'
import type { AdminClient } from './admin-client.ts'

/** Shorter beginnings of an id could be anything. */
const MIN_ID_LETTERS = 4

/** Rejects with a `Failure` when no device or more than one is meant. */
export async function findDeviceId(client: AdminClient, text: string): Promise<string> {
  if (v.safeParse(deviceIdSchema, text).success) return text
  const { devices } = await client.request('GET', ['devices'], deviceListSchema)
  const isIdStart = text.length >= MIN_ID_LETTERS && text.startsWith('d-')
  const found = devices.filter(
    device =>
      device.code === text.toUpperCase() ||
      device.name === text ||
      (isIdStart && device.deviceId.startsWith(text)),
  )
  const [first, second] = found
  if (first === undefined)
    throw new Failure(`no device has the id, name or code ${JSON.stringify(text)}; see: larder device list`)
  if (second !== undefined)
    throw new Failure(
      `${found.length} devices are called ${JSON.stringify(text)}; name one by its id: larder device list`,
    )
  return first.deviceId
}
