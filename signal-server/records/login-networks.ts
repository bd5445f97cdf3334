/**
 * Networks from which administrators logged in lately, kept among the settings as one short list. It knows nothing of limits:
 * what a known network may do is the caller's.
 */
import * as v from 'valibot'
import { findSetting, putSetting } from './settings.ts'
import type { Db } from './tables.ts'

/** Offices, homes and phones of a few administrators; the networks of phones and some homes change every day. */
const MAX_NETWORKS = 64
/** An address that was not used for so long may belong to others by now. */
const KEPT_MS = 90 * 24 * 3600 * 1000
/** A network in use costs one write in this time. */
const RESOLUTION_MS = 24 * 3600 * 1000

const networksSchema = v.array(v.object({ network: v.string(), at: v.number() }))
type LoginNetwork = v.InferOutput<typeof networksSchema>[number]

export async function isLoginNetwork(db: Db, network: string, now: number): Promise<boolean> {
  return (await listNetworks(db, now)).some(known => known.network === network)
}

/** Call it inside the transaction of the login. */
export async function rememberLoginNetwork(db: Db, network: string, now: number): Promise<void> {
  const known = await listNetworks(db, now)
  if (known.some(other => other.network === network && now - other.at < RESOLUTION_MS)) return
  const others = known.filter(other => other.network !== network)
  const kept = [...others, { network, at: now }].slice(-MAX_NETWORKS)
  await putSetting(db, 'login-networks', JSON.stringify(kept))
}

/** Those used last stand at the end. */
async function listNetworks(db: Db, now: number): Promise<readonly LoginNetwork[]> {
  const stored = await findSetting(db, 'login-networks')
  if (stored === null) return []
  return v.parse(networksSchema, JSON.parse(stored)).filter(({ at }) => now - at < KEPT_MS)
}
