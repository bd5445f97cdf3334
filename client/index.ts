/** The client library: for people who have a kiosk page of their own. Larder's own page uses nothing else. */
export { createKiosk, type KioskDeps } from './engine/create-kiosk.ts'
export type { ActivateRefusal, ActivateResult, Enrolment, Kiosk, KioskView, ShownApp } from './kiosk-api.ts'
export { defaultOptions, type KioskOptions } from './options.ts'
