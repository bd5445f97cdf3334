/**
 * Observes an app's page in its frame, which is of this page's own origin: whether it loads, what goes wrong in it, and
 * whether somebody is using it. Reports only; decides nothing.
 */
import { NOT_SERVED_META_NAME } from '../../protocol/device-http.ts'
import type { ReleaseFailure } from '../records.ts'
import { STATUS_META_NAME } from './messages.ts'

/** `noPage`: there is no page of the app at all, only the service worker's explanation. */
export interface FrameProblem {
  readonly failure: ReleaseFailure
  readonly noPage: boolean
}

export interface FrameEvents {
  /** The app's page was loaded completely; once for every page that the frame goes to. */
  readonly onLoad: () => void
  /** What was loaded at a package's address did not come from the service worker: none was there. */
  readonly onNotServed: () => void
  readonly onProblem: (problem: FrameProblem) => void
  readonly onActivity: (event: Event) => void
}

/** There is no event for "the next page's window exists"; its scripts cannot all have run by the next of these. */
const LOOK_INTERVAL_MS = 4
/** Not an error of any script: browsers tell so that a layout took more than one round. */
const HARMLESS_ERROR = /^ResizeObserver loop /
/**
 * An app that would keep itself available offline cannot register its own service worker here, and does without: the
 * kiosk's has all its files. Many apps do not catch that.
 */
const OWN_WORKER_REFUSED = /Failed to register.*ServiceWorker/i
const ACTIVITY_EVENTS = [
  'pointermove',
  'pointerdown',
  'pointerup',
  'pointercancel',
  'keydown',
  'wheel',
  'touchstart',
] as const

/** Begins at once, for a frame that is put into the page by then or in the same turn; returns the way to stop. */
export function watchFrame(frame: HTMLIFrameElement, events: FrameEvents): () => void {
  // The window of a frame is one object for all of its pages: what tells them apart is the document.
  let watched: Document | null = null
  let unhook = () => {}
  let looking: ReturnType<typeof setInterval> | undefined
  // The app is one that was built for `/`, and the worker gives out all of this origin.
  let servesAll = false
  let isOver = false
  let loads = 0

  function watch(page: Window): void {
    unhook()
    watched = page.document
    unhook = hook(
      page,
      { ...events, onProblem: problem => isServed(page) && events.onProblem(problem) },
      lookOut,
    )
  }

  function look(): void {
    const page = pageWindow(frame)
    if (page === null || page.document === watched) return
    clearInterval(looking)
    watch(page)
  }

  /** Another page is coming. */
  function lookOut(): void {
    clearInterval(looking)
    looking = setInterval(look, LOOK_INTERVAL_MS)
  }

  lookOut()
  queueMicrotask(() => {
    // The first page takes over the window of the empty one before it, with its listeners: not even a script that throws at
    // once is missed. Should the page be there already, it is looked at as any other.
    const empty = pageWindow(frame) === null ? frame.contentWindow : null
    if (empty && isReadable(empty)) watch(empty)
  })
  /** Whatever a server or a proxy has at the address of a package, it is not the package. */
  function isServed(page: Window): boolean {
    const isBelowApp = page.location.href.startsWith(appFolder())
    // The worker may have come back, and claimed the page, before it was loaded completely.
    const controller = 'serviceWorker' in page.navigator ? page.navigator.serviceWorker.controller : null
    const served = controller !== null && metaIn(page.document, NOT_SERVED_META_NAME) === null
    if (served && !isBelowApp) servesAll = true
    return served || !(isBelowApp || servesAll)
  }

  const onLoad = async () => {
    look()
    const load = ++loads
    const page = pageWindow(frame)
    // One that cannot be read is of another origin, or the browser's own that says why there is none.
    const served = page === null ? await hasWorker() : isServed(page)
    if (isOver || load !== loads) return
    if (!served) return events.onNotServed()
    const problem = explanationIn(frame)
    if (problem) events.onProblem(problem)
    else events.onLoad()
  }
  frame.addEventListener('load', onLoad)

  return () => {
    isOver = true
    clearInterval(looking)
    frame.removeEventListener('load', onLoad)
    unhook()
  }
}

const appFolder = () => new URL('app/', document.baseURI).href

/** Whether somebody is there who could give out an app's page. */
export async function hasWorker(): Promise<boolean> {
  if (!('serviceWorker' in navigator)) return false
  const registration = await navigator.serviceWorker.getRegistration(appFolder()).catch(() => undefined)
  return registration?.active != null
}

function hook(page: Window, events: FrameEvents, onLeave: () => void): () => void {
  const stop = new AbortController()
  const options = { signal: stop.signal, capture: true, passive: true }
  page.addEventListener(
    'error',
    event => {
      const failure = failureOf(event)
      if (failure) events.onProblem({ failure, noPage: false })
    },
    options,
  )
  page.addEventListener(
    'unhandledrejection',
    event => {
      const reason = describe(event.reason)
      if (OWN_WORKER_REFUSED.test(reason)) return
      const failure = { reason: 'threw', message: `Unhandled: ${reason}` } as const
      events.onProblem({ failure, noPage: false })
    },
    options,
  )
  page.addEventListener('pagehide', onLeave, options)
  for (const type of ACTIVITY_EVENTS) page.addEventListener(type, events.onActivity, options)
  return () => stop.abort()
}

/**
 * A script that threw, or a script or style sheet of the package that could not be loaded; null for what a page can do
 * without: pictures, sound, icons, and whatever lies on other servers, since no release is to blame for those.
 */
function failureOf(event: Event): ReleaseFailure | null {
  const { target } = event
  // `instanceof` does not hold across frames, each of which has classes of its own.
  if (target === null || !('tagName' in target)) {
    const message = 'message' in event ? String(event.message) : 'A script failed.'
    return HARMLESS_ERROR.test(message) ? null : { reason: 'threw', message }
  }
  const address = 'src' in target ? String(target.src) : 'href' in target ? String(target.href) : ''
  const isPart =
    target.tagName === 'SCRIPT' ||
    (target.tagName === 'LINK' && /\bstylesheet\b/i.test(String(Reflect.get(target, 'rel'))))
  if (!isPart || !address.startsWith(`${location.origin}/`)) return null
  return { reason: 'failed-load', message: `Could not be loaded: ${address}` }
}

function describe(reason: unknown): string {
  if (typeof reason === 'object' && reason !== null && 'message' in reason) return String(reason.message)
  return String(reason)
}

function isReadable(page: Window): boolean {
  try {
    return page.document !== null
  } catch {
    return false
  }
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
    if (!page)
      return { failure: { reason: 'did-not-load', message: 'There is no page in the frame.' }, noPage: true }
    const status = metaIn(page, STATUS_META_NAME)
    if (!status) return null
    const reason = status === '404' ? 'missing-entry' : 'did-not-load'
    return { failure: { reason, message: `${page.title} (${status})` }, noPage: true }
  } catch {
    return null
  }
}

const metaIn = (page: Document, name: string) =>
  page.querySelector(`meta[name=${name}]`)?.getAttribute('content') ?? null
