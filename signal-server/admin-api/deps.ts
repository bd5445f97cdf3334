/** What the admin API is made of; the composition root supplies it. */
import type { Context } from 'hono'
import type { Scheme } from '../client-address.ts'
import type { FleetPresence, OriginTraffic } from '../fleet-presence.ts'
import type { FleetWatch } from '../fleet-watch/fleet-watch.ts'
import type { LiveFeed } from '../fleet-watch/live-feed.ts'
import type { PasswordCost } from '../keys/password-hash.ts'
import type { ServerMetrics } from '../metrics/server-metrics.ts'
import type { ArchiveStaging } from '../publishing/archive-staging.ts'
import type { Publisher } from '../publishing/publisher.ts'
import type { RandomBytes } from '../random.ts'
import type { Records } from '../records/records.ts'
import type { ShownStorage } from '../storage-state.ts'
import type { ChunkVault } from '../vault/chunk-vault.ts'
import type { Credential } from './authentication.ts'
import type { RequestTrust } from './stranger-bounds.ts'

export interface AdminDeps {
  readonly records: Records
  readonly vault: Pick<ChunkVault, 'get' | 'sizes' | 'damaged'>
  readonly publisher: Publisher
  readonly archives: ArchiveStaging
  readonly presence: FleetPresence
  /** The fleet at a glance, and live. */
  readonly watch: FleetWatch
  readonly feed: LiveFeed
  readonly traffic: OriginTraffic
  /** Whether the server can write to its disk. */
  readonly storage: ShownStorage
  readonly metrics: ServerMetrics
  /** The link that enrols a device with this token. */
  readonly enrolmentUrl: (token: string) => string
  /** Where Vite put the administration page, absolute; it may not be there. */
  readonly pageDirectory: string
  /** From which network address a request came, for limits on guessing and the audit log. */
  readonly clientAddress: (c: Context) => string
  /** By which scheme the client reached this server, or the trusted proxy in front of it. */
  readonly clientScheme: (c: Context) => Scheme
  /** Origins under which the administration is known to be reached, such as that of `--admin-url`. */
  readonly ownOrigins: readonly string[]
  /** What the connection of a request with a credential may do; absent where there is no server. */
  readonly trust?: RequestTrust
  /** Of the passwords that are set from now on. */
  readonly passwordCost: PasswordCost
  /** Epoch ms. */
  readonly clock: () => number
  readonly randomBytes: RandomBytes
  /** Learns of failures that are nobody's fault but the server's. */
  readonly onFailure: (error: unknown) => void
  /** Learns of requests with a credential whose client was gone before they were whole. */
  readonly onBrokenOff?: (actor: string, request: string) => void
}

/** What the authentication leaves for the routes. */
export interface AdminEnv {
  Variables: {
    /** For the audit log: `token:NAME` or `session:ID`. */
    actor: string
    /** Null only on the routes that need none. */
    credential: Credential | null
  }
}
