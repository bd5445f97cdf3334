/**
 * Which chunks a device fetches from the origin by itself, and in which order. Found once for a set of owners, not at
 * every step: a release may have 131,072 chunks.
 */
import { rendezvousOwner } from '../../../policy/rendezvous.ts'
import { MISSING } from './chunk-table.ts'
import type { DownloadState, PeerView } from './state.ts'

/**
 * The next chunk to fetch, or null. `fellows`: the hopeful stores of the site, among whom, and this device, the release is
 * split; null when nobody else is expected to deliver, and everything that is missing is this device's.
 */
export function nextOwnChunk(state: DownloadState, fellows: readonly PeerView[] | null): number | null {
  const { origin, table } = state
  const owners = fellows && [state.selfId, ...fellows.map(({ deviceId }) => deviceId)]
  const key = owners === null ? '' : [...owners].sort().join(' ')
  if (origin.share === null || origin.share.key !== key) {
    origin.share = { key, queue: ownChunks(state, owners), at: 0 }
  }
  const { share } = origin
  for (; share.at < share.queue.length; share.at++) {
    const index = share.queue[share.at] as number
    // What a fellow has already does not cross the uplink again. Should it not deliver, the chunk is given back, and the
    // share made anew.
    if (table.status[index] === MISSING && !fellows?.some(({ has }) => has.has(index))) return index
  }
  return null
}

/**
 * Each device begins at a place of its own: a store that joins while another one fetches alone then hardly meets what
 * is under way to that one.
 */
function ownChunks(state: DownloadState, owners: readonly string[] | null): number[] {
  const { chunks } = state.table
  const missing = [...state.table.missing]
  if (owners === null) return missing
  const own = missing.filter(index => rendezvousOwner(chunks[index]?.digest ?? '', owners) === state.selfId)
  const from = Math.floor(state.chance * own.length)
  return [...own.slice(from), ...own.slice(0, from)]
}
