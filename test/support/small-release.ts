/** Makes a release by hand, without publisher and server: files cut into chunks of a given size, and its encoded chunks. */
import { frameEncodedChunk } from '../../protocol/encoded-chunk.ts'
import { sha256Hex } from '../../protocol/keys.ts'
import { type Manifest, releaseDigestOf } from '../../protocol/manifest.ts'

export interface SmallRelease {
  readonly manifest: Manifest
  readonly digest: string
  /** Text of a signed manifest; the signature is of the right form only. */
  readonly manifestText: string
  readonly chunks: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
}

export interface SmallReleaseOptions {
  readonly package?: string
  readonly release?: number
  readonly entry?: string
  readonly chunkBytes?: number
  /** Encodes a chunk's raw bytes; without it all chunks are `identity`. */
  readonly zstd?: (raw: Uint8Array) => Uint8Array
}

const mediaTypes: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  json: 'application/json',
  mp4: 'video/mp4',
}

export async function makeSmallRelease(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: SmallReleaseOptions = {},
): Promise<SmallRelease> {
  const chunkBytes = options.chunkBytes ?? 1000
  const contents = Object.entries(files).map(
    ([path, content]) =>
      [path, typeof content === 'string' ? new TextEncoder().encode(content) : content] as const,
  )
  const stream = new Uint8Array(contents.reduce((sum, [, content]) => sum + content.byteLength, 0))
  let at = 0
  const manifestFiles = contents.map(([path, content]) => {
    stream.set(content, at)
    const begin = at
    at += content.byteLength
    const mediaType = mediaTypes[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
    return {
      path,
      sizeBytes: content.byteLength,
      mediaType,
      chunk: Math.floor(begin / chunkBytes),
      offset: begin % chunkBytes,
    }
  })
  const chunks = new Map<string, Uint8Array<ArrayBuffer>>()
  const manifestChunks: { digest: string; sizeBytes: number }[] = []
  for (let from = 0; from < stream.byteLength; from += chunkBytes) {
    const raw = stream.slice(from, from + chunkBytes)
    const digest = await sha256Hex(raw)
    chunks.set(digest, frameEncodedChunk(raw, options.zstd?.(raw) ?? null))
    manifestChunks.push({ digest, sizeBytes: raw.byteLength })
  }
  const manifest: Manifest = {
    format: 1,
    package: options.package ?? 'lobby',
    release: options.release ?? 1,
    publishedAt: '2026-11-22T08:00:00Z',
    version: `1.${options.release ?? 1}`,
    entry: options.entry ?? 'index.html',
    files: manifestFiles,
    chunks: manifestChunks,
  }
  const manifestText = JSON.stringify({
    manifest,
    signature: { keyId: '0'.repeat(16), value: 'A'.repeat(86) },
  })
  return { manifest, digest: await releaseDigestOf(manifest), manifestText, chunks }
}
