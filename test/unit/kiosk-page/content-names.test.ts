/** Parts of the kiosk page are named after their content, so that a worker can verify those of a build it does not know. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nameByContent, sha256Hex } from '../../../client/kiosk-page/vite.content-names.ts'

const build = (files: Readonly<Record<string, string>>) =>
  nameByContent(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])))

const built = {
  'index.html': '<script src="./assets/main-AAAAAAAA.js"></script><link href="./assets/look-C_C-CCCC.css">',
  'assets/main-AAAAAAAA.js': 'import "./shared-BBBBBBBB.js"; new Worker("assets/worker-DDDDDDDD.js")',
  'assets/shared-BBBBBBBB.js': 'export {}',
  'assets/look-C_C-CCCC.css': 'body {}',
  'assets/worker-DDDDDDDD.js': '0',
  'assets/lonely-EEEEEEEE.js': '1',
}

test('a name is the start of the digest of the file as it is written', () => {
  const parts = build(built).filter(({ fileName }) => fileName.startsWith('assets/'))
  assert.equal(parts.length, 5)
  for (const { fileName, content } of parts) {
    const digits = /^assets\/[a-z]+-([0-9a-f]{32})\.(js|css)$/.exec(fileName)?.[1]
    assert.equal(digits, sha256Hex(content).slice(0, 32), fileName)
  }
})

test('every reference names the new file, and a page needs what its parts need', () => {
  const files = build(built)
  const page = files.find(({ fileName }) => fileName === 'index.html')
  assert.deepEqual(
    page?.needs.map(name => name.replace(/-[0-9a-f]{32}/, '')),
    ['assets/look.css', 'assets/main.js', 'assets/shared.js', 'assets/worker.js'],
  )
  const names = files.map(({ fileName }) => fileName.replace('assets/', ''))
  const texts = files.map(({ content }) => content.toString())
  for (const text of texts) assert.doesNotMatch(text, /[A-E]{8}|C_C-/)
  for (const name of names.filter(each => /main|shared|look|worker/.test(each)))
    assert.equal(texts.filter(text => text.includes(name)).length, 1, name)
})

test('a change in one part changes the names of all that lead to it, and no other', () => {
  const namesOf = (files: Readonly<Record<string, string>>) => build(files).map(({ fileName }) => fileName)
  const before = namesOf(built)
  const after = namesOf({ ...built, 'assets/worker-DDDDDDDD.js': '2' })
  const changed = before.filter(name => !after.includes(name)).map(name => name.replace(/-[0-9a-f]{32}/, ''))
  assert.deepEqual(changed, ['assets/main.js', 'assets/worker.js'])
})

test('parts that name each other are refused', () => {
  const files = { 'assets/a-AAAAAAAA.js': 'b-BBBBBBBB.js', 'assets/b-BBBBBBBB.js': 'a-AAAAAAAA.js' }
  assert.throws(() => build(files), /name each other/)
})
