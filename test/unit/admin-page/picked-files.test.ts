/** What is made of chosen folders: paths, what is left out, refusals in words, entry pages, names. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  entryPages,
  pickChosenFolder,
  pickZip,
  suggestName,
  suggestVersion,
} from '../../../signal-server/admin/publishing/picked-files.ts'

const chosen = (...paths: string[]) =>
  pickChosenFolder(
    paths.map(path =>
      Object.defineProperty(new File(['x'], path.slice(path.lastIndexOf('/') + 1)), 'webkitRelativePath', {
        value: path,
      }),
    ),
  )

test('the folder itself is no part of the paths, and leftovers of file managers stay behind', () => {
  const picked = chosen('app/index.html', 'app/b/a.js', 'app/.DS_Store', 'app/.git/config')
  assert.ok(picked.kind === 'folder')
  assert.equal(picked.name, 'app')
  assert.deepEqual(
    picked.files.map(({ path }) => path),
    ['b/a.js', 'index.html'],
  )
  assert.deepEqual(picked.leftOut, ['.DS_Store', '.git/config'])
})

test('a folder with decomposed names, as macOS has them, gets composed paths', () => {
  const picked = chosen('app/index.html', 'app/gru\u0308n/._a.svg', 'app/gru\u0308n/a.svg')
  assert.ok(picked.kind === 'folder')
  assert.deepEqual(
    picked.files.map(({ path }) => path),
    ['gr\u00fcn/a.svg', 'index.html'],
  )
  assert.equal(picked.leftOut.length, 1)
})

for (const [paths, message] of [
  [['app/aux.txt'], /reserved on Windows/],
  [['app/A.html', 'app/a.html'], /same where case is ignored/],
  [['app/\u00e4.txt', 'app/a\u0308.txt'], /is there twice/],
  [['app/con.txt', 'app/nul.txt'], /2 names cannot be published: .*con\.txt.*nul\.txt/],
  [['app/.DS_Store'], /contains no files/],
  [['app/tail. '], /ends with a dot or a space/],
] as const) {
  test(`refused in words: ${paths.join(', ')}`, () => {
    const picked = chosen(...paths)
    assert.ok(picked.kind === 'refused')
    assert.match(picked.message, message)
  })
}

test('a single file that is no zip is refused', () => {
  assert.equal(pickZip(new File([], 'a.zip')).kind, 'zip')
  assert.equal(pickZip(new File([], 'a.tar')).kind, 'refused')
})

test('entry pages: the shallowest first, index pages before others', () => {
  assert.deepEqual(entryPages(['z/index.html', 'about.html', 'index.html', 'app.js', 'a/b/x.htm']), [
    'index.html',
    'about.html',
    'z/index.html',
    'a/b/x.htm',
  ])
})

for (const [name, suggested, version] of [
  ['lobby-1.4.0', 'lobby', '1.4.0'],
  ['lobby-1.4.0 (1)', 'lobby', '1.4.0'],
  ['My Lobby v2', 'my-lobby', '2'],
  ['menu_2.0.1-rc.1', 'menu', '2.0.1-rc.1'],
  ['My Lobby (2)', 'my-lobby-2', ''],
  ['hall-7', 'hall-7', ''],
  ['dist', 'dist', ''],
] as const)
  test(`a folder named ${name} suggests the package ${suggested}${version === '' ? '' : ` and the version ${version}`}`, () => {
    assert.equal(suggestName(name), suggested)
    assert.equal(suggestVersion(name), version)
  })

test('package names made of folder names are always names', () => {
  assert.equal(suggestName('My Lobby (2)'), 'my-lobby-2')
  assert.equal(suggestName('Café..Menü'), 'cafe-.menu')
  assert.equal(suggestName('日本'), '')
})
