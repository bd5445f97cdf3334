/**
 * The manifest: what a release consists of (docs/PROTOCOL.md, rules PR-M1 to PR-M8).
 * Parses, checks and canonicalises; fetches and verifies nothing (signatures: `signed-manifest.ts`).
 *
 * The chunks, one after another, are the release's *content stream*. File i begins `offset` bytes into chunk
 * number `chunk` and runs on for `sizeBytes`. The same digest may stand at several indexes.
 */
import * as v from 'valibot'
import { canonicalJsonBytes } from './canonical-json.ts'
import { sha256Hex } from './keys.ts'
import { MAX_CHUNK_BYTES, MAX_CHUNKS_PER_RELEASE, MAX_FILES_PER_RELEASE } from './limits.ts'
import { checkPackagePath, findDuplicatePaths } from './package-path.ts'
import { boundedMessage, type Parsed, parseWith } from './parse.ts'
import {
  countSchema,
  digestSchema,
  instantSchema,
  packageNameSchema,
  releaseNumberSchema,
  versionLabelSchema,
} from './primitives.ts'

export const MANIFEST_FORMAT = 1

const packagePathSchema = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const checked = checkPackagePath(dataset.value)
    if (!checked.ok) addIssue({ message: checked.message })
  }),
)

export const manifestFileSchema = v.strictObject({
  path: packagePathSchema,
  sizeBytes: countSchema,
  mediaType: v.pipe(
    v.string(),
    v.maxLength(127),
    v.regex(/^[\w.+-]+\/[\w.+-]+(; ?charset=[\w-]+)?$/, 'must be a media type'),
  ),
  chunk: countSchema,
  offset: countSchema,
})
export type ManifestFile = v.InferOutput<typeof manifestFileSchema>

export const manifestChunkSchema = v.strictObject({
  digest: digestSchema,
  sizeBytes: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_CHUNK_BYTES)),
})
export type ManifestChunk = v.InferOutput<typeof manifestChunkSchema>

/** What a publisher supplies; the server adds number and time, and signs. */
export const releaseContentSchema = v.strictObject({
  version: versionLabelSchema,
  entry: packagePathSchema,
  files: v.pipe(
    v.array(manifestFileSchema),
    v.minLength(1, 'a release has at least one file'),
    v.maxLength(MAX_FILES_PER_RELEASE),
  ),
  chunks: v.pipe(v.array(manifestChunkSchema), v.maxLength(MAX_CHUNKS_PER_RELEASE)),
})
export type ReleaseContent = v.InferOutput<typeof releaseContentSchema>

export const manifestSchema = v.strictObject({
  format: v.literal(MANIFEST_FORMAT, 'this manifest has a format that is not known here'),
  package: packageNameSchema,
  release: releaseNumberSchema,
  /** ISO 8601; kept as text, since the signature is over it. */
  publishedAt: v.pipe(
    v.string(),
    v.check(text => v.is(instantSchema, text), 'must be an ISO 8601 instant'),
  ),
  ...releaseContentSchema.entries,
})
export type Manifest = v.InferOutput<typeof manifestSchema>

/**
 * PR-M5 to PR-M8, which a schema cannot say: paths unique ignoring case, entry page present, every file inside
 * the content stream. Returns the first violation in words, or null.
 */
export function checkReleaseContent(content: ReleaseContent): string | null {
  const [duplicate] = findDuplicatePaths(content.files.map(file => file.path))
  if (duplicate !== undefined) return duplicate.message
  if (!content.files.some(file => file.path === content.entry)) {
    return `the entry page "${content.entry}" is not among the files`
  }
  const starts = chunkStarts(content.chunks)
  const totalBytes = starts[content.chunks.length] ?? 0
  for (const file of content.files) {
    if (file.sizeBytes === 0) continue
    const start = starts[file.chunk]
    const chunk = content.chunks[file.chunk]
    if (start === undefined || chunk === undefined || file.offset >= chunk.sizeBytes) {
      return `the file "${file.path}" begins outside the chunks`
    }
    if (start + file.offset + file.sizeBytes > totalBytes)
      return `the file "${file.path}" ends outside the chunks`
  }
  return null
}

/** Where each chunk begins in the content stream; one more entry holds the stream's length in bytes. */
export function chunkStarts(chunks: readonly { readonly sizeBytes: number }[]): number[] {
  const starts = [0]
  let at = 0
  for (const chunk of chunks) {
    at += chunk.sizeBytes
    starts.push(at)
  }
  return starts
}

/** A parsed and checked manifest, or why not. */
export function parseManifest(input: unknown): Parsed<Manifest> {
  const parsed = parseWith(manifestSchema, input)
  if (!parsed.ok) return parsed
  const problem = checkReleaseContent(parsed.value)
  return problem === null ? parsed : { ok: false, message: boundedMessage(problem) }
}

/** The bytes that are signed and whose SHA-256 names the release (PR-M2). */
export function manifestBytes(manifest: Manifest): Uint8Array<ArrayBuffer> {
  return canonicalJsonBytes(manifest)
}

/** The digest that names a release everywhere: SHA-256 of the canonical manifest. */
export async function releaseDigestOf(manifest: Manifest): Promise<string> {
  return sha256Hex(manifestBytes(manifest))
}
