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
  const message = issue.message.replace(issue.received, () => cut(issue.received, 60))
  return { ok: false, message: boundedMessage(path ? `${cut(path, 100)}: ${message}` : message) }
}

/** A message that may quote what was received, safe to log, to show and to send: at most 300 characters of one line. */
export function boundedMessage(message: string): string {
  return cut(message, 300).replace(UNPRINTABLE, '\ufffd')
}

/** Control characters, line separators and direction overrides move a terminal's cursor or fake another message. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu

function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text
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
