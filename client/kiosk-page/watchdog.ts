/** The page's side of its watchdog: says what is in its frames, and answers for as long as its thread does. */

export interface Watchdog {
  /** Digests of the releases in frames, before any of them may run. */
  watch(releases: readonly string[]): void
}

export function startWatchdog(worker: Worker): Watchdog {
  let releases: readonly string[] = []
  worker.onmessage = () => worker.postMessage(releases)
  return {
    watch: next => {
      releases = next
      worker.postMessage(releases)
    },
  }
}
