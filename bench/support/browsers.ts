/**
 * Browsers for benchmarks: each a Chromium process of its own on a profile of its own, on this machine or in a namespace.
 * Kiosks show the kiosk page; plain pages are for what Larder is compared with.
 */
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import type { DeviceStatus, PackageStatus } from '../../protocol/device-status.ts'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { type KioskBrowser, openKioskBrowser } from '../../signal-server/demo/kiosk-browser.ts'
import type { BenchContext } from './bench-context.ts'
import { memoryBelow, processesWith, type Usage, usageOfTrees } from './process-usage.ts'

const POLL_INTERVAL_MS = 20

export interface BrowserPlace {
  /** Names the profile: a place of the same name again is the same device, with what it stored. */
  readonly name: string
  /** From `SiteNetwork.browserIn`; the Chromium of this machine otherwise. */
  readonly executablePath?: string
  readonly args?: readonly string[]
}

export interface BenchPage {
  readonly context: BrowserContext
  readonly page: Page
  /** CPU time and memory of all processes of this browser. */
  usage(): Promise<Usage>
  /** Memory of the processes that run its pages. */
  pageMemoryBytes(): Promise<number>
  close(): Promise<void>
}

/** A browser with one page at `url`, closed at the end of the benchmark if not before. */
export async function openPage(bench: BenchContext, place: BrowserPlace, url: string): Promise<BenchPage> {
  const profile = profileOf(bench, place)
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: place.executablePath ?? (await chromiumPath()),
    headless: true,
    args: [...(place.args ?? [])],
    handleSIGINT: false,
  })
  const close = closeOnce(() => context.close())
  bench.onClose(close)
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(url)
  return { context, page, ...measuresOf(profile), close }
}

export interface Kiosk extends BenchPage {
  readonly name: string
  status(): Promise<DeviceStatus | null>
  package(name: string): Promise<PackageStatus | null>
  untilOnline(): Promise<void>
  /** Resolves when it runs the release; rejects when it has failed or the time is over. */
  untilActive(packageName: string, release: number, timeoutMs?: number): Promise<PackageStatus>
}

/** A device that shows the kiosk page at `url`: an enrolment link the first time. */
export async function openKiosk(bench: BenchContext, place: BrowserPlace, url: string): Promise<Kiosk> {
  const profile = profileOf(bench, place)
  const said: string[] = []
  const browser = await openKioskBrowser({
    executablePath: place.executablePath ?? (await chromiumPath()),
    profileDirectory: profile,
    url,
    ...(place.args && { args: place.args }),
    onConsole: line => said.push(line),
  })
  const close = closeOnce(() => browser.close())
  bench.onClose(close)
  return kioskOver(place.name, browser, said, measuresOf(profile), close)
}

function kioskOver(
  name: string,
  browser: KioskBrowser,
  said: readonly string[],
  measures: Pick<BenchPage, 'usage' | 'pageMemoryBytes'>,
  close: () => Promise<void>,
): Kiosk {
  const packageOf = async (wanted: string) =>
    (await browser.status())?.packages.find(candidate => candidate.package === wanted) ?? null
  const until = (condition: string, ask: () => Promise<boolean>, timeoutMs?: number) =>
    untilTrue(condition, ask, timeoutMs).catch(async error => {
      const status = JSON.stringify(await browser.status())
      throw new Error(`${error.message}\nstatus: ${status}\nconsole: ${said.slice(-20).join('\n')}`, {
        cause: error,
      })
    })
  return {
    name,
    context: browser.context,
    page: browser.page,
    ...measures,
    close,
    status: () => browser.status(),
    package: packageOf,
    untilOnline: () =>
      until(`${name} is online`, async () => (await browser.status())?.connection === 'online'),
    untilActive: async (packageName, release, timeoutMs) => {
      let last: PackageStatus | null = null
      await until(
        `${name} runs release ${release} of ${packageName}`,
        async () => {
          last = await packageOf(packageName)
          if (last?.phase === 'failed') throw new Error(`${name}: ${packageName} failed: ${last.detail}`)
          return last?.phase === 'active' && last.activeRelease === release
        },
        timeoutMs,
      )
      if (last === null) throw new Error(`${name} knows nothing of ${packageName}`)
      return last
    },
  }
}

/** Asks until it is true. @throws Error that names the condition when it does not come */
export async function untilTrue(
  condition: string,
  ask: () => Promise<boolean> | boolean,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await ask())) {
    if (performance.now() > deadline)
      throw new Error(`did not come within ${timeoutMs / 1000} s: ${condition}`)
    await delay(POLL_INTERVAL_MS)
  }
}

/** @throws Error that says what to do when there is none */
export async function chromiumPath(): Promise<string> {
  const found = await findChromium()
  if (found === null) throw new Error('no Chromium was found; install one or set LARDER_CHROMIUM to its path')
  return found
}

const profileOf = (bench: BenchContext, place: BrowserPlace) =>
  path.join(bench.scratch, 'profiles', place.name)

const measuresOf = (profile: string) => ({
  usage: async () => usageOfTrees(await processesWith(profile)),
  pageMemoryBytes: async () => memoryBelow(await processesWith(profile), '--type=renderer'),
})

function closeOnce(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | null = null
  return () => {
    closing ??= close().catch(() => undefined)
    return closing
  }
}
