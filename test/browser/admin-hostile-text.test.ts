/**
 * Text from devices, packages and other administrators on every place of the page: it is shown as the text it is. No element
 * comes of it, nothing of it runs, it turns no other text around, and however long it is, no page gets wider than its window.
 */
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openAdminPageStage } from '../support/admin-page.ts'
import { assertNothingLeaks, withCleanup } from '../support/cleanup.ts'
import { packageStatus, statusOf } from '../support/device-status.ts'
import { enrolDevice, generateDeviceKeys, SignalingClient } from '../support/signaling-client.ts'
import { assignPackages, type TestSite } from '../support/test-site.ts'
import { zipFile } from '../support/zip-file.ts'

const IMAGE = '<img class=pwned src=x onerror=alert(window.hacked=1)>'
const ELEMENT_SCRIPT = '<script class=pwned>alert(window.hacked=1)</script>'
const QUOTES = `"'\`><b class=pwned onclick=alert(1)>&lt;i&gt;\${alert(1)}`
const BACKWARDS = 'a \u202egnp.exe b'
const LONG = 'W'.repeat(60)
/** Device names, version labels, token names: each at most as long as the shortest of them may be. */
const TEXTS = [IMAGE, ELEMENT_SCRIPT, QUOTES, BACKWARDS, LONG]
/** What nobody may turn around is shown by a sign in its place. */
const shown = (text: string) => text.replaceAll('\u202e', '\ufffd')
/** What administrators type may not have it at all. */
const typed = (text: string) => text.replaceAll('\u202e', '')

/** What a file may be called: entities that would be elements if somebody took them for markup. */
const FILE = `it's &lt;img class=pwned src=x onerror=alert(1)&gt; \${alert(1)}.html`
const LONG_FILE = `${'x'.repeat(200)}.txt`

const detailOf = (text: string) => `cannot: ${text} ${'D'.repeat(300)}`
const eventOf = (text: string) => `event: ${text} ${'E'.repeat(300)}`

after(() => assertNothingLeaks())

test('hostile text is text on every place of the page', async t => {
  const stage = await openAdminPageStage(t)
  const { site } = stage
  await assignPackages(site, 'lobby')
  const { page, visit, failures, context } = await stage.administrator()
  const dialogs: string[] = []
  context.on('dialog', dialog => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const expectClean = async (place: string) => {
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 })
      await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => resolve(null))))
      assert.deepEqual(await offendersIn(page), [], `${place} at ${width} px`)
    }
    assert.equal(await page.evaluate('window.hacked'), undefined, place)
    assert.deepEqual(dialogs, [], place)
    assert.deepEqual(failures, [], place)
  }
  const sees = async (...texts: readonly string[]) => {
    for (const text of texts) await page.getByText(text).filter({ visible: true }).first().waitFor()
  }

  await t.test('while it is published: folder, file and version', async t => {
    await visit('/publish/lobby')
    await chooseFolder(page, await makeFolder(site, IMAGE, [FILE, LONG_FILE]))
    await page.getByText('2 files that differ').click()
    await sees(`${IMAGE}, 2 files`, FILE, LONG_FILE)
    await expectClean('what is new')
    await page.getByLabel('Version label').fill(IMAGE)
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await sees('Release 1 of lobby is published')
    await expectClean('published')

    for (const text of TEXTS.slice(1)) {
      await visit('/publish/lobby')
      await chooseFolder(page, await makeFolder(site, 'plain', [FILE, LONG_FILE]))
      await sees(`(${typed(TEXTS[TEXTS.indexOf(text) - 1] ?? '')})`)
      await expectClean('against a release of that version')
      if (typed(text) !== text) {
        await page.getByLabel('Version label').fill(text)
        await page.getByRole('button', { name: 'Publish', exact: true }).click()
        await sees('must have no character that cannot be seen or that reverses text')
      }
      await page.getByLabel('Version label').fill(typed(text))
      await page.getByRole('button', { name: 'Publish', exact: true }).click()
      await sees(`Release ${TEXTS.indexOf(text) + 1} of lobby is published`)
    }

    await t.test(
      'a file that no package may hold is refused by its name, in a folder and in a zip',
      async () => {
        await visit('/publish/lobby')
        await chooseFolder(page, await makeFolder(site, 'bad', [`${IMAGE}.html`]))
        await sees(`${IMAGE}.html`)
        await expectClean('the refusal of a folder')
        const name = `${ELEMENT_SCRIPT.replace('/', '')}.html`
        const chooser = page.waitForEvent('filechooser')
        await page.getByRole('button', { name: 'Choose a zip' }).click()
        await (await chooser).setFiles({
          name: `${IMAGE}.zip`,
          mimeType: 'application/zip',
          buffer: Buffer.from(zipFile([{ name, content: 'x' }])),
        })
        await sees(name)
        await expectClean('the refusal of a zip')
      },
    )
  })

  const devices = await makeDevices(t, site)
  await makeTraces(site, devices)
  const first = devices[0] ?? ''

  /** For every pattern of the router: addresses, and texts that must stand there. */
  const places: Readonly<Record<string, readonly (readonly [address: string, ...texts: string[]])[]>> = {
    '/': [['/', 'Where bytes come from']],
    '/devices': [
      ['/devices', ...TEXTS.map(shown), ...TEXTS.map(text => shown(detailOf(text)))],
      [`/devices?search=${encodeURIComponent(IMAGE)}`, IMAGE],
    ],
    '/devices/:device': devices.map((deviceId, index) => {
      const text = shown(TEXTS[index] ?? '')
      return [`/devices/${deviceId}`, text, `release 1, ${text}`, detailOf(text), eventOf(text)] as const
    }),
    '/sites': [['/sites', 'shop']],
    '/sites/:site': [['/sites/shop', ...TEXTS.map(text => typed(text).slice(0, 14))]],
    '/packages': [['/packages', LONG]],
    '/packages/:package': [['/packages/lobby', ...TEXTS.map(typed), `opens ${FILE}`]],
    '/publish': [['/publish', 'Publish a package', 'Drop a folder or a zip here']],
    '/publish/:package': [['/publish/lobby', 'Publish lobby', 'Drop a folder or a zip here']],
    '/profiles': [['/profiles', 'screens']],
    '/profiles/:profile': [['/profiles/screens', 'lobby']],
    '/profiles/:profile/packages/:package': [['/profiles/screens/packages/lobby', `version ${LONG}`]],
    '/profiles/:profile/packages/:package/edit': [['/profiles/screens/packages/lobby/edit', 'Edit lobby']],
    '/enrolment': [['/enrolment', 'Devices that show a code']],
    '/explain': devices.map((deviceId, index) => [
      `/explain?device=${deviceId}&package=lobby`,
      typed(TEXTS[index] ?? ''),
      `version ${LONG}`,
    ]),
    '/audit': [['/audit', ...TEXTS.map(shown), ...TEXTS.map(text => `API token “${typed(text)}”`)]],
    '/settings': [['/settings', ...TEXTS.map(typed)]],
  }

  for (const pattern of await patternsOfRouter()) {
    await t.test(`on ${pattern}`, async () => {
      const here = places[pattern]
      assert.ok(here, `say in this test what must be seen on ${pattern}`)
      for (const [address, ...texts] of here) {
        await visit(address)
        await sees(...texts)
        await expectClean(address)
      }
    })
    if (!pattern.includes(':')) continue
    await t.test(`in the address of ${pattern}`, async () => {
      for (const text of [IMAGE, QUOTES, LONG]) {
        const address = pattern.replace(/:\w+/g, encodeURIComponent(text))
        await visit(address)
        await page.locator('h1', { hasText: text.slice(0, 10) }).waitFor()
        const what = pattern.startsWith('/publish') ? '.drop' : 'larder-problem-note'
        await page.locator(what).first().waitFor()
        await expectClean(address)
      }
    })
  }

  await t.test('in dialogs, fields and short messages', async () => {
    await visit(`/devices/${first}`)
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('dialog', { name: `Edit ${IMAGE}` }).waitFor()
    assert.equal(await page.getByLabel('Name').inputValue(), IMAGE)
    await expectClean('the dialog of a device')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog', { name: `Revoke ${IMAGE}?` }).waitFor()
    await expectClean('the question of a revocation')
    await page.locator('wa-dialog').getByRole('button', { name: 'Revoke' }).click()
    await sees(`${IMAGE} is revoked.`)
    await expectClean('a revoked device')

    await visit('/packages/lobby')
    await page.getByRole('button', { name: `Go back to this release, ${IMAGE}` }).click()
    await page.getByRole('dialog', { name: `Go back to ${IMAGE}` }).waitFor()
    await expectClean('going back')

    await visit('/settings')
    await page.getByRole('button', { name: `Revoke ${QUOTES}` }).click()
    await page.getByRole('dialog', { name: `Revoke “${QUOTES}”?` }).waitFor()
    await expectClean('the question of a token')
    await page.locator('wa-dialog').getByRole('button', { name: 'Revoke' }).click()
    await sees(`“${QUOTES}” is revoked.`)
    await expectClean('a revoked token')

    await visit('/enrolment')
    await page.locator('larder-pending-devices wa-input[name=name]').waitFor()
    assert.equal(await page.locator('larder-pending-devices wa-input[name=name] input').inputValue(), IMAGE)
    await page.getByRole('button', { name: 'Accept' }).click()
    await sees(`${IMAGE} is accepted at shop.`)
    await expectClean('an accepted device')

    await visit('/explain')
    await page.getByRole('combobox', { name: 'Device' }).focus()
    await page.getByRole('option', { name: ELEMENT_SCRIPT }).waitFor()
    await expectClean('the devices to explain')
  })
})

/** Every address the page knows, from its table: whoever adds one adds it here too. */
async function patternsOfRouter(): Promise<string[]> {
  const source = await readFile(new URL('../../signal-server/admin/routes.ts', import.meta.url), 'utf8')
  const patterns = [...source.matchAll(/^ {4}pattern: '([^']+)'/gm)].map(([, pattern = '']) => pattern)
  assert.ok(patterns.length > 10, 'the table of the places is written otherwise now')
  return patterns
}

/** Elements and attributes that only markup could have made, in all shadow roots; and what is wider than the window. */
async function offendersIn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const offenders: string[] = []
    const look = (root: Document | ShadowRoot) => {
      for (const element of root.querySelectorAll('*')) {
        const isScript = element.localName === 'script' && !element.hasAttribute('src')
        const isHandler = element.getAttributeNames().some(name => name.startsWith('on'))
        const leadsToScript = /^\s*javascript:/i.test(element.getAttribute('href') ?? '')
        if (element.matches('.pwned, img, iframe') || isScript || isHandler || leadsToScript)
          offenders.push(element.outerHTML.slice(0, 200))
        if (element.shadowRoot) look(element.shadowRoot)
      }
    }
    look(document)
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth > clientWidth) offenders.push(`the page is ${scrollWidth} px wide of ${clientWidth}`)
    return offenders
  })
}

async function chooseFolder(page: Page, folder: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose a folder' }).click()
  await (await chooser).setFiles(folder)
}

let folders = 0

async function makeFolder(site: TestSite, name: string, files: readonly string[]): Promise<string> {
  const folder = join(site.root, `folder-${++folders}`, name)
  await mkdir(folder, { recursive: true })
  for (const file of files) await writeFile(join(folder, file), `<!doctype html><title>${folders}</title>`)
  return folder
}

/** One device for each text, which is its name, its version, its trouble and its last event; and one that waits. */
async function makeDevices(t: TestContext, site: TestSite): Promise<string[]> {
  const base = new URL('/', site.server.kioskUrl).href
  const link = new URL(
    await site.larder('enrol', 'create', '--site', 'shop', '--role', 'kiosk', '--uses', '10'),
  )
  const token = link.searchParams.get('enrol') ?? undefined
  assert.ok(token, `no token in ${link}`)
  const ids: string[] = []
  for (const text of TEXTS) {
    const keys = await generateDeviceKeys()
    await enrolDevice(base, keys, token, text)
    const { client } = await SignalingClient.join(base, keys)
    withCleanup(t).defer(() => client.close())
    client.send({
      type: 'status',
      status: statusOf(
        keys.deviceId,
        [
          packageStatus({
            phase: 'failed',
            reason: 'release-failed',
            activeRelease: 1,
            activeVersion: text,
            detail: detailOf(text),
          }),
        ],
        { site: 'shop' },
      ),
    })
    client.send({
      type: 'event',
      kind: 'release-rolled-back',
      package: 'lobby',
      release: 1,
      detail: eventOf(text),
    })
    await client.settled()
    ids.push(keys.deviceId)
  }
  await enrolDevice(base, await generateDeviceKeys(), undefined, IMAGE)
  return ids
}

/** Tokens of those names, and what they did: renamed the devices from and to the texts. */
async function makeTraces(site: TestSite, devices: readonly string[]): Promise<void> {
  for (const [index, deviceId] of devices.entries()) {
    const name = typed(TEXTS[index] ?? '')
    const made = await site.api('api/tokens', { method: 'POST', body: JSON.stringify({ name }) })
    assert.equal(made.status, 201)
    const { token } = (await made.json()) as { token: string }
    for (const next of ['plain', name]) {
      const patched = await site.api(`api/devices/${deviceId}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ name: next }),
      })
      assert.equal(patched.status, 200)
    }
  }
}
