/** Everything that is stored under a digest, one after the other in their order, for who looks through all of it. */
import { sql } from 'kysely'
import type { Db } from './tables.ts'

export interface StoredDigest {
  readonly digest: string
  /** About what reading it costs. */
  readonly bytes: number
}

/** Of a part whose size is only in the document of its patch set. */
const PART_BYTES = 512 * 1024

/** The first chunk of a release, or part of a patch, after this digest. */
export async function nextStoredDigest(db: Db, after: string): Promise<StoredDigest | null> {
  const chunk = await db
    .selectFrom('chunks')
    .select(['digest', 'encoded_bytes'])
    .where('digest', '>', after)
    .orderBy('digest')
    .limit(1)
    .executeTakeFirst()
  const part = await db
    .selectFrom('patch_parts')
    .select(({ fn }) => fn.min('part_digest').as('digest'))
    .where('part_digest', '>', after)
    .executeTakeFirst()
  const found = [
    ...(chunk ? [{ digest: chunk.digest, bytes: chunk.encoded_bytes }] : []),
    ...(part?.digest ? [{ digest: part.digest, bytes: PART_BYTES }] : []),
  ]
  return found.sort((a, b) => (a.digest < b.digest ? -1 : 1))[0] ?? null
}

/** The first release after this digest; its bytes are those of its manifest. */
export async function nextRelease(db: Db, after: string): Promise<StoredDigest | null> {
  const row = await db
    .selectFrom('releases')
    .select(['digest', sql<number>`length(signed_manifest)`.as('bytes')])
    .where('digest', '>', after)
    .orderBy('digest')
    .limit(1)
    .executeTakeFirst()
  return row ?? null
}

/** Of all chunks, parts and manifests. */
export async function storedBytes(db: Db): Promise<number> {
  const sum = async (table: 'chunks' | 'patch_sets' | 'releases', column: string) => {
    const { rows } = await sql<{ bytes: number | null }>`
      select sum(${sql.raw(column)}) as bytes from ${sql.table(table)}`.execute(db)
    return Number(rows[0]?.bytes ?? 0)
  }
  return (
    (await sum('chunks', 'encoded_bytes')) +
    (await sum('patch_sets', 'parts_bytes')) +
    (await sum('releases', 'length(signed_manifest)'))
  )
}
