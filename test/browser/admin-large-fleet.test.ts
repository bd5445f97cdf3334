/**
 * Two thousand devices on a real server, two hundred reports a second, and the page open on the list and on the overview: it
 * stays fluid, and its numbers are those that the devices reported.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { formatBytes } from '../../presentation/sizes-and-spans.ts'
import type { Overview } from '../../protocol/admin/overview.ts'
import { formatCount } from '../../signal-server/admin/words.ts'
import { openAdminPageStage } from '../support/admin-page.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { type FleetTruth, SimulatedFleet } from '../support/simulated-fleet.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, type TestSite, until } from '../support/test-site.ts'

const SITES = 40
const DEVICES_PER_SITE = 50
const DEVICES = SITES * DEVICES_PER_SITE
const REPORTS_PER_SECOND = 200
const SECONDS = 10
/** They stand at the top of the list and report once a second each, as devices do while they transfer. */
const BUSY_DEVICES = 100
const LONGEST_TASK_MS = 100
/** Twenty screens at once, as somebody does who drags the scroll bar. */
const SCROLL_STEP_PX = 20_000
const ROW_HEIGHT_PX = 60

after(() => assertNothingLeaks())

test(`${DEVICES} devices, ${REPORTS_PER_SECOND} reports a second: no task over ${LONGEST_TASK_MS} ms, and the numbers are right`, async t => {
  const stage = await openAdminPageStage(t)
  const { site } = stage
  await site.publish(await writeTestPackage(join(site.root, 'lobby'), { title: 'One' }), '1.0.0')
  await assignPackages(site, 'lobby')
  const fleet = await SimulatedFleet.start(t, {
    deviceUrl: new URL('/', site.server.kioskUrl).href,
    devicesPerSite: DEVICES_PER_SITE,
    sites: await makeSites(site),
  })

  const { page: list, context, failures, visit } = await stage.administrator()
  const overview = await context.newPage()
  await overview.goto(site.server.adminUrl)
  await visit('/devices?sort=site')
  await list.getByText(`${formatCount(DEVICES)} devices`, { exact: true }).waitFor()
  await list.locator(`[role=table][aria-rowcount="${DEVICES + 1}"]`).waitFor()
  await overview.getByText(`${formatCount(DEVICES)} of ${formatCount(DEVICES)}`).waitFor()
  await overview.locator('larder-traffic-chart canvas').waitFor()
  await expectNumbers(overview, site, await fleet.call('truth'))

  const tasks = await measureTasks(stage.browser, [list, overview])
  let reporting = true
  const reported = fleet
    .call('report', {
      count: REPORTS_PER_SECOND * SECONDS,
      perSecond: REPORTS_PER_SECOND,
      busy: BUSY_DEVICES,
    })
    .finally(() => {
      reporting = false
    })
  const answered = slowestAnswer(site, () => reporting)
  let rounds = 0
  while (reporting) {
    await scrollToTheEndAndBack(list)
    await search(list, `site-07/${10 + (rounds++ % 40)}`)
  }
  await reported
  const { longestCpuMs, observedMs } = await tasks.stop()
  t.diagnostic(
    `longest task: ${Math.round(longestCpuMs)} ms of work, ${Math.round(Math.max(0, ...observedMs))} ms with all waiting for a processor; ` +
      `slowest answer of the server: ${Math.round(await answered)} ms; the list scrolled and searched ${rounds} times`,
  )
  assert.ok(longestCpuMs > 0, 'no task was traced')
  assert.ok(longestCpuMs <= LONGEST_TASK_MS, `the longest task worked for ${longestCpuMs} ms`)

  const truth = await fleet.call('truth')
  assert.equal(truth.reports, DEVICES + REPORTS_PER_SECOND * SECONDS)
  await expectNumbers(overview, site, truth)
  await expectRows(list, truth)
  await list.mouse.wheel(0, 1e6)
  await list.locator(`[aria-rowindex="${DEVICES + 1}"]`).waitFor()
  await expectRows(list, truth)
  assert.deepEqual(failures, [])
})

async function makeSites(site: TestSite): Promise<{ site: string; token: string }[]> {
  const made: { site: string; token: string }[] = []
  for (let number = 1; number <= SITES; number++) {
    const name = `site-${String(number).padStart(2, '0')}`
    const put = await site.api(`api/sites/${name}`, {
      method: 'PUT',
      body: JSON.stringify({ timeZone: 'Europe/Berlin' }),
    })
    assert.equal(put.status, 200)
    const body = JSON.stringify({ site: name, role: 'kiosk', uses: DEVICES_PER_SITE })
    const response = await site.api('api/enrolment-tokens', { method: 'POST', body })
    const { token } = (await response.json()) as { token: string }
    made.push({ site: name, token })
  }
  return made
}

/** By the API to the byte, and the page says the same. */
async function expectNumbers(overview: Page, site: TestSite, truth: FleetTruth): Promise<void> {
  const { byPhase, fromStores, fromServer } = truth
  const counts = {
    devices: DEVICES,
    online: DEVICES,
    onWanted: byPhase.active,
    offline: 0,
    downloading: byPhase.downloading + byPhase.staged,
    waiting: byPhase.waiting,
    failed: byPhase.failed,
    pending: 0,
  }
  await until('everything reported is counted', async () => {
    const { bytes } = (await (await site.api('api/overview')).json()) as Overview
    return bytes.total.fromStores + bytes.total.fromServer === fromStores + fromServer
  })
  const told = (await (await site.api('api/overview')).json()) as Overview
  assert.deepEqual(told.counts, counts)
  assert.deepEqual(told.bytes.total, { fromStores, fromServer, originSent: 0 })
  assert.equal(told.share.fromStores, fromStores / (fromStores + fromServer))
  assert.equal(told.share.best, (DEVICES_PER_SITE - 1) / DEVICES_PER_SITE)

  const tile = (label: string, count: number) =>
    overview.getByRole('link', { name: `${label} ${formatCount(count)}` }).waitFor()
  await tile('On the wanted release', counts.onWanted)
  await tile('Downloading', counts.downloading)
  await tile('Waiting', counts.waiting)
  await tile('Failed', counts.failed)
  const sum = (term: string, bytes: number) =>
    overview
      .locator('dt', { hasText: term })
      .locator('+ dd', { hasText: formatBytes(bytes) })
      .waitFor()
  await sum('Stores, in all', fromStores)
  await sum('Server, in all', fromServer)
}

/** Every row in the document says what its device said last. */
async function expectRows(list: Page, truth: FleetTruth): Promise<void> {
  const lastWords = new Map(truth.devices.map(device => [device.deviceId, device]))
  await until('every row shows the last report of its device', async () => {
    const rows = await list.locator('larder-data-table .body [role=row]').evaluateAll(elements =>
      elements.map(row => ({
        deviceId: row.querySelector('a')?.getAttribute('href')?.split('/').at(-1) ?? '',
        text: row.textContent ?? '',
      })),
    )
    const wrong = rows.filter(({ deviceId, text }) => {
      const said = lastWords.get(deviceId)
      return !said || !text.includes(said.name) || !text.includes(said.detail)
    })
    return rows.length > 10 && wrong.length === 0
  })
}

async function scrollToTheEndAndBack(list: Page): Promise<void> {
  for (const direction of [1, -1]) {
    for (let moved = 0; moved < DEVICES * ROW_HEIGHT_PX; moved += SCROLL_STEP_PX) {
      await list.mouse.wheel(0, direction * SCROLL_STEP_PX)
      await list.evaluate(() => new Promise(resolve => requestAnimationFrame(resolve)))
    }
    const end = direction === 1 ? DEVICES + 1 : 2
    await list.locator(`[aria-rowindex="${end}"]`).waitFor()
  }
}

async function search(list: Page, name: string): Promise<void> {
  const box = list.getByRole('searchbox', { name: 'Search' })
  await box.pressSequentially(name)
  await list.getByText('1 device found', { exact: true }).waitFor()
  await list.getByRole('link', { name, exact: true }).waitFor()
  await box.fill('')
  await list.getByText(`${formatCount(DEVICES)} devices`, { exact: true }).waitFor()
  await list.locator(`[role=table][aria-rowcount="${DEVICES + 1}"]`).waitFor()
}

/** How long the server takes for one answer, at worst, while others ask and report. */
async function slowestAnswer(site: TestSite, isGoing: () => boolean): Promise<number> {
  let slowestMs = 0
  while (isGoing()) {
    const askedAt = performance.now()
    await (await site.api('api/overview')).arrayBuffer()
    slowestMs = Math.max(slowestMs, performance.now() - askedAt)
    await delay(100)
  }
  return slowestMs
}

interface TraceEvent {
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly name: string
  /** Microseconds of the thread's own time. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/**
 * The tasks of the pages' main threads from now on. What decides is the time that a task works: on a machine with other
 * things to do, a short one may also wait for a processor, which says nothing about the page. `observedMs` has the waiting
 * in it, as the browser's own observer of long tasks (over 50 ms) tells it to the pages.
 */
async function measureTasks(browser: Browser, pages: readonly Page[]) {
  for (const page of pages)
    await page.evaluate(() => {
      const observed: number[] = []
      Object.assign(globalThis, { longTasks: observed })
      new PerformanceObserver(list => {
        for (const { duration } of list.getEntries()) observed.push(duration)
      }).observe({ entryTypes: ['longtask'] })
    })
  await browser.startTracing(pages[0], { categories: ['toplevel'] })
  return {
    async stop(): Promise<{ longestCpuMs: number; observedMs: number[] }> {
      const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] }
      const mainThreads = new Set<string>()
      for (const { ph, pid, tid, name, args } of traceEvents)
        if (ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain')
          mainThreads.add(`${pid} ${tid}`)
      let longestUs = 0
      for (const { pid, tid, name, tdur } of traceEvents)
        if (name === 'ThreadControllerImpl::RunTask' && mainThreads.has(`${pid} ${tid}`))
          longestUs = Math.max(longestUs, tdur ?? 0)
      const observed = await Promise.all(pages.map(page => page.evaluate<number[]>('globalThis.longTasks')))
      return { longestCpuMs: longestUs / 1000, observedMs: observed.flat() }
    },
  }
}
