/**
 * Whether a file's bytes are UTF-8, told while they pass in pieces. Decides whether a release may declare them so: a declaration by
 * the server overrides the page's own, so a wrong one garbles pages in other encodings.
 */

/** Any byte order mark overrides a declaration in every browser. */
const ORDER_MARKS = [
  [0xef, 0xbb, 0xbf],
  [0xfe, 0xff],
  [0xff, 0xfe],
] as const
const LONGEST_MARK_BYTES = 3
/** What switches character sets in ISO-2022-JP, whose bytes all are ASCII. */
const SHIFTS = ['\u001b$', '\u001b(']

export class Utf8Check {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  readonly #head: number[] = []
  #isValid = true
  #isAscii = true
  #shifts = false
  /** Of the last piece: a shift may lie across two. */
  #lastCharacter = ''

  take(bytes: Uint8Array): void {
    if (this.#head.length < LONGEST_MARK_BYTES)
      this.#head.push(...bytes.subarray(0, LONGEST_MARK_BYTES - this.#head.length))
    if (!this.#isValid) return
    try {
      const text = this.#decoder.decode(bytes, { stream: true })
      // Every other character of UTF-8 has more bytes than UTF-16 code units.
      if (text.length < bytes.length) this.#isAscii = false
      const joined = this.#lastCharacter + text
      if (SHIFTS.some(shift => joined.includes(shift))) this.#shifts = true
      this.#lastCharacter = joined.slice(-1)
    } catch {
      this.#isValid = false
    }
  }

  /** Of all bytes that were taken; true also for what a byte order mark declares. Call it once, at the end. */
  isUtf8(): boolean {
    if (ORDER_MARKS.some(mark => mark.every((byte, index) => this.#head[index] === byte))) return true
    try {
      this.#decoder.decode()
    } catch {
      return false
    }
    return this.#isValid && !(this.#isAscii && this.#shifts)
  }
}
