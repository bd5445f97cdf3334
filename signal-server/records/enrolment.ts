/**
 * How a device comes into the records: by a link's token, or by showing a code until somebody accepts it.
 * The caller has verified that the device holds its private key, and hashes and draws what is secret or random.
 */
import {
  MAX_PENDING_DEVICES,
  MAX_PENDING_PER_NETWORK,
  PENDING_ABSENCE_MS,
} from '../../policy/device-budget.ts'
import { admitWaiting } from '../../policy/waiting-places.ts'
import type { AssignedRole } from '../../protocol/primitives.ts'
import type { EnrolResult } from '../fleet-directory.ts'
import { insertAuditEntry } from './audit-log.ts'
import {
  deletePendingDevices,
  findDevice,
  insertDevice,
  listPendingDevices,
  updateDevice,
} from './devices.ts'
import type { Db } from './tables.ts'

export interface EnrolmentToken {
  readonly tokenHash: string
  readonly site: string
  readonly role: AssignedRole
  readonly uses: number
  readonly expiresAt: number
}

/** Names a link without telling its token. */
const idOfToken = (tokenHash: string): string => tokenHash.slice(0, 16)

/** Keeps a new link, and forgets those that have expired. Returns its id. */
export async function insertEnrolmentToken(db: Db, token: EnrolmentToken, now: number): Promise<string> {
  await db.deleteFrom('enrolment_tokens').where('expires_at', '<=', now).execute()
  await db
    .insertInto('enrolment_tokens')
    .values({
      token_hash: token.tokenHash,
      site: token.site,
      role: token.role,
      uses: token.uses,
      uses_left: token.uses,
      created_at: now,
      expires_at: token.expiresAt,
    })
    .execute()
  return idOfToken(token.tokenHash)
}

export interface EnrolmentLink {
  readonly id: string
  readonly site: string
  readonly role: AssignedRole
  /** Devices that it was made for; null where that is not known any more. */
  readonly uses: number | null
  readonly usesLeft: number
  readonly createdAt: number
  readonly expiresAt: number
}

/** Those that have not expired, used up ones too, newest first. */
export async function listEnrolmentLinks(db: Db, now: number): Promise<EnrolmentLink[]> {
  const rows = await db
    .selectFrom('enrolment_tokens')
    .selectAll()
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .orderBy('token_hash')
    .execute()
  return rows.map(row => ({
    id: idOfToken(row.token_hash),
    site: row.site,
    role: row.role as AssignedRole,
    uses: row.uses,
    usesLeft: row.uses_left,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
  }))
}

/** From then on it is unknown. */
export async function deleteEnrolmentLink(db: Db, id: string): Promise<void> {
  await db.deleteFrom('enrolment_tokens').where('token_hash', 'like', `${id}%`).execute()
}

export interface Enrolment {
  readonly deviceId: string
  readonly publicKey: string
  readonly name: string
  readonly tokenHash: string | null
  /** Where it enrols from, for the audit log; null where that is not known. */
  readonly address: string | null
  /** Of the entry in the audit log. */
  readonly auditId: string
  /** Where it enrols from; null where that is not known. */
  readonly network: string | null
  /** Where a device that waits enrolled from, as far as it is remembered. */
  readonly networkOf: (deviceId: string) => string | null
  /** Used if the device has to wait. */
  readonly freshCode: string
}

/**
 * Enrols a device as `FleetDirectory.enrol` promises. Run it in a transaction that excludes other writers: the use of
 * the token and the device are one step. `changed` names the devices that were written or removed.
 */
export async function enrolDevice(
  db: Db,
  enrolment: Enrolment,
  now: number,
): Promise<{ readonly result: EnrolResult; readonly changed: readonly string[] }> {
  const known = await findDevice(db, enrolment.deviceId)
  if (known?.state === 'revoked')
    return refused('device-revoked', 'This device was revoked. An administrator can accept it again.')
  if (known?.state === 'accepted') return { result: { ok: true, device: known }, changed: [] }
  if (enrolment.tokenHash === null) {
    if (known) return { result: { ok: true, device: known }, changed: [] }
    return await addPending(db, enrolment, now)
  }

  const token = await takeUse(db, enrolment.tokenHash, now)
  if (token === null)
    return refused(
      'enrolment-token-invalid',
      'This enrolment link is unknown, revoked, used up or expired. Make a new one with: larder enrol create',
    )
  const place = { role: token.role, site: token.site, state: 'accepted', code: null } as const
  if (known) await updateDevice(db, enrolment.deviceId, place)
  else await insertDevice(db, { ...enrolment, ...place }, now)
  await insertAuditEntry(db, {
    id: enrolment.auditId,
    at: now,
    actor: `enrolment-link:${idOfToken(enrolment.tokenHash)}`,
    action: 'device.enrol',
    target: `device:${enrolment.deviceId}`,
    after: {
      name: known?.name ?? enrolment.name,
      site: token.site,
      role: token.role,
      address: enrolment.address,
      usesLeft: token.usesLeft,
    },
  })
  return await enrolled(db, enrolment.deviceId)
}

const MAKE_ROOM = 'Accept or revoke some, remove them with "larder device dismiss", or use an enrolment link.'

async function addPending(db: Db, enrolment: Enrolment, now: number) {
  const { deviceId, publicKey, name, network, networkOf, freshCode } = enrolment
  const expired = await deletePendingDevices(db, { seenBefore: now - PENDING_ABSENCE_MS })
  const waiting = (await listPendingDevices(db)).map(device => ({
    ...device,
    network: networkOf(device.deviceId),
  }))
  const admission = admitWaiting(waiting, network, now)
  if (!admission.admitted)
    return refused(
      'enrolment-closed',
      admission.full === 'network'
        ? `${MAX_PENDING_PER_NETWORK} devices of this network wait to be accepted already. ${MAKE_ROOM}`
        : `${MAX_PENDING_DEVICES} devices wait to be accepted already. ${MAKE_ROOM}`,
    )
  const { replaces } = admission
  const replaced = replaces === null ? [] : await deletePendingDevices(db, { deviceIds: [replaces] })
  await insertDevice(
    db,
    { deviceId, publicKey, name, role: 'kiosk', site: null, state: 'pending', code: freshCode },
    now,
  )
  return await enrolled(db, deviceId, [...expired, ...replaced])
}

async function enrolled(db: Db, deviceId: string, removed: readonly string[] = []) {
  const device = await findDevice(db, deviceId)
  if (device === null) throw new Error(`device ${deviceId} was written and is not there`)
  return { result: { ok: true as const, device }, changed: [deviceId, ...removed] }
}

/** Counts one use of a token that is valid at `now`; null when it is not. */
async function takeUse(db: Db, tokenHash: string, now: number) {
  const row = await db
    .updateTable('enrolment_tokens')
    .set(({ eb }) => ({ uses_left: eb('uses_left', '-', 1) }))
    .where('token_hash', '=', tokenHash)
    .where('uses_left', '>', 0)
    .where('expires_at', '>', now)
    .returning(['site', 'role', 'uses_left'])
    .executeTakeFirst()
  return row ? { site: row.site, role: row.role as AssignedRole, usesLeft: row.uses_left } : null
}

const refused = (
  problem: 'device-revoked' | 'enrolment-token-invalid' | 'enrolment-closed',
  detail: string,
) => ({ result: { ok: false, problem, detail }, changed: [] }) as const
