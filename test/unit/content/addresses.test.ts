import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseByteRange } from '../../../client/content/byte-range.ts'
import { createReleaseFiles } from '../../../client/content/release-files.ts'
import { encodePath, resolvePath } from '../../../client/content/resolve-path.ts'
import { makeSmallRelease } from '../../support/small-release.ts'

test('ranges follow RFC 9110 for one range', () => {
  const cases: [string | null, number, ReturnType<typeof parseByteRange>][] = [
    [null, 10, 'whole'],
    ['bytes=0-', 10, { start: 0, end: 10 }],
    ['bytes=2-4', 10, { start: 2, end: 5 }],
    ['bytes=2-400', 10, { start: 2, end: 10 }],
    ['bytes=9-9', 10, { start: 9, end: 10 }],
    ['bytes=-3', 10, { start: 7, end: 10 }],
    ['bytes=-30', 10, { start: 0, end: 10 }],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=5-4', 10, 'whole'],
    ['bytes=0-1,3-4', 10, 'whole'],
    ['bytes=-', 10, 'whole'],
    ['lines=1-2', 10, 'whole'],
  ]
  for (const [header, sizeBytes, expected] of cases) {
    assert.deepEqual(parseByteRange(header, sizeBytes), expected, String(header))
  }
})

const site = {
  'index.html': 'i',
  'assets/app.js': 'a',
  'docs/index.html': 'd',
  'grüße & mehr.txt': 'g',
  README: 'r',
}

test('an address means the file a static web server would give', async () => {
  const { manifest } = await makeSmallRelease(site)
  const files = createReleaseFiles(manifest, async () => ({ ok: false, reason: 'missing', digest: '' }))
  const at = (path: string, isNavigation = false) => {
    const found = resolvePath(files, path, isNavigation)
    return found.kind === 'file' ? found.file.path : found.kind === 'redirect' ? `→ ${found.path}` : 'none'
  }
  assert.equal(at('', true), 'index.html')
  assert.equal(at('assets/app.js'), 'assets/app.js')
  assert.equal(at('docs/'), 'docs/index.html')
  assert.equal(at('docs'), '→ docs/')
  assert.equal(at(encodePath('grüße & mehr.txt')), 'grüße & mehr.txt')
  assert.equal(at('rooms/12', true), 'index.html')
  assert.equal(at('rooms/12'), 'none')
  assert.equal(at('missing.png', true), 'none')
  assert.equal(at('%E0%A4%A'), 'none')
  assert.equal(at('assets/APP.js'), 'none')
})

const pages = {
  'index.html': 'home',
  'about.html': 'about',
  'menu.html': 'menu',
  'menu/drinks.html': 'drinks',
  'both.html': 'page',
  'both/index.html': 'folder',
  'v1.2.html': 'version',
  'größe.html': 'composed',
}

/** [address, what a navigation gets, what anything else gets when that differs] */
type Row = readonly [address: string, navigation: string, other?: string]

const TABLES: Record<string, { site: Record<string, string>; rows: readonly Row[] }> = {
  'pages are found without their ending, as many build tools link to them': {
    site: pages,
    rows: [
      ['about', 'about.html'],
      ['about.html', 'about.html'],
      ['about/', '→ about'],
      ['menu', 'menu.html'],
      ['menu/drinks', 'menu/drinks.html'],
      ['both', 'both.html'],
      ['both/', 'both/index.html'],
      ['v1.2', 'v1.2.html'],
      ['gro%CC%88%C3%9Fe', 'größe.html'],
      ['index', 'index.html'],
    ],
  },
  'a navigation to a route gets the entry page, also where the route has a dot': {
    site: pages,
    rows: [
      ['rooms/12', 'index.html', 'none'],
      ['map/52.5,13.4', 'index.html', 'none'],
      ['users/jane.doe', 'index.html', 'none'],
      ['menu/', '→ menu'],
    ],
  },
  'a navigation to a missing file never gets the entry page, which in a frame of itself would nest without end':
    {
      site: pages,
      rows: [
        ['missing.html', 'none'],
        ['a/b/brochure.PDF', 'none'],
        ['missing.png', 'none'],
      ],
    },
  'a navigation to what is not there gets the nearest 404.html, where the package has one': {
    site: { ...pages, '404.html': 'root', 'docs/index.html': 'docs', 'docs/404.html': 'of docs' },
    rows: [
      ['nothing', '404.html as not found', 'none'],
      ['missing.html', '404.html as not found', 'none'],
      ['menu/tea/', '404.html as not found', 'none'],
      ['docs/a/b', 'docs/404.html as not found', 'none'],
      ['about', 'about.html'],
      ['404', '404.html'],
    ],
  },
}

for (const [title, { site, rows }] of Object.entries(TABLES)) {
  test(title, async () => {
    const { manifest } = await makeSmallRelease(site)
    const files = createReleaseFiles(manifest, async () => ({ ok: false, reason: 'missing', digest: '' }))
    for (const [address, navigation, other = navigation] of rows) {
      for (const [isNavigation, expected] of [
        [true, navigation],
        [false, other],
      ] as const) {
        const found = resolvePath(files, address, isNavigation)
        const text =
          found.kind === 'none'
            ? 'none'
            : found.kind === 'redirect'
              ? `→ ${found.path}`
              : `${found.file.path}${found.kind === 'not-found-page' ? ' as not found' : ''}`
        assert.equal(text, expected, `${address}, navigation: ${isNavigation}`)
      }
    }
  })
}

test('an entry page in a folder is gone to, so that its relative addresses hold', async () => {
  const { manifest } = await makeSmallRelease({ 'public/start.html': 's' }, { entry: 'public/start.html' })
  const files = createReleaseFiles(manifest, async () => ({ ok: false, reason: 'missing', digest: '' }))
  assert.deepEqual(resolvePath(files, '', true), { kind: 'redirect', path: 'public/start.html' })
})
