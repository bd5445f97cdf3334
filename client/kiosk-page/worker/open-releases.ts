/** The releases that are being served: manifest read and checked once, and what was found out about the app. */
import { isBuiltForRoot } from '../../content/built-for-root.ts'
import { createReleaseFiles, type ReleaseFiles } from '../../content/release-files.ts'
import { readManifest } from '../../content/stored-release.ts'
import type { ReadChunk } from '../../content/verified-chunks.ts'
import type { RecordStore } from '../../ports.ts'

/** A release under trial, the one before it, and the one of a second package. */
const KEPT_RELEASES = 3
/** More than any page's head. */
const LOOKED_AT_BYTES = 256 * 1024

export interface OpenRelease {
  readonly files: ReleaseFiles
  /** Whether its entry page expects to be at `/`, as far as its text or its behaviour has told. */
  builtForRoot(): Promise<boolean>
  /** Its entry page was seen to load a script of its own from `/`. */
  noteBuiltForRoot(): void
}

/** Null for a manifest that cannot be read; it is tried again the next time. */
export function createOpenReleases(
  records: Pick<RecordStore, 'get'>,
  readChunk: ReadChunk,
): (releaseDigest: string) => Promise<OpenRelease | null> {
  const releases = new Map<string, Promise<OpenRelease | null>>()

  async function open(digest: string): Promise<OpenRelease | null> {
    const manifest = await readManifest(records, digest)
    if (!manifest) return null
    const files = createReleaseFiles(manifest, readChunk)
    let found: boolean | null = null
    return {
      files,
      builtForRoot: async () => {
        found ??= await entryIsBuiltForRoot(files)
        return found ?? false
      },
      noteBuiltForRoot: () => {
        found = true
      },
    }
  }

  return digest => {
    const opened = releases.get(digest) ?? open(digest)
    releases.delete(digest)
    releases.set(digest, opened)
    const forget = () => releases.delete(digest)
    opened.then(release => release ?? forget(), forget)
    for (const oldest of releases.keys()) {
      if (releases.size <= KEPT_RELEASES) break
      releases.delete(oldest)
    }
    return opened
  }
}

/** Null when the page cannot be read at the moment. */
async function entryIsBuiltForRoot(files: ReleaseFiles): Promise<boolean | null> {
  const { entry } = files.manifest
  const file = files.find(entry)
  if (!file || entry.includes('/') || !file.mediaType.startsWith('text/html')) return false
  const decoder = new TextDecoder()
  let html = ''
  for await (const piece of files.read(file, { start: 0, end: Math.min(file.sizeBytes, LOOKED_AT_BYTES) })) {
    if (!piece.ok) return null
    html += decoder.decode(piece.bytes, { stream: true })
  }
  return isBuiltForRoot(html, path => files.find(path) !== null)
}
