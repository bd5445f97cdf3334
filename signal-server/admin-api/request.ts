/** Reading requests: bodies, path parameters and queries, parsed against their schemas or refused. */
import type { IncomingMessage } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type * as v from 'valibot'
import { reservedKeyIn, reservedNameMessage } from '../../protocol/admin/typed-text.ts'
import { type Parsed, parseWith } from '../../protocol/parse.ts'
import { problemResponse, Refusal } from './refusal.ts'

/** Refuses bodies over `maxBytes` before they are read. */
export function atMost(maxBytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBytes,
    onError: c => problemResponse(c, 'too-large', `The body may have ${maxBytes} bytes at most.`),
  })
}

/** Arrays that bodies are read into, one after another: fresh memory costs more than what is copied into it. */
const bodyBuffers: Buffer[] = []
const MAX_KEPT_BUFFERS = 8

/**
 * Hands the body's bytes, at most `maxBytes` of them, to `use`, which may not keep them. Over HTTP they come from Node's own
 * stream into one array: on the way through a `Request` each is copied several times, and chunks are what this server gets most of.
 */
export async function withBytes<T>(
  c: Context,
  maxBytes: number,
  use: (bytes: Uint8Array) => Promise<T>,
): Promise<T> {
  const tooLarge = () => new Refusal('too-large', `The body may have ${maxBytes} bytes at most.`)
  // The HTTP adapter's; absent where a request is made without a server.
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage }
  if (incoming === undefined) {
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    if (bytes.byteLength > maxBytes) throw tooLarge()
    return use(bytes)
  }
  const declared = Number(incoming.headers['content-length'])
  if (declared > maxBytes) throw tooLarge()
  // Without a declared length it may come to the most there may be.
  let buffer = bodyBuffers.pop()
  if (buffer === undefined || buffer.length < (declared || maxBytes))
    buffer = Buffer.allocUnsafeSlow(declared || maxBytes)
  try {
    let length = 0
    for await (const piece of incoming as AsyncIterable<Buffer>) {
      if (length + piece.length > maxBytes) throw tooLarge()
      length += piece.copy(buffer, length)
    }
    return await use(buffer.subarray(0, length))
  } finally {
    if (bodyBuffers.length < MAX_KEPT_BUFFERS) bodyBuffers.push(buffer)
  }
}

export async function readJson<S extends v.GenericSchema>(c: Context, schema: S): Promise<v.InferOutput<S>> {
  const text = await c.req.text()
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch {
    throw new Refusal('bad-request', 'The body is not valid JSON.')
  }
  // An empty list would pass for an object whose fields may all be left out.
  if (Array.isArray(input)) throw new Refusal('bad-request', 'The body must be a JSON object.')
  const reserved = MAY_HOLD_RESERVED.test(text) ? reservedKeyIn(input) : null
  if (reserved !== null) throw new Refusal('bad-request', reservedNameMessage(reserved))
  return accepted(parseWith(schema, input))
}

/** Schemas drop such keys without a word. Most bodies have none, and large ones are not walked in vain. */
const MAY_HOLD_RESERVED = /__proto__|prototype|constructor|\\u/

export function readParam<S extends v.GenericSchema>(c: Context, name: string, schema: S): v.InferOutput<S> {
  return accepted(parseWith(schema, c.req.param(name)), name)
}

/** A parameter whose schema takes nothing may be left out. */
export function readQuery<S extends v.GenericSchema>(c: Context, name: string, schema: S): v.InferOutput<S> {
  const value = c.req.query(name)
  const parsed = parseWith(schema, value)
  if (!parsed.ok && value === undefined)
    throw new Refusal('bad-request', `The query parameter "${name}" is missing.`)
  return accepted(parsed, name)
}

function accepted<T>(parsed: Parsed<T>, where?: string): T {
  if (parsed.ok) return parsed.value
  throw new Refusal('bad-request', where === undefined ? parsed.message : `${where}: ${parsed.message}`)
}
