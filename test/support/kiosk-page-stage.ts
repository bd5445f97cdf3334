/**
 * The kiosk page, freshly built, in a real browser over the server's own page routes and nothing behind them: packages
 * come from what a test puts into IndexedDB. The server can go away, come back, and give out another build.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ServerType, serve } from '@hono/node-server'
import { Hono } from 'hono'
import { type BrowserContext, chromium, firefox, type Page } from 'playwright-core'
import { build } from 'vite'
import { problem } from '../../protocol/problem.ts'
import { problemResponse } from '../../signal-server/fleet/http-problem.ts'
import { kioskPages } from '../../signal-server/fleet/kiosk-pages.ts'
import type { SmallRelease } from './small-release.ts'

/** `pass`: gets the server's answer. */
export type Intercept = (path: string, pass: () => Promise<Response>) => Promise<Response> | Response

export interface KioskPageStage {
  readonly context: BrowserContext
  /** Address of the kiosk page, with its final slash. */
  readonly url: string
  serverDown(): Promise<void>
  /** `title`: of the page, when it is to be another build than the one before. */
  serverUp(title?: string): Promise<void>
  /** The server, with something before it that answers in its place or changes what it answers. */
  serverUpBehind(intercept: Intercept): Promise<void>
  /** A kiosk page whose service worker is ready. */
  openKiosk(): Promise<Page>
  close(): Promise<void>
}

export async function openKioskPageStage(
  executablePath: string,
  engine: 'chromium' | 'firefox' = 'chromium',
): Promise<KioskPageStage> {
  const folder = await mkdtemp(join(tmpdir(), 'larder-kiosk-page-'))
  await buildKioskPage(join(folder, 'first'))
  let running = await listen(join(folder, 'first'), 0)
  const { port } = running.address() as AddressInfo
  const url = `http://localhost:${port}/kiosk/`
  const profile = join(folder, 'profile')
  const context = await (engine === 'firefox'
    ? firefox.launchPersistentContext(profile, { executablePath, channel: 'moz-firefox' })
    : chromium.launchPersistentContext(profile, { executablePath }))
  return {
    context,
    url,
    serverDown: () => stop(running),
    serverUp: async title => {
      const directory = join(folder, title ?? 'first')
      if (title !== undefined) await buildKioskPage(directory, title)
      running = await listen(directory, port)
    },
    serverUpBehind: async intercept => {
      running = await listen(join(folder, 'first'), port, intercept)
    },
    openKiosk: async () => {
      const page = await context.newPage()
      await page.goto(url)
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}))
      return page
    },
    close: async () => {
      await context.close()
      if (running.listening) await stop(running)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Another `title` makes another build; `protocolVersion`: the only one that this build speaks. */
export async function buildKioskPage(
  outDir: string,
  title?: string,
  protocolVersion?: number,
): Promise<void> {
  const speaksOnly = (code: string) =>
    code.replace(/\b((?:MIN_)?PROTOCOL_VERSION) = \d+/g, `$1 = ${protocolVersion}`)
  const retitle = (html: string) => (title === undefined ? html : html.replace('Larder kiosk', title))
  await build({
    configFile: fileURLToPath(new URL('../../client/kiosk-page/vite.config.ts', import.meta.url)),
    build: { outDir },
    plugins: [
      {
        name: 'another-build',
        transformIndexHtml: retitle,
        transform: (code, id) =>
          protocolVersion !== undefined && id.endsWith('protocol/version.ts') ? speaksOnly(code) : null,
      },
    ],
  })
}

function listen(
  directory: string,
  port: number,
  intercept: Intercept = (_, pass) => pass(),
): Promise<ServerType> {
  const app = new Hono()
  app.route('/kiosk', kioskPages(directory))
  app.notFound(() => problemResponse(problem('not-found')))
  app.get('/time', c => c.json({ serverTime: new Date().toISOString() }))
  return new Promise(resolve => {
    const fetch = (request: Request) =>
      intercept(new URL(request.url).pathname, async () => app.fetch(request))
    const server = serve({ fetch, port, hostname: 'localhost' }, () => resolve(server))
  })
}

function stop(server: ServerType): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
}

/** Puts a release into the page's IndexedDB as the engine does; `activate` also moves the pointer. */
export async function storeRelease(page: Page, release: SmallRelease, activate = true): Promise<void> {
  const { manifest, digest, manifestText } = release
  const active = { release: manifest.release, version: manifest.version, digest }
  const chunks = [...release.chunks].map(([chunk, encoded]) => [chunk, [...encoded]] as const)
  await putRecords(page, 'larder-chunks', chunks)
  await putRecords(page, 'larder-records', [
    [`manifest:${digest}`, manifestText],
    ...(activate ? [[`package:${manifest.package}`, { package: manifest.package, active }] as const] : []),
  ])
}

/** Arrays of numbers become bytes on the way. */
export async function putRecords(
  page: Page,
  database: string,
  entries: readonly (readonly [key: string, value: unknown])[],
): Promise<void> {
  await page.evaluate(
    async ([name, list]) => {
      const opened = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name)
        request.onupgradeneeded = () => request.result.createObjectStore('keyval')
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      await new Promise<void>((resolve, reject) => {
        const transaction = opened.transaction('keyval', 'readwrite')
        const store = transaction.objectStore('keyval')
        for (const [key, value] of list) store.put(Array.isArray(value) ? new Uint8Array(value) : value, key)
        transaction.oncomplete = () => resolve()
        transaction.onabort = () => reject(transaction.error)
      })
      opened.close()
    },
    [database, entries] as const,
  )
}
