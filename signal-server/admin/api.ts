/**
 * The one way this page talks to the server: requests with the session's cookie, answers parsed against the schemas that
 * the server answers from, refusals as {@link ApiProblem}. Knows no route.
 */
import type * as v from 'valibot'
import { parseWith } from '../../protocol/parse.ts'
import { type AdminProblemName, adminProblemSchema, PROBLEM_MEDIA_TYPE } from '../../protocol/problem.ts'
import { readJson } from './read-json.ts'
import { learnServerTime } from './server-clock.ts'

/** A request that did not lead to an answer. `message` is a sentence for the administrator. */
export class ApiProblem extends Error {
  /** `unreachable`: no answer came. `unreadable`: an answer, or a reason, this page does not understand. */
  readonly problem: AdminProblemName | 'unreachable' | 'unreadable'
  /** Epoch ms from which it is worth trying again. */
  readonly retryAt: number | null

  constructor(problem: ApiProblem['problem'], message: string, retryAt: number | null = null) {
    super(message)
    this.name = 'ApiProblem'
    this.problem = problem
    this.retryAt = retryAt
  }
}

const UNREACHABLE = 'The server does not answer. Is it running, and is the network up?'

/** What to say of anything that was thrown. */
export function problemIn(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  return new ApiProblem('unreadable', error instanceof Error ? error.message : String(error))
}

type QueryValue = string | number | boolean | null | undefined

export interface RequestOptions {
  /** Sent as JSON; bytes and files are sent as they are. */
  readonly body?: unknown
  /** Entries without a value are left out. */
  readonly query?: Readonly<Record<string, QueryValue>>
  readonly signal?: AbortSignal | undefined
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Schema = v.GenericSchema

let onUnauthenticated = () => {}

/** What happens when the server says that the session has ended. */
export function whenUnauthenticated(act: () => void): void {
  onUnauthenticated = act
}

/** A path below `/api` from names that people chose. */
export function apiPath(...segments: readonly (string | number)[]): string {
  return segments.map(segment => encodeURIComponent(segment)).join('/')
}

/** The address of a path below `/api`, wherever this page is served from. */
export function apiUrl(path: string, query: RequestOptions['query'] = {}): URL {
  const url = new URL(`api/${path}`, document.baseURI)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, String(value))
  }
  url.hash = ''
  return url
}

async function send(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const { body, query, signal } = options
  const raw = body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body)
  let response: Response
  try {
    response = await fetch(apiUrl(path, query), {
      method,
      credentials: 'same-origin',
      ...(signal ? { signal } : {}),
      ...(body === undefined
        ? {}
        : {
            headers: { 'content-type': raw ? 'application/octet-stream' : 'application/json' },
            body: raw ? (body as BodyInit) : JSON.stringify(body),
          }),
    })
  } catch {
    signal?.throwIfAborted()
    throw new ApiProblem('unreachable', UNREACHABLE)
  }
  learnServerTime(response.headers.get('date'))
  if (response.ok) return response
  throw await problemOf(response)
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const unreadable = new ApiProblem(
    response.status === 502 || response.status === 503 || response.status === 504
      ? 'unreachable'
      : 'unreadable',
    `The server answered with status ${response.status}.`,
  )
  if (!response.headers.get('content-type')?.startsWith(PROBLEM_MEDIA_TYPE)) return unreadable
  const parsed = parseWith(adminProblemSchema, await readJson(response))
  if (!parsed.ok) return unreadable
  const { type, title, detail, retryAt } = parsed.value
  if (type === 'unauthenticated') onUnauthenticated()
  // A server that is newer than this page may name a reason that is not known here; its sentence is for people all the same.
  return new ApiProblem(type ?? 'unreadable', detail ?? `${title}.`, retryAt ?? null)
}

async function read<S extends Schema>(response: Response, schema: S): Promise<v.InferOutput<S>> {
  const parsed = parseWith(schema, await readJson(response))
  if (parsed.ok) return parsed.value
  throw new ApiProblem(
    'unreadable',
    `The server's answer is not what this page expects (${parsed.message}). Reload the page: it may be older than the server.`,
  )
}

const withSchema =
  (method: Method) =>
  async <S extends Schema>(
    path: string,
    schema: S,
    options: RequestOptions = {},
  ): Promise<v.InferOutput<S>> =>
    read(await send(method, path, options), schema)

/** Paths are below `/api/`, without it; make them with {@link apiPath}. */
export const api = {
  get: withSchema('GET'),
  post: withSchema('POST'),
  put: withSchema('PUT'),
  patch: withSchema('PATCH'),
  /** For requests whose answer says nothing more than that it was done. */
  async act(method: Exclude<Method, 'GET'>, path: string, options: RequestOptions = {}): Promise<void> {
    const response = await send(method, path, options)
    await response.body?.cancel()
  },
}

/** Sends a file as it is and tells how far it has come, which `fetch` cannot. @throws ApiProblem */
export function sendFile<S extends Schema>(
  path: string,
  schema: S,
  file: Blob,
  options: { readonly onProgress: (sentBytes: number) => void; readonly signal: AbortSignal },
): Promise<v.InferOutput<S>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', apiUrl(path))
    request.responseType = 'blob'
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = ({ loaded }) => options.onProgress(loaded)
    request.onerror = () => reject(new ApiProblem('unreachable', UNREACHABLE))
    request.onabort = () => reject(options.signal.reason)
    request.onload = () => {
      const headers = { 'content-type': request.getResponseHeader('content-type') ?? '' }
      const response = new Response(request.response, { status: request.status, headers })
      if (response.ok) read(response, schema).then(resolve, reject)
      else problemOf(response).then(reject, reject)
    }
    options.signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}
