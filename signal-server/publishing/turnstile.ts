/** Lets asynchronous acts through one at a time, in the order they came. */
export interface Turnstile {
  pass<T>(act: () => Promise<T>): Promise<T>
}

export function createTurnstile(): Turnstile {
  let last: Promise<unknown> = Promise.resolve()
  return {
    pass(act) {
      const mine = last.then(act)
      last = mine.catch(() => undefined)
      return mine
    },
  }
}
