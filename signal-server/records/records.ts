/**
 * The records opened: database, reports and changes that belong together, and the one way to change anything.
 */
import type { Transaction } from 'kysely'
import { BackgroundJobs } from '../background-jobs.ts'
import { Failure, messageOf } from '../failure.ts'
import { systemClock } from '../fleet/server-clock.ts'
import type { FleetChange } from '../fleet-directory.ts'
import type { RandomBytes } from '../random.ts'
import { storageFaultOf } from '../storage-fault.ts'
import { insertAuditEntry } from './audit-log.ts'
import { copyBeforeMigration, findUsableCopy } from './copy-before-migration.ts'
import { DeviceReports } from './device-reports.ts'
import { createFleetChanges, type FleetChanges } from './fleet-changes.ts'
import { type Migration, migrate, NewerRecords, RECORDS_VERSION } from './migrations.ts'
import { openSqlite } from './sqlite.ts'
import type { Db, Tables } from './tables.ts'
import { TrafficHistory } from './traffic-history.ts'

interface Change<T> {
  readonly result: T
  /** Left out when nothing was changed after all. */
  readonly audit?: {
    readonly action: string
    readonly target: string
    readonly before?: unknown
    readonly after?: unknown
  }
  /** Who has to hear of it, if anybody. */
  readonly fleetChange?: FleetChange
}

export interface Records {
  readonly db: Db
  readonly reports: DeviceReports
  readonly traffic: TrafficHistory
  readonly changes: FleetChanges
  /**
   * Runs `act` in one transaction with its audit entry, and tells the change when it is committed. What rejects inside
   * `act` undoes everything and rejects here.
   */
  change<T>(actor: string, now: number, act: (trx: Transaction<Tables>) => Promise<Change<T>>): Promise<T>
  close(): Promise<void>
}

export interface RecordsOptions {
  /** The database file. */
  readonly path: string
  readonly randomBytes: RandomBytes
  /** Learns of reports that could not be written in the background. */
  readonly onReportFailure?: (error: unknown) => void
  /** Called before records of an earlier version are copied and migrated; what it throws stops that. */
  readonly beforeMigration?: () => void
  /** Learns of a migration that is done, and of the copy from before it. */
  readonly onMigrated?: (migration: Migration & { readonly copyPath: string }) => void
  /** Learns of everything that could not be written for the disk or for a lock. */
  readonly onStorageFault?: (error: unknown) => void
  /** Called before records that were opened for reading are opened for writing; throws where that may not be. */
  readonly beforeWriting?: () => void
  /** Where jobs of the records are listed, if not nowhere. */
  readonly jobs?: BackgroundJobs
}

const SILENT = { info: () => undefined, error: () => undefined }

/** Opens the records, migrated to this version. Rejects with a {@link Failure}. */
export async function openRecords(options: RecordsOptions): Promise<Records> {
  const db = await openMigrated(options)
  const onFailure = options.onReportFailure ?? (() => undefined)
  const jobs = options.jobs ?? new BackgroundJobs({ clock: systemClock, log: SILENT })
  const traffic = await TrafficHistory.open(db, jobs)
  const reports = new DeviceReports(db, traffic, onFailure)
  const changes = createFleetChanges()
  changes.subscribe(change => {
    if (change.type === 'device') reports.recheck(change.deviceId)
  })
  return {
    db,
    reports,
    traffic,
    changes,
    async change(actor, now, act) {
      const change = await db.transaction().execute(async trx => {
        const change = await act(trx)
        const id = Buffer.from(options.randomBytes(12)).toString('hex')
        if (change.audit) await insertAuditEntry(trx, { id, at: now, actor, ...change.audit })
        return change
      })
      if (change.fleetChange) changes.publish(change.fleetChange)
      return change.result
    },
    async close() {
      try {
        await reports.close()
        await traffic.flush()
      } finally {
        await jobs.close()
        await db.destroy()
      }
    },
  }
}

async function openMigrated(options: RecordsOptions): Promise<Db> {
  const { path, beforeMigration, onMigrated } = options
  try {
    const db = openSqlite(path, options)
    try {
      let done: (Migration & { readonly copyPath: string }) | undefined
      await migrate(db, migration => {
        beforeMigration?.()
        done = { ...migration, copyPath: copyBeforeMigration(path, migration) }
      })
      if (done) onMigrated?.(done)
      return db
    } catch (error) {
      await db.destroy()
      throw error
    }
  } catch (error) {
    if (error instanceof NewerRecords) throw withCopy(error, path)
    if (error instanceof Failure) throw error
    const fault = storageFaultOf(error)
    if (fault !== null)
      throw new Failure(
        `cannot open the records ${path} for this version of Larder: ${fault.words}; ${fault.advice}, and start again`,
        error,
      )
    throw new Failure(
      `cannot open the records ${path}: ${messageOf(error)}; check owner and free space, or bring them back from a backup`,
      error,
    )
  }
}

/** Names the copy that this version can open, where one is kept. */
function withCopy(error: NewerRecords, path: string): Failure {
  const copy = findUsableCopy(path, RECORDS_VERSION)
  if (copy === null) return error
  return new NewerRecords(
    error.found,
    `, or bring back the copy ${copy.path} (version ${copy.version}, made ${copy.madeAt.toISOString()}), without what was changed since`,
  )
}
