/**
 * Ends waiting for a browser that does not answer for a database. When a disk fills, Chromium closes its databases by force, and
 * what is asked of them at that moment may never be answered, while what is asked afterwards is. Knows no database.
 */
import { errorNameOf } from '../../error-name.ts'

/** An answer that is merely late comes long before this. */
const ANSWER_TIMEOUT_MS = { open: 10_000, readonly: 10_000, readwrite: 30_000 }
/** What was under way on a connection that went away, or while the device slept, is answered within this time, or not at all. */
export const LAST_WORD_MS = 1_000

/** How to end what is not answered yet. */
export type Waiting = Set<(error: Error) => void>

/** The answer, unless somebody ends what is `waiting` first, or nothing is heard for so long: then a `TimeoutError`. */
export function orNone<T>(
  answer: Promise<T>,
  waiting: Waiting,
  what: keyof typeof ANSWER_TIMEOUT_MS,
): Promise<T> {
  const ended = Promise.withResolvers<never>()
  const message = 'the browser does not answer for its database'
  let timer = setTimeout(() => {
    timer = setTimeout(() => ended.reject(new DOMException(message, 'TimeoutError')), LAST_WORD_MS)
  }, ANSWER_TIMEOUT_MS[what])
  waiting.add(ended.reject)
  return Promise.race([answer, ended.promise]).finally(() => {
    clearTimeout(timer)
    waiting.delete(ended.reject)
  })
}

export const isUnanswered = (error: unknown) => errorNameOf(error) === 'TimeoutError'
