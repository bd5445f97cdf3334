/**
 * The library as others get it: built, packed, installed into an empty folder, type-checked there, and run in a browser as the
 * example page over a real server behind a path of the page's own origin.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import { preview } from 'vite'
import type { LarderKiosk } from '../../client/index.ts'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks, temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, until } from '../support/test-site.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

after(() => assertNothingLeaks())

async function runIn(directory: string, command: string, args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd: directory })).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = Object(error)
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error })
  }
}

/** The package in an empty folder, as `npm install` makes it of the tarball; valibot comes from this checkout, not the network. */
async function installLibrary(t: TestContext): Promise<string> {
  await runIn(ROOT, process.execPath, ['scripts/build-library.mjs'])
  const folder = await temporaryDirectory(t)
  const packed = await runIn(ROOT, 'npm', ['pack', './dist/library', '--pack-destination', folder, '--json'])
  const [{ filename }] = JSON.parse(packed.slice(packed.indexOf('['), packed.lastIndexOf(']') + 1))
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const valibot = join(ROOT, 'node_modules', 'valibot')
  await runIn(folder, 'npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`, valibot])
  return folder
}

test('built, packed and installed, it type-checks in a project of its own', async t => {
  const folder = await installLibrary(t)
  await writeFile(
    join(folder, 'page.ts'),
    `import { createKiosk, type KioskOptions, type LarderKiosk, showApp } from 'larder-kiosk'
const options: Partial<KioskOptions> = { stallTimeoutMs: 3000 }
const kiosk: LarderKiosk = createKiosk({ baseUrl: '/larder/', options })
kiosk.on('activated', event => event.version.toUpperCase())
kiosk.on('enrolment', enrolment => enrolment.state === 'pending' && enrolment.code.length)
const phase: 'waiting' | 'downloading' | 'staged' | 'active' | 'failed' | undefined = kiosk.status().packages[0]?.phase
const prices: Promise<Response | null> = kiosk.file('menu', 'prices.json')
showApp(kiosk, document.body)
// @ts-expect-error there is no such event
kiosk.on('nonsense', () => {})
// @ts-expect-error an option has its type
createKiosk({ baseUrl: '/larder/', options: { stallTimeoutMs: 'long' } })
export { phase, prices }
`,
  )
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'dom'],
    types: [],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['page.ts'] }))
  await runIn(folder, process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'])
  const { exports } = JSON.parse(
    await readFile(join(folder, 'node_modules', 'larder-kiosk', 'package.json'), 'utf8'),
  )
  assert.deepEqual(Object.keys(exports), ['.', './larder-worker.js', './package.json'])
})

test('the example page of one’s own: enrolled by code, shows the app, follows an update, reads a file', async t => {
  const folder = await installLibrary(t)
  const site = await startTestSite(t)
  const first = await writeTestPackage(join(site.root, 'one'), { title: 'App 1', weightBytes: 400_000 })
  await writeFile(join(first, 'prices.json'), '{"coffee":3}')
  await site.publish(first, '1.0.0')
  await assignPackages(site, 'lobby')

  const pages = join(folder, 'public')
  const library = join(folder, 'node_modules', 'larder-kiosk')
  await mkdir(pages)
  await cp(join(ROOT, 'examples', 'own-page'), pages, { recursive: true })
  await cp(library, join(pages, 'larder-kiosk'), { recursive: true })
  await cp(join(library, 'larder-worker.js'), join(pages, 'larder-worker.js'))
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
  const context = await chromium.launchPersistentContext(await temporaryDirectory(t), {
    executablePath: (await findChromium()) ?? '',
  })
  withCleanup(t).defer(() => context.close())
  const page = context.pages()[0] ?? (await context.newPage())
  const said: string[] = []
  page.on('console', message => said.push(message.text()))
  page.on('pageerror', error => said.push(String(error)))
  await page.goto(address)

  const line = page.locator('#line')
  const code = await until(`a code is shown (${said.join('; ')})`, async () =>
    /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec((await line.textContent()) ?? '')?.at(0),
  )
  await site.larder('device', 'accept', code, '--site', 'shop', '--role', 'kiosk')
  await page.frameLocator('iframe.shown').getByRole('heading', { name: 'App 1' }).waitFor({ timeout: 60_000 })

  const file = (of: Page) =>
    of.evaluate(async () => {
      const { larder } = window as unknown as { larder: LarderKiosk }
      const response = await larder.file('lobby', 'prices.json')
      const missing = await larder.file('lobby', 'none.json')
      return { type: response?.headers.get('content-type'), body: await response?.json(), missing }
    })
  const read = { type: 'application/json', body: { coffee: 3 }, missing: null }
  assert.deepEqual(await file(page), read)

  // A second tab follows, and reads from the same disk.
  const second = await context.newPage()
  await second.goto(address)
  await second.frameLocator('iframe.shown').getByRole('heading', { name: 'App 1' }).waitFor()
  assert.deepEqual(await file(second), read)
  const refusal = await second.evaluate(async () => {
    const { createKiosk, showApp } = await import(new URL('./larder-kiosk/index.js', location.href).href)
    const kiosk = createKiosk({ baseUrl: './larder/', serviceWorker: null })
    try {
      showApp(kiosk, document.body)
      return 'shown'
    } catch (error) {
      return String(error)
    } finally {
      await kiosk.stop()
    }
  })
  assert.match(refusal, /^TypeError: An app can be shown only through the service worker/)
  await second.close()

  const events = page.evaluate(
    () =>
      new Promise<string[]>(resolve => {
        const { larder } = window as unknown as { larder: LarderKiosk }
        const heard: string[] = []
        larder.on('staged', ({ release }) => heard.push(`staged ${release}`))
        larder.on('activated', ({ version }) => heard.push(`activated ${version}`))
        larder.on('confirmed', ({ release }) => resolve([...heard, `confirmed ${release}`]))
      }),
  )
  const next = await writeTestPackage(join(site.root, 'two'), { title: 'App 2', weightBytes: 400_000 })
  await site.publish(next, '2.0.0')
  assert.deepEqual(await events, ['staged 2', 'activated 2.0.0', 'confirmed 2'])
  await page.frameLocator('iframe.shown >> nth=-1').getByRole('heading', { name: 'App 2' }).waitFor()

  const status = await page.evaluate(async () => {
    const { larder } = window as unknown as { larder: LarderKiosk }
    await larder.stop()
    return larder.status().packages[0]?.activeRelease
  })
  assert.equal(status, 2)
})
