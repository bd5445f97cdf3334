/**
 * What looks after kiosks on the admin page, in a real browser over a real server with devices on the line: when a package takes
 * over, labels, another try, diagnostics, limits of a site, and the way from a QR code to an accepted screen.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import type { Locator } from 'playwright-core'
import type { DistributionView } from '../../protocol/admin-api.ts'
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import { type AdminPageStage, openAdminPageStage } from '../support/admin-page.ts'
import { assertNothingLeaks, withCleanup } from '../support/cleanup.ts'
import { packageStatus, statusOf } from '../support/device-status.ts'
import {
  type DeviceKeys,
  enrolDevice,
  generateDeviceKeys,
  SignalingClient,
} from '../support/signaling-client.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages } from '../support/test-site.ts'

after(() => assertNothingLeaks())

const OPTIONS = 'api/profiles/screens/packages/lobby/distribution'
const EDIT = '/profiles/screens/packages/lobby/edit'

const REPORT: DiagnosticsReport = {
  checkedAt: '2026-11-22T12:00:00.000Z',
  userAgent: 'Mozilla/5.0 (a test)',
  findings: [
    { id: 'secure-context', title: 'Secure connection', state: 'good', found: 'It is one.', mend: null },
    {
      id: 'quota',
      title: 'Room on the disk',
      state: 'bad',
      found: '12 MB are left.',
      mend: 'Clear the disk.',
    },
    {
      id: 'persistence',
      title: 'Storage lasts',
      state: 'note',
      found: 'Not promised.',
      mend: 'Install the app.',
    },
  ],
}

test('looking after kiosks', async t => {
  const stage = await openAdminPageStage(t)
  const { site } = stage
  await assignPackages(site, 'lobby')
  await site.publish(await writeTestPackage(join(site.root, 'lobby'), { title: 'One' }), '1.0.0')
  const { page, visit, failures } = await stage.administrator()

  await t.test(
    'when a package takes over is chosen in words, shown as what it comes to, and saved',
    async () => {
      await visit(EDIT)
      const takeover = page.getByRole('region', { name: 'When it takes over' })
      await takeover.getByText('A new release takes over as soon as it is complete.').waitFor()
      await takeover.getByRole('radio', { name: 'Only at a certain time of day' }).click()
      await takeover.getByText(/A new release takes over (now|.*02:00)/).waitFor()
      await takeover.getByLabel('From').fill('22:00')
      await takeover.getByLabel('Until').fill('22:00')
      await takeover.getByRole('alert').filter({ hasText: 'two different times' }).waitFor()
      assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled(), 'what is wrong is not saved')
      await takeover.getByLabel('Until').fill('04:30')
      await takeover.getByText(/A new release takes over (now|.*22:00)/).waitFor()
      await takeover.getByRole('radio', { name: 'the app itself says so' }).click()
      await takeover.getByLabel('Time it has for that').fill('2')
      await choose(takeover, 'Unit', 'hours')
      await takeover.getByLabel('Time it has for that').fill('90')
      await takeover.getByRole('alert').filter({ hasText: '1 second to 24 hours' }).waitFor()
      await choose(takeover, 'Unit', 'seconds')
      await takeover.getByLabel('Priority').fill('5')
      await page.getByRole('button', { name: 'Save' }).click()

      const card = page.getByRole('region', { name: 'When it takes over' })
      await card.getByText('between 22:00 and 04:30 on the clock of the site').waitFor()
      assert.deepEqual((await readOptions(stage)).update, {
        activation: { when: 'window', from: '22:00', until: '04:30' },
        confirmation: { by: 'ready', withinMs: 90_000 },
        priority: 5,
      })
    },
  )

  await t.test('of two administrators the second one chooses, here as for the windows', async () => {
    await putOptions(stage, { activation: { when: 'at-once' }, priority: 0 })
    await visit(EDIT)
    const takeover = page.getByRole('region', { name: 'When it takes over' })
    await takeover.getByRole('radio', { name: 'nobody has touched the screen' }).click()
    await takeover.getByText(/when nobody has touched the screen for 10 min/).waitFor()
    await putOptions(stage, { activation: { when: 'window', from: '01:00', until: '02:00' }, priority: 7 })
    const panel = page.locator('larder-conflict-panel')
    await panel.getByRole('heading', { name: /Somebody else saved/ }).waitFor()
    const choice = panel.getByRole('group', { name: 'A new release goes on the screen' })
    assert.match(await choice.innerText(), /for 10 min[\s\S]*between 01:00 and 02:00/)
    assert.ok(await choice.getByRole('radio', { name: /^Yours/ }).isChecked())
    await panel.getByRole('button', { name: 'Go on with these' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Distribution' }).waitFor()
    const { update } = await readOptions(stage)
    assert.deepEqual([update.activation, update.priority], [{ when: 'idle', idleMs: 600_000 }, 7])
  })

  await t.test('a device: its labels, what failed there and why, another try, and what mends it', async t => {
    const keys = await enrolKiosk(stage)
    const { client } = await online(t, stage, keys)
    await report(client, keys, 'failed')
    await visit(`/devices/${keys.deviceId}`)
    await page.getByText('from release 1: The page hung').waitFor()
    await page.getByText('which failed here and is tried again after a pause').waitFor()
    await page.getByRole('button', { name: 'Try release 1 again' }).click()
    await page.getByText('Release 1 of lobby is tried again now.').waitFor()
    assert.deepEqual((await client.next('device')).device.retries, { lobby: 1 })
    await report(client, keys, 'active')
    await page.getByRole('button', { name: 'Try release 1 again' }).waitFor({ state: 'detached' })

    await page.getByText('It has never been checked.').waitFor()
    await page.getByRole('button', { name: 'Check it now' }).click()
    await client.next('diagnose')
    client.send({ type: 'diagnostics', report: REPORT })
    const health = page.getByRole('region', { name: 'Diagnostics' })
    await health.getByText('1 thing to mend.').waitFor()
    assert.match(
      await health.locator('ol').innerText(),
      /Room on the disk[\s\S]*12 MB are left\.[\s\S]*Clear the disk\.[\s\S]*Storage lasts/,
    )
    await health.getByRole('button', { name: 'Show all 3 checks' }).click()
    await health.getByText('It is one.').waitFor()

    await page.getByRole('button', { name: 'Edit' }).click()
    const dialog = page.locator('wa-dialog')
    await dialog.getByLabel('Labels').fill('floor=2\nBad Name=1')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('"Bad Name" is no name of a label').waitFor()
    await dialog.getByLabel('Labels').fill('floor=2\narea=by the window')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('area=by the window').waitFor()
    assert.deepEqual((await client.next('device')).device.labels, { floor: '2', area: 'by the window' })
    await visit('/devices?search=floor%3D2')
    await page.getByText('1 device found').waitFor()
    await page.getByRole('row').filter({ hasText: 'floor=2' }).waitFor()
  })

  await t.test(
    'a device that is offline is not asked, and one that is revoked comes back by accepting it',
    async t => {
      const keys = await enrolKiosk(stage)
      await visit(`/devices/${keys.deviceId}`)
      await page.getByText('can be when it is online').waitFor()
      assert.ok(await page.getByRole('button', { name: 'Check it now' }).isDisabled())
      const { client } = await online(t, stage, keys)
      await page.getByRole('button', { name: 'Revoke' }).click()
      await page.locator('wa-dialog').getByRole('button', { name: 'Revoke' }).click()
      assert.equal((await client.next('error')).problem.type, 'device-revoked')
      await page.getByText('This device is revoked').waitFor()
      await page.getByRole('button', { name: 'Accept' }).click()
      await page.locator('wa-dialog').getByRole('button', { name: 'Accept' }).click()
      await page.getByText('belongs here again').waitFor()
      assert.equal((await online(t, stage, keys)).welcome.device.state, 'accepted')
    },
  )

  await t.test(
    'limits of a site are typed in GB and Mbit a second, and taken off by emptying the fields',
    async () => {
      const name = 'shop'
      const limits = async () =>
        ((await (await site.api(`api/sites/${name}`)).json()) as { limits: object }).limits
      await visit(`/sites/${name}`)
      const edit = async (cache: string, upload: string) => {
        await page.getByRole('button', { name: 'Edit' }).click()
        const dialog = page.locator('wa-dialog')
        await dialog.getByLabel('A store keeps at most').fill(cache)
        await dialog.getByLabel('A store gives at most').fill(upload)
        await dialog.getByRole('button', { name: 'Save' }).click()
        await dialog.waitFor({ state: 'detached' })
      }
      await edit('20', '50')
      assert.deepEqual(await limits(), { cacheBytes: 20_000_000_000, uploadBytesPerS: 6_250_000 })
      await page.getByText('A store keeps at most 20 GB and gives at most 6.3 MB/s.').waitFor()
      await edit('', '')
      assert.deepEqual(await limits(), { cacheBytes: null, uploadBytesPerS: null })
    },
  )

  await t.test('a screen that waits is not asked for its diagnostics before it is accepted', async t => {
    const keys = await generateDeviceKeys()
    await enrolDevice(deviceUrl(stage), keys)
    await online(t, stage, keys)
    await visit(`/devices/${keys.deviceId}`)
    await page.getByText('It can be checked once it is accepted.').waitFor()
    assert.ok(await page.getByRole('button', { name: 'Check it now' }).isDisabled())
  })

  await t.test('the QR code of a screen leads to that screen, ready to be accepted', async t => {
    await enrolDevice(deviceUrl(stage), await generateDeviceKeys())
    const keys = await generateDeviceKeys()
    const { device } = await enrolDevice(deviceUrl(stage), keys)
    assert.ok(device.code)
    const { client } = await online(t, stage, keys)
    // A newer stranger that gives itself the code as a name.
    const thief = await enrolDevice(deviceUrl(stage), await generateDeviceKeys(), undefined, device.code)
    await visit('/devices?state=pending')
    await page.getByText(`calls itself “${device.code}”`).waitFor()
    await visit(`/devices/${thief.device.deviceId}`)
    await page.getByRole('heading', { name: thief.device.code ?? '', exact: true }).waitFor()
    await visit(`/enrolment?code=${device.code}`)
    await page.locator('larder-pending-devices .wanted').waitFor()
    const forms = page.getByRole('form', { name: /^Accept [A-Z0-9]{4}-/ })
    assert.match((await forms.first().getAttribute('aria-label')) ?? '', new RegExp(device.code))
    await forms.first().getByRole('button', { name: 'Accept' }).click()
    assert.equal((await client.next('device')).device.state, 'accepted')
    await page.getByText('is accepted at').waitFor()
  })

  await t.test(
    'all devices that wait are dismissed at once, after a question that tells how many',
    async () => {
      for (let stranger = 0; stranger < 3; stranger++)
        await enrolDevice(deviceUrl(stage), await generateDeviceKeys())
      const waiting = async () =>
        ((await (await site.api('api/devices?state=pending')).json()) as { total: number }).total
      const count = await waiting()
      await visit('/enrolment')
      const list = page.locator('larder-pending-devices')
      await list.getByText(`${count} devices wait.`).waitFor()
      await list.getByRole('button', { name: 'Dismiss all' }).click()
      await page.getByRole('dialog', { name: `Dismiss all ${count} waiting devices?` }).waitFor()
      await page.getByRole('button', { name: `Dismiss ${count}` }).click()
      await page.getByText(`${count} waiting devices dismissed.`).waitFor()
      await list.getByText('None waits now.').waitFor()
      assert.equal(await waiting(), 0)
    },
  )

  assert.deepEqual(failures, [])
})

const deviceUrl = ({ site }: AdminPageStage) => new URL('/', site.server.kioskUrl).href

async function enrolKiosk(stage: AdminPageStage): Promise<DeviceKeys> {
  const body = JSON.stringify({ site: 'shop', role: 'kiosk' })
  const answer = await stage.site.api('api/enrolment-tokens', { method: 'POST', body })
  const { token } = (await answer.json()) as { token: string }
  const keys = await generateDeviceKeys()
  await enrolDevice(deviceUrl(stage), keys, token, 'Counter')
  return keys
}

async function online(t: TestContext, stage: AdminPageStage, keys: DeviceKeys) {
  const joined = await SignalingClient.join(deviceUrl(stage), keys)
  withCleanup(t).defer(() => joined.client.close())
  return joined
}

async function report(client: SignalingClient, { deviceId }: DeviceKeys, phase: 'failed' | 'active') {
  const failed = phase === 'failed'
  const status = packageStatus({
    phase,
    update: failed ? 'failed' : 'confirmed',
    reason: failed ? 'release-failed' : 'up-to-date',
    activeRelease: failed ? null : 1,
    activeVersion: failed ? null : '1.0.0',
    detail: failed ? '1.0.0 failed here' : '1.0.0 runs',
  })
  if (failed)
    client.send({
      type: 'event',
      kind: 'release-rolled-back',
      package: 'lobby',
      release: 1,
      detail: 'The page hung',
    })
  client.send({ type: 'status', status: statusOf(deviceId, [status]) })
  await client.settled()
}

async function choose(field: Locator, label: string, option: string): Promise<void> {
  await field.getByRole('combobox', { name: label }).click()
  await field.getByRole('option', { name: option }).click()
}

async function readOptions({ site }: AdminPageStage): Promise<DistributionView> {
  return (await (await site.api(OPTIONS)).json()) as DistributionView
}

async function putOptions(stage: AdminPageStage, change: object): Promise<void> {
  const { distribution } = await readOptions(stage)
  const body = JSON.stringify({ ...distribution, ...change })
  const response = await stage.site.api(OPTIONS, { method: 'PUT', body })
  assert.equal(response.status, 200, await response.text())
}
