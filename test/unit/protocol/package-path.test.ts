import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  checkPackagePath,
  comparePaths,
  findDuplicatePaths,
  type PackagePathProblem,
} from '../../../protocol/package-path.ts'

const ALLOWED = [
  'index.html',
  'assets/app-4f2a.js',
  'a/b/c/d.txt',
  '.well-known/thing.json',
  '...hidden',
  'with space/in the middle.txt',
  ' leading space',
  'Grüße/größe.png',
  '日本語/画面.html',
  '👩‍👩‍👧.svg',
  "it's (1) [2] {3} #4 100% & more; =+,~@!$.txt",
  'console.js',
  'com10.txt',
  'com0',
  'aux-file/nul_.txt',
  'a'.repeat(255),
  `${'ä'.repeat(127)}b`,
  `${`${'a'.repeat(204)}/`.repeat(4)}${'b'.repeat(204)}`,
]

const REFUSED: Array<[path: string, reason: PackagePathProblem, mentions?: string]> = [
  ['', 'empty'],
  ['/', 'not-relative'],
  ['/etc/passwd', 'not-relative'],
  ['a/', 'not-normalised'],
  ['a//b', 'not-normalised'],
  ['.', 'not-normalised'],
  ['./a', 'not-normalised'],
  ['..', 'not-normalised'],
  ['a/../b', 'not-normalised', '".."'],
  ['a/..', 'not-normalised'],
  ['a\\b', 'illegal-character', 'U+005C'],
  ['..\\..\\windows', 'illegal-character'],
  ['C:/windows', 'illegal-character', ':'],
  ['a?b', 'illegal-character'],
  ['a*b', 'illegal-character'],
  ['a<b', 'illegal-character'],
  ['a>b', 'illegal-character'],
  ['a|b', 'illegal-character'],
  ['a"b', 'illegal-character'],
  ['a\0b', 'illegal-character', 'U+0000'],
  ['a\nb', 'illegal-character', 'U+000A'],
  ['a\u007fb', 'illegal-character'],
  ['a\u0085b', 'illegal-character'],
  ['a\u2028b', 'illegal-character'],
  ['exe.\u202egpj', 'illegal-character', 'U+202E'],
  ['\ufeffindex.html', 'illegal-character'],
  ['broken\ufffdname', 'illegal-character', 'U+FFFD'],
  ['half \ud83d surrogate', 'illegal-character', 'Unicode'],
  ['Gru\u0308\u00dfe.png', 'not-nfc'],
  ['\u212b', 'not-nfc'],
  ['con', 'reserved-name'],
  ['CON', 'reserved-name'],
  ['a/nul.txt', 'reserved-name', '"nul.txt"'],
  ['aux.tar.gz', 'reserved-name'],
  ['prn/readme', 'reserved-name'],
  ['Com1.log', 'reserved-name'],
  ['lpt9', 'reserved-name'],
  ['com¹', 'reserved-name'],
  ['con .txt', 'reserved-name'],
  ['conout$', 'reserved-name'],
  ['a.', 'trailing-dot-or-space'],
  ['a./b', 'trailing-dot-or-space', '"a."'],
  ['a ', 'trailing-dot-or-space'],
  ['...', 'trailing-dot-or-space'],
  ['a'.repeat(256), 'too-long'],
  ['ä'.repeat(128), 'too-long'],
  [`${'a/'.repeat(512)}a`, 'too-long'],
  ['日/'.repeat(256) + '日'.repeat(20), 'too-long'],
  ['x'.repeat(10_000_000), 'too-long'],
]

describe('package paths', () => {
  for (const path of ALLOWED) {
    it(`allows ${JSON.stringify(path.slice(0, 60))}`, () =>
      assert.deepEqual(checkPackagePath(path), { ok: true }))
  }

  for (const [path, reason, mentions] of REFUSED) {
    it(`refuses ${JSON.stringify(path.slice(0, 40))}: ${reason}`, () => {
      const result = checkPackagePath(path)
      assert.ok(!result.ok)
      assert.equal(result.reason, reason)
      assert.ok(result.message.length < 3000)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a message goes to a terminal and must hold none
      assert.doesNotMatch(result.message, /[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/)
      if (mentions) assert.ok(result.message.includes(mentions), result.message)
    })
  }

  it('allows only what a URL resolves to itself, inside its base', () => {
    const units = [...'ab./\\%#?&:;@ +~é日\u0308\u{1f600}\t', '\ud83d', '..', '%2e', '%2f']
    const somePath = fc.array(fc.constantFrom(...units), { maxLength: 8 }).map(parts => parts.join(''))
    fc.assert(
      fc.property(somePath, path => {
        if (!checkPackagePath(path).ok) return
        const base = 'https://kiosk.example/kiosk/app/lobby/'
        const url = new URL(base + path.split('/').map(encodeURIComponent).join('/'))
        assert.equal(url.origin, 'https://kiosk.example')
        assert.equal(decodeURIComponent(url.pathname), `/kiosk/app/lobby/${path}`)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('paths side by side', () => {
  it('finds nothing where nothing clashes', () => {
    assert.deepEqual(findDuplicatePaths(['a', 'b/a', 'b/c', 'ab', 'A.txt', 'B/d']), [])
    assert.deepEqual(findDuplicatePaths([]), [])
  })

  it('finds paths that are equal, and equal ignoring case', () => {
    for (const [first, second] of [
      ['a/b', 'a/b'],
      ['Index.html', 'index.HTML'],
      ['STRASSE', 'straße'],
      ['É.png', 'é.png'],
    ] as const) {
      const [conflict, ...more] = findDuplicatePaths([first, 'other', second])
      assert.deepEqual(conflict?.paths, [first, second])
      assert.equal(conflict?.reason, 'same-path')
      assert.ok(conflict?.message.includes(first))
      assert.equal(more.length, 0)
    }
  })

  it('finds a file where another file needs a directory, at any depth and whichever comes first', () => {
    assert.deepEqual(
      findDuplicatePaths(['A/B/c.txt', 'a']).map(c => [c.reason, ...c.paths]),
      [['file-and-directory', 'a', 'A/B/c.txt']],
    )
    assert.deepEqual(
      findDuplicatePaths(['a/b', 'a/b/c/d']).map(c => [c.reason, ...c.paths]),
      [['file-and-directory', 'a/b', 'a/b/c/d']],
    )
  })

  it('orders by UTF-16 code units, not by locale', () => {
    const paths = ['ä', 'a', 'Z', '\u{1f600}', '\uff00', 'a/b', 'a-b', 'a0']
    assert.deepEqual(paths.sort(comparePaths), ['Z', 'a', 'a-b', 'a/b', 'a0', 'ä', '\u{1f600}', '\uff00'])
  })
})
