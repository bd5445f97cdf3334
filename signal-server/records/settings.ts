/** What the server keeps one of, by key. */
import type { Db } from './tables.ts'

/**
 * `admin-password`: its scrypt hash, see `keys/password-hash.ts`. `admin-url`: where the running or last server was administered.
 * `scrub-pass`: how far the check of what is stored has got, see `upkeep/scrub.ts`. `login-networks`: see `login-networks.ts`.
 */
type SettingKey = 'admin-password' | 'admin-url' | 'scrub-pass' | 'login-networks' | DeviceSettingKey
/** One for each device that has any, see `left-out-counters.ts`. */
export type DeviceSettingKey = `left-out-counters:${string}`

export async function findSetting(db: Db, key: SettingKey): Promise<string | null> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst()
  return row?.value ?? null
}

export async function putSetting(db: Db, key: SettingKey, value: string): Promise<void> {
  await db
    .insertInto('settings')
    .values({ key, value })
    .onConflict(conflict => conflict.column('key').doUpdateSet({ value }))
    .execute()
}

export async function removeSetting(db: Db, key: SettingKey): Promise<void> {
  await db.deleteFrom('settings').where('key', '=', key).execute()
}
