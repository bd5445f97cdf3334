/**
 * The library as others get it: built, packed, installed into an empty folder; and the example page around it, given out by a
 * web server that passes `/larder/` on to a real server and gives `index.html` for every address that it does not know.
 */
import { execFile } from 'node:child_process'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type BrowserContext, chromium, firefox, type Page } from 'playwright-core'
import { preview } from 'vite'
import { findChromium, findFirefox } from '../../scripts/find-browsers.mjs'
import { temporaryDirectory, withCleanup } from './cleanup.ts'
import type { TestSite } from './test-site.ts'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export async function runIn(directory: string, command: string, args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd: directory })).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = Object(error)
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error })
  }
}

let built: Promise<string> | null = null

/** The package in an empty folder, as `npm install` makes it of the tarball; valibot comes from this checkout, not the network. */
export async function installLibrary(t: TestContext): Promise<string> {
  built ??= runIn(ROOT, process.execPath, ['scripts/build-library.mjs'])
  await built
  const folder = await temporaryDirectory(t)
  const packed = await runIn(ROOT, 'npm', ['pack', './dist/library', '--pack-destination', folder, '--json'])
  const [{ filename }] = JSON.parse(packed.slice(packed.indexOf('['), packed.lastIndexOf(']') + 1))
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const valibot = join(ROOT, 'node_modules', 'valibot')
  await runIn(folder, 'npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`, valibot])
  return folder
}

export interface OwnPage {
  readonly address: string
  readonly context: BrowserContext
  readonly page: Page
  /** What the page wrote to the console, and what it threw. */
  readonly said: readonly string[]
  /** Puts the file that the service worker is made of beside the page, or takes it away. */
  giveWorker(isThere: boolean): Promise<void>
  /** The code that the page shows while it waits to be accepted. */
  readCode(): Promise<string | undefined>
}

/** The example page in a browser profile of its own; `givesWorker`: whether `larder-worker.js` lies beside it. */
export async function openOwnPage(
  t: TestContext,
  site: TestSite,
  { givesWorker = true, engine = 'chromium' as 'chromium' | 'firefox' } = {},
): Promise<OwnPage> {
  const folder = await installLibrary(t)
  const pages = join(folder, 'public')
  const library = join(folder, 'node_modules', 'larder-kiosk')
  const giveWorker = async (isThere: boolean) => {
    const place = join(pages, 'larder-worker.js')
    if (isThere) await cp(join(library, 'larder-worker.js'), place)
    else await rm(place, { force: true })
  }
  await mkdir(pages)
  await cp(join(ROOT, 'examples', 'own-page'), pages, { recursive: true })
  await cp(library, join(pages, 'larder-kiosk'), { recursive: true })
  await giveWorker(givesWorker)
  const server = await preview({
    configFile: false,
    root: folder,
    logLevel: 'error',
    build: { outDir: 'public' },
    preview: {
      host: '127.0.0.1',
      port: 0,
      proxy: {
        '/larder/': {
          target: new URL('/', site.server.kioskUrl).href,
          ws: true,
          rewrite: path => path.replace(/^\/larder\//, '/'),
        },
      },
    },
  })
  withCleanup(t).defer(() => server.close())
  const address = server.resolvedUrls?.local[0] ?? ''
  const profile = await temporaryDirectory(t)
  const context = await (engine === 'firefox'
    ? firefox.launchPersistentContext(profile, {
        executablePath: findFirefox() ?? '',
        channel: 'moz-firefox',
      })
    : chromium.launchPersistentContext(profile, { executablePath: (await findChromium()) ?? '' }))
  withCleanup(t).defer(() => context.close())
  const page = context.pages()[0] ?? (await context.newPage())
  const said: string[] = []
  page.on('console', message => said.push(message.text()))
  page.on('pageerror', error => said.push(String(error)))
  await page.goto(address)
  const line = page.locator('#line')
  const readCode = async () => /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec((await line.textContent()) ?? '')?.at(0)
  return { address, context, page, said, giveWorker, readCode }
}
