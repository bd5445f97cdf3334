import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isBuiltForRoot } from '../../../client/content/built-for-root.ts'

const own = new Set(['assets/index.js', 'favicon.ico', 'a b.css'])
const check = (html: string) => isBuiltForRoot(html, path => own.has(path))

test('absolute addresses of own files, as build tools write them, mean the root', () => {
  assert.equal(check('<script type="module" crossorigin src="/assets/index.js"></script>'), true)
  assert.equal(check("<link rel=icon href='/favicon.ico?v=2'>"), true)
  assert.equal(check('<LINK REL=stylesheet HREF=/a%20b.css>'), true)
  assert.equal(check('<base href="/"><script src="assets/index.js"></script>'), true)
})

test('relative addresses, other origins, files of others and comments do not', () => {
  assert.equal(check('<script src="./assets/index.js"></script><link href="favicon.ico">'), false)
  assert.equal(check('<script src="//cdn.example.com/assets/index.js"></script>'), false)
  assert.equal(check('<script src="/analytics.js"></script>'), false)
  assert.equal(check('<!-- <script src="/assets/index.js"></script> -->'), false)
  assert.equal(check('<a href="/favicon.ico">home</a>'), false)
  assert.equal(check('<base href="./"><script src="/assets/index.js"></script>'), false)
  assert.equal(check(''), false)
})
