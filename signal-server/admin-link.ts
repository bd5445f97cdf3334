/** One-time links that open the administration page logged in: at the first start, and whenever somebody with the data directory asks. */
import { hash } from 'node:crypto'
import { type RandomBytes, randomSecret } from './random.ts'
import { insertAdminLink } from './records/admin-links.ts'
import type { Records } from './records/records.ts'

/**
 * A new link. The code stands behind `#`: a browser sends it to no server, so it is in no log and no referrer. Only its hash
 * is kept.
 */
export async function makeAdminLink(
  records: Records,
  options: { readonly adminUrl: string; readonly now: number; readonly randomBytes: RandomBytes },
): Promise<string> {
  const { adminUrl, now, randomBytes } = options
  const code = randomSecret(randomBytes)
  await records.change('shell', now, async trx => {
    await insertAdminLink(trx, hash('sha256', code, 'hex'), now)
    return { result: null, audit: { action: 'admin-link.create', target: 'administration' } }
  })
  return `${adminUrl}#link=${code}`
}
