/** A package nobody here wrote: Mozilla's PDF viewer as npm has it, published whole, and a PDF shown with it. */
import assert from 'node:assert/strict'
import { cp, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { assignPackages, startTestSite, until } from '../support/test-site.ts'

const PDFJS = fileURLToPath(new URL('../../node_modules/pdfjs-dist', import.meta.url))

after(() => assertNothingLeaks())

/** One page in a standard font that is not embedded, so that the viewer has to fetch its own. */
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 120]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 52>>stream
BT /F1 32 Tf 30 50 Td (Departures: gate 12) Tj ET  
endstream
endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
`

const PAGE = `<!doctype html><meta charset="utf-8"><title>loading</title><canvas></canvas>
<script type="module">
import * as pdfjs from './build/pdf.mjs'
pdfjs.GlobalWorkerOptions.workerSrc = './build/pdf.worker.mjs'
const address = name => new URL(name, location.href).href
const pdf = await pdfjs.getDocument({
  url: 'departures.pdf',
  cMapUrl: address('cmaps/'),
  standardFontDataUrl: address('standard_fonts/'),
  wasmUrl: address('wasm/'),
}).promise
const page = await pdf.getPage(1)
const viewport = page.getViewport({ scale: 2 })
const canvas = document.querySelector('canvas')
canvas.width = viewport.width
canvas.height = viewport.height
await page.render({ canvas, canvasContext: canvas.getContext('2d'), viewport }).promise
const { items } = await page.getTextContent()
document.title = items.map(item => item.str).join('')
parent.larder.ready()
</script>
`

test('a real package of more than 10 MB is published and runs on a store and a kiosk', async t => {
  const site = await startTestSite(t)
  const directory = join(site.root, 'viewer')
  await cp(PDFJS, directory, { recursive: true })
  await writeFile(join(directory, 'index.html'), PAGE)
  await writeFile(join(directory, 'departures.pdf'), PDF)
  const published = await site.publish(directory, '6.5.438', 'viewer')
  assert.ok((published as unknown as { rawBytes: number }).rawBytes > 10_000_000)
  assert.ok((await stat(join(directory, 'build/pdf.worker.mjs'))).size > 1_000_000)
  await assignPackages(site, 'viewer')
  const store = await site.openOnline({ role: 'store' })
  const kiosk = await site.open({ role: 'kiosk' })
  for (const device of [store, kiosk]) await device.untilRuns(1, 'Departures: gate 12', 'viewer')
  const status = await kiosk.package('viewer')
  assert.deepEqual(status?.bytes, { fromStores: published.encodedBytes, fromServer: 0, reused: 0 })
  assert.equal(await site.originBytes(), published.encodedBytes)

  const frame = await until('the frame of the app', () =>
    kiosk.browser.page.frames().find(candidate => candidate.url().includes('/kiosk/app/viewer/')),
  )
  const inkShare = await frame.evaluate(() => {
    const canvas = document.querySelector('canvas')
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
    let dark = 0
    for (let at = 0; at < pixels.length; at += 4) if ((pixels[at] ?? 255) < 128) dark++
    return dark / (pixels.length / 4)
  })
  assert.ok(inkShare > 0.01, `the text is drawn: ${inkShare}`)
})
