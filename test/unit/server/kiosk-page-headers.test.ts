/** The kiosk page has the same rights from the server as from the service worker's cache. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { pageMediaType } from '../../../client/kiosk-page/page-file-names.ts'
import { kioskPageHeaders } from '../../../protocol/kiosk-page-headers.ts'
import { kioskPages } from '../../../signal-server/fleet/kiosk-pages.ts'
import { temporaryDirectory } from '../../support/cleanup.ts'

test('the server sends each file of the page with the headers and media type that the worker gives it', async t => {
  const directory = await temporaryDirectory(t)
  await mkdir(join(directory, 'assets'))
  const files = { '': 'index.html', diagnostics: 'diagnostics.html', 'assets/a.js': '', 'assets/a.css': '' }
  for (const [path, fileName] of Object.entries(files))
    await writeFile(join(directory, fileName || path), 'x')
  const pages = kioskPages(directory)
  for (const [path, fileName] of Object.entries(files)) {
    const { status, headers } = await pages.request(`/${path}`)
    assert.equal(status, 200, path)
    assert.equal(headers.get('content-type'), pageMediaType(fileName || path))
    for (const [name, value] of Object.entries(kioskPageHeaders)) assert.equal(headers.get(name), value)
  }
})
