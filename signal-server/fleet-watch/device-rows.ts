/** Rows of the board as the page lists them, and the list itself: searched, filtered, sorted, in pages. Pure. */
import type { DevicePage, DeviceRow, DeviceSort } from '../../protocol/admin/devices.ts'
import { toInstant, toInstantOrNull } from '../../protocol/primitives.ts'
import { isFailing } from './attention.ts'
import { PHASES } from './device-phase.ts'
import type { BoardRow } from './fleet-board.ts'
import { packagesOf } from './fleet-board.ts'

export function deviceRow(row: BoardRow): DeviceRow {
  const { deviceId, name, state, code, assignedRole, site, timeZone, labels, ...device } = row.device
  return {
    deviceId,
    name,
    state,
    code,
    assignedRole,
    role: row.role,
    site,
    timeZone,
    connection: row.isOnline ? 'online' : 'offline',
    enrolledAt: toInstant(device.enrolledAt),
    lastSeenAt: toInstant(device.lastSeenAt),
    labels,
    packages: packagesOf(row),
    duplicate: row.duplicate && {
      ...row.duplicate,
      since: toInstant(row.duplicate.since),
      addresses: [...row.duplicate.addresses],
    },
    phase: row.phase,
    detail: row.detail,
    reportedAt: toInstantOrNull(device.lastStatusAt),
  }
}

export interface RowQuery {
  readonly search?: string | undefined
  readonly code?: string | undefined
  readonly site?: string | undefined
  readonly role?: string | undefined
  readonly state?: string | undefined
  readonly phase?: string | undefined
  readonly connection?: string | undefined
  readonly failed?: string | undefined
  readonly sort: DeviceSort
  readonly order: 'asc' | 'desc'
  readonly cursor?: string | undefined
  /** All rows when it is left out. */
  readonly limit?: number | undefined
}

/** A page of the rows that match; null when the cursor is not one of ours. */
export function queryRows(rows: Iterable<BoardRow>, query: RowQuery): DevicePage | null {
  const after = query.cursor === undefined ? null : readCursor(query.cursor)
  if (query.cursor !== undefined && after === null) return null
  const found: Keyed[] = []
  const words = (query.search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  for (const row of rows) if (matches(row, query, words)) found.push({ row, key: keyOf(row, query.sort) })
  const direction = query.order === 'asc' ? 1 : -1
  found.sort((a, b) => direction * compareKeys(a.key, b.key))
  const start = after === null ? 0 : firstAfter(found, after, direction)
  const page = found.slice(start, query.limit === undefined ? undefined : start + query.limit)
  const last = page.at(-1)
  return {
    devices: page.map(({ row }) => deviceRow(row)),
    total: found.length,
    nextCursor: last === undefined || start + page.length === found.length ? null : writeCursor(last.key),
  }
}

/** Shorter ones are in nearly every id, and nobody means them. */
const MIN_ID_PART = 4

function matches(row: BoardRow, query: RowQuery, words: readonly string[]): boolean {
  const { code: shown, site, role, state, phase, connection, failed } = query
  if (shown !== undefined && row.device.code !== shown.trim().toUpperCase()) return false
  if (site !== undefined && row.device.site !== site) return false
  if (role !== undefined && row.role !== role) return false
  if (state !== undefined && row.device.state !== state) return false
  if (phase !== undefined && row.phase !== phase) return false
  if (connection !== undefined && row.isOnline !== (connection === 'online')) return false
  if (failed !== undefined && !failsThere(row, failed)) return false
  if (words.length === 0) return true
  const { name: ownName, deviceId, site: place, code, labels } = row.device
  // A device without a site was never accepted and chose its name itself: it could be the code or the name of another.
  const name = place === null ? '' : ownName
  const versions = packagesOf(row).map(entry => `${entry.package} ${entry.activeVersion ?? ''}`)
  const marks = Object.entries(labels).map(([label, value]) => `${label}=${value}`)
  const text = [name, place ?? '', code ?? '', ...versions, ...marks].join('\n').toLowerCase()
  return words.every(word => text.includes(word) || (word.length >= MIN_ID_PART && deviceId.includes(word)))
}

/** `release`: `lobby@3`. */
function failsThere(row: BoardRow, release: string): boolean {
  if (row.device.state !== 'accepted') return false
  return packagesOf(row).some(
    entry => `${entry.package}@${entry.wantedRelease}` === release && isFailing(entry),
  )
}

/** What a row is sorted by, then its name and id, so that no two rows are equal. */
type Key = readonly [primary: string | number, name: string, deviceId: string]
interface Keyed {
  readonly row: BoardRow
  readonly key: Key
}

const TEXT = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function keyOf(row: BoardRow, sort: DeviceSort): Key {
  return [primaryOf(row, sort), row.device.name, row.device.deviceId]
}

function primaryOf({ device, role, phase, isOnline }: BoardRow, sort: DeviceSort): string | number {
  switch (sort) {
    case 'site':
      return device.site ?? ''
    case 'name':
      return device.name
    case 'role':
      return role
    case 'state':
      return STATES.indexOf(device.state)
    case 'phase':
      return PHASES.indexOf(phase)
    case 'connection':
      return isOnline ? 0 : 1
    case 'lastSeen':
      return device.lastSeenAt
    case 'enrolled':
      return device.enrolledAt
  }
}

const STATES = ['pending', 'accepted', 'revoked']

function compareKeys(a: Key, b: Key): number {
  return comparePart(a[0], b[0]) || comparePart(a[1], b[1]) || (a[2] < b[2] ? -1 : Number(a[2] > b[2]))
}

function comparePart(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return TEXT.compare(String(a), String(b)) || (a < b ? -1 : Number(a > b))
}

/** The row after which the last page ended may be gone: what counts is where it would stand. */
function firstAfter(sorted: readonly Keyed[], after: Key, direction: 1 | -1): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const key = sorted[middle]?.key ?? after
    if (direction * compareKeys(key, after) > 0) high = middle
    else low = middle + 1
  }
  return low
}

const writeCursor = (key: Key) => Buffer.from(JSON.stringify(key)).toString('base64url')

function readCursor(cursor: string): Key | null {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Array.isArray(key) || key.length !== 3) return null
    const [primary, name, deviceId] = key
    const isPrimary = typeof primary === 'string' || typeof primary === 'number'
    return isPrimary && typeof name === 'string' && typeof deviceId === 'string'
      ? [primary, name, deviceId]
      : null
  } catch {
    return null
  }
}
