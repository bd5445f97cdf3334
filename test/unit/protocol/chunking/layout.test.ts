import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ORDINARY_PROFILE } from '../../../../protocol/chunking/fast-cdc.ts'
import {
  compareForLayout,
  LayoutBuilder,
  PACKED_BELOW_BYTES,
  type PlacedFile,
} from '../../../../protocol/chunking/layout.ts'
import { comparePaths } from '../../../../protocol/package-path.ts'
import { reassembleFile } from '../../../support/reassemble-file.ts'
import { seededBytes } from '../../../support/seeded-bytes.ts'

type Content = Record<string, Uint8Array>
type LaidOut = { files: PlacedFile[]; rawChunks: Uint8Array[] }

function layOut(content: Content, writeBytes = 100_000): LaidOut {
  const layout = new LayoutBuilder()
  const rawChunks: Uint8Array[] = []
  const inOrder = Object.entries(content)
    .map(([path, bytes]) => ({ path, bytes, sizeBytes: bytes.length }))
    .sort(compareForLayout)
  for (const file of inOrder) {
    rawChunks.push(...layout.beginFile(file))
    for (let at = 0; at < file.sizeBytes; at += writeBytes) {
      // A copy that is spoilt afterwards: the builder must not keep what it is given.
      const piece = file.bytes.slice(at, at + writeBytes)
      rawChunks.push(...layout.write(piece))
      piece.fill(0xee)
    }
    rawChunks.push(...layout.endFile('text/plain'))
  }
  const { completed, files } = layout.finish()
  return { files, rawChunks: [...rawChunks, ...completed] }
}

function digestsOf({ rawChunks }: LaidOut): string[] {
  return rawChunks.map(raw => hash('sha256', raw, 'hex'))
}

function assertRoundTrip(content: Content, laidOut: LaidOut): void {
  assert.deepEqual(
    laidOut.files.map(file => file.path),
    Object.keys(content).sort(comparePaths),
  )
  for (const file of laidOut.files) {
    const bytes = content[file.path]
    assert.ok(bytes)
    assert.equal(file.sizeBytes, bytes.length)
    assert.equal(Buffer.compare(reassembleFile(file, laidOut.rawChunks), bytes), 0, file.path)
  }
  for (const raw of laidOut.rawChunks) assert.ok(raw.length >= 1 && raw.length <= ORDINARY_PROFILE.maxBytes)
}

const someContent = fc
  .dictionary(
    fc.constantFrom('a', 'b', 'B/x', 'b/y', 'c/z.js', 'd', 'ä', 'z/z'),
    fc.oneof(
      { weight: 3, arbitrary: fc.nat(3000) },
      { weight: 1, arbitrary: fc.integer({ min: 30_000, max: 400_000 }) },
      { weight: 1, arbitrary: fc.constantFrom(0, PACKED_BELOW_BYTES - 1, PACKED_BELOW_BYTES) },
    ),
  )
  .map(sizes =>
    Object.fromEntries(Object.entries(sizes).map(([path, size], i) => [path, seededBytes(i + size, size)])),
  )

function manySmallFiles(count: number): Content {
  const content: Content = {}
  for (let i = 0; i < count; i++) {
    content[`icons/${String(i).padStart(4, '0')}.svg`] = seededBytes(i, 3000 + ((i * 37) % 5000))
  }
  return content
}

describe('layout of a release', () => {
  it('gives every file back, in path order, whatever the sizes and the writes', () => {
    fc.assert(
      fc.property(someContent, fc.integer({ min: 1000, max: 300_000 }), (content, writeBytes) => {
        const laidOut = layOut(content, writeBytes)
        assertRoundTrip(content, laidOut)
        assert.deepEqual(digestsOf(layOut(content)), digestsOf(laidOut))
      }),
      { numRuns: 25 },
    )
  })

  it('packs small files together: far fewer chunks than files', () => {
    const content = manySmallFiles(500)
    const laidOut = layOut(content)
    assertRoundTrip(content, laidOut)
    assert.ok(laidOut.rawChunks.length < 40, `${laidOut.rawChunks.length} chunks`)
  })

  it('starts every other file in a chunk of its own', () => {
    const laidOut = layOut({
      'a.js': seededBytes(1, 200_000),
      'b.txt': seededBytes(2, 100),
      'c.js': seededBytes(3, PACKED_BELOW_BYTES),
    })
    const places = Object.fromEntries(laidOut.files.map(file => [file.path, [file.chunk, file.offset]]))
    assert.deepEqual(places['b.txt'], [0, 0])
    assert.deepEqual(places['a.js'], [1, 0])
    assert.deepEqual(places['c.js'], [laidOut.rawChunks.length - 1, 0])
  })

  it('an edited large file changes chunks of that file only', () => {
    const content = {
      ...manySmallFiles(50),
      'one.js': seededBytes(1, 700_000),
      'two.js': seededBytes(2, 700_000),
    }
    const before = new Set(digestsOf(layOut(content)))
    const after = layOut({ ...content, 'one.js': new Uint8Array([1, ...content['one.js']]) })
    const fresh = digestsOf(after).flatMap((digest, index) => (before.has(digest) ? [] : [index]))
    const one = after.files.find(file => file.path === 'one.js')
    const two = after.files.find(file => file.path === 'two.js')
    assert.ok(one && two)
    assert.ok(fresh.length >= 1 && fresh.length <= 4)
    for (const index of fresh) assert.ok(index >= one.chunk && index < two.chunk)
  })

  it('a small file edited, added or removed changes the chunks near it only', () => {
    const content = manySmallFiles(500)
    const before = layOut(content)
    const known = new Set(digestsOf(before))
    const { 'icons/0250.svg': _removed, ...without } = content
    for (const after of [
      { ...content, 'icons/0250.svg': seededBytes(9999, 4321) },
      { ...content, 'icons/0250a.svg': seededBytes(9999, 1234) },
      without,
    ]) {
      const fresh = digestsOf(layOut(after)).filter(digest => !known.has(digest))
      assert.ok(fresh.length <= 4, `${fresh.length} of ${known.size} chunks changed`)
    }
  })

  it('the same content under another name makes the same chunks', () => {
    const bytes = seededBytes(7, 500_000)
    const laidOut = layOut({ 'a.bin': bytes, 'b.bin': bytes })
    const digests = digestsOf(laidOut)
    assert.deepEqual(digests.slice(0, digests.length / 2), digests.slice(digests.length / 2))
    assertRoundTrip({ 'a.bin': bytes, 'b.bin': bytes }, laidOut)
  })

  it('places an empty file nowhere, and a release of empty files has no chunks', () => {
    const laidOut = layOut({ a: new Uint8Array(0), b: new Uint8Array(0) })
    assert.equal(laidOut.rawChunks.length, 0)
    assert.deepEqual(
      laidOut.files.map(file => [file.chunk, file.offset]),
      [
        [0, 0],
        [0, 0],
      ],
    )
    const [, empty] = layOut({ a: seededBytes(1, 100_000), z: new Uint8Array(0) }).files
    assert.deepEqual([empty?.chunk, empty?.offset], [0, 0])
  })

  it('refuses misuse: wrong order, wrong sizes, calls out of turn', () => {
    const file = (path: string, sizeBytes: number) => ({ path, sizeBytes })
    const begun = (...files: Array<[string, number]>) => {
      const layout = new LayoutBuilder()
      for (const [path, size] of files) {
        layout.beginFile(file(path, size))
        layout.write(new Uint8Array(size))
        layout.endFile('text/plain')
      }
      return layout
    }
    assert.throws(() => begun(['b', 1], ['a', 1]), /must not follow/)
    assert.throws(() => begun(['a', 1], ['a', 1]), /must not follow/)
    assert.throws(() => begun(['a', PACKED_BELOW_BYTES], ['b', 1]), /must not follow/)
    const open = begun()
    assert.throws(() => open.write(new Uint8Array(1)), /no file has begun/)
    assert.throws(() => open.endFile('text/plain'), /no file has begun/)
    open.beginFile(file('a', 2))
    assert.throws(() => open.beginFile(file('b', 2)), /has not ended/)
    assert.throws(() => open.finish(), /has not ended/)
    assert.throws(() => open.write(new Uint8Array(3)), /longer/)
    assert.throws(() => open.endFile('text/plain'), /shorter/)
  })
})
