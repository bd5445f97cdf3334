/**
 * Starts the kiosk page: service worker, engine (in one tab per profile), screen, and `window.larder` for the app in the
 * frame and for whoever looks after the device.
 */
import type { Kiosk } from '../kiosk-api.ts'
import { createBrowserKiosk, createPagePlatform } from './compose.ts'
import { APP_READY_MESSAGE } from './elements/app-stage.ts'
import { KioskShell } from './elements/kiosk-shell.ts'
import { isKioskPageThere } from './kiosk-page-there.ts'
import { watchOrderlyEnd } from './orderly-end.ts'
import { beginReloadWatch, callsForNewBuild, stepReloadWatch } from './reload-moment.ts'
import { enrolmentTokenIn } from './screen.ts'
import { explainScriptFault } from './script-fault.ts'
import { createSharedKiosk, VIEW_CHANNEL } from './shared-kiosk.ts'
import { startWatchdog } from './watchdog.ts'
import { linkServiceWorker, type WorkerLink } from './worker-link.ts'

/** How often it is asked whether a new build of this page may be taken, and whether one has to be looked for. */
const RELOAD_LOOK_MS = 1_000
/** In the session storage of this tab: set when the page reloads because the server did not understand it. */
const HASTY_KEY = 'larder-hasty-reload'
/** A server that is just being updated, or a network that is just coming up. */
const RETRY_START_MS = 60 * 1000

declare global {
  interface Window {
    /** The public part of the kiosk. An app has an interface of its own: `frameElement.larder` (`client/app-api.ts`). */
    larder?: Pick<Kiosk, 'status' | 'subscribe' | 'view' | 'subscribeView' | 'enrol' | 'retry'> & {
      /** For apps that call `parent.larder.ready()`. Whichever frame calls is meant, whatever is passed. */
      readonly ready: () => void
    }
  }
}

const otherTabNote =
  'Another tab of this browser fetches the packages; this one only shows them and takes over when that tab is closed.'

async function start(shell: KioskShell): Promise<void> {
  if (!window.isSecureContext || !('serviceWorker' in navigator) || !window.indexedDB) {
    shell.trouble =
      'Browsers allow what this page needs only over https (or on localhost), and not in every private window. Open it with an https address.'
    return
  }
  let link: WorkerLink
  try {
    link = await linkServiceWorker(() => reloadWhenUnused(shell))
  } catch (error) {
    const { message } = await explainScriptFault(new URL('./sw.js', location.href).href, error)
    shell.trouble = `The service worker that shows packages could not be started. ${message} This page tries again in a minute.`
    setInterval(async () => {
      if (await isKioskPageThere(location.href)) location.reload()
    }, RETRY_START_MS)
    return
  }
  shell.note = otherTabNote
  const platform = createPagePlatform()
  let leads = false
  watchOrderlyEnd(() => leads)
  const kiosk = createSharedKiosk({
    locks: navigator.locks,
    openChannel: () => new BroadcastChannel(VIEW_CHANNEL),
    platform,
    createKiosk: async onReplaced => {
      const made = await createBrowserKiosk({ baseUrl: new URL('../', location.href), platform, onReplaced })
      link.serve(made)
      return made
    },
    onLeading: isLeading => {
      leads = isLeading
      shell.note = leads ? null : otherTabNote
      if (!leads) link.serve(null)
    },
    onFailed: error => {
      shell.trouble = `The kiosk could not be started: ${messageOf(error)}`
    },
  })
  window.larder = {
    status: kiosk.status,
    subscribe: kiosk.subscribe,
    view: kiosk.view,
    subscribeView: kiosk.subscribeView,
    enrol: token => kiosk.enrol(token),
    ready: readyOfCaller,
    retry: kiosk.retry,
  }
  shell.watchdog = startWatchdog(
    new Worker(new URL('./watchdog-worker.ts', import.meta.url), { type: 'module' }),
  )
  shell.kiosk = kiosk
  enrolFromAddress(kiosk)
  addEventListener('online', () => kiosk.networkBack())
  document.addEventListener('freeze', () => kiosk.freeze())
  document.addEventListener('resume', () => kiosk.resume())
  setInterval(() => {
    if (callsForNewBuild(shell.latest)) link.lookForNewBuild()
  }, RELOAD_LOOK_MS)
  keepScreenOn()
}

type Post = (message: string, origin: string, transfer: Transferable[]) => void
/** A function of the browser's own: the message that it sends has the window as its source from which it was called. */
const readyOfCaller: () => void = (window.postMessage as Post).bind(
  window,
  APP_READY_MESSAGE,
  location.origin,
  [],
)

/** The token is good for this one browser: it must not stay in the address, the history or a screenshot. */
function enrolFromAddress(kiosk: Kiosk): void {
  const url = new URL(location.href)
  if (!url.searchParams.has('enrol')) return
  const token = enrolmentTokenIn(url.searchParams.get('enrol') ?? '')
  url.searchParams.delete('enrol')
  history.replaceState(null, '', url.href)
  if (token !== null) void kiosk.enrol(token)
}

/** When this page was loaded, on its own clock, if that was in haste; takes the mark away. */
const hastyAt = takeHastyMark() ? 0 : null

function takeHastyMark(): boolean {
  try {
    const isMarked = sessionStorage.getItem(HASTY_KEY) !== null
    sessionStorage.removeItem(HASTY_KEY)
    return isMarked
  } catch {
    return false // A browser that blocks storage; the page says so itself.
  }
}

function markHasty(): void {
  try {
    sessionStorage.setItem(HASTY_KEY, '')
  } catch {
    // An app has filled the storage of this tab; a reload matters more than the pause before the next one.
  }
}

/** A new build of this page has been installed: it is taken at a moment when nothing is lost by it. */
function reloadWhenUnused(shell: KioskShell): void {
  const facts = () => ({ view: shell.latest, lastActivity: shell.lastActivityAt, hastyAt })
  let watch = beginReloadWatch(facts(), performance.now())
  const looking = setInterval(() => {
    const next = stepReloadWatch(watch, facts(), performance.now())
    watch = next.watch
    if (!next.reload) return
    clearInterval(looking)
    if (next.isHasty) markHasty()
    location.reload()
  }, RELOAD_LOOK_MS)
}

function keepScreenOn(): void {
  const request = () => {
    if (document.visibilityState === 'visible') void navigator.wakeLock?.request('screen').catch(() => {})
  }
  document.addEventListener('visibilitychange', request)
  request()
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

const shell = document.querySelector('larder-kiosk')
if (shell instanceof KioskShell) void start(shell)
