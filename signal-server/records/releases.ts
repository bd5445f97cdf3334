/** Packages and their immutable releases, with the chunks each is made of. Bytes of chunks are in the vault, not here. */
import type { Db, Tables } from './tables.ts'

export interface ReleaseRecord {
  readonly package: string
  readonly release: number
  readonly version: string
  readonly digest: string
  /** Of the content without version, number and time: equal for the same files. */
  readonly contentDigest: string
  readonly entry: string
  readonly publishedAt: number
  /** Sum of the files. */
  readonly rawBytes: number
  /** Sum of its different chunks as they travel. */
  readonly encodedBytes: number
  readonly fileCount: number
  /** Different chunks. */
  readonly chunkCount: number
}

export interface ChunkRecord {
  readonly digest: string
  readonly rawBytes: number
  readonly encodedBytes: number
}

export interface PackageSummary {
  readonly package: string
  readonly releaseCount: number
  readonly latest: ReleaseRecord
}

const COLUMNS = [
  'package',
  'number',
  'version',
  'digest',
  'content_digest',
  'entry',
  'published_at',
  'raw_bytes',
  'encoded_bytes',
  'file_count',
  'chunk_count',
] as const satisfies readonly (keyof Tables['releases'])[]

/** Rows of one insert: SQLite and PostgreSQL both bind at least 32,766 values. */
const ROWS_PER_INSERT = 5000

export async function latestRelease(db: Db, packageName: string): Promise<ReleaseRecord | null> {
  const row = await db
    .selectFrom('releases')
    .select(COLUMNS)
    .where('package', '=', packageName)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? releaseOf(row) : null
}

export async function findRelease(
  db: Db,
  packageName: string,
  number: number,
): Promise<ReleaseRecord | null> {
  const row = await db
    .selectFrom('releases')
    .select(COLUMNS)
    .where('package', '=', packageName)
    .where('number', '=', number)
    .executeTakeFirst()
  return row ? releaseOf(row) : null
}

export async function findSignedManifest(
  db: Db,
  digest: string,
): Promise<{ package: string; release: number; signedManifestText: string } | null> {
  const row = await db
    .selectFrom('releases')
    .select(['package', 'number', 'signed_manifest'])
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row ? { package: row.package, release: row.number, signedManifestText: row.signed_manifest } : null
}

export async function isRelease(db: Db, digest: string): Promise<boolean> {
  const row = await db.selectFrom('releases').select('number').where('digest', '=', digest).executeTakeFirst()
  return row !== undefined
}

/** Newest first; empty for a package that is not known. */
export async function listReleases(db: Db, packageName: string): Promise<ReleaseRecord[]> {
  const rows = await db
    .selectFrom('releases')
    .select(COLUMNS)
    .where('package', '=', packageName)
    .orderBy('number', 'desc')
    .execute()
  return rows.map(releaseOf)
}

/** All packages by name, each with its latest release. */
export async function listPackages(db: Db): Promise<PackageSummary[]> {
  const counts = await db
    .selectFrom('releases')
    .select(({ fn }) => ['package', fn.max('number').as('latest'), fn.countAll().as('releaseCount')])
    .groupBy('package')
    .orderBy('package')
    .execute()
  const summaries: PackageSummary[] = []
  for (const row of counts) {
    const latest = await findRelease(db, row.package, Number(row.latest))
    if (latest) summaries.push({ package: row.package, releaseCount: Number(row.releaseCount), latest })
  }
  return summaries
}

/** Those of the given chunks that some release has, by digest. */
export async function findChunks(db: Db, digests: readonly string[]): Promise<Map<string, ChunkRecord>> {
  const found = new Map<string, ChunkRecord>()
  for (const batch of batches(digests)) {
    const rows = await db.selectFrom('chunks').selectAll().where('digest', 'in', batch).execute()
    for (const row of rows) {
      found.set(row.digest, {
        digest: row.digest,
        rawBytes: row.raw_bytes,
        encodedBytes: row.encoded_bytes,
      })
    }
  }
  return found
}

/** Every chunk digest that some release has. */
export async function referencedChunks(db: Db): Promise<Set<string>> {
  const rows = await db.selectFrom('chunks').select('digest').execute()
  return new Set(rows.map(row => row.digest))
}

/** The digests of one release's chunks. */
export async function chunksOfRelease(db: Db, digest: string): Promise<string[]> {
  const rows = await db
    .selectFrom('release_chunks')
    .select('chunk_digest')
    .where('release_digest', '=', digest)
    .execute()
  return rows.map(row => row.chunk_digest)
}

/** How many of the given chunks each release has, by its digest; releases with none of them are left out. */
export async function countChunksByRelease(db: Db, digests: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const batch of batches(digests)) {
    const rows = await db
      .selectFrom('release_chunks')
      .select(({ fn }) => ['release_digest', fn.countAll().as('chunks')])
      .where('chunk_digest', 'in', batch)
      .groupBy('release_digest')
      .execute()
    for (const row of rows)
      counts.set(row.release_digest, (counts.get(row.release_digest) ?? 0) + Number(row.chunks))
  }
  return counts
}

/** Sum of the encoded chunks that release `digest` has and release `than` has not. */
export async function newChunkBytes(db: Db, digest: string, than: string): Promise<number> {
  const row = await db
    .selectFrom('release_chunks')
    .innerJoin('chunks', 'chunks.digest', 'release_chunks.chunk_digest')
    .select(({ fn }) => fn.sum('chunks.encoded_bytes').as('bytes'))
    .where('release_digest', '=', digest)
    .where(
      'chunk_digest',
      'not in',
      db.selectFrom('release_chunks').select('chunk_digest').where('release_digest', '=', than),
    )
    .executeTakeFirst()
  return Number(row?.bytes ?? 0)
}

/**
 * Writes a release with its package and chunks, and returns which chunks no release had before. Run it in a
 * transaction. Rejects with a unique violation when the number was taken meanwhile.
 */
export async function insertRelease(
  db: Db,
  release: ReleaseRecord,
  signedManifestText: string,
  chunks: readonly ChunkRecord[],
): Promise<ChunkRecord[]> {
  await db
    .insertInto('packages')
    .values({
      name: release.package,
      created_at: release.publishedAt,
      keep_releases: null,
      keep_for_s: null,
      last_release: release.release,
    })
    .onConflict(conflict => conflict.column('name').doUpdateSet({ last_release: release.release }))
    .execute()
  await db.insertInto('releases').values(rowOf(release, signedManifestText)).execute()
  const added: ChunkRecord[] = []
  for (const batch of batches(chunks)) {
    const rows = batch.map(chunk => ({
      digest: chunk.digest,
      raw_bytes: chunk.rawBytes,
      encoded_bytes: chunk.encodedBytes,
    }))
    const inserted = await db
      .insertInto('chunks')
      .values(rows)
      .onConflict(conflict => conflict.column('digest').doNothing())
      .returning('digest')
      .execute()
    const isNew = new Set(inserted.map(row => row.digest))
    added.push(...batch.filter(chunk => isNew.has(chunk.digest)))
    await db
      .insertInto('release_chunks')
      .values(batch.map(chunk => ({ release_digest: release.digest, chunk_digest: chunk.digest })))
      .execute()
  }
  return added
}

export function* batches<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += ROWS_PER_INSERT) yield items.slice(at, at + ROWS_PER_INSERT)
}

function rowOf(release: ReleaseRecord, signedManifestText: string): Tables['releases'] {
  return {
    digest: release.digest,
    package: release.package,
    number: release.release,
    version: release.version,
    entry: release.entry,
    content_digest: release.contentDigest,
    published_at: release.publishedAt,
    raw_bytes: release.rawBytes,
    encoded_bytes: release.encodedBytes,
    file_count: release.fileCount,
    chunk_count: release.chunkCount,
    signed_manifest: signedManifestText,
  }
}

function releaseOf(row: Omit<Tables['releases'], 'signed_manifest'>): ReleaseRecord {
  return {
    package: row.package,
    release: row.number,
    version: row.version,
    digest: row.digest,
    contentDigest: row.content_digest,
    entry: row.entry,
    publishedAt: Number(row.published_at),
    rawBytes: Number(row.raw_bytes),
    encodedBytes: Number(row.encoded_bytes),
    fileCount: row.file_count,
    chunkCount: row.chunk_count,
  }
}
