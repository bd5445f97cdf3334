/** The media types that files are published with: by name, and for text by what its bytes are. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import mime from 'mime'
import { lookAtFile } from '../../../../protocol/publishing/look-at-file.ts'

function mediaTypeOf(path: string, content: string | Uint8Array = '', pieceBytes = 1): string {
  const bytes = Buffer.from(content)
  const look = lookAtFile(path, mime)
  for (let at = 0; at < bytes.length; at += pieceBytes) look.take(bytes.subarray(at, at + pieceBytes))
  return look.end().mediaType
}

const TABLE: Array<[path: string, mediaType: string]> = [
  ['index.html', 'text/html; charset=utf-8'],
  ['a/b/STYLE.CSS', 'text/css; charset=utf-8'],
  ['app.js', 'text/javascript; charset=utf-8'],
  ['app.mjs', 'text/javascript; charset=utf-8'],
  ['notes.txt', 'text/plain; charset=utf-8'],
  ['data.json', 'application/json'],
  ['app.js.map', 'application/json'],
  ['app.webmanifest', 'application/manifest+json'],
  ['decoder.wasm', 'application/wasm'],
  ['logo.svg', 'image/svg+xml'],
  ['photo.webp', 'image/webp'],
  ['photo.avif', 'image/avif'],
  ['film.mp4', 'video/mp4'],
  ['font.woff2', 'font/woff2'],
  ['LICENSE', 'application/octet-stream'],
  ['html', 'application/octet-stream'],
  ['a/html', 'application/octet-stream'],
  ['.html', 'application/octet-stream'],
  ['data.nobody-knows', 'application/octet-stream'],
]

describe('media types', () => {
  for (const [path, mediaType] of TABLE) {
    it(`${path}: ${mediaType}`, () => {
      assert.equal(mediaTypeOf(path), mediaType)
    })
  }
})

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const UTF16 = Buffer.from('\ufeff<p>Größe', 'utf16le')
const ENCODINGS: Array<[what: string, content: string | Uint8Array, isDeclared: boolean]> = [
  ['ASCII', '<p>plain', true],
  ['UTF-8', '<p>Größe € 😀', true],
  ['UTF-8 with a byte order mark', '\ufeff<p>Größe', true],
  ['UTF-16 with a byte order mark, which overrides any declaration', UTF16, true],
  ['UTF-16 without one', UTF16.subarray(2), false],
  ['windows-1252', latin1('<p>Gr\xf6\xdfe \x80'), false],
  ['Shift_JIS', latin1('<p>\x83\x81\x83j\x83\x85\x81['), false],
  ['ISO-2022-JP, whose bytes all are ASCII', '<p>\u001b$B%a%K%e!<\u001b(B', false],
  ['UTF-8 with the escape sequences of terminals', 'Größe \u001b[1m', true],
  ['UTF-8 that is cut off in a character', Buffer.from('Gr€').subarray(0, -1), false],
  ['a surrogate encoded as if it were a character', latin1('\xed\xa0\x80'), false],
]

describe('text is declared as UTF-8 only where it is, so that other pages keep their own declaration', () => {
  for (const [what, content, isDeclared] of ENCODINGS) {
    it(`${what}: ${isDeclared ? 'declared' : 'not declared'}`, () => {
      const expected = isDeclared ? 'text/html; charset=utf-8' : 'text/html'
      for (const pieceBytes of [1, 2, 3, 1000])
        assert.equal(mediaTypeOf('index.html', content, pieceBytes), expected)
    })
  }
})
