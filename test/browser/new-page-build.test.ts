/** A new build of the kiosk page takes over in the middle of a transfer, and behind a proxy with a path prefix. */
import assert from 'node:assert/strict'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { buildKioskPage } from '../support/kiosk-page-stage.ts'
import { openKioskProxy } from '../support/kiosk-proxy.ts'
import { routedApp } from '../support/routed-app.ts'
import { writeFiles, writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, isInTheMiddle, startTestSite, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

/** Of 24 MB the most are still to come when the new page is there, also where two loaded cores take fifteen seconds to install it. */
const BYTES_PER_SECOND = 650_000
/** In which a page on two loaded cores gets an answer, or a worker is installed. */
const PATIENCE_MS = 5_000

test('a new page waits for the transfer: no chunk is fetched twice, and then it is there by itself', async t => {
  const site = await startTestSite(t)
  const proxy = await openKioskProxy(t, site.server.kioskUrl, { prefix: '/screens/' })
  const directory = await writeTestPackage(join(site.root, 'app'), {
    title: 'App 1',
    weightBytes: 24_000_000,
  })
  const published = await site.publish(directory, '1.0.0')
  await assignPackages(site, 'lobby')
  await buildKioskPage(join(site.root, 'newer'), 'Newer kiosk')
  const link = new URL(await site.enrolmentLink('kiosk'))
  const kiosk = await site.open(
    { role: 'kiosk', downloadBytesPerSecond: BYTES_PER_SECOND },
    new URL(`kiosk/${link.search}`, proxy.url).href,
  )
  await kiosk.untilPackage('the middle of the transfer', isInTheMiddle)
  const { page } = kiosk.browser
  await page.evaluate(() => Object.assign(window, { isOld: true }))
  const isOld = () => page.evaluate(() => 'isOld' in window)

  proxy.givePage(join(site.root, 'newer'))
  await page.evaluate(async () => {
    const taken = new Promise(resolve => {
      navigator.serviceWorker.addEventListener('controllerchange', resolve)
    })
    await (await navigator.serviceWorker.getRegistration())?.update()
    await taken
  })
  const underWay = await kiosk.package()
  assert.equal(underWay?.phase, 'downloading')
  await kiosk.untilRuns(1, 'App 1')
  assert.equal(await isOld(), true, 'the old page has brought the transfer to its end')
  const asked = kiosk.chunksAskedOfOrigin()
  assert.equal(new Set(asked).size, asked.length, 'each chunk was asked for once')
  assert.equal(await site.originBytes(), published.encodedBytes)

  // Nobody touches the screen; ten minutes are too long for a test.
  await page.clock.install()
  await page.clock.fastForward('11:00')
  await until('the new page', async () => (await page.title().catch(() => '')) === 'Newer kiosk')
  await kiosk.untilRuns(1, 'App 1')
  assert.equal(await site.originBytes(), published.encodedBytes, 'nothing was fetched again')
})

test('a new build that something changes on the way is not taken, and the administrator is told why, once', async t => {
  const site = await startTestSite(t)
  const proxy = await openKioskProxy(t, site.server.kioskUrl)
  await site.publish(await writeTestPackage(join(site.root, 'app'), { title: 'App 1' }), '1.0.0')
  await assignPackages(site, 'lobby')
  const newer = join(site.root, 'newer')
  await buildKioskPage(newer, 'Newer kiosk')
  await appendFile(join(newer, 'index.html'), '<script>void 0</script>')
  const link = new URL(await site.enrolmentLink('kiosk'))
  const kiosk = await site.open({ role: 'kiosk' }, new URL(`kiosk/${link.search}`, proxy.url).href)
  await kiosk.untilRuns(1, 'App 1')
  const { deviceId = '' } = (await kiosk.status()) ?? {}
  const told = async () => {
    const answer = await (await site.api(`api/devices/${deviceId}`)).json()
    const { events } = answer as { events: { detail: string }[] }
    return events.flatMap(({ detail }) => (/new build/.test(detail) ? [detail] : []))
  }
  const { page } = kiosk.browser
  const lookForBuild = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      const refused = new Promise<void>(resolve => {
        const onFound = () => {
          const worker = registration?.installing
          worker?.addEventListener('statechange', () => worker.state === 'redundant' && resolve())
        }
        registration?.addEventListener('updatefound', onFound, { once: true })
      })
      await registration?.update().catch(() => {})
      await refused
    })
  proxy.givePage(newer)
  await lookForBuild()
  const [detail] = await until('the administrator is told', async () => {
    const all = await told()
    return all.length > 0 && all
  })
  assert.match(
    detail ?? '',
    /a new build of the kiosk page could not be installed: .*\(index\.html\): something between this device and the server changes them/,
  )
  await lookForBuild()
  await kiosk.untilRuns(1, 'App 1')
  assert.equal(await page.title(), 'Larder kiosk')
  assert.equal((await told()).length, 1)
})

test('a server of another version: a page that is not touched is replaced by the server’s within two minutes, once, and back', async t => {
  const site = await startTestSite(t)
  const proxy = await openKioskProxy(t, site.server.kioskUrl)
  await site.publish(await writeTestPackage(join(site.root, 'app'), { title: 'App 1' }), '1.0.0')
  await assignPackages(site, 'lobby')
  await buildKioskPage(join(site.root, 'newer'), 'Newer kiosk', 2)
  const link = new URL(await site.enrolmentLink('kiosk'))
  const kiosk = await site.open({ role: 'kiosk' }, new URL(`kiosk/${link.search}`, proxy.url).href)
  await kiosk.untilRuns(1, 'App 1')
  await until('confirmed', async () => (await kiosk.package())?.update === 'confirmed')
  const { page } = kiosk.browser
  await page.evaluate(() => {
    navigator.serviceWorker.addEventListener('controllerchange', () =>
      Object.assign(window, { isReplaced: true }),
    )
  })
  const isMarked = (mark: string) => page.evaluate(name => name in window, mark).catch(() => false)
  const untilPage = async (title: string) => {
    await until(title, async () => (await page.title().catch(() => '')) === title)
    await kiosk.untilRuns(1, 'App 1')
    await kiosk.untilOnline()
  }

  const parts = await page.evaluate(async () => {
    const requests = await Promise.all(
      (await caches.keys()).map(async name => (await caches.open(name)).keys()),
    )
    return requests.flat().flatMap(({ url }) => (/\/index-[^/]+\.js$/.test(url) ? [url] : []))
  })
  assert.equal(parts.length, 1)
  const mainScript = () => page.evaluate(async url => (await fetch(url)).text(), parts[0] ?? '')

  proxy.givePage(join(site.root, 'newer'))
  proxy.speakVersion(2)
  await until('the page has looked for the new build and found it', () => isMarked('isReplaced'))
  assert.match(
    await mainScript(),
    /larder-kiosk/,
    'the old page still has its parts, which the server has not',
  )
  await page.evaluate(async url => {
    for (const name of await caches.keys()) await (await caches.open(name)).put(url, new Response('owned'))
  }, parts[0] ?? '')
  assert.doesNotMatch(await mainScript(), /owned/, 'unless they are not what their names say')
  await page.clock.install()
  await page.clock.fastForward('00:30')
  assert.equal(await page.title(), 'Larder kiosk', 'the screen may be in use')
  await page.clock.fastForward('00:31')
  await untilPage('Newer kiosk')

  // The server speaks a version for which it has no page: it is asked again and again, and nothing is loaded anew.
  await page.evaluate(() => Object.assign(window, { isStill: true }))
  const asked = proxy.askedFor('/kiosk/sw.js')
  proxy.speakVersion(3)
  await until('the page has looked for another build', () => proxy.askedFor('/kiosk/sw.js') > asked)
  await page.clock.fastForward('20:00')
  await until('it has looked once more', () => proxy.askedFor('/kiosk/sw.js') > asked + 1)
  assert.equal(await isMarked('isStill'), true, 'the page was not loaded again')

  // The administrator goes back to the server before.
  proxy.givePage(null)
  proxy.speakVersion(1)
  const isBack = async () => (await page.title().catch(() => '')) === 'Larder kiosk'
  // The next look, and then the moment at which the page may be loaded again. Each jump ends what waits for an answer, so a page
  // that was slow gets the time to try once more.
  await until(
    'the old page is back',
    async () => {
      await page.clock.fastForward('12:00')
      return until('the page is loaded again', isBack, PATIENCE_MS).then(
        () => true,
        () => false,
      )
    },
    20 * PATIENCE_MS,
  )
  await untilPage('Larder kiosk')
})

for (const [name, withholds, path] of [
  ['lives at / behind a proxy with a prefix', [], '/'],
  [
    'has its files also where the proxy takes the header away',
    ['service-worker-allowed'],
    '/screens/kiosk/app/spa/index.html',
  ],
] as const) {
  test(`an app that was built for / ${name}`, async t => {
    const site = await startTestSite(t)
    const proxy = await openKioskProxy(t, site.server.kioskUrl, { prefix: '/screens/', withholds })
    const directory = await writeFiles(join(site.root, 'app'), routedApp())
    await site.publish(directory, '1.0.0', 'spa')
    await assignPackages(site, 'spa')
    const link = new URL(await site.enrolmentLink('kiosk'))
    const kiosk = await site.open({ role: 'kiosk' }, new URL(`kiosk/${link.search}`, proxy.url).href)
    const route = path === '/' ? 'Home' : `no route ${path}`
    await kiosk.untilRuns(1, `${route} of the package`, 'spa')
    const [frame] = kiosk.browser.page.mainFrame().childFrames()
    assert.equal(await frame?.evaluate(() => location.pathname), path)
    await kiosk.close()
  })
}
