/** The client library: a kiosk in a page of one's own. What Larder's own kiosk page does is made of the same parts. */
export type { DeviceStatus, PackageStatus, PeerStatus, StorageStatus } from '../protocol/device-status.ts'
export type { ActivateRefusal, ActivateResult, Enrolment, KioskView, ShownApp } from './kiosk-api.ts'
export {
  type CreateKioskOptions,
  createKiosk,
  type LarderKiosk,
  type LarderKiosk as Kiosk,
} from './library/create-kiosk.ts'
export type { KioskEvents, ReleaseEvent } from './library/kiosk-events.ts'
export { showApp } from './library/show-app.ts'
export { defaultOptions, type KioskOptions } from './options.ts'
