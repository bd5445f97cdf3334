/**
 * Which device is meant by a text that was typed: an id, its beginning, the code on a screen, or a name. A device chooses its
 * own name when it enrols, so names count only for devices that an administrator has accepted, and never where one is accepted.
 */
import * as v from 'valibot'
import { type DeviceSummary, deviceListSchema } from '../../protocol/admin-api.ts'
import { deviceIdSchema } from '../../protocol/primitives.ts'
import { Failure } from '../failure.ts'
import type { AdminClient } from './admin-client.ts'

/** Shorter beginnings of an id could be anything. */
const MIN_ID_LETTERS = 4

/** Rejects with a `Failure` when no device or more than one is meant. */
export async function findDeviceId(client: AdminClient, text: string): Promise<string> {
  if (v.safeParse(deviceIdSchema, text).success) return text
  const devices = await listDevices(client)
  const [accepted, others] = [devices.filter(isAccepted), devices.filter(device => !isAccepted(device))]
  // Neither the id nor the name of a stranger makes that of an accepted device ambiguous.
  const found = firstNotEmpty([
    others.filter(device => showsCode(device, text)),
    accepted.filter(device => hasIdStart(device, text)),
    accepted.filter(device => device.name === text),
    others.filter(device => hasIdStart(device, text)),
    others.filter(device => device.name === text && wasAccepted(device)),
  ])
  if (found.length === 0)
    throw new Failure(
      `no device has the id or code ${JSON.stringify(text)}, and no accepted device has this name; see: larder device list`,
    )
  return onlyOne(found, text)
}

/**
 * The device to accept: the one that waits and shows this code, or a revoked one with this id or beginning of an id. Rejects
 * with a `Failure` otherwise.
 */
export async function findDeviceToAccept(client: AdminClient, text: string): Promise<string> {
  const devices = await listDevices(client)
  const byId = devices.filter(device => device.deviceId === text || hasIdStart(device, text))
  const found = firstNotEmpty([
    devices.filter(device => showsCode(device, text)),
    byId.filter(device => device.state !== 'pending'),
  ])
  if (found.length > 0) return onlyOne(found, text)
  if (byId.length > 0)
    throw new Failure(
      `${JSON.stringify(text)} is a device that waits; accept it by the code that its screen shows, so that no other device is let in: larder device accept CODE`,
    )
  throw new Failure(
    `no device that waits shows the code ${JSON.stringify(text)}; accept takes the code on the screen, or the id of a revoked device: larder device list`,
  )
}

async function listDevices(client: AdminClient): Promise<readonly DeviceSummary[]> {
  return (await client.request('GET', ['devices'], deviceListSchema)).devices
}

const isAccepted = ({ state }: DeviceSummary) => state === 'accepted'
/** A device gets its site when it is accepted, and keeps it when it is revoked. */
const wasAccepted = ({ state, site }: DeviceSummary) => state !== 'pending' && site !== null
const showsCode = ({ state, code }: DeviceSummary, text: string) =>
  state === 'pending' && code === text.trim().toUpperCase()
const hasIdStart = ({ deviceId }: DeviceSummary, text: string) =>
  text.length >= MIN_ID_LETTERS && text.startsWith('d-') && deviceId.startsWith(text)

const firstNotEmpty = <T>(lists: readonly (readonly T[])[]): readonly T[] =>
  lists.find(list => list.length > 0) ?? []

function onlyOne(found: readonly DeviceSummary[], text: string): string {
  const [first, second] = found
  if (first === undefined || second !== undefined)
    throw new Failure(
      `${found.length} devices are called ${JSON.stringify(text)}; name one by its id: larder device list`,
    )
  return first.deviceId
}
