/** What the app gets from the kiosk around it, in its own frame: who it is, what is staged, and the choice of the moment. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Frame } from 'playwright-core'
import type { LarderApp } from '../../client/app-api.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { writeFiles } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestDevice, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

/** The first script of the page takes what the README says, and remembers what it is told. */
const pageOf = (release: number) => `<!doctype html><meta charset="utf-8"><title>App ${release}</title>
<script>
  const larder = window.frameElement?.larder
  window.told = []
  larder.onStaged(newer => window.told.push(newer))
  larder.ready()
</script>`

type AppWindow = Window & { frameElement: Element & { larder: LarderApp }; told: unknown[] }

const frameOf = (kiosk: TestDevice): Promise<Frame> =>
  until('the frame of the app', () => kiosk.browser.page.mainFrame().childFrames()[0])

const inFrame = async <T>(kiosk: TestDevice, ask: () => T | Promise<T>): Promise<T> =>
  (await frameOf(kiosk)).evaluate(ask)

/** A daily window of an hour that begins so many hours from now, on the clock of the site. */
function windowIn(hours: number): string {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Berlin',
    hour: '2-digit',
    minute: '2-digit',
  })
  const from = Date.now() + hours * 3_600_000
  return `window:${clock.format(from)}-${clock.format(from + 3_600_000)}`
}

test('A8 an app is told of a newer release and chooses its moment, within what the administrator allows', async t => {
  const site = await startTestSite(t)
  const publish = async (release: number) =>
    site.publish(
      await writeFiles(join(site.root, `v${release}`), { 'index.html': pageOf(release) }),
      `1.${release}.0`,
    )
  const takeover = (activate: string) =>
    site.larder('package', 'takeover', 'lobby', '--profile', 'screens', '--activate', activate)
  await publish(1)
  await assignPackages(site, 'lobby')
  await takeover(windowIn(6))
  const kiosk = await site.openOnline({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'App 1')
  await kiosk.untilPackage('its own word has confirmed it', ({ update }) => update === 'confirmed')
  const { deviceId } = await kiosk.untilOnline()
  await site.larder('device', 'label', deviceId, 'floor=2')
  const about = await until('it knows its label', async () => {
    const seen = await inFrame(kiosk, () => {
      const { device, release, staged } = (window as unknown as AppWindow).frameElement.larder
      return { device: { ...device }, release, staged }
    })
    return seen.device.labels.floor === '2' && seen
  })
  assert.deepEqual(
    [about.device.id, about.device.site, about.release, about.staged],
    [deviceId, 'shop', { package: 'lobby', release: 1, version: '1.1.0' }, null],
  )

  await publish(2)
  const newer = { package: 'lobby', release: 2, version: '1.2.0' }
  const told = await until('the app is told', async () => {
    const heard = await inFrame(kiosk, () => (window as unknown as AppWindow).told)
    return heard.length > 0 && heard
  })
  assert.deepEqual(told, [newer])
  const activateNow = () =>
    inFrame(kiosk, () => (window as unknown as AppWindow).frameElement.larder.activateNow())
  const refused = await activateNow()
  assert.equal(refused.ok, false)
  assert.match(JSON.stringify(refused), /window/, 'it is told when it may')
  assert.equal((await kiosk.package())?.activeRelease, 1)

  await takeover('idle:24h')
  await kiosk.untilPackage('it waits for the screen', ({ reason }) => reason === 'waiting-for-idle')
  assert.deepEqual(await activateNow(), { ok: true })
  await kiosk.untilRuns(2, 'App 2')
})
