/** Whether this page is itself in a frame that shows an app of Larder: a page that shows apps must not start in one. */

export const startedInAppFrame =
  'This page was loaded inside a frame in which Larder shows an app, so it does not start a second kiosk there. An app finds what it may use at window.frameElement.larder.'

/** Looks at every frame around this page that can be read from here. */
export function isInAppFrame(): boolean {
  try {
    for (let page: Window = window; page.frameElement !== null; page = page.parent)
      if ('larder' in page.frameElement) return true
  } catch {
    // A frame around it is of another origin, whose pages show no apps of this one.
  }
  return false
}
