/**
 * The tables as Kysely sees them. Booleans are 0 or 1, instants epoch ms, documents JSON text: types that SQLite and
 * PostgreSQL hold alike. Names are snake_case here and nowhere else; the repositories map them.
 */
import type { Kysely } from 'kysely'

export interface Tables {
  sites: {
    name: string
    time_zone: string
    stores_wanted: number
    /** What its stores may keep and hand out; null: as much as they can. */
    cache_bytes: number | null
    upload_bytes_per_s: number | null
    updated_at: number
  }
  profiles: { name: string; priority: number; updated_at: number }
  profile_sites: { profile: string; site: string; added_at: number }
  profile_packages: {
    profile: string
    package: string
    /** Null: the latest one. */
    pinned_release: number | null
    /** When the profile began to want this choice of release. */
    wanted_at: number
    proxy_distribution: number
    only_to_proxies_until: string | null
    enforce_proxy_until: string | null
    activation: string
    confirmation: string
    /** Of the package among those of its site; that of the profile decides where a package comes from. */
    package_priority: number
    updated_at: number
    /** Counts the changes of the options, windows and the others alike. */
    revision: number
  }
  packages: {
    name: string
    created_at: number
    /** Which of its releases are kept; both null: all. */
    keep_releases: number | null
    keep_for_s: number | null
    /** The highest number that one of its releases ever had: numbers only rise, also when releases are deleted. */
    last_release: number
  }
  releases: {
    digest: string
    package: string
    number: number
    version: string
    entry: string
    signed_manifest: string
    /** Of entry, files and chunks, without version, number and time. */
    content_digest: string
    published_at: number
    raw_bytes: number
    encoded_bytes: number
    file_count: number
    chunk_count: number
  }
  chunks: { digest: string; raw_bytes: number; encoded_bytes: number }
  release_chunks: { release_digest: string; chunk_digest: string }
  /** A row for each pair of releases that was looked at; no parts where none was worth making. */
  patch_sets: {
    to_digest: string
    from_digest: string
    digest: string
    document: string
    parts_bytes: number
    instead_of_bytes: number
    made_at: number
  }
  patch_parts: { to_digest: string; from_digest: string; part_digest: string }
  /** Empty where none was worth making, or none can be. */
  manifest_differences: { to_digest: string; from_digest: string; sha256: string; difference: Uint8Array }
  /** Chunks in the vault that no release has, and since when the server knows. */
  orphan_chunks: { digest: string; seen_at: number }
  enrolment_tokens: {
    token_hash: string
    site: string
    role: string
    /** Null for links of versions that did not keep it. */
    uses: number | null
    uses_left: number
    created_at: number
    expires_at: number
  }
  devices: {
    device_id: string
    public_key: string
    name: string
    role: string
    site: string | null
    state: string
    code: string | null
    labels: string
    /** How often another try was asked for, by package. */
    retries: string
    enrolled_at: number
    last_seen_at: number
    last_status: string | null
    last_status_at: number | null
  }
  /** Each device's packages from its last status, for counting. */
  device_packages: {
    device_id: string
    package: string
    wanted_release: number
    active_release: number | null
    phase: string
  }
  device_events: {
    device_id: string
    /** Rises per device. */
    number: number
    at: number
    kind: string
    package: string | null
    release: number | null
    peer: string | null
    detail: string
  }
  /** The last diagnostics of each device that ever ran them. */
  device_diagnostics: { device_id: string; report: string; received_at: number }
  api_tokens: {
    /** Names the token where its hash should not be shown. */
    id: string
    token_hash: string
    name: string
    created_at: number
    last_used_at: number | null
    revoked_at: number | null
  }
  admin_sessions: {
    session_hash: string
    created_at: number
    last_used_at: number
    expires_at: number
  }
  /** One-time links that let an administrator in. */
  admin_links: { code_hash: string; created_at: number; expires_at: number }
  /** What there is one of: the administration's password and address. */
  settings: { key: string; value: string }
  audit_log: {
    id: string
    at: number
    actor: string
    action: string
    target: string
    before: string | null
    after: string | null
  }
  /** Bytes ever, by site; what the origin itself counted has no site and stands under the empty name. */
  traffic_totals: { site: string; from_stores: number; from_server: number; origin_sent: number }
  /** Bytes over time, in buckets of two widths. */
  traffic_buckets: {
    width_s: number
    /** Where the bucket begins. */
    at: number
    from_stores: number
    from_server: number
    origin_sent: number
  }
  signing_keys: { key_id: string; public_key: string; created_at: number; retired_at: number | null }
}

/** The database or a transaction on it. */
export type Db = Kysely<Tables>

export const toFlag = (value: boolean): number => (value ? 1 : 0)
export const fromFlag = (value: number): boolean => value !== 0
