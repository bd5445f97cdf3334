/** Publishing from the admin page, with the real server: folders and zips dropped on the page, refused, compared, taken back. */
import assert from 'node:assert/strict'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { openAdminPageStage } from '../support/admin-page.ts'
import { temporaryDirectory } from '../support/cleanup.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { zipFile } from '../support/zip-file.ts'

const skip = (await findChromium()) === null && 'no Chromium found'
const SCRIPT = '<img src=x onerror="globalThis.pwned=1">'

async function makeFolder(
  t: TestContext,
  name: string,
  files: Record<string, string | Uint8Array>,
): Promise<string> {
  const folder = join(await temporaryDirectory(t), name)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}

/** Drops what lies on the disk, as a hand would: the browser gives the page real directory entries. */
async function drop(page: Page, path: string): Promise<void> {
  const zone = page.getByRole('heading', { name: 'Drop a folder or a zip here' })
  await zone.waitFor()
  const box = await zone.boundingBox()
  assert.ok(box)
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  const cdp = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await cdp.send('Input.dispatchDragEvent', { type, ...at, data })
  await cdp.detach()
}

const LOBBY = {
  'index.html': '<!doctype html><title>Lobby</title>',
  'about/index.html': '<!doctype html><title>About</title>',
  'app.js': 'console.log(1)\n'.repeat(20_000),
  'data/empty.json': '',
  'media/clip.mp4': seededBytes(5_000_000, 1),
  'media/photo.jpg': seededBytes(300_000, 2),
  'text.txt': 'grüße',
}

test('publishing in the admin page', { skip }, async t => {
  const { site, administrator } = await openAdminPageStage(t)
  const { page, visit, failures } = await administrator()
  const lobby = await makeFolder(t, 'My Lobby', LOBBY)

  await t.test('nothing published yet: the page says how to begin', async () => {
    await visit('/packages')
    await page.getByRole('heading', { name: 'No package yet' }).waitFor()
    await page.getByRole('link', { name: 'Publish the first one' }).click()
    await page.getByRole('heading', { name: 'Publish a package' }).waitFor()
  })

  await t.test('a folder is dropped, looked at and published', async () => {
    await drop(page, lobby)
    await page.getByText('This is the first release of this package: everything is new.').waitFor()
    await page.getByText('My Lobby, 7 files').waitFor()
    assert.equal(await page.getByLabel('Package').inputValue(), 'my-lobby')
    await page.getByText('No profile gives this package to a site, so no device gets it yet.').waitFor()
    await page.getByLabel('Version label').fill('1.0.0')
    await page.getByLabel('Package').fill('other')
    await page.getByLabel('Package').press('Tab')
    await page.getByText('My Lobby, 7 files').waitFor()
    await page.getByLabel('Package').fill('my-lobby')
    await page.getByLabel('Package').press('Tab')
    await page.getByText('My Lobby, 7 files').waitFor()
    assert.equal(await page.getByLabel('Version label').inputValue(), '1.0.0', 'what was typed stays')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByRole('heading', { name: 'my-lobby' }).waitFor()
    await page.getByText('Release 1, the newest').waitFor()
    await page.getByText('opens index.html').waitFor()
  })

  await t.test('it is the same release that the command line makes of that folder', async () => {
    const { sameContentAs } = JSON.parse(
      await site.larder('publish', lobby, '--package', 'my-lobby', '--version', '1.0.0', '--json'),
    ) as { sameContentAs: number | null }
    assert.equal(sameContentAs, 1)
    await page.getByText('Release 2, the newest').waitFor()
  })

  await t.test('the next release: what is new is shown, and only that is sent', async () => {
    const next = await makeFolder(t, 'My Lobby', {})
    await cp(lobby, next, { recursive: true })
    await writeFile(join(next, 'media/photo.jpg'), seededBytes(310_000, 3))
    await writeFile(join(next, `${SCRIPT.replace(/[<>"/:]/g, '_')}.html`), '<!doctype html>')
    await page.getByRole('link', { name: 'Publish a new release' }).click()
    const sent: string[] = []
    page.on('request', request => {
      if (request.method() === 'PUT') sent.push(request.url())
    })
    await drop(page, next)
    await page.getByText('Against release 2 (1.0.0):').waitFor()
    await page.getByText('1 new, 1 changed, 0 removed of 8 files').waitFor()
    await page.getByText('2 files that differ').click()
    await page.getByRole('cell', { name: 'media/photo.jpg' }).waitFor()
    await page.getByLabel('Version label').fill(SCRIPT)
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('Release 3, the newest').waitFor()
    await page.getByText(SCRIPT, { exact: true }).first().waitFor()
    assert.ok(sent.length > 0 && sent.length < 8, `${sent.length} chunks were sent`)
    assert.equal(await page.evaluate('globalThis.pwned'), undefined)
  })

  await t.test('going back publishes the old files under a new number', async () => {
    await page
      .getByRole('button', { name: /^Go back to this release, 1.0.0/ })
      .last()
      .click()
    await page.getByLabel('Version label').fill('1.0.0 once more')
    await page.getByRole('button', { name: 'Publish it again' }).click()
    await page.getByText('Release 4, the newest').waitFor()
    await page.getByText('1.0.0 once more', { exact: true }).first().waitFor()
  })

  await t.test('what no package may hold is refused in words, before anything is sent', async () => {
    const cases = {
      'aux.txt': /reserved on Windows/,
      'what: now.txt': /contains the character : \(U\+003A\)/,
    }
    for (const [name, message] of Object.entries(cases)) {
      await visit('/publish')
      await drop(page, await makeFolder(t, 'bad', { 'index.html': 'x', [name]: 'x' }))
      await page.getByRole('alert').filter({ hasText: message }).waitFor()
    }
    await visit('/publish')
    await page.reload()
    await drop(page, await makeFolder(t, 'empty', { '.DS_Store': 'x' }))
    await page.getByText('The folder contains no files').waitFor()
    await drop(page, await makeFolder(t, 'pageless', { 'app.js': 'x' }))
    await page.getByText('There is no HTML page in it').waitFor()
    await page.getByRole('button', { name: 'Choose something else' }).click()
    await drop(page, join(lobby, 'text.txt'))
    await page.getByText('is a single file and no zip').waitFor()
  })

  await t.test(
    'a folder as macOS makes it: what is left out is counted, what a kiosk cannot serve is warned of',
    async () => {
      const files = {
        'index.html':
          '<!doctype html><object data="menu.svg"></object><iframe sandbox src="a.html"></iframe>',
        'old.html': Buffer.from('<meta charset="windows-1252">Gr\xf6\xdfe', 'latin1'),
        ['Größe.svg'.normalize('NFD')]: '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '._index.html': 'x',
        '.DS_Store': 'x',
      }
      const folder = await makeFolder(t, 'from-a-mac', files)
      await visit('/publish')
      await page.reload()
      await drop(page, folder)
      await page.getByText(/Not published, because .*: 2 files \(.*\._index\.html/).waitFor()
      const warnings = page.getByRole('region', { name: 'What may not work on a kiosk' })
      await warnings.getByText('<object> and <embed>').waitFor()
      await warnings.getByText('sandbox attribute').waitFor()
      await page.getByLabel('Version label').fill('1')
      await page.getByRole('button', { name: 'Publish', exact: true }).click()
      await page.getByText('Release 1, the newest').waitFor()
      const again = await site.publish(folder, '1', 'from-a-mac')
      assert.equal(Reflect.get(again, 'sameContentAs'), 1, 'the command line makes the same release')
    },
  )

  await t.test('a zip is sent, looked at by the server, and published', async () => {
    const zip = join(await makeFolder(t, 'zips', {}), '..', 'menu.zip')
    await writeFile(
      zip,
      zipFile([
        { name: 'menu/index.html', content: '<!doctype html>' },
        { name: 'menu/app.js', content: 'x' },
      ]),
    )
    await visit('/publish')
    await page.reload()
    await drop(page, zip)
    await page.getByText('Everything lies in the folder “menu”').waitFor()
    await page.getByLabel('Version label').fill('7')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByRole('heading', { name: 'menu', exact: true }).waitFor()
    await page.getByText('in 2 files').waitFor()
  })

  await t.test('a bad archive is refused with the server’s reason', async () => {
    const folder = await makeFolder(t, 'zips', {
      'broken.zip': 'this is no zip',
      'up.zip': zipFile([{ name: '../index.html', content: 'x' }]),
    })
    await visit('/publish')
    await page.reload()
    await drop(page, join(folder, 'broken.zip'))
    await page.getByRole('alert').getByText(/zip/).waitFor()
    await drop(page, join(folder, 'up.zip'))
    await page.getByRole('alert').getByText(/\.\./).waitFor()
  })

  assert.deepEqual(failures, [])
})
