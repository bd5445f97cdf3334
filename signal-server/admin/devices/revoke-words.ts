/** What is said before a device is shut out: what its screen shows, when, and what brings it back. Pure. */
import type { DeviceRow } from '../../../protocol/admin/devices.ts'
import type { Question } from '../elements/confirm-dialog.ts'
import { deviceTitle } from './device-words.ts'

export type ShutOutDevice = Pick<DeviceRow, 'name' | 'deviceId' | 'state' | 'code' | 'site' | 'connection'>

/** A device that waits to be accepted is turned away, any other is revoked; to the server both are the same. */
export function revokeQuestion(device: ShutOutDevice): Question & { readonly text: string } {
  const isPending = device.state === 'pending'
  const screen =
    device.connection === 'online'
      ? 'Its screen says “Out of service” within seconds.'
      : 'It is offline: its screen goes on as it is, and says “Out of service” as soon as it is connected again.'
  const rest = isPending
    ? 'Its code becomes invalid, and it cannot come in with this identity.'
    : 'It gets no more releases and gives none, and cannot come back by itself.'
  return {
    title: `${isPending ? 'Turn' : 'Revoke'} ${deviceTitle(device)}${isPending ? ' away' : ''}?`,
    text: `${screen} ${rest} You can accept it again at any time: then it is back within a minute.`,
    confirmLabel: isPending ? 'Turn away' : 'Revoke',
    dangerous: true,
  }
}
