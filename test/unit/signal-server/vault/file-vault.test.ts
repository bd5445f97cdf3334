import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { ChunkVaultError, checkEncodedChunk } from '../../../../signal-server/vault/chunk-vault.ts'
import { openFileVault } from '../../../../signal-server/vault/file-vault.ts'
import { encodeChunk } from '../../../../signal-server/vault/zstd.ts'
import { seededBytes } from '../../../support/seeded-bytes.ts'

const raw = seededBytes(1, 5000)
const digest = hash('sha256', raw, 'hex')
const encoded = await encodeChunk(raw)

async function withDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'larder-file-vault-'))
  try {
    await use(directory)
  } finally {
    await rm(directory, { recursive: true })
  }
}

describe('file vault', () => {
  it('keeps a chunk as chunks/ab/abcdef…, also in a directory that did not exist', () =>
    withDirectory(async directory => {
      const vault = await openFileVault(join(directory, 'new', 'vault'))
      await vault.put(digest, encoded)
      const file = join(directory, 'new', 'vault', 'chunks', digest.slice(0, 2), digest)
      assert.deepEqual(new Uint8Array(await readFile(file)), encoded)
    }))

  it('has the chunks again when it is opened again, and clears what was left in tmp', () =>
    withDirectory(async directory => {
      await (await openFileVault(directory)).put(digest, encoded)
      await writeFile(join(directory, 'tmp', 'half'), 'half a chu')
      await mkdir(join(directory, 'tmp', 'strange'))
      const vault = await openFileVault(directory)
      assert.deepEqual(await readdir(join(directory, 'tmp')), [])
      assert.equal(await vault.has(digest), true)
    }))

  it('a put replaces a damaged copy', () =>
    withDirectory(async directory => {
      const vault = await openFileVault(directory)
      await vault.put(digest, encoded)
      await truncate(join(directory, 'chunks', digest.slice(0, 2), digest), 100)
      const result = await vault.put(digest, encoded)
      assert.equal(result.ok && result.added, true)
      assert.deepEqual(new Uint8Array((await vault.get(digest)) ?? []), encoded)
    }))

  it('moves a damaged chunk aside, so that it is missing after a restart too, and drops it when it is put again', () =>
    withDirectory(async directory => {
      const told: string[] = []
      const onDamage = (of: string, flaw: string) => void told.push(`${flaw} ${of}`)
      const vault = await openFileVault(directory, { onDamage })
      await vault.put(digest, encoded)
      await truncate(join(directory, 'chunks', digest.slice(0, 2), digest), 100)
      assert.equal(await vault.get(digest), null)
      assert.equal(await vault.verify(digest), 'missing')
      assert.deepEqual(told, [`damaged ${digest}`], 'told once')
      assert.equal((await readFile(join(directory, 'damaged', digest))).length, 100)
      const later = await openFileVault(directory, { onDamage })
      assert.deepEqual([...later.damaged], [digest])
      assert.equal(await later.has(digest), false)
      await later.put(digest, encoded)
      assert.deepEqual(await readdir(join(directory, 'damaged')), [])
      assert.deepEqual([...(await openFileVault(directory)).damaged], [])
    }))

  it('a directory in the place of a chunk is damage, and a put replaces it', () =>
    withDirectory(async directory => {
      const vault = await openFileVault(directory)
      await mkdir(join(directory, 'chunks', digest.slice(0, 2), digest, 'inside'), { recursive: true })
      assert.equal(await vault.get(digest), null)
      assert.deepEqual([...vault.damaged], [digest])
      await mkdir(join(directory, 'chunks', digest.slice(0, 2), digest, 'inside'), { recursive: true })
      assert.equal((await vault.put(digest, encoded)).ok, true)
      assert.ok(await vault.get(digest))
    }))

  it('a chunk that cannot be read is not held, never moved or removed, and held again once it can be read', () =>
    withDirectory(async directory => {
      const flaws: string[] = []
      const vault = await openFileVault(directory, { onDamage: (_, flaw) => flaws.push(flaw) })
      await vault.put(digest, encoded)
      const file = join(directory, 'chunks', digest.slice(0, 2), digest)
      // A link to itself fails to be read for every user, also for root.
      await rename(file, `${file}.kept`)
      await symlink(file, file)
      assert.equal(await vault.get(digest), null)
      assert.equal(await vault.verify(digest), 'unreadable')
      assert.deepEqual([await vault.has(digest), flaws], [false, ['unreadable']])
      assert.ok((await lstat(file)).isSymbolicLink(), 'it stays where it is')
      await rm(file)
      await rename(`${file}.kept`, file)
      assert.deepEqual(new Uint8Array((await vault.get(digest)) ?? []), encoded)
      assert.deepEqual([await vault.has(digest), [...vault.damaged]], [true, []])
    }))

  it('leaves out of its list what is no chunk', () =>
    withDirectory(async directory => {
      const vault = await openFileVault(directory)
      await vault.put(digest, encoded)
      await writeFile(join(directory, 'chunks', 'README'), 'hello')
      await writeFile(join(directory, 'chunks', digest.slice(0, 2), `${digest}.bak`), 'hello')
      const listed = []
      for await (const chunk of vault.list()) listed.push(chunk)
      assert.deepEqual(listed, [{ digest, encodedBytes: encoded.length }])
    }))

  it('says which directory cannot be used', () =>
    withDirectory(async directory => {
      const path = join(directory, 'file')
      await writeFile(path, 'not a directory')
      await assert.rejects(openFileVault(path), error => {
        assert.ok(error instanceof ChunkVaultError)
        assert.equal(error.reason, 'storage-failed')
        assert.ok(error.message.includes(path))
        return true
      })
    }))

  it('killed at any moment, it has every acknowledged chunk and no half one', () =>
    withDirectory(async directory => {
      const writer = spawn(
        process.execPath,
        [join(import.meta.dirname, '../../../support/put-until-killed.ts'), directory],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      const acknowledged: string[] = []
      for await (const line of createInterface({ input: writer.stdout })) {
        acknowledged.push(line)
        if (acknowledged.length === 25) writer.kill('SIGKILL')
      }
      if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit')
      assert.equal(writer.signalCode, 'SIGKILL')
      const vault = await openFileVault(directory)
      for (const known of acknowledged) assert.equal(await vault.has(known), true)
      for await (const { digest: held } of vault.list()) {
        const checked = await checkEncodedChunk(held, (await vault.get(held)) ?? new Uint8Array(0))
        assert.equal(checked.ok, true)
      }
    }))
})
