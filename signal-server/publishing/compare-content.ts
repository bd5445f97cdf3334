/** What a release would change: its content against the last release of the package, file by file and chunk by chunk. */
import { createHash } from 'node:crypto'
import { type ComparePost, type Comparison, MAX_LISTED_FILES } from '../../protocol/admin/archives.ts'
import { decodeChunk } from '../../protocol/encoded-chunk.ts'
import { MAX_CHUNKS_PER_RELEASE, MAX_FILES_PER_RELEASE } from '../../protocol/limits.ts'
import {
  type Manifest,
  type ManifestChunk,
  type ManifestFile,
  parseManifest,
} from '../../protocol/manifest.ts'
import { comparePaths } from '../../protocol/package-path.ts'
import { findChunks, findSignedManifest, latestRelease } from '../records/releases.ts'
import type { Db } from '../records/tables.ts'
import type { ChunkVault } from '../vault/chunk-vault.ts'
import { decodeZstd } from '../vault/zstd.ts'

export interface CompareDeps {
  readonly db: Db
  readonly vault: Pick<ChunkVault, 'get' | 'sizes'>
  /** By digest, what chunks that the server lacks come to when they are packed, where that was worked out. */
  readonly packedBytes?: ReadonlyMap<string, number>
}

type Content = Pick<ComparePost, 'files' | 'chunks'>

/** Files may share chunks; in an honest release they do so at their edges only. */
const MAX_CHUNK_VISITS = 2 * (MAX_CHUNKS_PER_RELEASE + MAX_FILES_PER_RELEASE)

/** Reads only. Files that lie outside of the chunks count as changed: publishing refuses them anyway. */
export async function compareContent(
  deps: CompareDeps,
  packageName: string,
  content: Content,
): Promise<Comparison> {
  const previous = await lastManifest(deps.db, packageName)
  const files = await compareFiles(deps, previous, content)
  return {
    against: previous === null ? null : { release: previous.release, version: previous.version },
    files,
    ...(await compareChunks(deps, previous, content)),
  }
}

async function lastManifest(db: Db, packageName: string): Promise<Manifest | null> {
  const release = await latestRelease(db, packageName)
  const stored = release && (await findSignedManifest(db, release.digest))
  if (!stored) return null
  const parsed = parseManifest(JSON.parse(stored.signedManifestText).manifest)
  if (!parsed.ok) throw new Error(`the stored manifest of ${packageName} is damaged: ${parsed.message}`)
  return parsed.value
}

async function compareFiles(
  deps: CompareDeps,
  previous: Manifest | null,
  content: Content,
): Promise<Comparison['files']> {
  const before = new Map(previous?.files.map(file => [file.path, file]))
  const visits = { left: MAX_CHUNK_VISITS }
  const readOld = createFileReader(deps, previous)
  const changes: Comparison['files']['list'] = []
  const counts = { new: 0, changed: 0, removed: 0, same: 0 }
  for (const file of content.files) {
    const old = before.get(file.path)
    before.delete(file.path)
    const isSame =
      old !== undefined &&
      previous !== null &&
      old.sizeBytes === file.sizeBytes &&
      (liesAlike(old, previous.chunks, file, content.chunks, visits) ||
        (file.sha256 !== undefined && file.sha256 === (await readOld(old))))
    const change = old === undefined ? 'new' : isSame ? 'same' : 'changed'
    counts[change]++
    if (change !== 'same') changes.push({ path: file.path, change, sizeBytes: file.sizeBytes })
  }
  for (const { path, sizeBytes } of before.values()) {
    counts.removed++
    changes.push({ path, change: 'removed', sizeBytes })
  }
  changes.sort((a, b) => comparePaths(a.path, b.path))
  return { total: content.files.length, ...counts, list: changes.slice(0, MAX_LISTED_FILES) }
}

type Place = Pick<ManifestFile, 'chunk' | 'offset' | 'sizeBytes'>

/** Whether two files of one size are the same bytes of the same chunks. */
function liesAlike(
  a: Place,
  chunksOfA: readonly ManifestChunk[],
  b: Place,
  chunksOfB: readonly ManifestChunk[],
  visits: { left: number },
): boolean {
  if (a.sizeBytes === 0) return true
  if (a.offset !== b.offset) return false
  let left = a.sizeBytes + a.offset
  for (let index = 0; left > 0; index++) {
    const chunk = chunksOfA[a.chunk + index]
    if (chunk === undefined || chunk.digest !== chunksOfB[b.chunk + index]?.digest) return false
    if (visits.left-- <= 0) return false
    left -= chunk.sizeBytes
  }
  return true
}

/** Digests of the last release's files. Small ones lie many to a chunk, in the order in which they are asked for. */
function createFileReader({ vault }: CompareDeps, previous: Manifest | null) {
  let last: { readonly digest: string; readonly raw: Uint8Array } | null = null

  async function read(digest: string): Promise<Uint8Array | null> {
    if (last?.digest === digest) return last.raw
    const encoded = await vault.get(digest)
    const decoded = encoded && (await decodeChunk(encoded, decodeZstd))
    if (!decoded?.ok) return null
    last = { digest, raw: decoded.raw }
    return decoded.raw
  }

  return async ({ chunk, offset, sizeBytes }: Place): Promise<string | null> => {
    const sum = createHash('sha256')
    let left = sizeBytes
    for (let index = chunk, from = offset; left > 0; index++, from = 0) {
      const digest = previous?.chunks[index]?.digest
      const raw = digest === undefined ? null : await read(digest)
      if (raw === null) return null
      const part = raw.subarray(from, from + left)
      sum.update(part)
      left -= part.length
    }
    return sum.digest('hex')
  }
}

async function compareChunks(
  { db, vault, packedBytes }: CompareDeps,
  previous: Manifest | null,
  { files, chunks }: Content,
): Promise<Pick<Comparison, 'chunks' | 'bytes'>> {
  const different = new Map(chunks.map(chunk => [chunk.digest, chunk.sizeBytes]))
  const known = new Set(previous?.chunks.map(chunk => chunk.digest))
  const fresh = [...different].filter(([digest]) => !known.has(digest))
  const held = await vault.sizes(different.keys())
  const encoded = await findChunks(
    db,
    fresh.map(([digest]) => digest),
  )
  let newRaw = 0
  let travelling = 0
  for (const [digest, sizeBytes] of fresh) {
    newRaw += sizeBytes
    travelling +=
      encoded.get(digest)?.encodedBytes ?? held.get(digest) ?? packedBytes?.get(digest) ?? sizeBytes
  }
  return {
    chunks: { total: different.size, new: fresh.length, missing: different.size - held.size },
    bytes: { raw: files.reduce((sum, file) => sum + file.sizeBytes, 0), newRaw, travelling },
  }
}
