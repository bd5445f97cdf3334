/**
 * `GET /releases/:digest/chunks/:hash` on Node's own request and response. Nearly everything the origin sends goes this way,
 * and web streams and headers in between would cost more than the sending itself; all other paths are the app's.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { PROBLEM_MEDIA_TYPE, type ProblemDocument, problem } from '../../protocol/problem.ts'
import type { ServerMetrics } from '../metrics/server-metrics.ts'
import type { ChunkVault } from '../vault/chunk-vault.ts'
import type { ChunkDesk } from './chunk-desk.ts'
import { IMMUTABLE, namesTag } from './http-problem.ts'
import type { OriginCounter } from './origin-counter.ts'

const ROUTE = '/releases/:digest/chunks/:hash'
const PATH = /^\/releases\/([^/?]+)\/chunks\/([^/?]+)(?:\?.*)?$/

/** Devices try other sources, and this one again later; no cache keeps it. */
const LOST_CHUNK = problem(
  'not-found',
  'This chunk is damaged or missing on the server. Try again later, or another source.',
)

export interface ChunkResponderDeps {
  readonly desk: ChunkDesk
  readonly vault: Pick<ChunkVault, 'get' | 'verify'>
  readonly counter: OriginCounter
  readonly metrics?: ServerMetrics | undefined
  readonly onFailure: (error: unknown) => void
}

/** Answers GET and HEAD of chunks; passes everything else on. */
export function respondToChunks(deps: ChunkResponderDeps, others: RequestListener): RequestListener {
  const { desk, vault, counter, metrics, onFailure } = deps

  async function answer(request: IncomingMessage, response: ServerResponse, release: string, chunk: string) {
    const refusal = await desk.refusal(release, chunk, request.headers.authorization)
    if (refusal !== null) return refuse(response, refusal)
    const etag = `"${chunk}"`
    if (namesTag(request.headers['if-none-match'], etag)) {
      response.writeHead(304, { 'cache-control': IMMUTABLE, etag }).end()
      return
    }
    const encoded = await vault.get(chunk)
    if (encoded === null) {
      // The release has it, so administrators have to know, even where nothing is left of it.
      await vault.verify(chunk)
      return refuse(response, LOST_CHUNK)
    }
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': encoded.byteLength,
      'cache-control': IMMUTABLE,
      'x-content-type-options': 'nosniff',
      etag,
    })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    counter.add(release, encoded.byteLength)
    response.end(encoded)
  }

  function refuse(response: ServerResponse, document: ProblemDocument): void {
    const body = `${JSON.stringify(document)}\n`
    response.writeHead(document.status, {
      'content-type': PROBLEM_MEDIA_TYPE,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    // To HEAD Node sends the headers alone.
    response.end(body)
    metrics?.refused('devices', document)
  }

  return (request, response) => {
    const { method = '', url = '' } = request
    const [, release, chunk] = (method === 'GET' || method === 'HEAD' ? PATH.exec(url) : null) ?? []
    if (release === undefined || chunk === undefined) return others(request, response)
    const startedAt = performance.now()
    answer(request, response, release, chunk)
      .catch(error => {
        onFailure(error)
        if (response.headersSent) response.destroy()
        else refuse(response, problem('internal', 'The server failed. Try again later.'))
      })
      .finally(() => {
        const durationMs = performance.now() - startedAt
        metrics?.request({
          listener: 'devices',
          route: ROUTE,
          method,
          status: response.statusCode,
          durationMs,
        })
      })
  }
}
