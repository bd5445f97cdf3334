/**
 * Timers that keep their pace in a page that nobody sees: a worker counts the time and the page hears of it by message.
 * The page's own timer runs as well, so that a worker that cannot be had costs precision and nothing else. In a page that
 * is seen, short times are left to that alone: there are dozens a second while chunks come, and it keeps them as well.
 */

/** Calls back once, in about `delayMs` (at most 2^31-1); returns a function that prevents it. */
export type SetTimeoutLike = (delayMs: number, callback: () => void) => () => void

/** Should the page be hidden meanwhile, such a time ends with the next of the page's own seconds. */
const SHORT_MS = 1_000

type TimerRequest =
  | { readonly id: number; readonly delayMs: number }
  | { readonly id: number; readonly cancel: true }

interface TimerEndpoint {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

/** The page's own timers. */
export const pageTimers: SetTimeoutLike = (delayMs, callback) => {
  const timer = setTimeout(callback, delayMs)
  return () => clearTimeout(timer)
}

/** `isHidden`: whether the page is seen by nobody now, so that the browser slows its own timers down. */
export function createWorkerTimers(worker: TimerEndpoint, isHidden: () => boolean): SetTimeoutLike {
  const waiting = new Map<number, () => void>()
  let nextId = 0
  worker.addEventListener('message', ({ data }: MessageEvent<number>) => waiting.get(data)?.())
  return (delayMs, callback) => {
    if (delayMs < SHORT_MS && !isHidden()) return pageTimers(delayMs, callback)
    const id = nextId++
    const end = () => {
      waiting.delete(id)
      cancelOwn()
    }
    const fire = () => {
      end()
      callback()
    }
    const cancelOwn = pageTimers(delayMs, () => {
      worker.postMessage({ id, cancel: true } satisfies TimerRequest)
      fire()
    })
    waiting.set(id, fire)
    worker.postMessage({ id, delayMs } satisfies TimerRequest)
    return () => {
      if (!waiting.has(id)) return
      end()
      worker.postMessage({ id, cancel: true } satisfies TimerRequest)
    }
  }
}

/** The worker's side. */
export function hostTimers(page: TimerEndpoint): void {
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  page.addEventListener('message', ({ data }: MessageEvent<TimerRequest>) => {
    clearTimeout(timers.get(data.id))
    timers.delete(data.id)
    if ('cancel' in data) return
    const timer = setTimeout(() => {
      timers.delete(data.id)
      page.postMessage(data.id)
    }, data.delayMs)
    timers.set(data.id, timer)
  })
}
