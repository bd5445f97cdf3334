/**
 * Which patches exist, and which are still to be made: what a device that has one release needs to get another. A row stands
 * for a pair that was looked at, also where no part was worth making. Bytes of parts are in the vault, not here.
 */
import type { PatchSet } from '../../protocol/patching/patch-set.ts'
import { batches, isRelease, newChunkBytes } from './releases.ts'
import type { Db } from './tables.ts'

/** Releases before the latest one that devices are expected to come from. */
export const RELEASES_PATCHED = 3

export interface ReleasePair {
  readonly package: string
  /** Digests. */
  readonly from: string
  readonly to: string
}

export interface PatchSetRecord extends ReleasePair {
  readonly digest: string
  /** The canonical JSON text. */
  readonly document: string
  readonly partDigests: readonly string[]
  /** Sum of the parts, and of the encoded chunks that they make. */
  readonly partsBytes: number
  readonly insteadOfBytes: number
  readonly madeAt: number
}

export interface UpdateCost {
  readonly to: string
  readonly fromRelease: number
  /** What travels to a device that has the earlier release, and what it would be without patches. */
  readonly bytes: number
  readonly chunkBytes: number
}

/**
 * The pairs that have to be made, most recent publications first: to the latest release of each package from those just before
 * it. Content that is the same needs no patch.
 */
export async function unmadePairs(db: Db): Promise<ReleasePair[]> {
  const latest = await db
    .selectFrom('releases')
    .select(({ fn }) => ['package', fn.max('number').as('number'), fn.max('published_at').as('published_at')])
    .groupBy('package')
    .execute()
  const pairs: ReleasePair[] = []
  for (const row of latest.toSorted((a, b) => Number(b.published_at) - Number(a.published_at)))
    pairs.push(...(await unmadePairsOf(db, row.package)))
  return pairs
}

async function unmadePairsOf(db: Db, packageName: string): Promise<ReleasePair[]> {
  const [to, ...before] = await db
    .selectFrom('releases')
    .select(['digest', 'content_digest'])
    .where('package', '=', packageName)
    .orderBy('number', 'desc')
    .limit(RELEASES_PATCHED + 1)
    .execute()
  if (to === undefined) return []
  const made = await db
    .selectFrom('patch_sets')
    .select('from_digest')
    .where('to_digest', '=', to.digest)
    .execute()
  const isMade = new Set(made.map(row => row.from_digest))
  return before
    .filter(row => row.content_digest !== to.content_digest && !isMade.has(row.digest))
    .map(row => ({ package: packageName, from: row.digest, to: to.digest }))
}

/** Whether this pair is still to be made. */
export async function isUnmade(db: Db, from: string, to: string): Promise<boolean> {
  const release = await db
    .selectFrom('releases')
    .select('package')
    .where('digest', '=', to)
    .executeTakeFirst()
  if (release === undefined) return false
  return (await unmadePairsOf(db, release.package)).some(pair => pair.from === from && pair.to === to)
}

/** Run it in a transaction. Making a pair twice leaves the first; of a release that was deleted meanwhile nothing is kept. */
export async function insertPatchSet(db: Db, set: PatchSetRecord): Promise<void> {
  const { from, to } = set
  if (!(await isRelease(db, from)) || !(await isRelease(db, to))) return
  const inserted = await db
    .insertInto('patch_sets')
    .values({
      to_digest: to,
      from_digest: from,
      digest: set.digest,
      document: set.document,
      parts_bytes: set.partsBytes,
      instead_of_bytes: set.insteadOfBytes,
      made_at: set.madeAt,
    })
    .onConflict(conflict => conflict.doNothing())
    .returning('digest')
    .execute()
  if (inserted.length === 0) return
  for (const batch of batches([...new Set(set.partDigests)])) {
    await db
      .insertInto('patch_parts')
      .values(batch.map(part_digest => ({ to_digest: to, from_digest: from, part_digest })))
      .execute()
  }
}

/** Null while it is not made; `partDigests` is empty where no part was worth making. */
export async function findPatchSet(
  db: Db,
  from: string,
  to: string,
): Promise<{ readonly digest: string; readonly document: string; readonly hasParts: boolean } | null> {
  const row = await db
    .selectFrom('patch_sets')
    .select(['digest', 'document', 'parts_bytes'])
    .where('to_digest', '=', to)
    .where('from_digest', '=', from)
    .executeTakeFirst()
  return row ? { digest: row.digest, document: row.document, hasParts: Number(row.parts_bytes) > 0 } : null
}

/** Whether a part of this digest leads to release `to`. */
export async function hasPart(db: Db, to: string, partDigest: string): Promise<boolean> {
  const row = await db
    .selectFrom('patch_parts')
    .select('part_digest')
    .where('to_digest', '=', to)
    .where('part_digest', '=', partDigest)
    .executeTakeFirst()
  return row !== undefined
}

/** What updates to the releases of a package cost, for people: a row for each pair that was looked at, newest first. */
export async function updateCosts(db: Db, packageName: string): Promise<UpdateCost[]> {
  const rows = await db
    .selectFrom('patch_sets')
    .innerJoin('releases', 'releases.digest', 'patch_sets.from_digest')
    .select(['to_digest', 'from_digest', 'number', 'parts_bytes', 'instead_of_bytes'])
    .where('package', '=', packageName)
    .orderBy('number', 'desc')
    .execute()
  const costs: UpdateCost[] = []
  for (const row of rows) {
    const chunkBytes = await newChunkBytes(db, row.to_digest, row.from_digest)
    const bytes = chunkBytes - Number(row.instead_of_bytes) + Number(row.parts_bytes)
    costs.push({ to: row.to_digest, fromRelease: row.number, bytes, chunkBytes })
  }
  return costs
}

/** The parts that stand at this index in the patch sets that lead to a release. */
export async function partDigestsTo(db: Db, to: string, index: number): Promise<string[]> {
  const rows = await db.selectFrom('patch_sets').select('document').where('to_digest', '=', to).execute()
  return rows.flatMap(row => {
    const { parts }: PatchSet = JSON.parse(row.document)
    return parts[index]?.digest ?? []
  })
}

/** Forgets every patch that has a part of this digest, so that it is made again. False when there is none. Run it in a transaction. */
export async function dropPatchSetsWith(db: Db, partDigest: string): Promise<boolean> {
  const pairs = await db
    .selectFrom('patch_parts')
    .select(['to_digest', 'from_digest'])
    .where('part_digest', '=', partDigest)
    .execute()
  for (const { to_digest, from_digest } of pairs) {
    for (const table of ['patch_parts', 'patch_sets'] as const)
      await db
        .deleteFrom(table)
        .where('to_digest', '=', to_digest)
        .where('from_digest', '=', from_digest)
        .execute()
  }
  return pairs.length > 0
}

/** Every part that some patch set names. */
export async function referencedParts(db: Db): Promise<Set<string>> {
  const rows = await db.selectFrom('patch_parts').select('part_digest').execute()
  return new Set(rows.map(row => row.part_digest))
}

/** Forgets the patches that lead to a release which is not among the last few of its package any more. */
export async function dropOldPatchSets(db: Db, packageName: string): Promise<void> {
  const rows = await db
    .selectFrom('releases')
    .select('digest')
    .where('package', '=', packageName)
    .orderBy('number', 'desc')
    .execute()
  for (const batch of batches(rows.slice(RELEASES_PATCHED).map(row => row.digest))) {
    await db.deleteFrom('patch_parts').where('to_digest', 'in', batch).execute()
    await db.deleteFrom('patch_sets').where('to_digest', 'in', batch).execute()
  }
}
