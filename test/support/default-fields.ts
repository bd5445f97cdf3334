/** Fields that most tests do not care about, as the server fills them where nobody has set anything. */
import { noLimits } from '../../protocol/assignment.ts'
import type { StorageStatus } from '../../protocol/device-status.ts'

export const plainIdentity = { labels: {}, retries: {}, limits: noLimits }

export const plainStorage: StorageStatus = { kind: 'disk', persisted: true, usageBytes: 0, quotaBytes: null }
