/** What packages use that a kiosk cannot give them is found in the text of their files, and what only looks like it is not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import mime from 'mime'
import {
  findKioskWarnings,
  type KioskWarningKind,
  KioskWarnings,
  MAX_SCANNED_BYTES,
} from '../../../../protocol/publishing/kiosk-warnings.ts'
import { lookAtFile } from '../../../../protocol/publishing/look-at-file.ts'

const FINDINGS: readonly (readonly [path: string, text: string, kinds: readonly KioskWarningKind[]])[] = [
  ['a.html', '<object id=o data="logo.svg" type="image/svg+xml"></object>', ['plugin-element']],
  ['a.HTM', '<OBJECT\n  type="text/html"\n  data=part.html>', ['plugin-element']],
  ['a.html', "<embed id=e src='menu.pdf'>", ['plugin-element']],
  ['a.html', '<object data="data:image/png;base64,AA"><embed src="https://example.com/x">', []],
  ['a.html', '<object></object><embedded src="x"><p data="x">', []],
  ['a.js', 'document.write(\'<object data="a.svg">\')', []],
  ['a.html', '<iframe id=s1 sandbox="allow-scripts" src="banner.html"></iframe>', ['sandboxed-frame']],
  ['a.html', '<iframe src="banner.html" sandbox></iframe>', ['sandboxed-frame']],
  ['a.html', '<iframe sandbox="allow-scripts allow-same-origin" src="b.html"></iframe>', []],
  ['a.html', '<iframe src="sandbox.html" data-sandbox="x"></iframe>', []],
  ['a.js', 'x.open("GET","data.json",false);x.send()', ['synchronous-request']],
  ['a.mjs', "r.open( 'POST', url('a', b), !1)", ['synchronous-request']],
  ['a.html', '<script>x.open("GET", u, false, "me")</script>', ['synchronous-request']],
  ['a.js', 'x.open("GET",u,!0);y(1,false);db.open("name", false);window.open("GET")', []],
  ['a.js', 'const memory = new SharedArrayBuffer(1024)', ['shared-memory']],
  ['a.js', 'new WebAssembly.Memory({initial:256,maximum:512,shared:!0})', ['shared-memory']],
  ['a.js', 'new WebAssembly.Memory({"initial":1,"maximum":2,"shared":true})', ['shared-memory']],
  ['a.html', '<script>if (!self.crossOriginIsolated) throw 0</script>', ['shared-memory']],
  ['a.js', 'typeof SharedArrayBuffer !== "undefined" && x instanceof SharedArrayBuffer', []],
  ['a.js', 'new WebAssembly.Memory({initial:256})', []],
  ['Build/g.framework.js.gz', '', ['precompressed-file']],
  ['Build/g.wasm.br', '', ['precompressed-file']],
  ['download.tar.gz', '', []],
  ['a.txt', '<object data="logo.svg">', []],
]
for (const [path, text, kinds] of FINDINGS) {
  test(`${path} ${text.slice(0, 60)}: ${kinds.join(', ') || 'nothing'}`, () => {
    const look = lookAtFile(path, mime)
    look.take(new TextEncoder().encode(text))
    assert.deepEqual(look.end().warnings, kinds)
  })
}

test('a warning counts all files and names the first few in path order', () => {
  const warnings = new KioskWarnings()
  for (let n = 9; n > 0; n--) warnings.add(`${n}.html`, ['plugin-element'])
  warnings.add('a.js', ['shared-memory', 'synchronous-request'])
  const list = warnings.list()
  assert.deepEqual(
    list.map(({ kind, paths, fileCount }) => [kind, paths, fileCount]),
    [
      ['plugin-element', ['1.html', '2.html', '3.html', '4.html', '5.html'], 9],
      ['synchronous-request', ['a.js'], 1],
      ['shared-memory', ['a.js'], 1],
    ],
  )
  for (const { message } of list) assert.match(message, /\.$/)
})

test('compressed copies beside the files themselves are nothing to warn of', () => {
  const warnings = new KioskWarnings()
  for (const path of ['a.js', 'a.js.gz', 'a.js.br', 'b.js.gz'])
    warnings.add(path, findKioskWarnings(path, ''))
  assert.deepEqual(
    warnings.list().map(({ kind, paths }) => [kind, ...paths]),
    [['precompressed-file', 'b.js.gz']],
  )
})

test('only the beginning of a large file is looked at', () => {
  const look = lookAtFile('large.js', mime)
  look.take(new Uint8Array(MAX_SCANNED_BYTES).fill(0x20))
  look.take(new TextEncoder().encode('new SharedArrayBuffer(1)'))
  assert.deepEqual(look.end().warnings, [])
})

test('the search ends soon on text that is made to slow it down', () => {
  // A search that starts over at each of a million places and goes on to the end would take hours.
  for (const piece of ['<object ', '<object', '<iframe a=" ', 'x.open("GET",', 'new WebAssembly.Memory({'])
    assert.deepEqual(findKioskWarnings('a.html', piece.repeat(MAX_SCANNED_BYTES / piece.length)), [])
})
