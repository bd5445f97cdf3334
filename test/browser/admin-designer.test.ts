/**
 * Edit → Save as administrators do it, in a real browser over a real server: by keyboard alone, by dragging, two at once, in an
 * emergency; and every row of the conformance table as the designer words it.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Locator, Page } from 'playwright-core'
import { WARNINGS, windowWarnings } from '../../policy/warnings.ts'
import type { DistributionView } from '../../protocol/admin-api.ts'
import { distinct, optionWarnings } from '../../signal-server/admin/designer/option-warnings.ts'
import { type AdminPageStage, openAdminPageStage } from '../support/admin-page.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

const EDIT = '/profiles/screens/packages/lobby/edit'
const PACKAGE = '/profiles/screens/packages/lobby'
const ONLY = 'Only distribute to proxy devices until'
const ENFORCE = 'Enforce proxy distribution until'
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

interface Row {
  readonly id: string
  readonly role: 'store' | 'kiosk'
  readonly proxyDistribution: boolean
  readonly onlyToProxiesUntil: 'before' | 'reached' | 'off'
  readonly enforceProxyUntil: 'before' | 'reached' | 'off'
  readonly order?: readonly string[]
}

test('the window designer', async t => {
  const stage = await openAdminPageStage(t)
  const { site } = stage
  await assignPackages(site, 'lobby')
  await site.publish(await writeTestPackage(join(site.root, 'lobby'), { title: 'One' }), '1.0.0')

  await t.test('by keyboard alone: profiles, a profile, a package, Edit, both bounds, Save', async () => {
    await setOptions(stage, { only: '2030-01-10T22:00', enforce: '2030-01-11T06:00' })
    const { page, visit, context, failures } = await stage.administrator()
    await visit('/profiles')
    await tabTo(page, 'screens')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Software packages' }).waitFor()
    await tabTo(page, 'lobby')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Distribution' }).waitFor()
    await tabTo(page, 'Edit')
    await page.keyboard.press('Enter')
    const only = slider(page, ONLY)
    await only.waitFor()
    const startsAt = await minutesOf(only)

    await tabTo(page, ONLY, 'slider')
    await page.keyboard.press('ArrowRight')
    assert.equal((await minutesOf(only)) - startsAt, 15)
    await page.keyboard.press('Shift+ArrowRight')
    assert.equal((await minutesOf(only)) - startsAt, 75)
    await page.keyboard.press('ArrowLeft')
    assert.equal((await minutesOf(only)) - startsAt, 60)
    await tabTo(page, ENFORCE, 'slider')
    await page.keyboard.press('Shift+ArrowLeft')
    await page.keyboard.press('PageUp')
    await tabTo(page, 'Save')
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: 'Distribution' }).waitFor()
    const { distribution } = await readOptions(stage)
    assert.deepEqual(distribution, {
      proxyDistribution: true,
      onlyToProxiesUntil: { siteLocal: '2030-01-10T23:00' },
      enforceProxyUntil: { siteLocal: '2030-01-12T05:00' },
    })
    assert.deepEqual(failures, [])
    await context.close()
  })

  await t.test(
    'a bound is dragged, typed, counted in another way, and switched off and on again',
    async () => {
      const at = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + 6 * HOUR_MS
      await putOptions(stage, {
        proxyDistribution: true,
        onlyToProxiesUntil: { at: new Date(at).toISOString() },
        enforceProxyUntil: null,
      })
      const { page, visit, context, failures } = await stage.administrator()
      await visit(EDIT)
      const only = slider(page, ONLY)
      await only.waitFor()
      await page.locator('li[data-code="only-without-enforce"]').waitFor()
      const before = await minutesOf(only)

      const grip = await only.locator('.grip').boundingBox()
      assert.ok(grip)
      await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2)
      await page.mouse.down()
      await page.mouse.move(grip.x - 60, grip.y + grip.height / 2, { steps: 6 })
      await page.mouse.up()
      const dragged = await minutesOf(only)
      assert.ok(dragged < before - 60, 'dragging to the left makes it earlier')
      assert.equal(dragged % 15, 0)

      const field = page.locator('larder-bound-field[data-field="onlyToProxiesUntil"]')
      await choose(field, 'Counted as', 'Site’s local time')
      assert.equal(await minutesOf(only), dragged, 'another way to count does not move it')
      await choose(field, 'Counted as', 'Time after publication')
      await field.getByLabel('Hours').fill('100000')
      await field.getByRole('alert').filter({ hasText: 'whole numbers' }).waitFor()
      assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled(), 'what is wrong is not saved')
      await field.getByLabel('Hours').fill('30')
      await field.getByLabel('Minutes').fill('15')

      await field.locator('wa-switch').click()
      await only.waitFor({ state: 'detached' })
      await page.locator('li[data-code="only-without-enforce"]').waitFor({ state: 'detached' })
      await field.locator('wa-switch').click()
      await only.waitFor()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('heading', { name: 'Distribution' }).waitFor()
      assert.deepEqual((await readOptions(stage)).distribution.onlyToProxiesUntil, {
        afterPublish: 'PT30H15M',
      })
      assert.deepEqual(failures, [])
      await context.close()
    },
  )

  await t.test('times in the site’s zone, the administrator’s, and UTC', async () => {
    const day = new Date(Date.now() + 3 * 24 * HOUR_MS).toISOString().slice(0, 10)
    await setOptions(stage, { only: `${day}T12:00` })
    const { page, visit, context } = await stage.administrator({ timeZone: 'America/New_York' })
    await visit(EDIT)
    const only = slider(page, ONLY)
    await only.waitFor()
    const shown = async (zone: string) => {
      await page.getByRole('radio', { name: zone }).click()
      return (await only.getAttribute('aria-valuetext')) ?? ''
    }
    const minutes = await minutesOf(only)
    assert.ok((await shown('UTC')).includes(clockIn(minutes * MINUTE_MS, 'UTC')))
    assert.ok((await shown('Your time')).includes(clockIn(minutes * MINUTE_MS, 'America/New_York')))
    await context.close()
  })

  await t.test('two administrators at once: the second one learns it and loses nothing', async () => {
    await setOptions(stage, { only: '2030-01-10T22:00', enforce: '2030-01-11T06:00' })
    const [first, second] = [await stage.administrator(), await stage.administrator()]
    for (const { page, visit } of [first, second]) {
      await visit(EDIT)
      await slider(page, ONLY).waitFor()
    }
    // The second one's page must not hear of it before it saves: the refusal itself is what is seen here.
    await second.page.route('**/api/live*', route => route.abort())
    await second.page.reload()
    await slider(second.page, ENFORCE).waitFor()
    await slider(second.page, ENFORCE).focus()
    await second.page.keyboard.press('Shift+ArrowRight')

    await slider(first.page, ONLY).focus()
    await first.page.keyboard.press('Shift+ArrowLeft')
    await slider(first.page, ENFORCE).focus()
    await first.page.keyboard.press('Shift+ArrowLeft')
    await first.page.getByRole('button', { name: 'Save' }).click()
    await first.page.getByRole('heading', { name: 'Distribution' }).waitFor()

    await second.page.getByRole('button', { name: 'Save' }).click()
    const panel = second.page.locator('larder-conflict-panel')
    await panel.getByRole('heading', { name: /Somebody else saved/ }).waitFor()
    const enforce = panel.getByRole('group', { name: ENFORCE })
    assert.match(await enforce.innerText(), /11 Jan 2030, 07:00[\s\S]*11 Jan 2030, 05:00/)
    assert.ok(await enforce.getByRole('radio', { name: /^Yours/ }).isChecked(), 'what I changed stays mine')
    assert.ok(
      await panel
        .getByRole('group', { name: ONLY })
        .getByRole('radio', { name: /^Theirs/ })
        .isChecked(),
    )
    await panel.getByRole('button', { name: 'Go on with these' }).click()
    await panel.waitFor({ state: 'detached' })
    await second.page.getByRole('button', { name: 'Save' }).click()
    await second.page.getByRole('heading', { name: 'Distribution' }).waitFor()
    assert.deepEqual((await readOptions(stage)).distribution, {
      proxyDistribution: true,
      onlyToProxiesUntil: { siteLocal: '2030-01-10T21:00' },
      enforceProxyUntil: { siteLocal: '2030-01-11T07:00' },
    })
    await first.context.close()
    await second.context.close()
  })

  await t.test(
    'whoever is still editing hears of it at once, and unsaved changes survive a look elsewhere',
    async () => {
      await setOptions(stage, { only: '2030-01-10T22:00', enforce: '2030-01-11T06:00' })
      const { page, visit, context } = await stage.administrator()
      await visit(EDIT)
      await slider(page, ONLY).waitFor()
      await slider(page, ONLY).focus()
      await page.keyboard.press('ArrowRight')
      await page.getByRole('link', { name: 'Audit log' }).click()
      await page.getByRole('heading', { name: 'Audit log' }).waitFor()
      await page.goBack()
      await page.getByText('These are your changes from before').waitFor()
      await setOptions(stage, { only: '2030-01-10T20:00', enforce: '2030-01-11T06:00' })
      await page.getByRole('heading', { name: /Somebody else saved/ }).waitFor()
      await context.close()
    },
  )

  await t.test('a message about what somebody else did never covers Save, narrow or wide', async () => {
    for (const width of [360, 1440]) {
      await setOptions(stage, { only: '2030-01-10T22:00', enforce: '2030-01-11T06:00' })
      const { page, visit, context } = await stage.administrator()
      await page.setViewportSize({ width, height: 800 })
      await visit(EDIT)
      await slider(page, ONLY).waitFor()
      await setOptions(stage, { only: '2030-01-10T20:00', enforce: '2030-01-11T06:00' })
      const message = page.locator('larder-toasts .toast')
      await message.waitFor()
      const [shown, save] = await Promise.all([
        message.boundingBox(),
        page.getByRole('button', { name: 'Save' }).boundingBox(),
      ])
      assert.ok(shown && save)
      assert.ok(shown.y + shown.height <= save.y, `${JSON.stringify([shown, save])} at ${width} px`)
      await context.close()
    }
  })

  await t.test('Open now says what it does, does it, and can be taken back', async () => {
    await setOptions(stage, { only: '2030-01-10T22:00', enforce: '2030-01-11T06:00' })
    const { page, visit, context } = await stage.administrator()
    await visit(PACKAGE)
    await page.getByRole('button', { name: 'Open now …' }).click()
    const dialog = page.locator('wa-dialog')
    await dialog.getByText('every kiosk may fetch now, from stores first, then from the server').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.notEqual((await readOptions(stage)).distribution.onlyToProxiesUntil, null)

    await page.getByRole('button', { name: 'Open now …' }).click()
    await dialog.getByRole('button', { name: 'Open now' }).click()
    await page.getByText('from stores first, then from the server', { exact: true }).waitFor()
    const open = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }
    assert.deepEqual((await readOptions(stage)).distribution, open)
    await page.getByRole('button', { name: 'Put the windows back' }).click()
    await page.getByText('waiting: stores open').waitFor()
    assert.deepEqual((await readOptions(stage)).distribution, {
      ...open,
      onlyToProxiesUntil: { siteLocal: '2030-01-10T22:00' },
      enforceProxyUntil: { siteLocal: '2030-01-11T06:00' },
    })
    await context.close()
  })

  await t.test('every row of the conformance table: its phase in words, and its warning', async t => {
    const { rows } = JSON.parse(
      await readFile(new URL('../support/policy-table.json', import.meta.url), 'utf8'),
    ) as { rows: readonly Row[] }
    const { page, visit, context, failures } = await stage.administrator()
    await putOptions(stage, { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null })
    await visit(EDIT)
    await page.locator('section[data-role="kiosks"]').waitFor()
    const now = Date.now()
    // Whole minutes, as people type them; reached ones lie in the past, the second always after the first.
    const instants = { before: [5, 7], reached: [-7, -5] } as const
    const seen = new Set<string>()
    for (const row of rows) {
      await t.test(`${row.id}`, async () => {
        const bound = (field: 'onlyToProxiesUntil' | 'enforceProxyUntil', index: 0 | 1) => {
          if (row[field] === 'off') return null
          return Math.round(now / HOUR_MS + instants[row[field]][index]) * HOUR_MS
        }
        const windows = {
          proxyDistribution: row.proxyDistribution,
          onlyToProxiesUntil: bound('onlyToProxiesUntil', 0),
          enforceProxyUntil: bound('enforceProxyUntil', 1),
        }
        const asBound = (at: number | null) => (at === null ? null : { at: new Date(at).toISOString() })
        const draft = {
          ...windows,
          onlyToProxiesUntil: asBound(windows.onlyToProxiesUntil),
          enforceProxyUntil: asBound(windows.enforceProxyUntil),
        }
        await putOptions(stage, draft)
        const policyWarnings = windowWarnings(windows, now)
        const warnings = policyWarnings.map(warning => ({ ...warning, sites: [] }))
        const shownWarnings = optionWarnings({ draft, warnings, sites: null, instants: windows, now })
        const wanted = {
          words: wordsOf(row),
          warnings: distinct(shownWarnings).map(({ message }) => message),
          sliders: [windows.onlyToProxiesUntil, windows.enforceProxyUntil]
            .filter(at => at !== null)
            .map(at => at / MINUTE_MS),
        }
        for (const { message } of policyWarnings) seen.add(message)
        await until(`the designer shows ${JSON.stringify(wanted)}`, async () => {
          const shown = await shownFor(page, row.role)
          return isDeepStrictEqual(shown, wanted)
        })
      })
    }
    assert.deepEqual([...seen].sort(), Object.values(WARNINGS).sort(), 'every warning there is was seen')
    assert.deepEqual(failures, [])
    await context.close()
  })
})

function wordsOf({ role, proxyDistribution, order }: Row): string {
  if (role === 'store') return proxyDistribution ? 'server and fellow stores' : 'server only'
  const [first, second] = order ?? []
  if (first === undefined) return 'kiosks wait'
  if (second !== undefined) return 'stores first, then server'
  return first === 'stores' ? 'stores only' : 'server only'
}

/** What the designer says holds now for a role, the warnings, and where the sliders stand. */
async function shownFor(page: Page, role: Row['role']) {
  const section = page.locator(`section[data-role="${role}s"]`)
  // Read at one moment: the designer may be drawn anew in between.
  const [marked] = await section.locator('li[data-now="true"] .words').allInnerTexts()
  const [only = ''] = await section.locator('.sentence').allInnerTexts()
  const words = marked ?? only
  const sliders = await page
    .getByRole('slider')
    .evaluateAll(all => all.map(one => Number(one.getAttribute('aria-valuenow'))))
  return {
    words: words.replace(/^at any time /, ''),
    warnings: await page.locator('li[data-code] p').allInnerTexts(),
    sliders,
  }
}

const slider = (page: Page, name: string): Locator => page.getByRole('slider', { name })

async function minutesOf(one: Locator): Promise<number> {
  return Number(await one.getAttribute('aria-valuenow'))
}

async function choose(field: Locator, label: string, option: string): Promise<void> {
  await field.getByRole('combobox', { name: label }).click()
  await field.getByRole('option', { name: option }).click()
}

const clockIn = (at: number, timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)

/** Presses Tab until what has the focus is called `name`, as somebody without a pointer does. */
async function tabTo(page: Page, name: string, role?: string): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      let element = document.activeElement
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
      const host =
        element?.getRootNode() instanceof ShadowRoot ? (element.getRootNode() as ShadowRoot).host : null
      // Inside a button of Web Awesome the words stand in its host.
      const text =
        element?.getAttribute('aria-label') ?? (element?.textContent?.trim() || host?.textContent) ?? ''
      return { role: element?.getAttribute('role'), text: text.replace(/\s+/g, ' ').trim() }
    })
    passed.push(focused.text)
    if (
      focused.text.split(/ (?:latest|no release)/)[0]?.startsWith(name) &&
      (role === undefined || focused.role === role)
    )
      return
  }
  assert.fail(`Tab never reaches "${name}"; it passes ${JSON.stringify(passed)}`)
}

async function setOptions(stage: AdminPageStage, bounds: { only?: string; enforce?: string }): Promise<void> {
  await putOptions(stage, {
    proxyDistribution: true,
    onlyToProxiesUntil: bounds.only === undefined ? null : { siteLocal: bounds.only },
    enforceProxyUntil: bounds.enforce === undefined ? null : { siteLocal: bounds.enforce },
  })
}

async function putOptions(
  { site }: AdminPageStage,
  distribution: DistributionView['distribution'],
): Promise<void> {
  const path = 'api/profiles/screens/packages/lobby/distribution'
  const response = await site.api(path, { method: 'PUT', body: JSON.stringify(distribution) })
  assert.equal(response.status, 200, await response.text())
}

async function readOptions({ site }: AdminPageStage): Promise<DistributionView> {
  const response = await site.api('api/profiles/screens/packages/lobby/distribution')
  return (await response.json()) as DistributionView
}
