/**
 * Storage that is too small, broken, or changed by somebody else: the app stays on the screen, storage heals or says what
 * it needs, and the administrator hears of it over the API.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { assertNothingLeaks, temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestDevice, type TestSite, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

interface Reported {
  readonly storage: { readonly kind: string; readonly usageBytes: number | null } | null
  readonly packages: readonly {
    readonly reason: string
    readonly detail: string
    readonly activeRelease: number | null
  }[]
  readonly events: readonly { readonly kind: string; readonly detail: string }[]
}

/** The only device as the administrator sees it. */
async function reported(site: TestSite): Promise<Reported> {
  const list = (await (await site.api('api/devices')).json()) as { devices: { deviceId: string }[] }
  const id = list.devices[0]?.deviceId ?? 'none'
  return (await (await site.api(`api/devices/${id}`)).json()) as Reported
}

const untilTold = (site: TestSite, kind: string, words: RegExp) =>
  until(`the administrator hears of ${kind}`, async () => {
    const { events } = await reported(site)
    return events.find(event => event.kind === kind && words.test(event.detail))
  })

async function setQuota(device: TestDevice, quotaSize?: number): Promise<void> {
  const { context, page } = device.browser
  const cdp = await context.newCDPSession(page)
  const { origin } = new URL(device.site.server.kioskUrl)
  await cdp.send('Storage.overrideQuotaForOrigin', {
    origin,
    ...(quotaSize === undefined ? {} : { quotaSize }),
  })
}

/** The browser takes a quota into account only if it is there before the origin's first write. */
async function openWithQuota(site: TestSite, quotaSize: number): Promise<TestDevice> {
  const kiosk = await site.open({ role: 'kiosk' }, new URL('../healthz', site.server.kioskUrl).href)
  await setQuota(kiosk, quotaSize)
  await kiosk.browser.page.goto(await site.enrolmentLink('kiosk'))
  return kiosk
}

async function publishApp(site: TestSite, version: number, weightBytes: number) {
  const directory = join(site.root, `app-${version}`)
  await writeTestPackage(directory, { title: `App ${version}`, weightBytes })
  return site.publish(directory, `${version}.0.0`)
}

test('quota from the first write on: enrolment, manifest and chunks say what is missing, and it goes on when there is room', async t => {
  const site = await startTestSite(t)
  await publishApp(site, 1, 8_000_000)
  await assignPackages(site, 'lobby')
  const kiosk = await openWithQuota(site, 2_000_000)
  await until('the administrator sees that nothing fits', async () => {
    // Not enrolled yet, the device is in no list.
    const { packages = [], events = [] } = await reported(site)
    const kinds = events.map(event => event.kind)
    return (
      (kinds.includes('storage-failed') || kinds.includes('out-of-space')) &&
      packages[0] !== undefined &&
      packages[0].activeRelease === null
    )
  })
  await setQuota(kiosk)
  await kiosk.untilRuns(1, 'App 1')
})

test('quota in the middle of an update: the old app stays, the administrator reads how much is missing, room is used at once', async t => {
  const site = await startTestSite(t)
  await publishApp(site, 1, 4_000_000)
  await assignPackages(site, 'lobby')
  const kiosk = await openWithQuota(site, 8_000_000)
  await kiosk.untilRuns(1, 'App 1')
  await publishApp(site, 2, 12_000_000)
  await kiosk.untilPackage('it is out of space', ({ reason }) => reason === 'out-of-space')
  const event = await untilTold(
    site,
    'out-of-space',
    /^lobby 2\.0\.0 needs up to \d+ MB more than this disk gives: free \d+ MB/,
  )
  t.diagnostic(event.detail)
  assert.equal(await kiosk.browser.appTitle(), 'App 1')
  await kiosk.browser.page.reload()
  await until('the old app comes back', async () => (await kiosk.browser.appTitle()) === 'App 1')
  await setQuota(kiosk)
  await kiosk.untilRuns(2, 'App 2')
})

test('records and chunks removed and changed between two runs: it heals and shows the app', async t => {
  const site = await startTestSite(t)
  await publishApp(site, 1, 2_000_000)
  await assignPackages(site, 'lobby')
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'App 1')
  for (const damage of [damages.chunks, damages.manifest, damages.packageRecord, damages.rottenRecord]) {
    await kiosk.browser.page.evaluate(damage)
    await kiosk.browser.page.reload()
    await kiosk.untilRuns(1, 'App 1')
  }
})

/** Each runs in the page. */
const openKeyval = `(name, mode, act) => new Promise((resolve, reject) => {
  const request = indexedDB.open(name)
  request.onerror = () => reject(request.error)
  request.onsuccess = () => {
    const transaction = request.result.transaction('keyval', mode)
    act(transaction.objectStore('keyval'))
    transaction.oncomplete = () => (request.result.close(), resolve())
    transaction.onabort = () => reject(transaction.error)
  }
})`
const keysWith = (prefix: string) => `IDBKeyRange.bound('${prefix}', '${prefix}\\uffff')`
const damages = {
  chunks: `(${openKeyval})('larder-chunks', 'readwrite', store => store.clear())`,
  manifest: `(${openKeyval})('larder-records', 'readwrite', store => store.delete(${keysWith('manifest:')}))`,
  packageRecord: `(${openKeyval})('larder-records', 'readwrite', store => store.delete('package:lobby'))`,
  rottenRecord: `(${openKeyval})('larder-records', 'readwrite', store => store.put({ active: 'rotten' }, 'package:lobby'))`,
  newer: `new Promise((resolve, reject) => {
    const gone = indexedDB.deleteDatabase('larder-chunks')
    gone.onsuccess = () => {
      const request = indexedDB.open('larder-chunks', 99)
      request.onupgradeneeded = () => request.result.createObjectStore('something-else')
      request.onsuccess = () => (request.result.close(), resolve())
      request.onerror = () => reject(request.error)
    }
  })`,
}

test('a database of a newer version: a fresh one takes its place, and the administrator is told', async t => {
  const site = await startTestSite(t)
  await publishApp(site, 1, 2_000_000)
  await assignPackages(site, 'lobby')
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'App 1')
  const { page } = kiosk.browser
  await page.goto(new URL('healthz', new URL('../', site.server.kioskUrl)).href)
  await page.evaluate(damages.newer)
  await page.goto(site.server.kioskUrl)
  await kiosk.untilRuns(1, 'App 1')
  t.diagnostic(
    (await untilTold(site, 'storage-failed', /larder-chunks could not be opened .* fresh one/)).detail,
  )
  assert.equal((await reported(site)).storage?.kind, 'disk')
})

test('database files that are damaged on the disk: the device comes back by itself or asks to be enrolled, and is never stuck', async t => {
  const site = await startTestSite(t)
  await publishApp(site, 1, 2_000_000)
  await assignPackages(site, 'lobby')
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'App 1')
  await kiosk.kill()
  const damaged = await damageDatabases(kiosk.profile)
  assert.ok(damaged > 0, 'there are files of databases')
  await kiosk.start(await site.enrolmentLink('kiosk'))
  await kiosk.untilRuns(1, 'App 1')
})

/** Overwrites the files of all databases of the profile; how many. */
async function damageDatabases(profile: string): Promise<number> {
  const folder = join(profile, 'Default', 'IndexedDB')
  let damaged = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/MANIFEST|CURRENT|\.ldb$|\.log$|\.db$/.test(entry.name)) continue
    await writeFile(join(entry.parentPath, entry.name), 'this is no database any more'.repeat(20))
    damaged++
  }
  return damaged
}

test('a browser that answers this page for no database any more: it goes another way, and is who it was after a reload', async t => {
  const site = await startTestSite(t)
  await publishApp(site, 1, 2_000_000)
  await assignPackages(site, 'lobby')
  const kiosk = await site.open({
    role: 'kiosk',
    initScript: `const open = indexedDB.open
      indexedDB.open = (...args) => window.silent ? new EventTarget() : open.apply(indexedDB, args)`,
  })
  await kiosk.untilRuns(1, 'App 1')
  const { page } = kiosk.browser
  const before = await kiosk.status()
  await page.evaluate(() => {
    Object.assign(window, { silent: true })
    // The page lets go of it, and has to open it again.
    indexedDB.deleteDatabase('larder-records')
  })
  await publishApp(site, 2, 3_000_000)
  await kiosk.untilRuns(2, 'App 2')
  await page.reload()
  await kiosk.untilRuns(2, 'App 2')
  assert.equal((await kiosk.status())?.deviceId, before?.deviceId)
})

const canMount = process.getuid?.() === 0 && process.platform === 'linux'

test('a disk that is full: the old app stays, the administrator is told, and it goes on once there is room', {
  skip: canMount ? false : 'a small disk of its own can only be mounted by root on Linux',
}, async t => {
  const site = await startTestSite(t)
  await publishApp(site, 1, 4_000_000)
  await assignPackages(site, 'lobby')
  const disk = await temporaryDirectory(t)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', disk], { stdio: 'pipe' })
  } catch {
    return t.skip('mounting is not allowed here')
  }
  withCleanup(t).defer(() => execFileSync('umount', ['--lazy', disk]))
  const kiosk = await site.open({ role: 'kiosk', profile: join(disk, 'profile') })
  await kiosk.untilRuns(1, 'App 1')
  // All but a few megabytes is taken by something else.
  const filler = join(disk, 'filler')
  const free = Number(
    execFileSync('df', ['--output=avail', '-B1', disk], { encoding: 'utf8' }).trim().split('\n').at(-1),
  )
  await writeFile(filler, Buffer.alloc(Math.max(0, free - 5_000_000)))
  await publishApp(site, 2, 24_000_000)
  const event = await until('the administrator hears that the disk takes no more', async () => {
    const { events } = await reported(site)
    return events.find(({ kind }) => kind === 'out-of-space' || kind === 'storage-failed')
  })
  t.diagnostic(event.detail)
  assert.equal(await kiosk.browser.appTitle(), 'App 1')
  await rm(filler)
  await kiosk.untilRuns(2, 'App 2')
})
