/** Names of archives and folders become paths of a package, are left out, or are refused with a reason. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  describeRefusals,
  isLeftOut,
  namesInArchive,
  namesInFolder,
  withAdvice,
} from '../../../../protocol/publishing/package-names.ts'

const left = [
  '._a.html',
  '._',
  '.DS_Store',
  'thumbs.db',
  'Thumbs.db',
  'Desktop.ini',
  '__MACOSX',
  '.git',
  '.svn',
]
const kept = ['_a.html', '.well-known', '.htaccess', 'thumbs.dbx', 'DS_Store', '.gitignore', '.env', '..a']

test('what version control and file managers make is left out, and no other hidden file', () => {
  assert.deepEqual(left.filter(isLeftOut), left)
  assert.deepEqual(kept.filter(isLeftOut), [])
})

test('paths stand at the index of their name, without the one folder that all files lie in', () => {
  const names = ['dist/', 'dist/index.html', '__MACOSX/dist/._index.html', 'dist/js/a.js', '.DS_Store']
  assert.deepEqual(namesInArchive(names), {
    paths: [null, 'index.html', null, 'js/a.js', null],
    leftOut: ['__MACOSX/dist/._index.html', '.DS_Store'],
    strippedFolder: 'dist',
    refusals: [],
  })
  assert.deepEqual(namesInFolder(['dist/index.html']).paths, ['dist/index.html'])
})

test('backslashes separate in archives without any slash, and in no folder', () => {
  assert.deepEqual(namesInArchive(['a.html', 'js\\', 'js\\b.js']).paths, ['a.html', null, 'js/b.js'])
  assert.equal(namesInArchive(['a/b.html', 'js\\b.js']).refusals[0]?.reason, 'backslash')
  assert.equal(namesInFolder(['js\\b.js']).refusals[0]?.reason, 'path-not-allowed')
})

const REFUSED = [
  ['/etc/passwd', 'absolute-path'],
  ['\\\\host\\share', 'absolute-path'],
  ['C:\\x', 'absolute-path'],
  ['a/../../x', 'path-traversal'],
  ['..\\x', 'path-traversal'],
  ['a//b', 'path-not-allowed'],
  ['con', 'path-not-allowed'],
  ['bad\ufffd.txt', 'path-not-allowed'],
] as const
for (const [name, reason] of REFUSED) {
  test(`${JSON.stringify(name)} in an archive is refused: ${reason}`, () => {
    const { refusals, paths } = namesInArchive(['index.html', name])
    assert.deepEqual(
      refusals.map(refusal => [refusal.reason, refusal.name]),
      [[reason, name]],
    )
    assert.equal(paths[0], 'index.html')
  })
}

test('names that become one path, or need a file as a folder, are refused with the name as it was given', () => {
  const decomposed = 'a\u0308/x.txt'
  const names = ['\u00e4/x.txt', decomposed, 'Logo.svg', 'logo.svg', 'docs', 'docs/a']
  assert.deepEqual(
    namesInFolder(names).refusals.map(({ reason, name }) => [reason, name]),
    [
      ['duplicate-name', decomposed],
      ['case-clash', 'logo.svg'],
      ['path-conflict', 'docs/a'],
    ],
  )
})

test('a text on many refusals is bounded, and says each advice once', () => {
  const { refusals } = namesInFolder(Array.from({ length: 5000 }, (_, n) => `${'x'.repeat(200)}${n}?`))
  const text = describeRefusals(refusals.map(withAdvice))
  assert.match(text, /^5000 names cannot be published: /)
  assert.match(text, /; and 4990 more\. Rename the files, and try again\.$/)
  assert.ok(text.length < 10_000)
})
