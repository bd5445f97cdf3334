/**
 * A package writes to the caches that hold the kiosk page. It has the page's origin, so it can; what it writes must never
 * become the page, not even without a server (docs/decisions/0029).
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { findFirefox } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { writeFiles, writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestDevice, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

const firefoxPath = findFirefox()

/**
 * Runs in the app. Each address of the kiosk page gets a page or a script of the package, without the page's headers, in
 * every cache of the kiosk page and in one of the package's own whose name sorts and was made after them.
 */
async function overwritePageCaches() {
  const html = '<!doctype html><title>Owned</title><h1>Owned</h1>'
  const bodies: Record<string, [string, string]> = {
    js: ['document.title = "Owned"; document.body.textContent = "Owned"', 'text/javascript'],
    css: ['larder-kiosk { display: none !important }', 'text/css'],
  }
  const names = (await caches.keys()).filter(name => name.startsWith('larder-page-'))
  const addresses = new Set(['/kiosk/', '/kiosk/index.html', '/kiosk/diagnostics', '/kiosk/sw.js'])
  for (const address of ['/kiosk/larder-worker.js', '/kiosk/assets/evil.html', '/kiosk/assets/evil.js'])
    addresses.add(address)
  for (const name of names)
    for (const request of await (await caches.open(name)).keys()) addresses.add(new URL(request.url).pathname)
  for (const name of [...names, 'larder-page-zzzzzzzzzzzzzzzz']) {
    const cache = await caches.open(name)
    for (const address of addresses) {
      const [body, type] = bodies[address.split('.').at(-1) ?? ''] ?? [html, 'text/html']
      await cache.put(address, new Response(body, { headers: { 'content-type': type } }))
    }
  }
  return [...addresses]
}

const evilApp = `<!doctype html><meta charset="utf-8"><title>Attacker</title><script>
  (${overwritePageCaches})().then(addresses => { document.body.dataset.attacked = addresses.length; parent.larder?.ready() })
</script><body></body>`

/** What is in the tab: the kiosk page, the worker's own page in its place, or something else. */
async function untilInTab(device: TestDevice, wanted: 'kiosk page' | 'stand-in'): Promise<void> {
  const selector = wanted === 'kiosk page' ? 'larder-kiosk' : 'meta[name=larder-status]'
  await until(`the ${wanted} is in the tab`, async () => {
    const { page } = device.browser
    const found = await page
      .evaluate(one => [document.title, document.querySelector(one) !== null] as const, selector)
      .catch(() => null)
    assert.notEqual(found?.[0], 'Owned', 'the package owns the screen')
    return found?.[1]
  })
}

const untilAttacked = (device: TestDevice) =>
  until('the package has overwritten the caches', async () => {
    const frame = device.browser.page.frames().find(each => each.url().includes('/app/evil/'))
    const count = await frame?.evaluate(() => Number(document.body.dataset.attacked)).catch(() => 0)
    return (count ?? 0) > 7
  })

for (const engine of ['chromium', 'firefox'] as const) {
  const skip =
    engine === 'firefox' && firefoxPath === null
      ? 'no Firefox is installed here; set LARDER_FIREFOX to one to run this'
      : false

  test(`a package that overwrites the kiosk page's caches never becomes the page (${engine})`, {
    skip,
  }, async t => {
    const site = await startTestSite(t)
    await site.publish(await writeFiles(join(site.root, 'evil'), { 'index.html': evilApp }), '1.0.0', 'evil')
    await site.publish(await writeTestPackage(join(site.root, 'good'), { title: 'Good 1' }), '1.0.0')
    await assignPackages(site, 'evil')
    const browser = engine === 'firefox' && firefoxPath ? { engine, executablePath: firefoxPath } : undefined
    const kiosk = await site.open({ role: 'kiosk', ...(browser && { browser }) })
    await kiosk.untilRuns(1, 'Attacker', 'evil')
    await untilAttacked(kiosk)

    await kiosk.browser.page.reload()
    await untilInTab(kiosk, 'kiosk page')
    await kiosk.untilRuns(1, 'Attacker', 'evil')
    await untilAttacked(kiosk)
    await kiosk.close()
    await kiosk.start()
    await untilInTab(kiosk, 'kiosk page')
    const policy = await kiosk.browser.page.evaluate(async () => {
      const answer = await fetch('./')
      return [answer.headers.get('content-security-policy'), answer.headers.get('referrer-policy')]
    })
    assert.match(policy[0] ?? '', /default-src 'none'/, 'the page keeps its own policy')
    assert.equal(policy[1], 'no-referrer')
    for (const address of ['assets/evil.html', 'assets/evil.js']) {
      const text = await kiosk.browser.page.evaluate(async path => (await fetch(path)).text(), address)
      assert.doesNotMatch(text, /Owned/, `${address} does not come from a cache`)
    }
    await kiosk.untilRuns(1, 'Attacker', 'evil')
    await untilAttacked(kiosk)

    // Without a server only what the package wrote is there: the worker says so, and nothing of it becomes the page.
    await site.killServer()
    await kiosk.close()
    await kiosk.start()
    await untilInTab(kiosk, 'stand-in')
    await site.restartServer()
    await untilInTab(kiosk, 'kiosk page')

    await kiosk.untilRuns(1, 'Attacker', 'evil')
    await untilAttacked(kiosk)
    await site.larder('profile', 'set', 'screens', '--package', 'lobby')
    await kiosk.untilRuns(1, 'Good 1')
    await kiosk.browser.page.reload()
    await untilInTab(kiosk, 'kiosk page')
    await kiosk.untilRuns(1, 'Good 1')
    const { deviceId = '' } = (await kiosk.status()) ?? {}
    await site.larder('device', 'revoke', deviceId)
    await kiosk.close()
    await kiosk.start()
    await untilInTab(kiosk, 'kiosk page')
    await until('the screen says that it is out of service', () =>
      kiosk.browser.page.getByRole('heading', { name: 'Out of service' }).isVisible(),
    )
  })
}
