/** The server behind the address is not the one that a kiosk knows, and browsers that lose what they kept. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { startLarder } from '../support/larder-process.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestSite, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

/** Another server, with a data directory and keys of its own, behind the address of one that was killed. */
async function replaceServer(t: TestContext, site: TestSite): Promise<void> {
  await site.killServer()
  const { port } = new URL(site.server.kioskUrl)
  const { port: adminPort } = new URL(site.server.adminUrl)
  const data = join(site.root, 'other-data')
  site.server = await startLarder(t, data, ['--port', port, '--admin-port', adminPort])
  site.token = await site.larder('token', 'create', '--data', data)
  await site.larder('site', 'create', 'shop', '--time-zone', 'Europe/Berlin')
}

test('PR-E8 PR-S3 PR-M3 behind the address of its server a kiosk meets another: it keeps its app and its keys until a person enrols it by hand', async t => {
  const site = await startTestSite(t)
  const publish = async (title: string, version: string) =>
    site.publish(await writeTestPackage(join(site.root, version), { title, weightBytes: 300_000 }), version)
  await publish('Old 1', '1.0.0')
  await publish('Old 2', '1.1.0')
  await assignPackages(site, 'lobby')
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(2, 'Old 2')
  const { deviceId } = await kiosk.untilOnline()

  await replaceServer(t, site)
  const { page } = kiosk.browser
  const enrolment = () =>
    page.evaluate(() => {
      const { larder } = globalThis as unknown as {
        larder: { view(): { enrolment: { state: string; code?: string; refusal?: string | null } } }
      }
      return larder.view().enrolment
    })
  const waiting = await until('the kiosk is told that nobody knows it, and asks anew', async () => {
    const now = await enrolment()
    return now.state === 'pending' && now
  })
  assert.match(waiting.refusal ?? '', /does not know this device/)
  assert.equal(await kiosk.browser.appTitle(), 'Old 2', 'it goes on showing its app')
  await page.reload()
  await until('also after a reload', async () => (await kiosk.browser.appTitle()) === 'Old 2')

  await page.keyboard.press('Control+Alt+KeyL')
  const panel = page.getByRole('dialog')
  await panel.getByText(/^The server does not know this device/).waitFor()
  await panel.getByText(/^This server names signing keys that this device does not trust/).waitFor()

  // Accepting the code is no enrolment by hand.
  await site.larder('device', 'accept', waiting.code ?? '', '--site', 'shop', '--role', 'kiosk')
  // Release numbers of the other server begin at 1, below what ran here.
  await publish('New 1', '2.0.0')
  await assignPackages(site, 'lobby')
  await kiosk.untilPackage(
    'what the other server signed is refused',
    ({ reason }) => reason === 'manifest-refused',
  )
  assert.equal(await kiosk.browser.appTitle(), 'Old 2')
  const shown = await site.larder('device', 'show', deviceId, '--json')
  assert.match(shown, /names signing keys that this device does not trust/)

  await panel.getByLabel('Enrolment link or token').fill(await site.enrolmentLink('kiosk'))
  await panel.getByRole('button', { name: 'Enrol' }).click()
  await kiosk.untilRuns(1, 'New 1')
  await panel.getByText(/^This server names signing keys/).waitFor({ state: 'detached' })
  assert.equal((await kiosk.untilOnline()).deviceId, deviceId, 'its key is still its own')
})

test('a kiosk whose databases are deleted while it runs fetches again what is missing, and goes on', async t => {
  const site = await startTestSite(t)
  await site.publish(
    await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 600_000 }),
    '1.0.0',
  )
  await assignPackages(site, 'lobby')
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'App 1')
  const { page } = kiosk.browser
  await page.evaluate(async () => {
    for (const { name = '' } of await indexedDB.databases()) {
      await new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name)
        request.onsuccess = resolve
        request.onerror = reject
      })
    }
  })
  const weight = () =>
    page.evaluate(async () => (await (await fetch('/kiosk/app/lobby/weight.bin')).arrayBuffer()).byteLength)
  await until('the package is served whole again', async () => (await weight()) === 600_000)
  await site.publish(
    await writeTestPackage(join(site.root, 'app2'), { title: 'App 2', weightBytes: 600_000, seed: 2 }),
    '2.0.0',
  )
  await kiosk.untilRuns(2, 'App 2')
  await page.reload()
  await until(
    'it is enrolled and shows its app after a reload',
    async () => (await kiosk.browser.appTitle()) === 'App 2',
  )
  await kiosk.untilOnline()
})
