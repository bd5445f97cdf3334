/** When something that a person opened on a screen for visitors is to be closed again by itself. */

/** A panel that was left open is not for the next visitor. */
export const CLOSE_UNUSED_MS = 2 * 60 * 1000

const ACTIVITY_EVENTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const
const LOOK_MS = 1_000

/** For a page that is nothing else: calls `onUnused` each time that nobody has touched it for so long. */
export function watchUnused(onUnused: () => void): void {
  let usedAt = performance.now()
  const onActivity = () => {
    usedAt = performance.now()
  }
  for (const type of ACTIVITY_EVENTS) addEventListener(type, onActivity, { capture: true, passive: true })
  setInterval(() => {
    if (performance.now() - usedAt < CLOSE_UNUSED_MS) return
    usedAt = performance.now()
    onUnused()
  }, LOOK_MS)
}
