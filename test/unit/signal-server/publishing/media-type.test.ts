import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mediaTypeOf } from '../../../../signal-server/publishing/media-type.ts'

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
