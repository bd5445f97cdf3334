import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { constants, zstdCompressSync } from 'node:zlib'
import { frameEncodedChunk } from '../../protocol/encoded-chunk.ts'
import { MAX_CHUNK_BYTES } from '../../protocol/limits.ts'
import type { ChunkVault, StoredChunk } from '../../signal-server/vault/chunk-vault.ts'
import { openFileVault } from '../../signal-server/vault/file-vault.ts'
import { encodeChunk } from '../../signal-server/vault/zstd.ts'
import { MemoryVault } from '../support/memory-vault.ts'
import { seededBytes } from '../support/seeded-bytes.ts'

type Sample = { digest: string; raw: Uint8Array; encoded: Uint8Array }

async function sample(raw: Uint8Array): Promise<Sample> {
  return { digest: hash('sha256', raw, 'hex'), raw, encoded: await encodeChunk(raw) }
}

const text = await sample(new TextEncoder().encode('a kiosk in a lobby\n'.repeat(500)))
const noise = await sample(seededBytes(1, 10_000))
const absent = 'f'.repeat(64)

async function listed(vault: ChunkVault): Promise<StoredChunk[]> {
  const chunks: StoredChunk[] = []
  for await (const chunk of vault.list()) chunks.push(chunk)
  return chunks
}

/** Puts these bytes, or nothing, where the chunk rests. */
type Damage = (digest: string, bytes: Uint8Array | null) => Promise<void>
type WithVault = (use: (vault: ChunkVault, damage: Damage) => Promise<void>) => Promise<void>

const withMemoryVault: WithVault = async use => {
  const vault = new MemoryVault()
  await use(vault, async (digest, bytes) => {
    if (bytes === null) vault.chunks.delete(digest)
    else vault.chunks.set(digest, bytes)
  })
}

const withFileVault: WithVault = async use => {
  const directory = await mkdtemp(join(tmpdir(), 'larder-vault-'))
  try {
    await use(await openFileVault(directory), async (digest, bytes) => {
      const file = join(directory, 'chunks', digest.slice(0, 2), digest)
      await (bytes === null ? rm(file) : writeFile(file, bytes))
    })
    assert.deepEqual(await readdir(join(directory, 'tmp')), [], 'no temporary file is left')
  } finally {
    await rm(directory, { recursive: true })
  }
}

const adapters: Array<[name: string, withVault: WithVault]> = [
  ['memory vault', withMemoryVault],
  ['file vault', withFileVault],
]

for (const [name, withVault] of adapters) {
  describe(`chunk vault: ${name}`, () => {
    it('gives back, byte for byte, what was put', () =>
      withVault(async vault => {
        for (const { digest, raw, encoded } of [text, noise]) {
          assert.equal(await vault.has(digest), false)
          assert.equal(await vault.get(digest), null)
          assert.deepEqual(await vault.put(digest, encoded), {
            ok: true,
            added: true,
            rawBytes: raw.length,
            encodedBytes: encoded.length,
          })
          assert.equal(await vault.has(digest), true)
          assert.deepEqual(new Uint8Array((await vault.get(digest)) ?? []), new Uint8Array(encoded))
        }
      }))

    it('takes a chunk twice, keeping the first form, and says so', () =>
      withVault(async vault => {
        await vault.put(text.digest, text.encoded)
        const otherForm = frameEncodedChunk(text.raw, null)
        assert.deepEqual(await vault.put(text.digest, otherForm), {
          ok: true,
          added: false,
          rawBytes: text.raw.length,
          encodedBytes: text.encoded.length,
        })
        assert.equal((await vault.get(text.digest))?.length, text.encoded.length)
      }))

    it('takes many chunks at once, also the same one', () =>
      withVault(async vault => {
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, i) => {
            const { digest, encoded } = i % 2 ? text : noise
            return vault.put(digest, encoded)
          }),
        )
        assert.ok(results.every(result => result.ok))
        assert.equal((await listed(vault)).length, 2)
      }))

    it('a bad put does not spoil a good one of the same digest at the same time', () =>
      withVault(async vault => {
        const [bad, good] = await Promise.all([
          vault.put(text.digest, noise.encoded),
          vault.put(text.digest, text.encoded),
        ])
        assert.equal(bad.ok, false)
        assert.equal(good.ok, true)
        assert.equal((await vault.get(text.digest))?.length, text.encoded.length)
      }))

    it('refuses what does not decode to its digest, and stores nothing', () =>
      withVault(async vault => {
        const zstdOf = (raw: Uint8Array) => Buffer.concat([Uint8Array.of(1), zstdCompressSync(raw)])
        const undeclared = zstdCompressSync(text.raw, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } })
        // Two frames: the first declares what the digest is of, the second is a surprise for a careless decoder.
        const twoFrames = Buffer.concat([zstdOf(text.raw), zstdCompressSync(new Uint8Array(50_000_000))])
        // The frame keeps its length; what its block says is nonsense.
        const spoilt = text.encoded.slice().fill(0xff, 12)
        const cases: Array<[what: string, encoded: Uint8Array, reason: string]> = [
          ['other content', noise.encoded, 'wrong-digest'],
          ['nothing', new Uint8Array(0), 'malformed'],
          ['no body', Uint8Array.of(0), 'malformed'],
          ['an unknown encoding', Uint8Array.of(7, ...text.encoded.subarray(1)), 'unknown-encoding'],
          ['identity called zstd', Uint8Array.of(1, ...noise.raw), 'malformed'],
          ['a cut-off frame', text.encoded.subarray(0, -3), 'malformed'],
          ['bytes after the frame', Buffer.concat([text.encoded, noise.raw]), 'malformed'],
          ['a spoilt frame', spoilt, 'undecodable'],
          ['an undeclared size', Buffer.concat([Uint8Array.of(1), undeclared]), 'malformed'],
          ['a bomb', zstdOf(new Uint8Array(MAX_CHUNK_BYTES + 1)), 'wrong-size'],
          ['a hidden bomb', twoFrames, 'malformed'],
          ['too many bytes', new Uint8Array(MAX_CHUNK_BYTES + 2), 'wrong-size'],
        ]
        for (const [what, encoded, reason] of cases) {
          const result = await vault.put(text.digest, encoded)
          assert.equal(result.ok ? 'ok' : result.reason, reason, what)
        }
        assert.equal(await vault.has(text.digest), false)
        assert.deepEqual(await listed(vault), [])
      }))

    it('treats what is no digest as never held, and does not let it name a file', () =>
      withVault(async vault => {
        for (const digest of [
          '',
          'x',
          '../../etc/passwd',
          'F'.repeat(64),
          `${'a'.repeat(64)}\n`,
          'a'.repeat(63),
        ]) {
          const result = await vault.put(digest, text.encoded)
          assert.equal(result.ok ? 'ok' : result.reason, 'invalid-digest')
          assert.equal(await vault.has(digest), false)
          assert.equal(await vault.get(digest), null)
          assert.equal(await vault.remove(digest), false)
          assert.equal((await vault.sizes([digest])).size, 0)
        }
      }))

    const flipped = text.encoded.slice()
    flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 0x10
    const damages: Array<[what: string, bytes: Uint8Array]> = [
      ['with a flipped bit', flipped],
      ['cut off', text.encoded.slice(0, 20)],
      ['empty', new Uint8Array(0)],
      ["with another chunk's bytes", noise.encoded],
    ]
    for (const [what, bytes] of damages) {
      it(`a chunk ${what} is not given, and counts as missing until it is put again`, () =>
        withVault(async (vault, damage) => {
          await vault.put(text.digest, text.encoded)
          await vault.put(noise.digest, noise.encoded)
          await damage(text.digest, bytes)
          assert.equal(await vault.get(text.digest), null)
          assert.equal(await vault.get(text.digest), null)
          assert.deepEqual([...vault.damaged], [text.digest])
          assert.equal(await vault.has(text.digest), false)
          assert.deepEqual([...(await vault.sizes([text.digest, noise.digest])).keys()], [noise.digest])
          assert.deepEqual(
            (await listed(vault)).map(chunk => chunk.digest),
            [noise.digest],
          )
          const put = await vault.put(text.digest, text.encoded)
          assert.equal(put.ok && put.added, true)
          assert.deepEqual(new Uint8Array((await vault.get(text.digest)) ?? []), new Uint8Array(text.encoded))
          assert.deepEqual([...vault.damaged], [])
        }))

      it(`verifying finds a chunk ${what}, also one that was given before`, () =>
        withVault(async (vault, damage) => {
          await vault.put(text.digest, text.encoded)
          assert.ok(await vault.get(text.digest))
          assert.equal(await vault.verify(text.digest), 'whole')
          await damage(text.digest, bytes)
          assert.equal(await vault.verify(text.digest), 'damaged')
          assert.equal(await vault.get(text.digest), null)
          assert.deepEqual([...vault.damaged], [text.digest])
        }))
    }

    it('a chunk that is expected and not there counts as damaged until it is put or removed', () =>
      withVault(async (vault, damage) => {
        await vault.put(text.digest, text.encoded)
        await damage(text.digest, null)
        assert.equal(await vault.get(absent), null, 'asking for what was never there damages nothing')
        assert.deepEqual([...vault.damaged], [])
        assert.equal(await vault.verify(text.digest), 'missing')
        assert.deepEqual([...vault.damaged], [text.digest])
        await vault.put(text.digest, text.encoded)
        assert.deepEqual([...vault.damaged], [])
        await vault.verify(absent)
        assert.deepEqual([...vault.damaged], [absent])
        assert.equal(await vault.remove(absent), false)
        assert.deepEqual([...vault.damaged], [])
      }))

    it('a put at the same time as damage is found leaves the chunk whole', () =>
      withVault(async (vault, damage) => {
        for (let round = 0; round < 20; round++) {
          await vault.put(text.digest, text.encoded)
          await damage(text.digest, flipped)
          await Promise.all([
            vault.verify(text.digest),
            vault.put(text.digest, text.encoded),
            vault.get(text.digest),
          ])
          assert.equal(await vault.verify(text.digest), 'whole')
          assert.deepEqual([...vault.damaged], [])
        }
      }))

    it('tells sizes, lists and removes', () =>
      withVault(async vault => {
        await vault.put(text.digest, text.encoded)
        await vault.put(noise.digest, noise.encoded)
        const expected = new Map([text, noise].map(s => [s.digest, s.encoded.length]))
        assert.deepEqual(await vault.sizes([text.digest, absent, noise.digest]), expected)
        const all = await listed(vault)
        assert.deepEqual(new Map(all.map(c => [c.digest, c.encodedBytes])), expected)
        assert.equal(await vault.remove(text.digest), true)
        assert.equal(await vault.remove(text.digest), false)
        assert.equal(await vault.has(text.digest), false)
        assert.equal(await vault.get(text.digest), null)
        assert.equal((await vault.put(text.digest, text.encoded)).ok, true)
        assert.equal(await vault.has(text.digest), true)
      }))
  })
}
