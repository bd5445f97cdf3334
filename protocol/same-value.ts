/**
 * Whether two JSON values are the same, whatever order their fields were written in: records are read through schemas,
 * and databases and servers give fields in an order of their own. A field that is undefined counts as absent, as in JSON.
 * Knows plain data only: objects, arrays, strings, numbers, booleans, null.
 */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, index) => isSameValue(item, b[index]))
  }
  const fields = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...fields].every(field => isSameValue(fieldOf(a, field), fieldOf(b, field)))
}

/** Only what the value has itself: a label may be called `constructor`. */
const fieldOf = (value: object, field: string): unknown =>
  Object.hasOwn(value, field) ? Reflect.get(value, field) : undefined
