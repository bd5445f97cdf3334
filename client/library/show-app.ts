/**
 * Shows the app that is to run in an element of one's own page, as Larder's own kiosk page does: a new release loads beside
 * the old one and takes its place; what goes wrong in it is noticed, so that a release that fails is taken back.
 */
import { createAppApi } from '../app-api.ts'
import { AppStage } from '../kiosk-page/elements/app-stage.ts'
import type { LarderKiosk } from './create-kiosk.ts'

const TELL_ACTIVE_MS = 500

const frames = `
  larder-app-stage { position: absolute; inset: 0; display: block }
  larder-app-stage iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; background: canvas; opacity: 0 }
  larder-app-stage iframe.shown { opacity: 1; transition: opacity 0.5s ease-in }
  @media (prefers-reduced-motion: reduce) { larder-app-stage iframe.shown { transition: none } }
  .larder-no-worker { position: absolute; inset: 0; display: grid; place-content: center; box-sizing: border-box; padding: 1.5rem;
    overflow: auto; background: canvas; color: canvastext; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
  .larder-no-worker p { margin: 0; max-width: 34em }
`
let styled = false

/**
 * Fills `container`, which has to be positioned, with the app, or with the reason why no app can be shown: nothing is loaded
 * into a frame before the service worker can give it out. The app finds what it may use at `frameElement.larder`. Returns
 * the way to take it away again.
 * @throws TypeError without a container (`querySelector` found none), and for a kiosk that has no service worker and can have none
 */
export function showApp(kiosk: LarderKiosk, container: Element | null): () => void {
  if (container === null)
    throw new TypeError(
      'There is no element to show the app in: showApp() was given null, which querySelector() returns when nothing on the page matches.',
    )
  const { appWorker } = kiosk
  if (appWorker === null)
    throw new TypeError(
      'An app can be shown only through the service worker, which this kiosk was made without or this page cannot have (it needs https, or localhost). Read files with kiosk.file().',
    )
  if (!styled) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(frames)
    document.adoptedStyleSheets.push(sheet)
    styled = true
  }
  let toldActiveAt = 0
  const stage = new AppStage()
  stage.events = {
    apiFor: app => createAppApi(kiosk, app),
    // This page has no watchdog: ending a page that hangs takes Larder's own service worker.
    onFrames: () => {},
    onReady: digest => kiosk.appReady(digest),
    onLoaded: digest => kiosk.appLoaded(digest),
    onFailed: (digest, failure) => kiosk.appFailed(digest, failure),
    onNotServed: digest => kiosk.appNotServed(digest),
    onActivity: () => {
      const now = Date.now()
      if (now - toldActiveAt < TELL_ACTIVE_MS) return
      toldActiveAt = now
      kiosk.userActive()
    },
  }
  Object.assign(window, { larder: kiosk })
  container.append(stage)
  const obstacle = createObstacle()
  let isServed = false
  const update = ({ app, enrolment } = kiosk.view()) => {
    if (isServed && app && enrolment.state !== 'revoked') stage.show(app)
    else stage.clear()
  }
  const stopWorker = appWorker.subscribe(state => {
    isServed = state.kind === 'active'
    if (state.kind === 'failed') obstacle.show(container, state.message)
    else obstacle.remove()
    update()
  })
  const stopView = kiosk.subscribeView(update)
  return () => {
    stopView()
    stopWorker()
    stage.clear()
    stage.remove()
    obstacle.remove()
  }
}

/** What people in front of the screen, and those who set it up, read in place of the app. */
function createObstacle() {
  const element = document.createElement('div')
  element.className = 'larder-no-worker'
  element.setAttribute('role', 'alert')
  const text = document.createElement('p')
  element.append(text)
  return {
    show: (container: Element, message: string) => {
      text.textContent = message
      container.append(element)
    },
    remove: () => element.remove(),
  }
}
