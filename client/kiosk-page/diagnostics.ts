/**
 * The page `/kiosk/diagnostics`: the checks of this device by themselves, for a browser whose kiosk page cannot run. Over the
 * kiosk page they open in the page itself, where what runs goes on.
 */
import './elements/diagnostics-view.ts'
import { isKioskPageThere } from './kiosk-page-there.ts'
import { watchUnused } from './unused-screen.ts'

const kioskPage = new URL('./', location.href).href

addEventListener('larder-back', () => location.assign(kioskPage))
watchUnused(async () => {
  if (await isKioskPageThere(kioskPage)) location.replace(kioskPage)
})
