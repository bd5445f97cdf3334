/**
 * Profiles, Explain, enrolment, the audit log and the settings in a real browser over a real server: what an administrator
 * does there, that text from outside is never markup, and that axe finds nothing in either theme and at either width.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { ADMIN_PASSWORD, type AdminPageStage, openAdminPageStage } from '../support/admin-page.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { enrolDevice, generateDeviceKeys } from '../support/signaling-client.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

const NEW_PASSWORD = 'another good one'
const HOSTILE = '<img src=x onerror="document.title=\'owned\'">'

test('the pages around the designer', async t => {
  const stage = await openAdminPageStage(t)
  const { site } = stage
  await assignPackages(site, 'lobby')
  await site.publish(await writeTestPackage(join(site.root, 'lobby'), { title: 'One' }), `1.0 ${HOSTILE}`)
  await site.windows({ only: '2030-01-10T22:00', enforce: '2030-01-11T06:00' })
  const deviceListener = new URL('..', site.server.kioskUrl).href
  const enrol = async (url?: string, name = HOSTILE) => {
    const keys = await generateDeviceKeys()
    const token = url === undefined ? undefined : (new URL(url).searchParams.get('enrol') ?? undefined)
    await enrolDevice(deviceListener, keys, token, name)
    return keys.deviceId
  }
  const kiosk = await enrol(await site.enrolmentLink('kiosk'))

  await t.test('a profile is made, applied to a site, and given a package', async () => {
    const { page, visit, context, failures } = await stage.administrator()
    await visit('/profiles')
    await page.getByRole('button', { name: 'New profile' }).click()
    await page.getByLabel('Name of the new profile').fill('Not A Name')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('alert').filter({ hasText: 'lower-case' }).waitFor()
    await page.getByLabel('Name of the new profile').fill('pilot')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'pilot' }).waitFor()
    await page.getByRole('button', { name: 'Add site shop' }).click()
    await page.getByRole('link', { name: 'shop' }).waitFor()
    await page.getByLabel('Add a package').fill('menu-board')
    await page.getByRole('button', { name: 'Add package', exact: true }).click()
    await page.getByRole('link', { name: 'menu-board', exact: true }).waitFor()
    await page.getByText('No release of package "menu-board" has been published yet.').waitFor()
    await page.getByRole('spinbutton', { name: 'Priority' }).fill('-3')
    await page.getByRole('button', { name: 'Save priority' }).click()
    const pilot = await until('the priority is saved', async () => {
      const view = (await (await site.api('api/profiles/pilot')).json()) as {
        priority: number
        sites: string[]
      }
      return view.priority === -3 ? view : null
    })
    assert.deepEqual(pilot.sites, ['shop'])
    assert.deepEqual(failures, [])
    await context.close()
  })

  await t.test(
    'Explain answers as the API does, now and at the next change, and its address can be passed on',
    async () => {
      const { page, visit, context, failures } = await stage.administrator()
      await visit('/explain')
      await page.getByRole('combobox', { name: 'Device' }).click()
      await page.getByRole('option').filter({ hasText: HOSTILE }).click()
      await page.getByRole('combobox', { name: 'Package' }).click()
      await page.getByRole('option', { name: 'lobby' }).click()
      await page.locator('.sentence', { hasText: 'waiting: stores open' }).waitFor()
      assert.match(
        await page.locator('[data-source="stores"]').innerText(),
        /W3[\s\S]*closed|closed[\s\S]*W3/,
      )
      await page.getByRole('button', { name: 'And then?' }).click()
      await page.locator('.sentence', { hasText: 'from stores only' }).waitFor()
      await page.getByRole('button', { name: 'And then?' }).click()
      const expected = (await (
        await site.api(`api/explain?device=${kiosk}&package=lobby&at=2030-01-11T05:00:00Z`)
      ).json()) as { sentence: string }
      await page.locator('.sentence', { hasText: expected.sentence }).waitFor()
      await page.getByText('Nothing changes later by itself.').waitFor()

      await page.reload()
      await page.locator('.sentence', { hasText: expected.sentence }).waitFor()
      assert.equal(await page.getByRole('combobox', { name: 'Device' }).inputValue(), HOSTILE)
      assert.deepEqual(failures, [])
      await context.close()
    },
  )

  await t.test('an enrolment link enrols a device, and one that shows a code is accepted', async () => {
    const { page, visit, context, failures } = await stage.administrator()
    await visit('/enrolment')
    await page.getByRole('radio', { name: /^Store/ }).click()
    await page.getByLabel('Number of devices').fill('2')
    await page.getByRole('button', { name: 'Make the link' }).click()
    await page.getByRole('img', { name: 'QR code of the enrolment link' }).waitFor()
    const link = await page.locator('larder-copy-text code').innerText()
    const store = await enrol(link, 'By link')
    assert.equal((await deviceOf(stage, store)).assignedRole, 'store')

    const pending = await enrol(undefined, `Window ${HOSTILE}`)
    const { code } = await deviceOf(stage, pending)
    const form = page.getByRole('form', { name: `Accept ${code}` })
    await form.waitFor()
    await form.getByRole('button', { name: 'Accept' }).click()
    await form.waitFor({ state: 'detached' })
    const accepted = await deviceOf(stage, pending)
    assert.equal(accepted.state, 'accepted')
    assert.equal(accepted.site, 'shop')
    assert.deepEqual(failures, [])
    await context.close()
  })

  await t.test('a token is shown once, works, and is revoked', async () => {
    const { page, visit, context, failures } = await stage.administrator()
    await visit('/settings')
    await page.getByLabel('Name of a new token').fill(HOSTILE.slice(0, 60))
    await page.getByRole('button', { name: 'Make a token' }).click()
    const token = await page.locator('larder-copy-text code').innerText()
    const ask = () => site.api('api/sites', { headers: { authorization: `Bearer ${token}` } })
    assert.equal((await ask()).status, 200)
    await page.getByRole('button', { name: 'I have it, hide it' }).click()
    await page.locator('larder-copy-text').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: `Revoke ${HOSTILE.slice(0, 60)}` }).click()
    await page.locator('wa-dialog').getByRole('button', { name: 'Revoke' }).click()
    await until('the token is refused', async () => (await ask()).status === 401)
    assert.deepEqual(failures, [])
    await context.close()
  })

  await t.test(
    'the audit log says who changed what, from what to what, and pages back to the beginning',
    async () => {
      for (let index = 0; index < 60; index++) {
        await site.api('api/sites/shop', {
          method: 'PUT',
          body: JSON.stringify({ timeZone: 'Europe/Berlin', storesWanted: index % 3 }),
        })
      }
      const { page, visit, context, failures } = await stage.administrator()
      await visit('/audit')
      await page.getByText('stores wanted').first().waitFor()
      await page.getByRole('button', { name: 'Show older entries' }).click()
      await page.getByText('Only distribute to proxy devices until').first().waitFor()
      await page.getByText('2030-01-10T22:00 site’s time').first().waitFor()
      while (await page.getByRole('button', { name: 'Show older entries' }).isVisible()) {
        await page.getByRole('button', { name: 'Show older entries' }).click()
        await page.waitForFunction(() => true)
      }
      await page.getByRole('button', { name: 'Show older entries' }).waitFor({ state: 'detached' })
      assert.deepEqual(failures, [])
      await context.close()
    },
  )

  await t.test(
    'axe finds nothing serious on any page, in either theme, at either width; nothing is wider than the screen',
    async () => {
      const places = [
        '/profiles',
        '/profiles/screens',
        '/profiles/screens/packages/lobby',
        '/profiles/screens/packages/lobby/edit',
        `/explain?device=${kiosk}&package=lobby`,
        '/enrolment',
        '/audit',
        '/settings',
      ]
      await enrol(undefined)
      const axe = await readFile(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
      for (const width of [390, 1440]) {
        const { page, visit, context, failures } = await stage.administrator({ width })
        for (const place of places) {
          await visit(place)
          await page.locator('larder-page-header').waitFor()
          await until(`${place} is loaded`, async () => (await page.locator('larder-loading').count()) === 0)
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
            assert.deepEqual(await seriousProblems(page, axe), [], `${place} at ${width} px, ${colorScheme}`)
          }
          const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
          assert.ok(excess <= 0, `${place} is ${excess} px too wide at ${width} px`)
          assert.doesNotMatch(await page.title(), /owned/)
        }
        assert.deepEqual(failures, [])
        await context.close()
      }
    },
  )

  await t.test('the password is changed, and logging out everywhere ends every session', async () => {
    const [first, second] = [await stage.administrator(), await stage.administrator()]
    await second.visit('/profiles')
    await first.visit('/settings')
    const field = (name: string) => first.page.locator(`wa-input[name="${name}"] input`)
    const change = async (current: string, next: string, again: string) => {
      await field('current').fill(current)
      await field('next').fill(next)
      await field('again').fill(again)
      await first.page.getByRole('button', { name: 'Change the password' }).click()
    }
    await change(ADMIN_PASSWORD, NEW_PASSWORD, 'not the same one')
    await first.page.getByText('The two new passwords are not the same.').waitFor()
    await change('not the present one', NEW_PASSWORD, NEW_PASSWORD)
    await first.page.getByRole('alert').filter({ hasText: 'password' }).waitFor()
    await change(ADMIN_PASSWORD, NEW_PASSWORD, NEW_PASSWORD)
    await first.page.getByText('The password is changed.').waitFor()
    await first.page.getByRole('button', { name: 'Log out everywhere' }).click()
    await first.page.locator('wa-dialog').getByRole('button', { name: 'Log out everywhere' }).click()
    await first.page.getByRole('button', { name: 'Log in' }).waitFor()
    await field('password').fill(NEW_PASSWORD)
    await first.page.getByRole('button', { name: 'Log in' }).click()
    await first.page.getByRole('heading', { name: 'Settings' }).waitFor()
    await second.page.reload()
    await second.page.getByRole('button', { name: 'Log in' }).waitFor()
    await first.context.close()
    await second.context.close()
  })
})

interface DeviceSeen {
  readonly state: string
  readonly site: string | null
  readonly code: string | null
  readonly assignedRole: string
}

async function deviceOf({ site }: AdminPageStage, deviceId: string): Promise<DeviceSeen> {
  return (await (await site.api(`api/devices/${deviceId}`)).json()) as DeviceSeen
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string
    readonly nodes: readonly { readonly target: unknown }[]
  }[]
}

async function seriousProblems(page: Page, axe: string): Promise<string[]> {
  await page.evaluate(axe)
  const { violations } = await page.evaluate<AxeResult>('axe.run(document, { resultTypes: ["violations"] })')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes.map(node => node.target))}`)
}
