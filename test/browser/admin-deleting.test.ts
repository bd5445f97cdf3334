/** Enrolment links and what can be deleted, on the page in a real browser over a real server. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openAdminPageStage } from '../support/admin-page.ts'
import { seriousFindings } from '../support/axe-check.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { enrolDevice, generateDeviceKeys } from '../support/signaling-client.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

test('links are made, listed and revoked, and what is gone is deleted, on the page', async t => {
  const stage = await openAdminPageStage(t)
  const { site } = stage
  const deviceListener = new URL('..', site.server.kioskUrl).href
  const { page, visit, failures } = await stage.administrator()
  const get = async (path: string) => (await site.api(`api/${path}`)).json()
  const dialog = page.locator('wa-dialog[open]')

  await t.test(
    'a link is shown with a warning and what its QR code is for, and the next one is for a kiosk again',
    async () => {
      await visit('/enrolment')
      const role = (name: RegExp) => page.getByRole('radio', { name })
      await role(/^Store:/).click()
      await page.getByRole('button', { name: 'Make the link' }).click()
      await page.getByRole('heading', { name: 'Enrols 1 device as store at shop' }).waitFor()
      await page.getByRole('alert').filter({ hasText: 'leads each device to itself' }).waitFor()
      await page.getByText(/a phone that scans the code is enrolled itself/).waitFor()
      await until('the role is kiosk again', async () => role(/^Kiosk:/).isChecked())
      assert.deepEqual(await seriousFindings(page), [])
    },
  )

  await t.test(
    'a link is listed as used up once it was used, and one that is left can be revoked',
    async () => {
      const url = await page.getByRole('group', { name: 'Enrolment link' }).locator('code').innerText()
      const token = new URL(url).searchParams.get('enrol') ?? ''
      await enrolDevice(deviceListener, await generateDeviceKeys(), token, 'Counter')
      await page.getByRole('cell', { name: 'used up' }).waitFor()
      await page.getByRole('button', { name: 'Make the link' }).click()
      await page.getByRole('heading', { name: 'Enrols 1 device as kiosk at shop' }).waitFor()
      await page.getByRole('button', { name: /^Revoke link [0-9a-f]+ for shop/ }).click()
      await dialog.getByRole('button', { name: 'Revoke' }).click()
      await until(
        'only the one that is used up is left',
        async () => (await get('enrolment-tokens')).links.length === 1,
      )
      await page
        .getByRole('heading', { name: 'Enrols 1 device as kiosk at shop' })
        .waitFor({ state: 'detached' })
      await visit('/audit')
      await page.getByText('Device enrolled by link').waitFor()
    },
  )

  await t.test('a device is deleted after its page has said what that does', async () => {
    await visit('/devices')
    await page.getByRole('link', { name: 'Counter' }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await dialog
      .getByText(/It is offline: should it come back, it is told that it is not known here/)
      .waitFor()
    assert.deepEqual(await seriousFindings(page), [])
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.equal((await get('devices')).devices.length, 1)
    await page.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('heading', { name: 'Devices', exact: true }).waitFor()
    assert.equal((await get('devices')).devices.length, 0)
  })

  await t.test(
    'a release that is needed is not deleted, and old ones go after the page has named them',
    async () => {
      await assignPackages(site, 'lobby')
      for (const version of ['1.0', '2.0', '3.0', '4.0'])
        await site.publish(
          await writeTestPackage(join(site.root, `lobby-${version}`), { title: version }),
          version,
        )
      await visit('/packages/lobby')
      await page.getByRole('button', { name: 'Delete release 4, 4.0' }).click()
      await dialog.getByText(/It is the latest release, and profile screens gives the latest/).waitFor()
      assert.equal(await dialog.getByRole('button', { name: /^Delete/ }).count(), 0)
      await dialog.getByRole('button', { name: 'Close' }).last().click()
      await dialog.waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Delete release 1, 1.0' }).click()
      await dialog.getByText(/Its number is not used again/).waitFor()
      await dialog.getByRole('button', { name: 'Delete' }).click()
      await page.getByText('Release 1', { exact: true }).waitFor({ state: 'detached' })
      await page.getByLabel('Newest releases to keep').fill('2')
      await page.getByRole('button', { name: 'Save what is kept' }).click()
      await dialog.getByText(/Nothing needs this release now: 2 \(2\.0\)/).waitFor()
      assert.deepEqual(await seriousFindings(page), [])
      await dialog.getByRole('button', { name: 'Save and remove' }).click()
      await page.getByText('Release 2', { exact: true }).waitFor({ state: 'detached' })
      await page.getByText('Release 3', { exact: true }).waitFor()
    },
  )

  await t.test('a package, a profile and a site are deleted in the order that their pages name', async () => {
    await visit('/packages/lobby')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog.getByText('Profile screens names it: take it out of that profile first.').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await dialog.waitFor({ state: 'detached' })
    const link = await site.enrolmentLink('kiosk')
    const token = new URL(link).searchParams.get('enrol') ?? ''
    const keys = await generateDeviceKeys()
    await enrolDevice(deviceListener, keys, token, 'Door')
    await visit('/profiles/screens')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog
      .getByRole('alert')
      .filter({ hasText: 'Package lobby is taken from 1 device at site shop' })
      .waitFor()
    assert.deepEqual(await seriousFindings(page), [])
    await dialog.getByRole('button', { name: 'Delete all the same' }).click()
    await page.getByRole('heading', { name: 'Profiles', exact: true }).waitFor()
    await visit('/packages/lobby')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('heading', { name: 'Packages', exact: true }).waitFor()
    await visit('/sites/shop')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog.getByText(/It has 1 device: each has to be moved to another site/).waitFor()
    await site.api(`api/devices/${keys.deviceId}`, { method: 'DELETE' })
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('heading', { name: 'Sites', exact: true }).waitFor()
    assert.deepEqual((await get('sites')).sites, [])
  })

  assert.deepEqual(failures, [])
})
