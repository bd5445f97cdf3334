/** One file of a release as an HTTP response: headers, ranges, conditional requests, and a body of verified bytes. */
import { MIB } from '../../../protocol/limits.ts'
import type { ManifestFile } from '../../../protocol/manifest.ts'
import { type ByteRange, parseByteRange } from '../../content/byte-range.ts'
import type { ReleaseFiles } from '../../content/release-files.ts'
import type { ChunkBytes } from '../../content/verified-chunks.ts'

/** Up to here a body is read whole before the answer begins, so that a bad chunk becomes an error and no torso. */
const WHOLE_BODY_BYTES = 8 * MIB

/**
 * The response, or null when a chunk that it needs cannot be had. Should one fail after the answer has begun, the body
 * ends with an error: no byte that was not verified, and no end that looks like one.
 */
export async function fileResponse(
  files: ReleaseFiles,
  file: ManifestFile,
  request: Request,
): Promise<Response | null> {
  const etag = `"${await files.fingerprint(file)}"`
  const headers = new Headers({
    'content-type': file.mediaType,
    'accept-ranges': 'bytes',
    etag,
    // The browser's own caches know nothing of releases: a file of one must not end up in a page of another.
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-larder-release': String(files.manifest.release),
  })
  if (matches(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers })

  const range = wantedRange(request, file, etag)
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${file.sizeBytes}`)
    headers.set('content-length', '0')
    return new Response(null, { status: 416, headers })
  }
  const { start, end } = range === 'whole' ? { start: 0, end: file.sizeBytes } : range
  headers.set('content-length', String(end - start))
  if (range !== 'whole') headers.set('content-range', `bytes ${start}-${end - 1}/${file.sizeBytes}`)
  const status = range === 'whole' ? 200 : 206
  if (request.method === 'HEAD') return new Response(null, { status, headers })

  const pieces = files.read(file, { start, end })
  const body =
    end - start <= WHOLE_BODY_BYTES ? await wholeBody(pieces, end - start) : await streamedBody(pieces)
  return body && new Response(body, { status, headers })
}

function wantedRange(
  request: Request,
  file: ManifestFile,
  etag: string,
): ByteRange | 'whole' | 'unsatisfiable' {
  // Ranges are for GET alone (RFC 9110, section 14.2).
  if (request.method !== 'GET') return 'whole'
  const condition = request.headers.get('if-range')
  if (condition !== null && condition !== etag) return 'whole'
  return parseByteRange(request.headers.get('range'), file.sizeBytes)
}

function matches(condition: string | null, etag: string): boolean {
  if (condition?.trim() === '*') return true
  return condition?.split(',').some(candidate => candidate.trim().replace(/^W\//, '') === etag) ?? false
}

type Pieces = AsyncGenerator<ChunkBytes, void, undefined>

async function wholeBody(pieces: Pieces, sizeBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const body = new Uint8Array(sizeBytes)
  let at = 0
  for await (const piece of pieces) {
    if (!piece.ok) return null
    body.set(piece.bytes, at)
    at += piece.bytes.byteLength
  }
  return body
}

/** Begins only once the first chunk has proved good. */
async function streamedBody(pieces: Pieces): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
  const first = await pieces.next()
  if (!first.done && !first.value.ok) return null
  let next: IteratorResult<ChunkBytes, void> | null = first
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: async controller => {
        const result: IteratorResult<ChunkBytes, void> = next ?? (await pieces.next())
        next = null
        if (result.done) {
          controller.close()
        } else if (result.value.ok) {
          // A copy: a consumer may take the buffer away, and the bytes are shared with other readers.
          controller.enqueue(result.value.bytes.slice())
        } else {
          controller.error(new Error(`chunk ${result.value.digest} is ${result.value.reason}`))
        }
      },
      cancel: async () => {
        await pieces.return()
      },
    },
    { highWaterMark: 1 },
  )
}
