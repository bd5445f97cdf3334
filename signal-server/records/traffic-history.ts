/**
 * Bytes over time and in all: what devices reported, and what the origin counted. Kept in buckets of two widths, so that the
 * last hour is fine and a week is small, and in totals by site. Survives restarts; a kill loses the last second at most,
 * and what devices reported in it is counted with their next reports. What cannot be written is kept and written later.
 */
import { sql } from 'kysely'
import type { BackgroundJob, BackgroundJobs } from '../background-jobs.ts'
import type { Db } from './tables.ts'
import type { Travelled } from './traffic-increments.ts'

export type TrafficSums = Travelled & { readonly originSent: number }
export interface TrafficPoint extends TrafficSums {
  /** Where the bucket begins, epoch ms. */
  readonly at: number
}

/** What is kept: buckets of this width, for this long. */
const FINE = { widthS: 10, keptMs: 2 * 3600_000 }
const COARSE = { widthS: 900, keptMs: 8 * 24 * 3600_000 }
const DAY_MS = 24 * 3600_000
const WRITE_INTERVAL_MS = 1000
/** Under this name stands what has no site. */
const NO_SITE = ''

const RANGES = {
  '1h': { kept: FINE, bucketS: 30, buckets: 120 },
  '24h': { kept: COARSE, bucketS: 900, buckets: 96 },
  '7d': { kept: COARSE, bucketS: 7200, buckets: 84 },
} as const
export type TrafficRange = keyof typeof RANGES

const NOTHING: TrafficSums = { fromStores: 0, fromServer: 0, originSent: 0 }

export class TrafficHistory {
  readonly #db: Db
  readonly #job: BackgroundJob
  readonly #totals: Map<string, TrafficSums>
  #origin: { at: number; bytes: number } | null = null
  #writing: Promise<void> = Promise.resolve()
  #prunedAt = Number.NEGATIVE_INFINITY

  private constructor(db: Db, jobs: BackgroundJobs, totals: Map<string, TrafficSums>) {
    this.#db = db
    this.#job = jobs.add({ name: 'counting traffic', run: () => this.#writeOrigin().then(() => null) })
    this.#totals = totals
  }

  static async open(db: Db, jobs: BackgroundJobs): Promise<TrafficHistory> {
    const rows = await db.selectFrom('traffic_totals').selectAll().execute()
    return new TrafficHistory(db, jobs, new Map(rows.map(row => [row.site, sumsOf(row)])))
  }

  /** Chunk bytes that the origin sent at `now`. */
  addOriginSent(bytes: number, now: number): void {
    const { at, bytes: before } = this.#origin ?? { at: now, bytes: 0 }
    this.#origin = { at: Math.max(at, now), bytes: before + bytes }
    this.#job.wakeIn(WRITE_INTERVAL_MS)
  }

  /** Resolves when everything counted so far is in the records, or could not be written now. */
  async flush(): Promise<void> {
    // What could not be written is kept, and the job that tells it is woken by that.
    await this.#writeOrigin().catch(() => undefined)
  }

  /**
   * Writes what devices of each site (null: of none) fetched up to `now`, inside the transaction that also keeps the reports
   * it comes from. Call the returned function when that is committed.
   */
  async count(trx: Db, bySite: ReadonlyMap<string | null, Travelled>, now: number): Promise<() => void> {
    const changes = new Map<string, TrafficSums>()
    for (const [site, travelled] of bySite)
      if (travelled.fromStores + travelled.fromServer > 0)
        changes.set(site ?? NO_SITE, { ...travelled, originSent: 0 })
    await this.#add(trx, changes, now)
    return () => this.#remember(changes)
  }

  /** Of each site; the fleet's own sums are `total`. */
  bySite(): ReadonlyMap<string, Travelled> {
    return this.#totals
  }

  total(): TrafficSums {
    return [...this.#totals.values()].reduce(plus, NOTHING)
  }

  /** Since midnight UTC. */
  async today(now: number): Promise<TrafficSums & { readonly since: number }> {
    const since = Math.floor(now / DAY_MS) * DAY_MS
    const row = await this.#db
      .selectFrom('traffic_buckets')
      .select(({ fn }) => [
        fn.sum('from_stores').as('from_stores'),
        fn.sum('from_server').as('from_server'),
        fn.sum('origin_sent').as('origin_sent'),
      ])
      .where('width_s', '=', COARSE.widthS)
      .where('at', '>=', since)
      .executeTakeFirst()
    return { ...sumsOf(row ?? {}), since }
  }

  /** Oldest first, the bucket that holds `now` last; buckets in which nothing travelled among them. */
  async points(
    range: TrafficRange,
    now: number,
  ): Promise<{ readonly bucketS: number; readonly points: TrafficPoint[] }> {
    const { kept, bucketS, buckets } = RANGES[range]
    const bucketMs = bucketS * 1000
    const last = Math.floor(now / bucketMs) * bucketMs
    const first = last - (buckets - 1) * bucketMs
    const rows = await this.#db
      .selectFrom('traffic_buckets')
      .selectAll()
      .where('width_s', '=', kept.widthS)
      .where('at', '>=', first)
      .where('at', '<', last + bucketMs)
      .execute()
    const points = Array.from({ length: buckets }, (_, index) => ({
      at: first + index * bucketMs,
      ...NOTHING,
    }))
    for (const row of rows) {
      const index = Math.floor((Number(row.at) - first) / bucketMs)
      const point = points[index]
      if (point) points[index] = { at: point.at, ...plus(point, sumsOf(row)) }
    }
    return { bucketS, points }
  }

  #writeOrigin(): Promise<void> {
    const writing = this.#writing.catch(() => undefined).then(() => this.#write())
    this.#writing = writing
    return writing
  }

  async #write(): Promise<void> {
    const origin = this.#origin
    if (origin === null) return
    this.#origin = null
    const { at, bytes } = origin
    const changes = new Map([[NO_SITE, { ...NOTHING, originSent: bytes }]])
    try {
      await this.#db.transaction().execute(trx => this.#add(trx, changes, at))
    } catch (error) {
      this.addOriginSent(bytes, at)
      throw error
    }
    this.#remember(changes)
  }

  #remember(changes: ReadonlyMap<string, TrafficSums>): void {
    for (const [site, sums] of changes) this.#totals.set(site, plus(this.#totals.get(site) ?? NOTHING, sums))
  }

  async #add(trx: Db, changes: ReadonlyMap<string, TrafficSums>, now: number): Promise<void> {
    if (changes.size === 0) return
    for (const [site, sums] of changes)
      await trx
        .insertInto('traffic_totals')
        .values({ site, ...columnsOf(sums) })
        .onConflict(conflict => conflict.column('site').doUpdateSet(added('traffic_totals')))
        .execute()
    const all = columnsOf([...changes.values()].reduce(plus, NOTHING))
    for (const { widthS } of [FINE, COARSE]) {
      const at = Math.floor(now / (widthS * 1000)) * widthS * 1000
      await trx
        .insertInto('traffic_buckets')
        .values({ width_s: widthS, at, ...all })
        .onConflict(conflict => conflict.columns(['width_s', 'at']).doUpdateSet(added('traffic_buckets')))
        .execute()
    }
    if (now - this.#prunedAt >= COARSE.widthS * 1000) await this.#prune(trx, now)
  }

  async #prune(trx: Db, now: number): Promise<void> {
    this.#prunedAt = now
    for (const { widthS, keptMs } of [FINE, COARSE])
      await trx
        .deleteFrom('traffic_buckets')
        .where('width_s', '=', widthS)
        .where('at', '<', now - keptMs)
        .execute()
  }
}

/** The row that was there plus the one that was to be written. */
function added(table: 'traffic_totals' | 'traffic_buckets') {
  const sum = (column: string) =>
    sql<number>`${sql.ref(`${table}.${column}`)} + ${sql.ref(`excluded.${column}`)}`
  return {
    from_stores: sum('from_stores'),
    from_server: sum('from_server'),
    origin_sent: sum('origin_sent'),
  }
}

interface Columns {
  from_stores?: unknown
  from_server?: unknown
  origin_sent?: unknown
}

const sumsOf = (row: Columns): TrafficSums => ({
  fromStores: Number(row.from_stores ?? 0),
  fromServer: Number(row.from_server ?? 0),
  originSent: Number(row.origin_sent ?? 0),
})

const columnsOf = (sums: TrafficSums) => ({
  from_stores: sums.fromStores,
  from_server: sums.fromServer,
  origin_sent: sums.originSent,
})

function plus(a: TrafficSums, b: TrafficSums): TrafficSums {
  return {
    fromStores: a.fromStores + b.fromStores,
    fromServer: a.fromServer + b.fromServer,
    originSent: a.originSent + b.originSent,
  }
}
