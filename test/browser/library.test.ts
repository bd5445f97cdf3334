/**
 * The library as others get it: built, packed, installed into an empty folder, type-checked there, and run in a browser as the
 * example page over a real server behind a path of the page's own origin.
 */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { LarderKiosk } from '../../client/index.ts'
import { findFirefox } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { installLibrary, openOwnPage, ROOT, runIn } from '../support/own-page-stage.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

/** The script in the first example of a document that starts a kiosk. */
async function exampleIn(document: string): Promise<string> {
  const text = await readFile(join(ROOT, document), 'utf8')
  const scripts = [...text.matchAll(/<script type="module">\n(.*?)<\/script>/gs)].map(match => match[1] ?? '')
  const script = scripts.find(candidate => candidate.includes('createKiosk'))
  assert.ok(script, `${document} has an example`)
  return script.replace('./larder-kiosk/index.js', 'larder-kiosk')
}

test('built, packed and installed, it type-checks in another project, and so do the examples of the documents', async t => {
  const folder = await installLibrary(t)
  await writeFile(
    join(folder, 'page.ts'),
    `import { createKiosk, type Kiosk, type KioskOptions, type LarderKiosk, showApp } from 'larder-kiosk'
const options: Partial<KioskOptions> = { stallTimeoutMs: 3000 }
const kiosk: LarderKiosk = createKiosk({ baseUrl: '/larder/', options })
const same: Kiosk = createKiosk({ baseUrl: '/larder/' })
same.on('confirmed', event => event.release.toFixed())
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
  const examples = { readme: 'README.md', library: 'examples/own-page/README.md' }
  for (const [name, document] of Object.entries(examples))
    await writeFile(join(folder, `${name}.ts`), await exampleIn(document))
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'dom'],
    types: [],
  }
  const files = ['page.ts', ...Object.keys(examples).map(name => `${name}.ts`)]
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  await runIn(folder, process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'])
  const { exports } = JSON.parse(
    await readFile(join(folder, 'node_modules', 'larder-kiosk', 'package.json'), 'utf8'),
  )
  assert.deepEqual(Object.keys(exports), ['.', './larder-worker.js', './package.json'])
})

test('the example page of one’s own: enrolled by code, shows the app, follows an update, reads a file', async t => {
  const site = await startTestSite(t)
  const first = await writeTestPackage(join(site.root, 'one'), { title: 'App 1', weightBytes: 400_000 })
  await writeFile(join(first, 'prices.json'), '{"coffee":3}')
  await site.publish(first, '1.0.0')
  await assignPackages(site, 'lobby')

  const { address, context, page, said, readCode } = await openOwnPage(t, site)
  const code = await until(`a code is shown (${said.join('; ')})`, readCode)
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

for (const engine of ['chromium', 'firefox'] as const) {
  const skip = engine === 'firefox' && findFirefox() === null && 'no Firefox found'
  test(`without its service worker behind a fallback page nothing is framed, and the page says why (${engine})`, {
    skip,
  }, async t => {
    const site = await startTestSite(t)
    await site.publish(await writeTestPackage(join(site.root, 'app'), { title: 'App 1' }), '1.0.0')
    await assignPackages(site, 'lobby')
    const { page, said, giveWorker, readCode } = await openOwnPage(t, site, { givesWorker: false, engine })
    const code = await until('a code is shown', readCode)
    await site.larder('device', 'accept', code, '--site', 'shop', '--role', 'kiosk')
    await until('the release is active', () =>
      page.evaluate(() => {
        const { larder } = window as unknown as { larder: LarderKiosk }
        return larder.status().packages[0]?.activeRelease === 1
      }),
    )
    const message = await page.locator('#stage').getByRole('alert').textContent()
    assert.match(
      message ?? '',
      /service worker that shows packages could not be started\. A web page answers at http.*larder-worker\.js in place of the script.*Copy larder-worker\.js of the larder-kiosk package/,
    )
    assert.equal(page.frames().length, 1)
    assert.ok(said.length < 5, said.join('\n'))

    // As a fallback page that already lies in a frame of an app.
    const inFrame = await page.evaluate(async () => {
      const frame = document.createElement('iframe')
      Object.assign(frame, { larder: {} })
      document.body.append(frame)
      const script = frame.contentDocument?.createElement('script')
      if (!script) return ''
      const answer = new Promise<string>(resolve => Object.assign(window, { answer: resolve }))
      script.type = 'module'
      script.textContent = `import(${JSON.stringify(new URL('./larder-kiosk/index.js', location.href).href)}).then(({ createKiosk }) => {
        try { createKiosk({ baseUrl: '/larder/' }); parent.answer('started') } catch (error) { parent.answer(String(error)) }
      })`
      frame.contentDocument?.head.append(script)
      return answer
    })
    assert.match(inFrame, /^TypeError: This page was loaded inside a frame in which Larder shows an app/)

    await giveWorker(true)
    await page.reload()
    await page
      .frameLocator('iframe.shown')
      .getByRole('heading', { name: 'App 1' })
      .waitFor({ timeout: 60_000 })
    assert.equal(await page.getByRole('alert').count(), 0)
  })
}
