/** Fields that most tests do not care about, as the server fills them where nobody has set anything. */
import { noLimits } from '../../protocol/assignment.ts'
import type { StorageStatus } from '../../protocol/device-status.ts'

/** Of a device's record at the server. */
export const plainRecord = { labels: {}, retries: {}, limits: noLimits }

/** Of what the device itself is told. */
export const plainIdentity = { ...plainRecord, adminUrl: null }

export const plainStorage: StorageStatus = { kind: 'disk', persisted: true, usageBytes: 0, quotaBytes: null }
