/**
 * The one way a value from outside becomes a typed value: parsed against its schema, at the boundary.
 * Failures are results with a message that names the field, never exceptions, and never echo long input.
 */
import * as v from 'valibot'

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string }

/** Parses `input` against `schema`. The message of a failure names the first field that is wrong and why. */
export function parseWith<S extends v.GenericSchema>(schema: S, input: unknown): Parsed<v.InferOutput<S>> {
  const result = v.safeParse(schema, input, { abortEarly: true })
  if (result.success) return { ok: true, value: result.output }
  const [issue] = result.issues
  const path = v.getDotPath(issue)
  const message = issue.message.slice(0, 300)
  return { ok: false, message: path ? `${path.slice(0, 100)}: ${message}` : message }
}

/** Parses JSON text no longer than `maxBytes` (counted in UTF-16 units, a lower bound of its bytes) against `schema`. */
export function parseJsonWith<S extends v.GenericSchema>(
  schema: S,
  text: string,
  maxBytes: number,
): Parsed<v.InferOutput<S>> {
  if (text.length > maxBytes) return { ok: false, message: `longer than ${maxBytes} bytes` }
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch {
    return { ok: false, message: 'not valid JSON' }
  }
  return parseWith(schema, input)
}
