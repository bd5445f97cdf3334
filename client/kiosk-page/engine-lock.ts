/** The lock that one tab of a browser profile holds while it runs the engine, over Web Locks. Decides nothing. */

const ENGINE_LOCK = 'larder-engine'

export interface EngineLock {
  /** Into the queue; `onGranted` follows when the lock is this tab's. */
  queue(): void
  /** Takes the lock from whoever holds it. */
  steal(): void
  /** Leaves the queue, or lets go of the lock. */
  letGo(): void
}

export interface EngineLockEvents {
  readonly onGranted: () => void
  /** Another tab took it away. */
  readonly onStolen: () => void
  readonly onFailed: (error: unknown) => void
}

/** `locks`: absent outside secure contexts; the lock is then always this tab's. */
export function createEngineLock(locks: LockManager | undefined, events: EngineLockEvents): EngineLock {
  let waiting: AbortController | null = null
  let release = () => {}

  function ask(options: LockOptions): void {
    let isHeld = false
    const hold = () =>
      new Promise<void>(resolve => {
        isHeld = true
        release = resolve
        events.onGranted()
      })
    if (!locks) {
      void Promise.resolve().then(hold)
      return
    }
    locks.request(ENGINE_LOCK, options, hold).catch(error => {
      const isAborted = error instanceof Error && error.name === 'AbortError'
      if (isHeld && isAborted) events.onStolen()
      else if (!isAborted) events.onFailed(error)
    })
  }

  const leaveQueue = () => {
    waiting?.abort()
    waiting = null
  }

  return {
    queue: () => {
      leaveQueue()
      waiting = new AbortController()
      ask({ signal: waiting.signal })
    },
    steal: () => {
      leaveQueue()
      ask({ steal: true })
    },
    letGo: () => {
      leaveQueue()
      release()
      release = () => {}
    },
  }
}
