/** RFC 8785 canonical JSON: one byte sequence for one value, whatever wrote it. */
import canonicalize from 'canonicalize'

/** The canonical UTF-8 bytes of a JSON value. Throws on what JSON cannot say (NaN, cycles): a bug of the caller. */
export function canonicalJsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('not a JSON value')
  return new TextEncoder().encode(text)
}
