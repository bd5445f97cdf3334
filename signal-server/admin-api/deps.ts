/** What the admin API is made of; the composition root supplies it. */
import type { FleetPresence, OriginTraffic } from '../fleet-presence.ts'
import type { Publisher } from '../publishing/publisher.ts'
import type { RandomBytes } from '../random.ts'
import type { Records } from '../records/records.ts'

export interface AdminDeps {
  readonly records: Records
  readonly publisher: Publisher
  readonly presence: FleetPresence
  readonly traffic: OriginTraffic
  /** The link that enrols a device with this token. */
  readonly enrolmentUrl: (token: string) => string
  /** Epoch ms. */
  readonly clock: () => number
  readonly randomBytes: RandomBytes
  /** Learns of failures that are nobody's fault but the server's. */
  readonly onFailure: (error: unknown) => void
}

/** What the authentication leaves for the routes. */
export interface AdminEnv {
  Variables: {
    /** For the audit log: `token:NAME`. */
    actor: string
  }
}
