/** A kiosk that a test plays to the kiosk page: it says what to show, and hears what the page observed. */
import type { Page } from 'playwright-core'
import type { KioskView } from '../../client/kiosk-api.ts'
import { statusOf } from './device-status.ts'
import { makeSmallRelease, type SmallRelease } from './small-release.ts'

/** Gives the page a kiosk that only records; `show` is then its view. */
export async function playKiosk(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: string[] = []
    const listeners: ((view: unknown) => void)[] = []
    const words = (arg: unknown) =>
      typeof arg === 'object' && arg !== null ? Object.values(arg).join(' ') : String(arg)
    const record =
      (name: string) =>
      (...args: unknown[]) =>
        void heard.push([name, ...args.map(words)].join(' '))
    const kiosk = {
      subscribeView: (listener: (view: unknown) => void) => {
        listeners.push(listener)
        return () => {}
      },
      appLoaded: record('loaded'),
      appFailed: record('failed'),
      appNotServed: record('not served'),
      userActive: () => {},
      enrol: (token?: string) => void heard.push(`enrol ${token ?? ''}`),
      retry: record('retry'),
    }
    Object.assign(window, { heard, listeners })
    Object.assign(document.querySelector('larder-kiosk') ?? {}, { kiosk })
  })
}

export const heard = (page: Page) => page.evaluate(() => Reflect.get(window, 'heard') as string[])
export const hears = (page: Page, part: string) =>
  page.waitForFunction(
    text => (Reflect.get(window, 'heard') as string[]).some(entry => entry.includes(text)),
    part,
  )

export const plainStatus = statusOf('d-00', [])

/** Tells the page what the played kiosk's view is now. */
export async function show(page: Page, part: Partial<KioskView>): Promise<void> {
  const view: KioskView = {
    enrolment: { state: 'enrolled', name: 'Window', site: 'berlin', labels: {} },
    keysRefused: null,
    timeZone: 'Europe/Berlin',
    storage: 'disk',
    needsNewPage: false,
    app: null,
    status: plainStatus,
    ...part,
  }
  await page.evaluate(shown => {
    for (const listener of Reflect.get(window, 'listeners') as ((view: unknown) => void)[]) listener(shown)
  }, view)
}

/** What the page is told to show for a release. */
export const appOf = ({ manifest, digest }: SmallRelease, confirmed = true): KioskView['app'] => ({
  package: manifest.package,
  release: manifest.release,
  version: manifest.version,
  digest,
  path: `app/${manifest.package}/index.html`,
  confirmed,
  staged: null,
})

/** A release with one page that runs this script. */
export const pack = (release: number, script: string) =>
  makeSmallRelease(
    {
      'index.html': `<!doctype html><h2>release ${release}</h2><script src="a.js"></script>`,
      'a.js': script,
    },
    { release },
  )
