/**
 * Publishing from the page: what is new against the last release, zip archives that wait to be published, and going back.
 * A dropped folder is cut into chunks by the page (`protocol/chunking/`), sent as identity chunks and published as the command
 * line does; a zip is sent whole and cut by the server.
 */
import * as v from 'valibot'
import { MAX_CHUNKS_PER_RELEASE, MAX_FILES_PER_RELEASE } from '../limits.ts'
import { manifestChunkSchema, manifestFileSchema, releaseContentSchema } from '../manifest.ts'
import { parseWith } from '../parse.ts'
import { countSchema, digestSchema, releaseNumberSchema } from '../primitives.ts'
import { KIOSK_WARNING_KINDS } from '../publishing/kiosk-warnings.ts'
import { isoTextSchema } from './iso-text.ts'
import { typedVersionSchema } from './typed-text.ts'

/** `POST /api/packages/:package/compare`: a release's content as it would be published, without version and entry page. */
export const comparePostSchema = v.strictObject({
  files: v.pipe(
    v.array(
      v.strictObject({
        ...manifestFileSchema.entries,
        /**
         * SHA-256 of the file. Files below `PACKED_BELOW_BYTES` share chunks with their neighbours, so without it such a file
         * counts as changed when only its neighbour is.
         */
        sha256: v.optional(digestSchema),
      }),
    ),
    v.maxLength(MAX_FILES_PER_RELEASE),
  ),
  chunks: v.pipe(v.array(manifestChunkSchema), v.maxLength(MAX_CHUNKS_PER_RELEASE)),
})
export type ComparePost = v.InferInput<typeof comparePostSchema>

/** Files listed in a comparison; the counts beside them are of all. */
export const MAX_LISTED_FILES = 500

export const comparisonSchema = v.object({
  /** The last release; null: this would be the first, and everything is new. */
  against: v.nullable(v.object({ release: releaseNumberSchema, version: v.string() })),
  files: v.object({
    total: countSchema,
    new: countSchema,
    changed: countSchema,
    removed: countSchema,
    same: countSchema,
    /** New, changed and removed ones in path order, {@link MAX_LISTED_FILES} at most. */
    list: v.array(
      v.object({
        path: v.string(),
        change: v.picklist(['new', 'changed', 'removed']),
        sizeBytes: countSchema,
      }),
    ),
  }),
  chunks: v.object({
    /** Different ones. */
    total: countSchema,
    /** Those that the last release does not have: what travels to devices that run it. */
    new: countSchema,
    /** Those that the server lacks: what has to be sent to it. */
    missing: countSchema,
  }),
  bytes: v.object({
    /** Sum of the files. */
    raw: countSchema,
    /** Of the new chunks, not compressed. */
    newRaw: countSchema,
    /** Of the new chunks as they will travel: packed where the server has them or has the archive, else as they are. */
    travelling: countSchema,
  }),
})
export type Comparison = v.InferOutput<typeof comparisonSchema>

const stagingIdSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'must be the id of an archive'))

/** `POST /api/packages/:package/archives` with the zip as body. */
export const stagedArchiveSchema = v.object({
  stagingId: stagingIdSchema,
  /** After that it is thrown away. */
  expiresAt: isoTextSchema,
  /** The pages that a kiosk could open, the likeliest first, twenty at most. */
  entries: v.array(v.string()),
  /** The folder that everything in the archive lies in, if it does: it is not part of the paths. */
  strippedFolder: v.nullable(v.string()),
  /** What file managers drop into archives; not published. Twenty at most. */
  leftOut: v.array(v.string()),
  /** All of them. */
  leftOutCount: countSchema,
  /** What in the files a kiosk cannot serve; nothing is refused for it. */
  warnings: v.array(
    v.object({
      kind: v.picklist(KIOSK_WARNING_KINDS),
      message: v.string(),
      /** Five at most, in path order. */
      paths: v.array(v.string()),
      fileCount: countSchema,
    }),
  ),
  comparison: comparisonSchema,
})
export type StagedArchive = v.InferOutput<typeof stagedArchiveSchema>

/** The other body of `POST /api/packages/:package/releases`: publish an archive that was sent before. */
const publishStagedSchema = v.strictObject({
  stagingId: stagingIdSchema,
  version: typedVersionSchema,
  entry: releaseContentSchema.entries.entry,
})

/** `POST /api/packages/:package/releases/:release/republish`: the same files as a new release, under a new label. */
export const republishPostSchema = v.strictObject({ version: typedVersionSchema })

/** The body of `POST /api/packages/:package/releases`: content whose chunks the server has, or an archive. */
export const releasePostSchema = v.union([publishStagedSchema, releaseContentSchema], issue => {
  const isStaged = typeof issue.input === 'object' && issue.input !== null && 'stagingId' in issue.input
  const parsed = parseWith(isStaged ? publishStagedSchema : releaseContentSchema, issue.input)
  return parsed.ok ? 'is not a release' : parsed.message
})
