/**
 * The steps that bring a database of any earlier version to this one. A step that was released is never changed: a new
 * one is added. All pending steps run in one transaction, so a kill leaves the old version or the new one.
 */
import { type Kysely, sql } from 'kysely'
import { Failure } from '../failure.ts'

// Steps are written against tables of their own time, which Tables does not describe.
// biome-ignore lint/suspicious/noExplicitAny: see above
type AnyDb = Kysely<any>
type Step = (db: AnyDb) => Promise<void>

const STEPS: readonly Step[] = [
  createFirstTables,
  createAdminAccess,
  createTrafficTables,
  addKioskOptions,
  createPatchTables,
  createManifestDifferences,
  prepareForDeletion,
]

/** The version that records have once every step is done. */
export const RECORDS_VERSION = STEPS.length

export interface Migration {
  readonly from: number
  readonly to: number
}

/**
 * Brings the records up to date. Rejects with {@link NewerRecords} and changes nothing if they are too new. Calls `beforeSteps` in the
 * transaction, when no other process can write any more, unless there is nothing to do or the database is new; what it
 * throws changes nothing either.
 */
export async function migrate(
  db: AnyDb,
  beforeSteps: (migration: Migration) => void = () => undefined,
): Promise<void> {
  await db.transaction().execute(async trx => {
    await trx.schema
      .createTable('schema_version')
      .ifNotExists()
      .addColumn('version', 'integer', c => c.notNull())
      .execute()
    const row = await trx.selectFrom('schema_version').select('version').executeTakeFirst()
    const version: number = row?.version ?? 0
    if (version > STEPS.length) throw new NewerRecords(version)
    if (version === STEPS.length) return
    if (version > 0) beforeSteps({ from: version, to: STEPS.length })
    for (const step of STEPS.slice(version)) await step(trx)
    if (row) await trx.updateTable('schema_version').set({ version: STEPS.length }).execute()
    else await trx.insertInto('schema_version').values({ version: STEPS.length }).execute()
  })
}

export class NewerRecords extends Failure {
  readonly found: number

  /** `remedy`: what can be done instead of starting a newer Larder, where there is something. */
  constructor(found: number, remedy = '') {
    super(
      `the records are of version ${found}, and this Larder knows versions up to ${STEPS.length}; start a Larder at least as new as the one that wrote them${remedy}`,
    )
    this.name = 'NewerRecords'
    this.found = found
  }
}

async function createFirstTables(db: AnyDb): Promise<void> {
  await createSiteAndProfileTables(db)
  await createReleaseTables(db)
  await createDeviceTables(db)
  await createAdministrationTables(db)
}

async function createSiteAndProfileTables(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('sites')
    .addColumn('name', 'text', c => c.primaryKey())
    .addColumn('time_zone', 'text', c => c.notNull())
    .addColumn('stores_wanted', 'integer', c => c.notNull())
    .addColumn('updated_at', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createTable('profiles')
    .addColumn('name', 'text', c => c.primaryKey())
    .addColumn('priority', 'integer', c => c.notNull())
    .addColumn('updated_at', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createTable('profile_sites')
    .addColumn('profile', 'text', c => c.notNull().references('profiles.name').onDelete('cascade'))
    .addColumn('site', 'text', c => c.notNull().references('sites.name').onDelete('cascade'))
    .addColumn('added_at', 'bigint', c => c.notNull())
    .addPrimaryKeyConstraint('profile_sites_key', ['profile', 'site'])
    .execute()
  await db.schema.createIndex('profile_sites_by_site').on('profile_sites').column('site').execute()
  // No reference to packages: a profile may name a package before its first release, so that its windows hold from then on.
  await db.schema
    .createTable('profile_packages')
    .addColumn('profile', 'text', c => c.notNull().references('profiles.name').onDelete('cascade'))
    .addColumn('package', 'text', c => c.notNull())
    .addColumn('pinned_release', 'integer')
    .addColumn('wanted_at', 'bigint', c => c.notNull())
    .addColumn('proxy_distribution', 'integer', c => c.notNull())
    .addColumn('only_to_proxies_until', 'text')
    .addColumn('enforce_proxy_until', 'text')
    .addColumn('updated_at', 'bigint', c => c.notNull())
    .addColumn('revision', 'integer', c => c.notNull())
    .addPrimaryKeyConstraint('profile_packages_key', ['profile', 'package'])
    .execute()
}

async function createReleaseTables(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('packages')
    .addColumn('name', 'text', c => c.primaryKey())
    .addColumn('created_at', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createTable('releases')
    .addColumn('digest', 'text', c => c.primaryKey())
    .addColumn('package', 'text', c => c.notNull().references('packages.name'))
    .addColumn('number', 'integer', c => c.notNull())
    .addColumn('version', 'text', c => c.notNull())
    .addColumn('entry', 'text', c => c.notNull())
    .addColumn('content_digest', 'text', c => c.notNull())
    .addColumn('published_at', 'bigint', c => c.notNull())
    .addColumn('raw_bytes', 'bigint', c => c.notNull())
    .addColumn('encoded_bytes', 'bigint', c => c.notNull())
    .addColumn('file_count', 'integer', c => c.notNull())
    .addColumn('chunk_count', 'integer', c => c.notNull())
    // Last, so that SQLite reads the rest without walking through megabytes of manifest.
    .addColumn('signed_manifest', 'text', c => c.notNull())
    .addUniqueConstraint('releases_number', ['package', 'number'])
    .execute()
  await db.schema
    .createTable('chunks')
    .addColumn('digest', 'text', c => c.primaryKey())
    .addColumn('raw_bytes', 'integer', c => c.notNull())
    .addColumn('encoded_bytes', 'integer', c => c.notNull())
    .execute()
  await db.schema
    .createTable('release_chunks')
    .addColumn('release_digest', 'text', c => c.notNull().references('releases.digest'))
    .addColumn('chunk_digest', 'text', c => c.notNull().references('chunks.digest'))
    .addPrimaryKeyConstraint('release_chunks_key', ['release_digest', 'chunk_digest'])
    .execute()
  await db.schema
    .createTable('orphan_chunks')
    .addColumn('digest', 'text', c => c.primaryKey())
    .addColumn('seen_at', 'bigint', c => c.notNull())
    .execute()
}

async function createDeviceTables(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('enrolment_tokens')
    .addColumn('token_hash', 'text', c => c.primaryKey())
    .addColumn('site', 'text', c => c.notNull().references('sites.name').onDelete('cascade'))
    .addColumn('role', 'text', c => c.notNull())
    .addColumn('uses_left', 'integer', c => c.notNull())
    .addColumn('created_at', 'bigint', c => c.notNull())
    .addColumn('expires_at', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createTable('devices')
    .addColumn('device_id', 'text', c => c.primaryKey())
    .addColumn('public_key', 'text', c => c.notNull())
    .addColumn('name', 'text', c => c.notNull())
    .addColumn('role', 'text', c => c.notNull())
    .addColumn('site', 'text', c => c.references('sites.name'))
    .addColumn('state', 'text', c => c.notNull())
    .addColumn('code', 'text', c => c.unique())
    .addColumn('enrolled_at', 'bigint', c => c.notNull())
    .addColumn('last_seen_at', 'bigint', c => c.notNull())
    .addColumn('last_status', 'text')
    .addColumn('last_status_at', 'bigint')
    .execute()
  await db.schema.createIndex('devices_by_site').on('devices').column('site').execute()
  await db.schema
    .createTable('device_packages')
    .addColumn('device_id', 'text', c => c.notNull().references('devices.device_id').onDelete('cascade'))
    .addColumn('package', 'text', c => c.notNull())
    .addColumn('wanted_release', 'integer', c => c.notNull())
    .addColumn('active_release', 'integer')
    .addColumn('phase', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('device_packages_key', ['device_id', 'package'])
    .execute()
  await db.schema.createIndex('device_packages_by_package').on('device_packages').column('package').execute()
  await db.schema
    .createTable('device_events')
    .addColumn('device_id', 'text', c => c.notNull().references('devices.device_id').onDelete('cascade'))
    .addColumn('number', 'integer', c => c.notNull())
    .addColumn('at', 'bigint', c => c.notNull())
    .addColumn('kind', 'text', c => c.notNull())
    .addColumn('package', 'text')
    .addColumn('release', 'integer')
    .addColumn('peer', 'text')
    .addColumn('detail', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('device_events_key', ['device_id', 'number'])
    .execute()
}

async function createAdministrationTables(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('api_tokens')
    .addColumn('token_hash', 'text', c => c.primaryKey())
    .addColumn('name', 'text', c => c.notNull())
    .addColumn('created_at', 'bigint', c => c.notNull())
    .addColumn('revoked_at', 'bigint')
    .execute()
  await db.schema
    .createTable('audit_log')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('at', 'bigint', c => c.notNull())
    .addColumn('actor', 'text', c => c.notNull())
    .addColumn('action', 'text', c => c.notNull())
    .addColumn('target', 'text', c => c.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .execute()
  await db.schema.createIndex('audit_log_by_time').on('audit_log').column('at').execute()
  await db.schema
    .createTable('signing_keys')
    .addColumn('key_id', 'text', c => c.primaryKey())
    .addColumn('public_key', 'text', c => c.notNull())
    .addColumn('created_at', 'bigint', c => c.notNull())
    .addColumn('retired_at', 'bigint')
    .execute()
}

async function createAdminAccess(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('settings')
    .addColumn('key', 'text', c => c.primaryKey())
    .addColumn('value', 'text', c => c.notNull())
    .execute()
  await db.schema
    .createTable('admin_sessions')
    .addColumn('session_hash', 'text', c => c.primaryKey())
    .addColumn('created_at', 'bigint', c => c.notNull())
    .addColumn('last_used_at', 'bigint', c => c.notNull())
    .addColumn('expires_at', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createTable('admin_links')
    .addColumn('code_hash', 'text', c => c.primaryKey())
    .addColumn('created_at', 'bigint', c => c.notNull())
    .addColumn('expires_at', 'bigint', c => c.notNull())
    .execute()
  await db.schema.alterTable('api_tokens').addColumn('last_used_at', 'bigint').execute()
  await db.schema.alterTable('api_tokens').addColumn('id', 'text').execute()
  await db.updateTable('api_tokens').set({ id: sql`substr(token_hash, 1, 16)` }).execute()
  await db.schema.createIndex('api_tokens_by_id').on('api_tokens').column('id').unique().execute()
}

async function createTrafficTables(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('traffic_totals')
    .addColumn('site', 'text', c => c.primaryKey())
    .addColumn('from_stores', 'bigint', c => c.notNull())
    .addColumn('from_server', 'bigint', c => c.notNull())
    .addColumn('origin_sent', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createTable('traffic_buckets')
    .addColumn('width_s', 'integer', c => c.notNull())
    .addColumn('at', 'bigint', c => c.notNull())
    .addColumn('from_stores', 'bigint', c => c.notNull())
    .addColumn('from_server', 'bigint', c => c.notNull())
    .addColumn('origin_sent', 'bigint', c => c.notNull())
    .addPrimaryKeyConstraint('traffic_buckets_key', ['width_s', 'at'])
    .execute()
}

/** How packages take over, what is written on devices, what sites allow, and what devices found out about themselves. */
async function addKioskOptions(db: AnyDb): Promise<void> {
  const add = (table: string, column: string, type: 'text' | 'integer', value: string | number) =>
    db.schema
      .alterTable(table)
      .addColumn(column, type, c => c.notNull().defaultTo(value))
      .execute()
  await add('profile_packages', 'activation', 'text', '{"when":"at-once"}')
  await add('profile_packages', 'confirmation', 'text', '{"by":"runs","forMs":30000}')
  await add('profile_packages', 'package_priority', 'integer', 0)
  await db.schema.alterTable('sites').addColumn('cache_bytes', 'bigint').execute()
  await db.schema.alterTable('sites').addColumn('upload_bytes_per_s', 'bigint').execute()
  await add('devices', 'labels', 'text', '{}')
  await add('devices', 'retries', 'text', '{}')
  await db.schema
    .createTable('device_diagnostics')
    .addColumn('device_id', 'text', c => c.primaryKey().references('devices.device_id').onDelete('cascade'))
    .addColumn('report', 'text', c => c.notNull())
    .addColumn('received_at', 'bigint', c => c.notNull())
    .execute()
  await completeStatuses(db)
}

/** Last statuses get what they also say since. They cannot simply go: the next ones are compared with them. */
async function completeStatuses(db: AnyDb): Promise<void> {
  const rows = await db
    .selectFrom('devices')
    .select(['device_id', 'last_status'])
    .where('last_status', 'is not', null)
    .execute()
  for (const { device_id, last_status } of rows) {
    const status = JSON.parse(last_status)
    const completed = {
      storage: { kind: 'disk', persisted: null, usageBytes: null, quotaBytes: null },
      ...status,
      packages: status.packages.map((entry: { readonly phase: string }) => ({
        update: entry.phase === 'active' ? 'confirmed' : entry.phase,
        ...entry,
      })),
    }
    await db
      .updateTable('devices')
      .set({ last_status: JSON.stringify(completed) })
      .where('device_id', '=', device_id)
      .execute()
  }
}

async function createPatchTables(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('patch_sets')
    .addColumn('to_digest', 'text', c => c.notNull())
    .addColumn('from_digest', 'text', c => c.notNull())
    .addColumn('digest', 'text', c => c.notNull())
    .addColumn('document', 'text', c => c.notNull())
    .addColumn('parts_bytes', 'bigint', c => c.notNull())
    .addColumn('instead_of_bytes', 'bigint', c => c.notNull())
    .addColumn('made_at', 'bigint', c => c.notNull())
    .addPrimaryKeyConstraint('patch_sets_key', ['to_digest', 'from_digest'])
    .execute()
  await db.schema
    .createTable('patch_parts')
    .addColumn('to_digest', 'text', c => c.notNull())
    .addColumn('from_digest', 'text', c => c.notNull())
    .addColumn('part_digest', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('patch_parts_key', ['to_digest', 'from_digest', 'part_digest'])
    .execute()
}

/** How to get from one signed manifest to another, made once instead of at each request. */
async function createManifestDifferences(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('manifest_differences')
    .addColumn('to_digest', 'text', c => c.notNull())
    .addColumn('from_digest', 'text', c => c.notNull())
    .addColumn('sha256', 'text', c => c.notNull())
    .addColumn('difference', 'blob', c => c.notNull())
    .addPrimaryKeyConstraint('manifest_differences_key', ['to_digest', 'from_digest'])
    .execute()
}

/** What deleting needs: how many devices a link was for, which releases a package keeps, and which number its next one gets. */
async function prepareForDeletion(db: AnyDb): Promise<void> {
  await db.schema.alterTable('enrolment_tokens').addColumn('uses', 'integer').execute()
  await db.schema.alterTable('packages').addColumn('keep_releases', 'integer').execute()
  await db.schema.alterTable('packages').addColumn('keep_for_s', 'bigint').execute()
  await db.schema
    .alterTable('packages')
    .addColumn('last_release', 'bigint', c => c.notNull().defaultTo(0))
    .execute()
  await db
    .updateTable('packages')
    .set({
      last_release: sql`coalesce((select max(number) from releases where releases.package = packages.name), 0)`,
    })
    .execute()
  // Without it, each chunk that is removed would be looked for in the lists of all releases.
  await db.schema.createIndex('release_chunks_by_chunk').on('release_chunks').column('chunk_digest').execute()
}
