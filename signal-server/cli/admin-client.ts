/**
 * The admin API as the commands use it: typed answers, and failures in one line that says what to do.
 */
import type { Command } from 'commander'
import type * as v from 'valibot'
import { parseWith } from '../../protocol/parse.ts'
import { type AdminProblemName, adminProblemSchema } from '../../protocol/problem.ts'
import { errorCode, Failure, messageOf } from '../failure.ts'
import { type HttpAnswer, sendRequest } from './http-request.ts'
import { type CliIo, UsageError } from './io.ts'

const DEFAULT_SERVER = 'http://127.0.0.1:8081'
/** Long enough to commit the largest release on a slow disk; short enough not to look hung for ever. */
const ANSWER_TIMEOUT_MS = 120_000

/** The server refused. */
export class ProblemFailure extends Failure {
  /** Null: not known to this version of the command. */
  readonly problemName: AdminProblemName | null

  constructor(problemName: AdminProblemName | null, message: string) {
    super(message)
    this.name = 'ProblemFailure'
    this.problemName = problemName
  }
}

export interface RemoteOptions {
  readonly server?: string
  readonly token?: string
}

/** Adds the options of every command that talks to a server. */
export function withServerOptions(command: Command): Command {
  return command
    .option('--server <url>', `admin address of the server (or LARDER_URL; default ${DEFAULT_SERVER})`)
    .option('--token <token>', 'API token (or LARDER_TOKEN)')
}

export function connect(options: RemoteOptions, io: CliIo): AdminClient {
  const server = options.server ?? (io.env.LARDER_URL || DEFAULT_SERVER)
  const token = options.token ?? io.env.LARDER_TOKEN
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol))
    throw new UsageError(`${JSON.stringify(server)} is not a server address; write it as ${DEFAULT_SERVER}`)
  if (!token)
    throw new UsageError(
      'an API token is needed: pass --token TOKEN or set LARDER_TOKEN; make one on the server with: larder token create --data DIR',
    )
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('the API token holds characters that no token has')
  return new AdminClient(server, token)
}

type Body = { readonly json: unknown } | { readonly bytes: Uint8Array<ArrayBuffer> }

export class AdminClient {
  readonly server: string
  readonly #token: string

  constructor(server: string, token: string) {
    this.server = server.replace(/\/+$/, '')
    this.#token = token
  }

  /**
   * Sends a request and parses the answer. `segments` are put into the path escaped. Rejects with a {@link Failure};
   * with a {@link ProblemFailure} when the server understood and refused.
   */
  async request<S extends v.GenericSchema>(
    method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE',
    segments: readonly string[],
    answer: S,
    body?: Body,
    query: Readonly<Record<string, string>> = {},
  ): Promise<v.InferOutput<S>> {
    const path = `/api/${segments.map(encodeURIComponent).join('/')}`
    const search = new URLSearchParams(query).toString()
    const received = await this.#send(method, `${this.server}${path}${search && `?${search}`}`, body)
    const parsed = parseWith(answer, this.#read(received))
    if (!parsed.ok) throw this.#otherVersion(parsed.message)
    return parsed.value
  }

  /** As {@link request}, for what is answered with nothing but that it was done. */
  async act(method: 'DELETE', segments: readonly string[]): Promise<void> {
    const path = `/api/${segments.map(encodeURIComponent).join('/')}`
    const received = await this.#send(method, `${this.server}${path}`, undefined)
    if (received.status !== 204) this.#read(received)
  }

  /** The JSON of an answer that is no refusal. */
  #read({ status, text }: HttpAnswer): unknown {
    let input: unknown
    try {
      input = JSON.parse(text)
    } catch {
      throw this.#stranger()
    }
    if (status < 200 || status > 299) throw this.#refused(status, input)
    return input
  }

  async #send(method: string, url: string, body: Body | undefined): Promise<HttpAnswer> {
    const isJson = body !== undefined && 'json' in body
    try {
      return await sendRequest(url, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body && { 'content-type': isJson ? 'application/json' : 'application/octet-stream' }),
        },
        ...(body && { body: isJson ? JSON.stringify(body.json) : body.bytes }),
        timeoutMs: ANSWER_TIMEOUT_MS,
      })
    } catch (error) {
      throw this.#unreachable(error)
    }
  }

  #refused(status: number, input: unknown): Failure {
    const problem = parseWith(adminProblemSchema, input)
    if (!problem.ok) return this.#stranger()
    const { type, title, detail } = problem.value
    if (status === 401)
      return new ProblemFailure(
        type,
        `the server at ${this.server} does not accept this API token; make one there with "larder token create --data DIR" and pass it with --token or LARDER_TOKEN`,
      )
    // The admin API always names what it does not find; the device listener of the same server does not.
    if (type === 'not-found' && detail === undefined) return this.#stranger()
    return new ProblemFailure(type, (detail ?? title).replace(/\.$/, ''))
  }

  #unreachable(error: unknown): Failure {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    return new Failure(
      `cannot reach the server at ${this.server}: ${whyUnreachable(cause)}; start it there, or name another admin address with --server URL or LARDER_URL`,
      error,
    )
  }

  #otherVersion(message: string): Failure {
    return new Failure(
      `${this.server} answers in a form that this command does not know (${message}): if it is a Larder server, it is of another version, and the larder command of that version is needed; if not, name the admin address with --server URL`,
    )
  }

  #stranger(): Failure {
    return new Failure(
      `${this.server} does not answer as the admin API of a Larder server; name the admin address with --server URL or LARDER_URL`,
    )
  }
}

function whyUnreachable(cause: unknown): string {
  switch (errorCode(cause)) {
    case 'ECONNREFUSED':
      return 'nothing listens there'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'no such host is known'
    case 'ECONNRESET':
      return 'it closed the connection'
    default:
      if (cause instanceof Error && cause.name === 'TimeoutError')
        return `no answer in ${ANSWER_TIMEOUT_MS / 1000} s`
      // Node tries several addresses and gathers their errors.
      if (cause instanceof AggregateError) return whyUnreachable(cause.errors[0])
      return messageOf(cause)
  }
}
