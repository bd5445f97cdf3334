/**
 * One HTTP request with its whole answer, on Node's own client: `fetch` copies every body that it sends several times, which is
 * what a publication of large packages then mostly does.
 */
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'

export interface HttpRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Until the whole answer is here. */
  readonly timeoutMs: number
}

export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/** Connections are kept for the next request. Rejects with Node's own errors; a timeout is a TimeoutError as `cause`. */
export async function sendRequest(url: string, request: HttpRequest): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(request.timeoutMs)
  try {
    return await send(url, request, signal)
  } catch (error) {
    // Where it ends an answer that has begun, Node only says that the connection was aborted.
    if (signal.aborted) throw new Error('no answer in time', { cause: signal.reason })
    throw error
  }
}

async function send(
  url: string,
  { method, headers, body }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const client = url.startsWith('https:') ? https : http
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const sent = client.request(url, { method, headers: { ...headers, ...length }, signal })
  // Once an answer has begun, what becomes of the rest of the request is no failure: a server may refuse a body unread.
  sent.on('error', () => {})
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [http.IncomingMessage]
  const pieces: Buffer[] = []
  for await (const piece of answer) pieces.push(piece)
  return { status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString() }
}
