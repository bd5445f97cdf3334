/**
 * Tells the next engine of this browser profile that the page which ran the last one ended in order: it was closed, reloaded,
 * left or frozen. A crash, a kill and a power cut run none of the page's code, so they leave no mark. The mark is in
 * `localStorage` because a page that goes can still write there, and in no database. Knows nothing of releases.
 */

const KEY = 'larder-ended-in-order'

export function markOrderlyEnd(): void {
  try {
    localStorage.setItem(KEY, '')
  } catch {
    // It is blocked, or an app has filled it: this end counts as a crash.
  }
}

/** Whether there is a mark; takes it away. */
export function takeOrderlyEnd(): boolean {
  try {
    const isMarked = localStorage.getItem(KEY) !== null
    localStorage.removeItem(KEY)
    return isMarked
  } catch {
    return false
  }
}

/**
 * Sets the mark whenever this page ends while `leads` says that it runs the engine. Returns the way to stop. `freeze` has to
 * be watched before the page lets go of its engine for it, since another tab may begin in the same moment.
 */
export function watchOrderlyEnd(leads: () => boolean): () => void {
  const onEnd = () => {
    if (leads()) markOrderlyEnd()
  }
  // Back from the cache of pages that were left, with its engine still running.
  const onShow = ({ persisted }: PageTransitionEvent) => {
    if (persisted && leads()) takeOrderlyEnd()
  }
  addEventListener('pagehide', onEnd)
  addEventListener('pageshow', onShow)
  document.addEventListener('freeze', onEnd)
  return () => {
    removeEventListener('pagehide', onEnd)
    removeEventListener('pageshow', onShow)
    document.removeEventListener('freeze', onEnd)
  }
}
