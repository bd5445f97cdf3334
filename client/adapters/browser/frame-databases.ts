/**
 * Another way to the databases of a page. Chromium keeps one channel to them for each page or worker, and one through which a
 * database was being made while a full disk closed it may never again answer for any of them; that of another page does.
 * A frame is another page. What is read through it is of the frame's classes, so nobody may ask `instanceof` of it.
 */

/** What is under way in a frame that was given up ends within this time, or not at all. */
const GIVEN_UP_MS = 60_000

/** Each call gives the way of a fresh frame, in place of the one before. */
export function createFrameDatabases(): () => IDBFactory | null {
  let frame: HTMLIFrameElement | null = null
  return () => {
    const before = frame
    if (before) setTimeout(() => before.remove(), GIVEN_UP_MS)
    frame = document.createElement('iframe')
    frame.hidden = true
    document.documentElement.append(frame)
    return frame.contentWindow?.indexedDB ?? null
  }
}
