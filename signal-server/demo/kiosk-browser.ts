/**
 * A kiosk for demonstrations and tests: a Chromium or Firefox process of its own on a profile of its own, with the
 * kiosk page in its only tab. Started and asked, never told what to do.
 */
import { type BrowserContext, chromium, firefox, type Page } from 'playwright-core'
import type { DeviceStatus } from '../../protocol/device-status.ts'

export interface KioskBrowserOptions {
  readonly executablePath: string
  readonly engine?: 'chromium' | 'firefox'
  /** Kept: a kiosk started again on it goes on where it was. */
  readonly profileDirectory: string
  /** The kiosk page, with its enrolment token the first time. */
  readonly url: string
  readonly args?: readonly string[]
  readonly onConsole?: (line: string) => void
}

export interface KioskBrowser {
  readonly context: BrowserContext
  readonly page: Page
  /** `window.larder.status()`; null while the page is not that far, or has gone. */
  status(): Promise<DeviceStatus | null>
  /** Title of the app in the frame; null when none is shown. */
  appTitle(): Promise<string | null>
  close(): Promise<void>
}

interface LarderWindow {
  readonly larder?: { status(): DeviceStatus }
}

/** Resolves when the page has loaded. Rejects, with the browser ended, when it cannot. */
export async function openKioskBrowser(options: KioskBrowserOptions): Promise<KioskBrowser> {
  const isFirefox = options.engine === 'firefox'
  const context = await (isFirefox ? firefox : chromium).launchPersistentContext(options.profileDirectory, {
    executablePath: options.executablePath,
    headless: true,
    args: [...(options.args ?? [])],
    viewport: { width: 1280, height: 720 },
    // The process's owner decides when it ends; Ctrl-C reaches the whole group.
    handleSIGINT: false,
    ...(isFirefox ? { channel: 'moz-firefox' } : {}),
  })
  try {
    const page = context.pages()[0] ?? (await context.newPage())
    const { onConsole } = options
    if (onConsole) {
      page.on('console', message => onConsole(message.text()))
      page.on('pageerror', error => onConsole(`page error: ${error.message}`))
    }
    await page.goto(options.url)
    return {
      context,
      page,
      status: () =>
        page.evaluate(() => (globalThis as LarderWindow).larder?.status() ?? null).catch(() => null),
      appTitle: async () => {
        // An app that was built for `/` is there, others below the kiosk page.
        const frame = page
          .mainFrame()
          .childFrames()
          .find(candidate => candidate.url().startsWith('http'))
        return frame === undefined ? null : frame.title().catch(() => null)
      },
      close: () => context.close(),
    }
  } catch (error) {
    await context.close().catch(() => {})
    throw error
  }
}
