import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MAX_CHUNK_BYTES, MAX_CHUNKS_PER_RELEASE, MAX_FILES_PER_RELEASE } from '../../../protocol/limits.ts'
import {
  checkReleaseContent,
  chunkStarts,
  type Manifest,
  type ManifestFile,
  manifestBytes,
  parseManifest,
  releaseDigestOf,
} from '../../../protocol/manifest.ts'
import { exampleDigest, exampleManifest } from '../../support/protocol-examples.ts'

const [emptyFile, imageFile, pageFile] = exampleManifest.files as [ManifestFile, ManifestFile, ManifestFile]

function refusal(input: unknown): string {
  const parsed = parseManifest(input)
  assert.ok(!parsed.ok, 'was accepted')
  return parsed.message
}

const withFiles = (...files: ManifestFile[]): Manifest => ({
  ...exampleManifest,
  files,
  entry: files[0]?.path ?? '',
})

/** The same JSON value with its keys in another order. */
function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map(item => shuffled(item, random))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(entry => [random(), entry] as const)
      .sort(([a], [b]) => a - b)
      .map(([, [key, item]]) => [key, shuffled(item, random)]),
  )
}

describe('manifest: form', () => {
  it('PR-M1 a good manifest is accepted as it is', () => {
    assert.deepEqual(parseManifest(exampleManifest), { ok: true, value: exampleManifest })
  })

  it('PR-M1 a release of empty files only has no chunks', () => {
    assert.equal(parseManifest({ ...withFiles(emptyFile), chunks: [] }).ok, true)
  })

  const violations: [string, unknown, RegExp][] = [
    ['not an object', 7, /Expected Object/],
    ['an array', [], /^format: /],
    ['another format', { ...exampleManifest, format: 2 }, /^format: .*not known here/],
    ['an unknown field', { ...exampleManifest, script: 'x' }, /^script: /],
    ['an unknown field of a file', withFiles({ ...pageFile, mode: 1 } as ManifestFile), /^files\.0\.mode: /],
    ['a missing field', { ...exampleManifest, entry: undefined }, /^entry: /],
    [
      'a package name with a slash',
      { ...exampleManifest, package: 'a/b' },
      /^package: a package name must be/,
    ],
    ['a package name that climbs', { ...exampleManifest, package: 'a..b' }, /^package: .*"\.\."/],
    ['release 0', { ...exampleManifest, release: 0 }, /^release: /],
    ['half a release', { ...exampleManifest, release: 1.5 }, /^release: /],
    ['a release beyond exact numbers', { ...exampleManifest, release: 2 ** 53 }, /^release: /],
    ['a time without zone', { ...exampleManifest, publishedAt: '2026-11-23T02:00:00' }, /^publishedAt: /],
    [
      'a day that does not exist',
      { ...exampleManifest, publishedAt: '2026-02-30T02:00:00Z' },
      /^publishedAt: /,
    ],
    ['an empty label', { ...exampleManifest, version: ' ' }, /^version: .*empty/],
    ['a label of two lines', { ...exampleManifest, version: '1\n2' }, /^version: .*one line/],
    ['half a surrogate pair', { ...exampleManifest, version: '1\ud800' }, /^version: .*valid Unicode/],
    ['no files', { ...exampleManifest, files: [] }, /^files: a release has at least one file/],
    [
      'a path that climbs',
      { ...exampleManifest, files: [{ ...pageFile, path: '../x' }] },
      /^files\.0\.path: /,
    ],
    ['an absolute path', { ...exampleManifest, files: [{ ...pageFile, path: '/x' }] }, /^files\.0\.path: /],
    ['an entry that climbs', { ...exampleManifest, entry: 'a/../b' }, /^entry: /],
    ['a negative size', withFiles({ ...pageFile, sizeBytes: -1 }), /^files\.0\.sizeBytes: /],
    [
      'a media type with a line feed',
      withFiles({ ...pageFile, mediaType: 'text/html\nx: y' }),
      /^files\.0\.mediaType: /,
    ],
    [
      'a digest in capitals',
      { ...exampleManifest, chunks: [{ digest: 'A'.repeat(64), sizeBytes: 1 }] },
      /^chunks\.0\.digest: /,
    ],
    [
      'an empty chunk',
      { ...exampleManifest, chunks: [{ digest: exampleDigest, sizeBytes: 0 }] },
      /^chunks\.0\.sizeBytes: /,
    ],
    [
      'a chunk over 4 MiB',
      { ...exampleManifest, chunks: [{ digest: exampleDigest, sizeBytes: MAX_CHUNK_BYTES + 1 }] },
      /^chunks\.0\.sizeBytes: /,
    ],
  ]
  for (const [what, input, message] of violations) {
    it(`PR-M1 refuses ${what}, naming the field`, () => {
      assert.match(refusal(input), message)
    })
  }

  it('PR-M1 at most 131,072 chunks and 100,000 files', () => {
    const chunk = { digest: exampleDigest, sizeBytes: 1 }
    const chunks = (count: number) => ({
      ...withFiles(emptyFile),
      chunks: Array.from({ length: count }, () => chunk),
    })
    assert.equal(parseManifest(chunks(MAX_CHUNKS_PER_RELEASE)).ok, true)
    assert.match(refusal(chunks(MAX_CHUNKS_PER_RELEASE + 1)), /^chunks: /)
    const files = Array.from({ length: MAX_FILES_PER_RELEASE + 1 }, () => emptyFile)
    assert.match(refusal({ ...exampleManifest, files }), /^files: /)
  })

  it('PR-M1 a refusal quotes a bounded part of what was sent', () => {
    const long = 'x'.repeat(100_000)
    for (const input of [
      { ...exampleManifest, package: long },
      { ...exampleManifest, version: long },
      { ...exampleManifest, [long]: 1 },
      withFiles({ ...pageFile, path: long }),
      { ...exampleManifest, entry: 'y'.repeat(255).concat('/y'.repeat(300)) },
    ]) {
      assert.ok(refusal(input).length <= 300)
    }
  })
})

describe('manifest: content', () => {
  const chunks = exampleManifest.chunks

  it('PR-M5 two files of one path, or of paths that differ in case only, are named', () => {
    assert.match(refusal(withFiles(pageFile, pageFile)), /"index\.html" appears twice/)
    const twins = withFiles(pageFile, { ...pageFile, path: 'INDEX.html' })
    assert.match(refusal(twins), /"index\.html" and "INDEX\.html" are the same/)
  })

  it('PR-M6 a path cannot be a file and a directory', () => {
    const clash = withFiles({ ...pageFile, path: 'app' }, { ...pageFile, path: 'App/index.html' })
    assert.match(refusal(clash), /"app" is a file, but "App\/index\.html" needs a directory/)
  })

  it('PR-M7 the entry page is one of the files, exactly', () => {
    assert.match(refusal({ ...exampleManifest, entry: 'start.html' }), /entry page "start\.html"/)
    assert.match(refusal({ ...exampleManifest, entry: 'Index.html' }), /entry page/)
  })

  const inside: [string, Partial<ManifestFile>][] = [
    ['the whole stream', { chunk: 0, offset: 0, sizeBytes: 200 }],
    ['its last byte', { chunk: 1, offset: 99, sizeBytes: 1 }],
    ['over a cut', { chunk: 0, offset: 99, sizeBytes: 2 }],
    ['nothing, wherever that lies', { chunk: 9, offset: 9, sizeBytes: 0 }],
  ]
  for (const [what, place] of inside) {
    it(`PR-M8 a file may be ${what}`, () => {
      assert.equal(parseManifest(withFiles({ ...pageFile, ...place })).ok, true)
    })
  }

  const outside: [string, Partial<ManifestFile>, RegExp][] = [
    ['begins after the last chunk', { chunk: 2, offset: 0, sizeBytes: 1 }, /begins outside/],
    ['begins far after it', { chunk: Number.MAX_SAFE_INTEGER, offset: 0, sizeBytes: 1 }, /begins outside/],
    ['begins past the end of its chunk', { chunk: 0, offset: 100, sizeBytes: 1 }, /begins outside/],
    ['ends one byte too late', { chunk: 0, offset: 0, sizeBytes: 201 }, /ends outside/],
    [
      'is larger than numbers are exact',
      { chunk: 1, offset: 99, sizeBytes: Number.MAX_SAFE_INTEGER },
      /ends outside/,
    ],
  ]
  for (const [what, place, message] of outside) {
    it(`PR-M8 refuses a file that ${what}`, () => {
      assert.match(refusal(withFiles({ ...pageFile, ...place })), message)
    })
  }

  it('PR-M8 files may overlap, and chunks may repeat', () => {
    const [first] = chunks
    assert.ok(first)
    const content = { ...withFiles(pageFile, { ...imageFile, chunk: 0, offset: 0 }), chunks: [first, first] }
    assert.equal(checkReleaseContent(content), null)
  })

  it('PR-M8 chunk starts are the running sum of sizes, with the length of the stream at the end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: MAX_CHUNK_BYTES })), sizes => {
        const starts = chunkStarts(sizes.map(sizeBytes => ({ sizeBytes })))
        assert.equal(starts.length, sizes.length + 1)
        assert.deepEqual(
          sizes,
          starts.slice(1).map((end, i) => end - (starts[i] ?? 0)),
        )
      }),
    )
  })
})

describe('manifest: canonical bytes', () => {
  it('PR-M2 are these, for this manifest', () => {
    const text = new TextDecoder().decode(manifestBytes({ ...exampleManifest, files: [pageFile] }))
    assert.equal(
      text,
      `{"chunks":[{"digest":"${exampleDigest}","sizeBytes":100},{"digest":"${'f'.repeat(64)}","sizeBytes":100}],` +
        '"entry":"index.html","files":[{"chunk":0,"mediaType":"text/html; charset=utf-8","offset":0,"path":"index.html","sizeBytes":50}],' +
        '"format":1,"package":"lobby","publishedAt":"2026-11-23T02:00:00Z","release":3,"version":"1.2.0 – größer"}',
    )
  })

  it('PR-M2 do not depend on key order, white space, escapes or the way numbers are written', () => {
    const expected = manifestBytes(exampleManifest)
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ noNaN: true })), fc.nat(8), (chances, indent) => {
        const text = JSON.stringify(
          shuffled(exampleManifest, () => chances.next().value),
          null,
          indent,
        )
          .replace('ö', '\\u00f6')
          .replace(/"release":( *)3/, '"release":$13.0e0')
        const parsed = parseManifest(JSON.parse(text))
        assert.ok(parsed.ok)
        assert.deepEqual(manifestBytes(parsed.value), expected)
      }),
    )
  })

  it('PR-M2 are those of the parsed manifest: white space around a label is gone', () => {
    const parsed = parseManifest({ ...exampleManifest, version: ` ${exampleManifest.version} ` })
    assert.ok(parsed.ok)
    assert.deepEqual(manifestBytes(parsed.value), manifestBytes(exampleManifest))
  })

  it('PR-M2 the digest of a release is stable over time', async () => {
    assert.equal(
      await releaseDigestOf(exampleManifest),
      'cac6aad6ee69c45c22c70a2e82d8def0740799a271dbf931a281026c31aedcbd',
    )
  })

  it('PR-M2 every field changes the digest', async () => {
    const digest = await releaseDigestOf(exampleManifest)
    const changes: Partial<Manifest>[] = [
      { package: 'lobby2' },
      { release: 4 },
      { publishedAt: '2026-11-23T02:00:01Z' },
      { version: '1.2.1' },
      { entry: 'empty.txt' },
      { files: exampleManifest.files.toReversed() },
      { chunks: exampleManifest.chunks.toReversed() },
    ]
    for (const change of changes) {
      assert.notEqual(await releaseDigestOf({ ...exampleManifest, ...change }), digest)
    }
  })
})
