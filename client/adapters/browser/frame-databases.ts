/**
 * Another way to the databases of a page. Chromium keeps one channel to them for each page or worker, and one through which a
 * database was being made while a full disk closed it may never again answer for any of them; that of another page does.
 * A frame is another page. What is read through it is of the frame's classes, so nobody may ask `instanceof` of it.
 */

/** Each call gives the way of a fresh frame and ends that of the one before; null where there are no frames: in a worker. */
export function createFrameDatabases(): () => IDBFactory | null {
  let frame: HTMLIFrameElement | null = null
  return () => {
    if (typeof document === 'undefined') return null
    frame?.remove()
    frame = document.createElement('iframe')
    frame.hidden = true
    document.documentElement.append(frame)
    return frame.contentWindow?.indexedDB ?? null
  }
}
