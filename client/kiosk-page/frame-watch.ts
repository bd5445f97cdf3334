/**
 * Observes an app's page in its frame, which is of this page's own origin: whether it loads, what goes wrong in it, and
 * whether somebody is using it. Reports only; decides nothing.
 */
import { STATUS_META_NAME } from './messages.ts'

/** `fatal`: there is no page of the app at all, only the service worker's explanation. */
export interface FrameProblem {
  readonly message: string
  readonly fatal: boolean
}

export interface FrameEvents {
  /** The app's page was loaded completely; once for every page that the frame goes to. */
  readonly onLoad: () => void
  readonly onProblem: (problem: FrameProblem) => void
  readonly onActivity: (event: Event) => void
}

/** There is no event for "the new page's window exists"; its scripts cannot all have run by the next of these. */
const LOOK_INTERVAL_MS = 4
const ACTIVITY_EVENTS = [
  'pointermove',
  'pointerdown',
  'pointerup',
  'pointercancel',
  'keydown',
  'wheel',
  'touchstart',
] as const

/** Begins at once; returns the way to stop. */
export function watchFrame(frame: HTMLIFrameElement, events: FrameEvents): () => void {
  let hooked: Window | null = null
  let unhook = () => {}

  /** Attaches to the window of the page that is there now, once. */
  function look(): void {
    const current = pageWindow(frame)
    if (!current || current === hooked) return
    unhook()
    hooked = current
    unhook = hook(current, events)
  }

  const looking = setInterval(() => {
    look()
    if (hooked) clearInterval(looking)
  }, LOOK_INTERVAL_MS)

  const onLoad = () => {
    look()
    const problem = explanationIn(frame)
    if (problem) events.onProblem(problem)
    else events.onLoad()
  }
  frame.addEventListener('load', onLoad)

  return () => {
    clearInterval(looking)
    frame.removeEventListener('load', onLoad)
    unhook()
  }
}

function hook(page: Window, events: FrameEvents): () => void {
  const stop = new AbortController()
  const options = { signal: stop.signal, capture: true, passive: true }
  page.addEventListener(
    'error',
    event => {
      const message = errorMessage(event)
      if (message) events.onProblem({ message, fatal: false })
    },
    options,
  )
  page.addEventListener(
    'unhandledrejection',
    event => events.onProblem({ message: `Unhandled: ${describe(event.reason)}`, fatal: false }),
    options,
  )
  for (const type of ACTIVITY_EVENTS) page.addEventListener(type, events.onActivity, options)
  return () => stop.abort()
}

/** A script that threw, or a script or style sheet that could not be loaded; null for what a page can do without. */
function errorMessage(event: Event): string | null {
  const { target } = event
  // `instanceof` does not hold across frames, each of which has classes of its own.
  const tag = target && 'tagName' in target ? String(target.tagName) : null
  if (tag === null) return 'message' in event ? String(event.message) : 'A script failed.'
  if (tag !== 'SCRIPT' && tag !== 'LINK') return null
  const address = target && ('src' in target ? target.src : 'href' in target ? target.href : '')
  return `Could not be loaded: ${address}`
}

function describe(reason: unknown): string {
  if (typeof reason === 'object' && reason !== null && 'message' in reason) return String(reason.message)
  return String(reason)
}

/** The frame's window once it has gone to its page; null before, and for a page of another origin. */
function pageWindow(frame: HTMLIFrameElement): Window | null {
  try {
    const page = frame.contentWindow
    return page && page.location.href !== 'about:blank' ? page : null
  } catch {
    return null
  }
}

function explanationIn(frame: HTMLIFrameElement): FrameProblem | null {
  try {
    const page = frame.contentDocument
    if (!page) return { message: 'The page was not found in the package.', fatal: true }
    const status = page.querySelector(`meta[name=${STATUS_META_NAME}]`)?.getAttribute('content')
    return status ? { message: `${page.title} (${status})`, fatal: true } : null
  } catch {
    return null
  }
}
