/**
 * A chunk vault in a directory: `chunks/ab/abcdef…`, one file per chunk. A chunk is written to `tmp/`, synced, renamed into
 * place, and its directory synced, so that what was acknowledged survives a kill and a power cut, and a name never stands
 * for half a chunk. One process at a time may use a directory; whoever composes the server sees to that.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { MIB } from '../../protocol/limits.ts'
import { storageFaultOf, unlessStorageFails } from '../storage-fault.ts'
import {
  type ChunkVault,
  ChunkVaultError,
  checkEncodedChunk,
  isDigest,
  type PutResult,
} from './chunk-vault.ts'
import { HotChunks } from './hot-chunks.ts'

/** Of the machine, or of the container where one sets a bound (0 where none does). */
const memoryBytes = () => Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)

/**
 * Release bytes kept in memory for a fleet that wants them all at once: a sixteenth of what there is, and a release or two of an
 * ordinary package at least. What does not fit costs five times as much to serve.
 */
const HOT_BYTES = Math.min(512 * MIB, Math.max(64 * MIB, Math.floor(memoryBytes() / 16)))

/**
 * Opens the vault in `directory`, creating it if need be. Removes what an interrupted process left in `tmp/`, and syncs
 * the directories, since that process may have renamed a chunk into place without getting to it.
 * Rejects with a {@link ChunkVaultError} when the directory cannot be used.
 */
export async function openFileVault(directory: string): Promise<ChunkVault> {
  const vault = new FileVault(directory)
  await vault.prepare()
  return vault
}

class FileVault implements ChunkVault {
  readonly #chunksDirectory: string
  readonly #tmpDirectory: string
  /** Puts that are not durable yet: nobody may be told of their chunks before. */
  readonly #puts = new Map<string, Promise<PutResult>>()
  readonly #madeDirectories = new Map<string, Promise<void>>()
  readonly #hot = new HotChunks(HOT_BYTES)

  constructor(directory: string) {
    // Absolute, because mkdir answers with absolute paths, and so that a change of the working directory moves nothing.
    this.#chunksDirectory = resolve(directory, 'chunks')
    this.#tmpDirectory = resolve(directory, 'tmp')
  }

  prepare(): Promise<void> {
    return this.#guard('open the chunk directory', async () => {
      await makeDurableDirectory(this.#chunksDirectory)
      // On a disk that cannot be written the chunks that it holds are served all the same.
      await unlessStorageFails(rm(this.#tmpDirectory, { recursive: true, force: true }))
      await unlessStorageFails(mkdir(this.#tmpDirectory, { recursive: true }))
      for (const prefix of await this.#prefixes()) {
        await syncDirectory(join(this.#chunksDirectory, prefix))
        this.#madeDirectories.set(prefix, Promise.resolve())
      }
      await syncDirectory(this.#chunksDirectory)
    })
  }

  async has(digest: string): Promise<boolean> {
    return (await this.#sizeOf(digest)) !== null
  }

  async put(digest: string, encoded: Uint8Array): Promise<PutResult> {
    const running = this.#puts.get(digest)
    if (running) {
      const result = await running
      // The other's bytes may have been bad; these have to be judged for themselves.
      if (result.ok) return { ...result, added: false }
      return this.put(digest, encoded)
    }
    const put = this.#guard('store a chunk', () => this.#put(digest, encoded))
    this.#puts.set(digest, put)
    try {
      return await put
    } finally {
      this.#puts.delete(digest)
    }
  }

  async #put(digest: string, encoded: Uint8Array): Promise<PutResult> {
    const checked = await checkEncodedChunk(digest, encoded)
    if (!checked.ok) return checked
    const held = await readIfPresent(this.#fileOf(digest))
    if (held !== null) {
      const heldChecked = await checkEncodedChunk(digest, held)
      if (heldChecked.ok) {
        return { ok: true, added: false, rawBytes: checked.rawBytes, encodedBytes: held.length }
      }
    }
    await this.#write(digest, encoded)
    return { ok: true, added: true, rawBytes: checked.rawBytes, encodedBytes: encoded.length }
  }

  async #write(digest: string, encoded: Uint8Array): Promise<void> {
    const prefix = digest.slice(0, 2)
    await this.#makeDirectory(prefix)
    const temporary = join(this.#tmpDirectory, randomUUID())
    await mkdir(this.#tmpDirectory, { recursive: true })
    try {
      const file = await open(temporary, 'wx')
      try {
        await file.writeFile(encoded)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, this.#fileOf(digest))
      this.#hot.forget(digest)
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined)
      throw error
    }
    await syncDirectory(join(this.#chunksDirectory, prefix))
  }

  get(digest: string): Promise<Uint8Array | null> {
    if (!isDigest(digest)) return Promise.resolve(null)
    return this.#hot.get(digest, () => this.#guard('read a chunk', () => readIfPresent(this.#fileOf(digest))))
  }

  async sizes(digests: Iterable<string>): Promise<Map<string, number>> {
    const sizes = new Map<string, number>()
    for (const digest of digests) {
      const encodedBytes = await this.#sizeOf(digest)
      if (encodedBytes !== null) sizes.set(digest, encodedBytes)
    }
    return sizes
  }

  async remove(digest: string): Promise<boolean> {
    if (!isDigest(digest)) return false
    await this.#settled(digest)
    return this.#guard('remove a chunk', async () => {
      const removed = (await ifPresent(unlink(this.#fileOf(digest)).then(() => true))) ?? false
      this.#hot.forget(digest)
      return removed
    })
  }

  async *list(): AsyncIterable<{ digest: string; encodedBytes: number }> {
    for (const prefix of await this.#guard('list the chunks', () => this.#prefixes())) {
      const names = await this.#guard('list the chunks', () => readdir(join(this.#chunksDirectory, prefix)))
      for (const digest of names) {
        if (!digest.startsWith(prefix)) continue
        const encodedBytes = await this.#sizeOf(digest)
        if (encodedBytes !== null) yield { digest, encodedBytes }
      }
    }
  }

  async #sizeOf(digest: string): Promise<number | null> {
    if (!isDigest(digest)) return null
    await this.#settled(digest)
    return this.#guard('look for a chunk', async () => {
      return (await ifPresent(stat(this.#fileOf(digest))))?.size ?? null
    })
  }

  /** Its outcome is for the one who put it; here only the end matters. */
  async #settled(digest: string): Promise<void> {
    await this.#puts.get(digest)?.catch(() => undefined)
  }

  #fileOf(digest: string): string {
    return join(this.#chunksDirectory, digest.slice(0, 2), digest)
  }

  async #prefixes(): Promise<string[]> {
    return (await readdir(this.#chunksDirectory)).filter(name => /^[0-9a-f]{2}$/.test(name))
  }

  #makeDirectory(prefix: string): Promise<void> {
    let made = this.#madeDirectories.get(prefix)
    if (!made) {
      made = mkdir(join(this.#chunksDirectory, prefix), { recursive: true }).then(() =>
        syncDirectory(this.#chunksDirectory),
      )
      this.#madeDirectories.set(prefix, made)
      made.catch(() => this.#madeDirectories.delete(prefix))
    }
    return made
  }

  async #guard<T>(what: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      const fault = storageFaultOf(error)
      const because = fault?.words ?? (error instanceof Error ? error.message : String(error))
      const reason = fault?.reason === 'full' ? 'storage-full' : 'storage-failed'
      throw new ChunkVaultError(reason, `cannot ${what} in ${this.#chunksDirectory}: ${because}`, error)
    }
  }
}

function readIfPresent(path: string): Promise<Uint8Array | null> {
  return ifPresent(readFile(path))
}

async function ifPresent<T>(action: Promise<T>): Promise<T | null> {
  try {
    return await action
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

/** Creates a directory with its parents and makes each new name durable. */
async function makeDurableDirectory(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true })
  if (firstMade === undefined) return
  for (let made = path; made.length >= firstMade.length; made = dirname(made)) {
    await syncDirectory(dirname(made))
  }
}

/** Makes the names in a directory durable. Windows has no such call and journals its renames. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
