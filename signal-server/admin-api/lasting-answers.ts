/**
 * Answers that last, such as event streams, end with the credentials that opened them: at once when somebody logs out or
 * revokes a token here, and soon after a session expires or a credential ends by another way.
 */
const RECHECK_INTERVAL_MS = 15_000

interface Lasting {
  readonly isStillValid: () => Promise<boolean>
  readonly end: () => void
}

export interface LastingAnswers {
  /** The same answer, as long as `isStillValid` says so. */
  guard(response: Response, isStillValid: () => Promise<boolean>): Response
  /** Ends what is no longer valid. */
  recheck(): Promise<void>
}

export function createLastingAnswers(): LastingAnswers {
  const open = new Set<Lasting>()
  let timer: ReturnType<typeof setInterval> | null = null

  async function recheck(): Promise<void> {
    for (const lasting of [...open]) {
      // What cannot be looked up now is looked up next time.
      const isStillValid = await lasting.isStillValid().catch(() => true)
      // Another look may have ended it meanwhile, and a stream is closed once.
      if (!isStillValid && open.has(lasting)) lasting.end()
    }
  }

  function add(lasting: Lasting): void {
    open.add(lasting)
    // What cannot be ended now is looked at again.
    timer ??= setInterval(() => void recheck().catch(() => undefined), RECHECK_INTERVAL_MS).unref()
  }

  function remove(lasting: Lasting): void {
    open.delete(lasting)
    if (open.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }

  return {
    recheck,
    guard(response, isStillValid) {
      if (response.body === null) return response
      const reader = response.body.getReader()
      let end = () => {}
      const lasting: Lasting = { isStillValid, end: () => end() }
      const guarded = new ReadableStream<Uint8Array>({
        start(controller) {
          end = () => {
            remove(lasting)
            void reader.cancel().catch(() => undefined)
            controller.close()
          }
          add(lasting)
        },
        async pull(controller) {
          const { done, value } = await reader.read()
          // Ended meanwhile, and closed by whoever ended it.
          if (!open.has(lasting)) return
          if (!done) return controller.enqueue(value)
          remove(lasting)
          controller.close()
        },
        async cancel(reason) {
          remove(lasting)
          await reader.cancel(reason)
        },
      })
      return new Response(guarded, response)
    },
  }
}
