/**
 * The live feed: Server-Sent Events for every page that is open (`protocol/admin/live.ts`). One clock for all of them, twice a
 * second and only while somebody looks; each page has a place in the board's log and is told what came after it. A page that
 * does not read is not written to: it gets the sum of what it missed when it reads again.
 */
import type { LiveEvent, LiveEventName } from '../../protocol/admin/live.ts'
import type { Overview } from '../../protocol/admin/overview.ts'
import type { BackgroundJob, BackgroundJobs } from '../background-jobs.ts'
import type { FleetChange } from '../fleet-directory.ts'
import { deviceRow } from './device-rows.ts'
import type { FleetWatch } from './fleet-watch.ts'

const TICK_MS = 500
const HEARTBEAT_MS = 15_000
/** After this a page has to come again, with credentials that are still good. */
const LIFE_MS = 10 * 60_000
/** How soon a page comes back. */
const RETRY_MS = 2_000
const MAX_CLIENTS = 200
/** Rows in one event; the rest follows half a second later. */
const MAX_ROWS = 1_000
/** What may lie unread before a page is left alone. */
const HIGH_WATER_BYTES = 512 * 1024

interface Client {
  readonly stream: ReadableStreamDefaultController<Uint8Array>
  readonly site: string | null
  readonly openedAt: number
  /** Its place in the board's log. */
  place: number
  sitesPlace: number
  overview: string
  exchange: string
  writtenAt: number
  readonly changed: Set<FleetChange['type']>
}

interface ChangedSites {
  /** Changes up to this number of the log are in it. */
  readonly upTo: number
  readonly sites: LiveEvent<'sites'>['sites']
}

export interface LiveFeedDeps {
  readonly watch: FleetWatch
  readonly changes: { subscribe(listener: (change: FleetChange) => void): () => void }
  /** Different for every start of the server: places in the log mean nothing to the next one. */
  readonly feedId: string
  readonly jobs: BackgroundJobs
  /** Learns what went wrong for one page. */
  readonly onFailure: (error: unknown) => void
}

export class LiveFeed {
  readonly #deps: LiveFeedDeps
  readonly #clients = new Set<Client>()
  readonly #encoder = new TextEncoder()
  readonly #unsubscribe: () => void
  readonly #job: BackgroundJob
  #isClosed = false

  constructor(deps: LiveFeedDeps) {
    this.#deps = deps
    this.#job = deps.jobs.add({
      name: 'telling open pages what changes',
      run: () => this.#tick(),
      longestPauseMs: HEARTBEAT_MS,
    })
    this.#unsubscribe = deps.changes.subscribe(change => {
      for (const client of this.#clients) client.changed.add(change.type)
    })
  }

  /** Ends every page's connection; they come back to the next server. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#unsubscribe()
    for (const client of [...this.#clients]) this.#end(client)
    await this.#job.close()
  }

  /** The body of an answer; null when too many are open. */
  async open(options: {
    readonly site: string | null
    readonly lastEventId: string | null
  }): Promise<ReadableStream<Uint8Array> | null> {
    const { watch } = this.#deps
    await watch.board.settled()
    const overview = await watch.overview()
    if (this.#isClosed || this.#clients.size >= MAX_CLIENTS) return null
    const resumed = this.#placeOf(options.lastEventId)
    const place = resumed ?? watch.board.log.last
    let client: Client | null = null
    return new ReadableStream<Uint8Array>(
      {
        start: stream => {
          const now = performance.now()
          client = {
            stream,
            site: options.site,
            openedAt: now,
            place,
            sitesPlace: place,
            overview: '',
            exchange: '',
            writtenAt: now,
            changed: new Set(),
          }
          this.#clients.add(client)
          this.#write(client, `retry: ${RETRY_MS}\n\n`)
          if (resumed === null) this.#send(client, 'reset', {})
          this.#sendOverview(client, overview)
          this.#sendDevices(client)
          this.#sendExchange(client)
          this.#job.wakeIn(TICK_MS)
        },
        cancel: () => {
          if (client !== null) this.#clients.delete(client)
        },
      },
      { highWaterMark: HIGH_WATER_BYTES, size: bytes => bytes?.byteLength ?? 0 },
    )
  }

  async #tick(): Promise<number | null> {
    if (this.#clients.size === 0) return null
    const overview = await this.#deps.watch.overview()
    const sites = await this.#changedSites()
    for (const client of [...this.#clients]) {
      try {
        this.#update(client, overview, sites)
      } catch (error) {
        // What went wrong for one page is not to silence the others.
        this.#clients.delete(client)
        this.#deps.onFailure(error)
      }
    }
    return this.#clients.size > 0 ? TICK_MS : null
  }

  /** Sites that some page has not seen yet, with the log's number at which each changed last. */
  async #changedSites(): Promise<ChangedSites> {
    const { watch } = this.#deps
    const upTo = watch.board.log.last
    const first = Math.min(...[...this.#clients].map(client => client.sitesPlace))
    const changed = new Set(watch.board.sitesChangedAfter(first))
    if (changed.size === 0) return { upTo, sites: [] }
    return { upTo, sites: (await watch.sites()).filter(site => changed.has(site.name)) }
  }

  #update(client: Client, overview: Overview, sites: ChangedSites): void {
    const now = performance.now()
    if (now - client.openedAt >= LIFE_MS) return this.#end(client)
    if ((client.stream.desiredSize ?? 0) <= 0) return
    this.#sendDevices(client)
    this.#sendSites(client, sites)
    this.#sendOverview(client, overview)
    this.#sendExchange(client)
    for (const what of client.changed) this.#send(client, 'changed', { what })
    client.changed.clear()
    if (now - client.writtenAt >= HEARTBEAT_MS) this.#send(client, 'heartbeat', {})
  }

  #sendDevices(client: Client): void {
    const { board } = this.#deps.watch
    const news = board.log.after(client.place, MAX_ROWS)
    if (news === null) {
      client.place = board.log.last
      this.#send(client, 'reset', {})
      return
    }
    if (news.upTo === client.place) return
    client.place = news.upTo
    // A site that changed stands in the log without a device.
    const changed = [...news.keys].filter(deviceId => deviceId !== '')
    const devices = changed.flatMap(deviceId => {
      const row = board.row(deviceId)
      return row === undefined ? [] : [deviceRow(row)]
    })
    const gone = changed.filter(deviceId => board.row(deviceId) === undefined)
    if (changed.length > 0) this.#send(client, 'devices', { devices, gone })
  }

  #sendSites(client: Client, { upTo, sites }: ChangedSites): void {
    const { board } = this.#deps.watch
    const changed = new Set(board.sitesChangedAfter(client.sitesPlace))
    client.sitesPlace = upTo
    const news = sites.filter(site => changed.has(site.name))
    if (news.length > 0) this.#send(client, 'sites', { sites: news })
  }

  #sendOverview(client: Client, overview: Overview): void {
    const { at: _, ...content } = overview
    const text = JSON.stringify(content)
    if (text === client.overview) return
    client.overview = text
    this.#send(client, 'overview', overview)
  }

  #sendExchange(client: Client): void {
    if (client.site === null) return
    const exchange = this.#deps.watch.exchange(client.site)
    const { at: _, ...content } = exchange
    const text = JSON.stringify(content)
    if (text === client.exchange) return
    client.exchange = text
    this.#send(client, 'site', exchange)
  }

  #send<N extends LiveEventName>(client: Client, name: N, data: LiveEvent<N>): void {
    const id = `${this.#deps.feedId}.${client.place}`
    this.#write(client, `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  #write(client: Client, text: string): void {
    client.writtenAt = performance.now()
    client.stream.enqueue(this.#encoder.encode(text))
  }

  #end(client: Client): void {
    this.#clients.delete(client)
    client.stream.close()
  }

  /** Where a page that was here before left off; null when that cannot be known any more. */
  #placeOf(lastEventId: string | null): number | null {
    const { feedId, watch } = this.#deps
    const [id, place] = (lastEventId ?? '').split('.')
    if (id !== feedId || place === undefined || !/^\d{1,15}$/.test(place)) return null
    return watch.board.log.after(Number(place), 1) === null ? null : Number(place)
  }
}
