/**
 * The origin over `fetch`. Bodies are read up to their bound and given up when they stop moving; nothing is kept in the
 * HTTP cache, since the chunk store holds it. Knows no window and retries nothing: the engine decides.
 */
import type * as v from 'valibot'
import { enrolResponseSchema } from '../../../protocol/device-http.ts'
import {
  KIB,
  MAX_ENCODED_CHUNK_BYTES,
  MAX_MANIFEST_BYTES,
  MAX_PART_MAKES_BYTES,
  MAX_PATCH_SET_BYTES,
} from '../../../protocol/limits.ts'
import { parseJsonWith } from '../../../protocol/parse.ts'
import { PROBLEM_MEDIA_TYPE, problemSchema } from '../../../protocol/problem.ts'
import type { OriginAnswer, OriginClient } from '../../ports.ts'
import { isWebPageAnswer, webPageAnswerWords } from '../../web-page-answer.ts'

/** Without one more byte in this time a request is given up; a slow uplink that moves is left alone. */
const PROGRESS_TIMEOUT_MS = 30_000
const MAX_SMALL_BODY_BYTES = 64 * KIB

type Bytes = Uint8Array<ArrayBuffer>

export interface FetchOriginOptions {
  readonly progressTimeoutMs?: number
  readonly fetch?: typeof fetch
}

/** `baseUrl`: the folder that holds `enrol` and `releases/`, with its final slash; works behind any prefix. */
export function createFetchOrigin(baseUrl: string | URL, options: FetchOriginOptions = {}): OriginClient {
  const progressTimeoutMs = options.progressTimeoutMs ?? PROGRESS_TIMEOUT_MS
  const fetchIt = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args))

  async function request(
    path: string,
    init: RequestInit,
    maxBytes: number,
    abort?: AbortSignal,
    onProgress?: () => void,
  ): Promise<OriginAnswer<Bytes>> {
    const watchdog = createWatchdog(progressTimeoutMs)
    const signal = abort ? AbortSignal.any([abort, watchdog.signal]) : watchdog.signal
    try {
      const url = new URL(path, baseUrl)
      const response = await fetchIt(url, { cache: 'no-store', credentials: 'omit', ...init, signal })
      if (isWebPageAnswer(response)) {
        void response.body?.cancel().catch(() => {})
        // Taken for the manifest or a chunk, it would be reported as one that is forged or damaged.
        return unreachable(webPageAnswerWords)
      }
      const bound = response.ok ? maxBytes : MAX_SMALL_BODY_BYTES
      const body = await readBounded(response, bound, () => {
        watchdog.restart()
        onProgress?.()
      })
      if (body === null) return unreachable(`the answer to ${path} is longer than ${bound} bytes`)
      return response.ok ? { ok: true, value: body } : refusal(response, body)
    } catch (error) {
      if (abort?.aborted) return unreachable('cancelled')
      if (watchdog.signal.aborted) return unreachable(`no data for ${progressTimeoutMs} ms`)
      return unreachable(error instanceof Error ? error.message : String(error))
    } finally {
      watchdog.stop()
    }
  }

  return {
    enrol: async body => {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }
      return parsed(await request('enrol', init, MAX_SMALL_BODY_BYTES), enrolResponseSchema)
    },
    manifest: async (releaseDigest, abort) => {
      const answer = await request(`releases/${releaseDigest}/manifest`, {}, MAX_MANIFEST_BYTES, abort)
      return answer.ok ? { ok: true, value: new TextDecoder().decode(answer.value) } : answer
    },
    patchSet: async (to, from, abort) => {
      const answer = await request(`releases/${to}/patches/${from}`, {}, MAX_PATCH_SET_BYTES, abort)
      return answer.ok ? { ok: true, value: new TextDecoder().decode(answer.value) } : answer
    },
    manifestPatch: (to, from, abort) =>
      request(`releases/${to}/patches/${from}/manifest`, {}, MAX_PART_MAKES_BYTES, abort),
    chunk: (releaseDigest, chunkDigest, grantToken, abort, onProgress) =>
      request(
        `releases/${releaseDigest}/chunks/${chunkDigest}`,
        { headers: { authorization: `Bearer ${grantToken}` } },
        MAX_ENCODED_CHUNK_BYTES,
        abort,
        onProgress,
      ),
  }
}

function parsed<S extends v.GenericSchema>(
  answer: OriginAnswer<Bytes>,
  schema: S,
): OriginAnswer<v.InferOutput<S>> {
  if (!answer.ok) return answer
  const result = parseJsonWith(schema, new TextDecoder().decode(answer.value), MAX_SMALL_BODY_BYTES)
  return result.ok ? result : unreachable(`the server's answer is not understood: ${result.message}`)
}

/** A refusal is only what the origin itself says; an error page of a proxy in between is no answer. */
function refusal(response: Response, body: Bytes): OriginAnswer<never> {
  const mediaType = response.headers.get('content-type')?.split(';')[0]?.trim()
  if (mediaType === PROBLEM_MEDIA_TYPE) {
    const document = parseJsonWith(problemSchema, new TextDecoder().decode(body), MAX_SMALL_BODY_BYTES)
    if (document.ok) return { ok: false, reason: 'refused', problem: document.value }
  }
  return unreachable(`HTTP status ${response.status} without a reason that is known here`)
}

const unreachable = (message: string): OriginAnswer<never> => ({ ok: false, reason: 'unreachable', message })

/** The body, or null when it is longer than `maxBytes`; then the rest is not read. */
async function readBounded(
  response: Response,
  maxBytes: number,
  onProgress: () => void,
): Promise<Bytes | null> {
  onProgress()
  if (response.body === null) return new Uint8Array()
  const reader: ReadableStreamDefaultReader<Bytes> = response.body.getReader()
  const pieces: Bytes[] = []
  let length = 0
  const declaredBytes = Number(response.headers.get('content-length') ?? 0)
  for (;;) {
    if (length > maxBytes || declaredBytes > maxBytes) {
      await reader.cancel().catch(() => {})
      return null
    }
    const { done, value } = await reader.read()
    if (done) break
    onProgress()
    pieces.push(value)
    length += value.byteLength
  }
  const [only] = pieces
  if (only && pieces.length === 1) return only
  const body = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    body.set(piece, at)
    at += piece.byteLength
  }
  return body
}

function createWatchdog(timeoutMs: number) {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const restart = () => {
    clearTimeout(timer)
    timer = setTimeout(() => controller.abort(), timeoutMs)
  }
  restart()
  return { signal: controller.signal, restart, stop: () => clearTimeout(timer) }
}
