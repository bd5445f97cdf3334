/** What changed, in order, as far back as is kept: whoever knows a number learns what came after it. */

/** At 200 reports a second a hundred seconds: longer than a page takes to come back. */
const ENTRIES_KEPT = 20_000

export class ChangeLog {
  /** Keys by change; `#first` is the number of the first. */
  #keys: string[] = []
  #first = 1

  /** The number of the last change; 0 before the first. */
  get last(): number {
    return this.#first + this.#keys.length - 1
  }

  add(key: string): number {
    this.#keys.push(key)
    // Twice as many are let in, so that dropping the old ones costs next to nothing for each.
    if (this.#keys.length >= 2 * ENTRIES_KEPT) {
      this.#first += this.#keys.length - ENTRIES_KEPT
      this.#keys = this.#keys.slice(-ENTRIES_KEPT)
    }
    return this.last
  }

  /** Different keys that changed after `number`, at most `limit`, and up to which number; null when that is too long ago. */
  after(number: number, limit: number): { readonly keys: ReadonlySet<string>; readonly upTo: number } | null {
    if (number < this.#first - 1 || number > this.last) return null
    const keys = new Set<string>()
    let upTo = number
    while (upTo < this.last) {
      const key = this.#keys[upTo + 1 - this.#first] ?? ''
      if (keys.size === limit && !keys.has(key)) break
      keys.add(key)
      upTo++
    }
    return { keys, upTo }
  }
}
