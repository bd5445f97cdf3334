/**
 * The server's side of publishing. Chunks come first, one by one, into the vault; a release exists from the moment its one
 * transaction commits, and not before. A kill at any time leaves the old state or the new, and perhaps chunks that no
 * release has, which `sweep` removes a day later.
 */
import { hash } from 'node:crypto'
import { canonicalJsonBytes } from '../../protocol/canonical-json.ts'
import { frameEncodedChunk, parseEncodedChunk } from '../../protocol/encoded-chunk.ts'
import { MAX_CHUNKS_PER_RELEASE, MAX_MANIFEST_BYTES } from '../../protocol/limits.ts'
import {
  checkReleaseContent,
  MANIFEST_FORMAT,
  type Manifest,
  type ReleaseContent,
  releaseDigestOf,
} from '../../protocol/manifest.ts'
import { toInstant } from '../../protocol/primitives.ts'
import type { ProblemName } from '../../protocol/problem.ts'
import { signManifest } from '../../protocol/signed-manifest.ts'
import type { SigningKey } from '../keys/signing-key.ts'
import { insertCompressedManifest } from '../records/compressed-manifests.ts'
import {
  dropOldManifestDifferences,
  insertManifestDifference,
  releasesBefore,
} from '../records/manifest-differences.ts'
import { forgetOrphans, noteOrphans, orphansSince } from '../records/orphan-chunks.ts'
import { referencedParts } from '../records/patch-sets.ts'
import type { Records } from '../records/records.ts'
import { lastReleaseNumber } from '../records/release-numbers.ts'
import {
  type ChunkRecord,
  findChunks,
  findRelease,
  findSignedManifest,
  insertRelease,
  latestRelease,
  type ReleaseRecord,
  referencedChunks,
} from '../records/releases.ts'
import { isUniqueViolation } from '../records/sqlite.ts'
import type { ChunkVault, PutResult } from '../vault/chunk-vault.ts'
import { compressed } from '../vault/zstd.ts'
import { compressManifest, makeManifestDifference } from './manifest-differences.ts'
import { createTurnstile } from './turnstile.ts'

/** How long a chunk of an unfinished publication is kept, from when the server was last asked for it. */
const ORPHAN_TERM_MS = 24 * 3600 * 1000
/** Publications of one package at the same moment that get a number each. */
const NUMBER_ATTEMPTS = 10
/** Chunks that came and wait for their release: two of the largest publications at once. */
const MAX_REMEMBERED_SIZES = 2 * MAX_CHUNKS_PER_RELEASE
const NEVER = new AbortController().signal
/** Missing chunks that a refusal names. */
const MISSING_NAMED = 3

export interface PublisherDeps {
  readonly records: Records
  readonly vault: ChunkVault
  readonly signingKey: SigningKey
  readonly clock: () => number
}

export type PublishResult =
  | {
      readonly ok: true
      readonly release: ReleaseRecord
      readonly newChunks: readonly ChunkRecord[]
      readonly sameContentAs: number | null
    }
  | { readonly ok: false; readonly problem: ProblemName; readonly detail: string }

export interface Publisher {
  /** Which of these chunks have to be sent. The others are kept for a day at least. */
  missingChunks(digests: readonly string[]): Promise<string[]>
  putChunk(digest: string, encoded: Uint8Array): Promise<PutResult>
  /** Makes a release of chunks that are here. Once it resolves with `ok`, the release survives kill and power cut. */
  publish(packageName: string, content: ReleaseContent, actor: string): Promise<PublishResult>
  /**
   * Makes a new release of the files of an old one, under a new label ("go back"): release numbers only rise. Null when there
   * is no such release.
   */
  republish(
    packageName: string,
    release: number,
    version: string,
    actor: string,
  ): Promise<PublishResult | null>
  /** Keeps a part of a patch as it is, under the digest of its bytes. */
  putPart(digest: string, part: Uint8Array): Promise<PutResult>
  /**
   * Removes chunks that no release has had for a day, and parts that no patch has had; returns how many. On a full disk those that no
   * release has go at once.
   */
  sweep(isDiskFull?: boolean): Promise<number>
}

export function createPublisher({ records, vault, signingKey, clock }: PublisherDeps): Publisher {
  const { db } = records
  // A chunk must not be swept between the look whether it is here and the release that needs it.
  const turnstile = createTurnstile()
  /** Raw sizes of chunks that came lately: else each would be read once more for the release. */
  const rawBytesOfNew = new Map<string, number>()

  async function keep(digest: string, encoded: Uint8Array): Promise<PutResult> {
    const result = await vault.put(digest, encoded)
    if (!result.ok) return result
    rawBytesOfNew.set(digest, result.rawBytes)
    for (const oldest of rawBytesOfNew.keys()) {
      if (rawBytesOfNew.size <= MAX_REMEMBERED_SIZES) break
      rawBytesOfNew.delete(oldest)
    }
    return result
  }

  async function publish(
    packageName: string,
    content: ReleaseContent,
    actor: string,
    filesOf?: number,
  ): Promise<PublishResult> {
    const violation = checkReleaseContent(content)
    if (violation !== null) return refuse('content-invalid', `${violation}.`)
    return await turnstile.pass(async () => {
      const checked = await checkChunks(content)
      if (!checked.ok) return checked
      for (let attempt = 1; ; attempt++) {
        try {
          return await commit(packageName, content, checked.chunks, { actor, filesOf })
        } catch (error) {
          // Another process of this server took the number.
          if (attempt === NUMBER_ATTEMPTS || !isUniqueViolation(error)) throw error
        }
      }
    })
  }

  async function checkChunks(content: ReleaseContent) {
    const wanted = new Map(content.chunks.map(chunk => [chunk.digest, chunk.sizeBytes]))
    const sizes = await vault.sizes(wanted.keys())
    const missing = [...wanted.keys()].filter(digest => !sizes.has(digest))
    if (missing.length > 0) return refuse('chunks-missing', describeMissing(missing))
    const known = await findChunks(db, [...wanted.keys()])
    const chunks: ChunkRecord[] = []
    for (const [digest, encodedBytes] of sizes) {
      const rawBytes = known.get(digest)?.rawBytes ?? rawBytesOfNew.get(digest) ?? (await rawBytesOf(digest))
      if (rawBytes === null) return refuse('chunks-missing', describeMissing([digest]))
      const contradiction = content.chunks.find(
        chunk => chunk.digest === digest && chunk.sizeBytes !== rawBytes,
      )
      if (contradiction)
        return refuse(
          'content-invalid',
          `Chunk ${digest} has ${rawBytes} bytes, not ${contradiction.sizeBytes} as the release says.`,
        )
      chunks.push({ digest, rawBytes, encodedBytes })
    }
    return { ok: true, chunks } as const
  }

  /** Null when it turns out to be damaged. */
  /** Those that no release has by now; how many. */
  function removeOrphans(digests: readonly string[]): Promise<number> {
    return turnstile.pass(async () => {
      const [referenced, parts] = [await referencedChunks(db), await referencedParts(db)]
      let removed = 0
      for (const digest of digests)
        if (!referenced.has(digest) && !parts.has(digest) && (await vault.remove(digest))) removed++
      return removed
    })
  }

  async function rawBytesOf(digest: string): Promise<number | null> {
    const encoded = await vault.get(digest)
    const parsed = encoded && parseEncodedChunk(encoded)
    return parsed?.ok ? parsed.sizeBytes : null
  }

  async function commit(
    packageName: string,
    content: ReleaseContent,
    chunks: readonly ChunkRecord[],
    { actor, filesOf }: { readonly actor: string; readonly filesOf: number | undefined },
  ): Promise<PublishResult> {
    const previous = await latestRelease(db, packageName)
    const publishedAt = clock()
    const manifest: Manifest = {
      format: MANIFEST_FORMAT,
      package: packageName,
      release: (await lastReleaseNumber(db, packageName)) + 1,
      publishedAt: toInstant(publishedAt),
      ...content,
    }
    const signedText = JSON.stringify(await signManifest(manifest, signingKey.keyId, signingKey.privateKey))
    if (Buffer.byteLength(signedText) > MAX_MANIFEST_BYTES)
      return refuse(
        'too-large',
        `The manifest would be larger than ${MAX_MANIFEST_BYTES} bytes; split the package.`,
      )
    const release = await describeRelease(manifest, chunks, publishedAt)
    const differences = await differencesTo(packageName, signedText)
    const compressedText = await compressManifest(signedText)
    const newChunks = await records.change(actor, publishedAt, async trx => {
      const added = await insertRelease(trx, release, signedText, chunks)
      await insertCompressedManifest(trx, release.digest, compressedText)
      for (const { from, difference } of differences)
        await insertManifestDifference(trx, { from, to: release.digest }, difference)
      await dropOldManifestDifferences(trx, packageName)
      await forgetOrphans(
        trx,
        chunks.map(chunk => chunk.digest),
      )
      const { digest, version } = release
      return {
        result: added,
        audit: {
          action: 'release.publish',
          target: `package:${packageName}`,
          after: { release: release.release, version, digest, ...(filesOf !== undefined && { filesOf }) },
        },
        fleetChange: { type: 'fleet' },
      }
    })
    for (const { digest } of chunks) rawBytesOfNew.delete(digest)
    const sameContentAs = previous?.contentDigest === release.contentDigest ? previous.release : null
    return { ok: true, release, newChunks, sameContentAs }
  }

  /** From the manifests of the releases that devices may have. */
  async function differencesTo(packageName: string, text: string) {
    const differences: { readonly from: string; readonly difference: Uint8Array | null }[] = []
    for (const from of await releasesBefore(db, packageName)) {
      const old = await findSignedManifest(db, from)
      if (old === null) continue
      const difference = await makeManifestDifference(old.signedManifestText, text, NEVER)
      differences.push({ from, difference })
    }
    return differences
  }

  return {
    publish: (packageName, content, actor) => publish(packageName, content, actor),
    async republish(packageName, number, version, actor) {
      const old = await findRelease(db, packageName, number)
      const stored = old && (await findSignedManifest(db, old.digest))
      if (!stored) return null
      const { entry, files, chunks }: Manifest = JSON.parse(stored.signedManifestText).manifest
      return await publish(packageName, { version, entry, files, chunks }, actor, number)
    },
    async missingChunks(digests) {
      return await turnstile.pass(async () => {
        const held = await vault.sizes(new Set(digests))
        await forgetOrphans(db, [...held.keys()])
        return [...new Set(digests)].filter(digest => !held.has(digest))
      })
    },
    async putChunk(digest, encoded) {
      await turnstile.pass(() => forgetOrphans(db, [digest]))
      return await keep(digest, await smallest(encoded))
    },
    async putPart(digest, part) {
      await turnstile.pass(() => forgetOrphans(db, [digest]))
      return await vault.put(digest, frameEncodedChunk(part, null))
    },
    async sweep(isDiskFull = false) {
      const referenced = await referencedChunks(db)
      const parts = await referencedParts(db)
      const orphans: string[] = []
      for await (const { digest } of vault.list())
        if (!referenced.has(digest) && !parts.has(digest)) orphans.push(digest)
      for (const digest of vault.damaged)
        if (!referenced.has(digest) && !parts.has(digest)) orphans.push(digest)
      // Nothing can be published then, so chunks that wait for a release only take the room.
      if (isDiskFull) return await removeOrphans(orphans)
      const now = clock()
      await noteOrphans(db, orphans, now)
      return await turnstile.pass(async () => {
        const given = await orphansSince(db, now - ORPHAN_TERM_MS)
        for (const digest of given) await vault.remove(digest)
        await forgetOrphans(db, given)
        return given.length
      })
    },
  }
}

/** Browsers cannot compress: what comes as it is is compressed here, where that makes it smaller. */
async function smallest(encoded: Uint8Array): Promise<Uint8Array> {
  const parsed = parseEncodedChunk(encoded)
  if (!parsed.ok || parsed.encoding !== 'identity') return encoded
  const body = await compressed(parsed.body)
  return body !== null && body.length < parsed.body.length ? frameEncodedChunk(parsed.body, body) : encoded
}

async function describeRelease(
  manifest: Manifest,
  chunks: readonly ChunkRecord[],
  publishedAt: number,
): Promise<ReleaseRecord> {
  const { entry, files } = manifest
  return {
    package: manifest.package,
    release: manifest.release,
    version: manifest.version,
    digest: await releaseDigestOf(manifest),
    contentDigest: hash('sha256', canonicalJsonBytes({ entry, files, chunks: manifest.chunks }), 'hex'),
    entry,
    publishedAt,
    rawBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    encodedBytes: chunks.reduce((sum, chunk) => sum + chunk.encodedBytes, 0),
    fileCount: files.length,
    chunkCount: chunks.length,
  }
}

function describeMissing(missing: readonly string[]): string {
  const named = missing.slice(0, MISSING_NAMED).join(', ')
  const more = missing.length > MISSING_NAMED ? ` and ${missing.length - MISSING_NAMED} more` : ''
  return `Send these chunks first, then publish again: ${named}${more}.`
}

const refuse = (problem: ProblemName, detail: string) => ({ ok: false, problem, detail }) as const
