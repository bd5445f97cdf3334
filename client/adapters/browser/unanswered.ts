/**
 * Ends waiting for a browser that does not answer for a database. When a disk fills, Chromium closes its databases by force, and
 * what is asked of them at that moment, or from then on, may never be answered. Knows no database.
 */
import { errorNameOf } from '../../error-name.ts'

/** An answer that is merely late comes long before this. Transactions wait for those before them, of eight mebibytes each. */
export const ANSWER_TIMEOUT_MS = { open: 10_000, transaction: 30_000 }
/** What was under way on a connection that went away, or while the device slept, is answered within this time, or not at all. */
export const LAST_WORD_MS = 1_000

/** However much else is answered: one answer may have been lost. */
const MOST_WAITS = 4

/** All that waits for one connection. */
export class Answers {
  readonly #waiting = new Set<(error: Error) => void>()
  #came = 0

  /** The answer, unless somebody ends what waits first, or none at all comes for so long: then a `TimeoutError`. */
  orNone<T>(answer: Promise<T>, limitMs: number): Promise<T> {
    const ended = Promise.withResolvers<never>()
    const message = 'the browser does not answer for its database'
    let timer: ReturnType<typeof setTimeout> | undefined
    const wait = (cameBefore: number, waits: number) => {
      timer = setTimeout(() => {
        timer = setTimeout(() => {
          // Others were answered: it is slow, not silent.
          if (this.#came !== cameBefore && waits < MOST_WAITS) wait(this.#came, waits + 1)
          else ended.reject(new DOMException(message, 'TimeoutError'))
        }, LAST_WORD_MS)
      }, limitMs)
    }
    wait(this.#came, 1)
    this.#waiting.add(ended.reject)
    const came = () => {
      this.#came++
    }
    answer.then(came, came)
    return Promise.race([answer, ended.promise]).finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(ended.reject)
    })
  }

  endAll(error: Error): void {
    for (const end of this.#waiting) end(error)
  }
}

export const isUnanswered = (error: unknown) => errorNameOf(error) === 'TimeoutError'
