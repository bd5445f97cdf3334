/** Reading requests: bodies, path parameters and queries, parsed against their schemas or refused. */
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type * as v from 'valibot'
import { type Parsed, parseWith } from '../../protocol/parse.ts'
import { problemResponse, Refusal } from './refusal.ts'

/** Refuses bodies over `maxBytes` before they are read. */
export function atMost(maxBytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBytes,
    onError: c => problemResponse(c, 'too-large', `The body may have ${maxBytes} bytes at most.`),
  })
}

export async function readJson<S extends v.GenericSchema>(c: Context, schema: S): Promise<v.InferOutput<S>> {
  let input: unknown
  try {
    input = JSON.parse(await c.req.text())
  } catch {
    throw new Refusal('bad-request', 'The body is not valid JSON.')
  }
  // An empty list would pass for an object whose fields may all be left out.
  if (Array.isArray(input)) throw new Refusal('bad-request', 'The body must be a JSON object.')
  return accepted(parseWith(schema, input))
}

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
