/**
 * The devices that a question finds, held as the server sorted them: the first page at once, the rest behind it. What the
 * live feed says changes rows where they stand; that others would now belong here is counted, not done, so that nothing
 * moves under the administrator's pointer.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { type DeviceRow, devicePageSchema } from '../../../protocol/admin/devices.ts'
import { type ApiProblem, api, problemIn } from '../api.ts'
import { live } from '../live.ts'

export type DeviceQuery = Readonly<
  Record<'search' | 'site' | 'role' | 'state' | 'phase' | 'connection' | 'failed' | 'sort' | 'order', string>
>

/** Enough to fill the highest screen; the rest comes in pages that cost little each. */
const FIRST_PAGE = 100
const NEXT_PAGE = 1_000

export class DeviceList implements ReactiveController {
  rows: readonly DeviceRow[] = []
  /** Null until the first page is there. */
  total: number | null = null
  problem: ApiProblem | null = null
  /** Devices that came, or that no longer fit, since the list was read. */
  outdated = 0
  loading = false
  readonly #host: ReactiveControllerHost
  #query: DeviceQuery | null = null
  #running: AbortController | null = null
  #indexById = new Map<string, number>()
  readonly #outdatedIds = new Set<string>()
  #unsubscribe = () => {}

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    const stops = [
      live.on('devices', ({ devices, gone }) => this.#take(devices, gone)),
      live.onReset(() => void this.reload()),
    ]
    this.#unsubscribe = () => stops.forEach(stop => void stop())
  }

  hostDisconnected(): void {
    this.#unsubscribe()
    this.#running?.abort()
  }

  /** Asks anew; the old rows stay until the answer is there. */
  ask(query: DeviceQuery): void {
    this.#query = query
    void this.reload()
  }

  async reload(): Promise<void> {
    const query = this.#query
    if (query === null) return
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    this.loading = true
    this.#host.requestUpdate()
    try {
      let rows: DeviceRow[] = []
      let cursor: string | null = null
      do {
        const page: { devices: DeviceRow[]; total: number; nextCursor: string | null } = await api.get(
          'devices',
          devicePageSchema,
          {
            query: { ...query, cursor, limit: cursor === null ? FIRST_PAGE : NEXT_PAGE },
            signal: running.signal,
          },
        )
        if (this.#running !== running) return
        rows = cursor === null ? page.devices : [...rows, ...page.devices]
        cursor = page.nextCursor
        this.#show(rows, page.total)
      } while (cursor !== null)
      this.problem = null
    } catch (error) {
      if (this.#running !== running) return
      this.problem = problemIn(error)
    }
    this.loading = false
    this.#host.requestUpdate()
  }

  #show(rows: readonly DeviceRow[], total: number): void {
    this.rows = rows
    this.total = total
    this.problem = null
    this.#indexById = new Map(rows.map((row, index) => [row.deviceId, index]))
    this.#outdatedIds.clear()
    this.outdated = 0
    this.#host.requestUpdate()
  }

  #take(changed: readonly DeviceRow[], gone: readonly string[]): void {
    const query = this.#query
    if (query === null || this.total === null) return
    const rows = [...this.rows]
    let shown = false
    for (const row of changed) {
      const index = this.#indexById.get(row.deviceId)
      if (index !== undefined) {
        rows[index] = row
        shown = true
      }
      if (fits(row, query) === (index !== undefined)) this.#outdatedIds.delete(row.deviceId)
      else if (!this.loading) this.#outdatedIds.add(row.deviceId)
    }
    for (const id of gone) if (this.#indexById.has(id)) this.#outdatedIds.add(id)
    const { outdated } = this
    this.outdated = this.#outdatedIds.size
    if (shown) this.rows = rows
    if (shown || outdated !== this.outdated) this.#host.requestUpdate()
  }
}

/** As the server filters. A search looks at more than stands in a row, and failures are for the server to judge: they never say that something is missing. */
function fits(row: DeviceRow, query: DeviceQuery): boolean {
  if (query.search !== '' || query.failed !== '') return true
  return (
    (query.site === '' || row.site === query.site) &&
    (query.role === '' || row.role === query.role) &&
    (query.state === '' || row.state === query.state) &&
    (query.phase === '' || row.phase === query.phase) &&
    (query.connection === '' || row.connection === query.connection)
  )
}
