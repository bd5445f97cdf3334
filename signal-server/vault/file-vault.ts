/**
 * A chunk vault in a directory: `chunks/ab/abcdef…`, one file per chunk. A chunk is written to `tmp/`, synced, renamed into
 * place, and its directory synced, so that what was acknowledged survives a kill and a power cut, and a name never stands
 * for half a chunk. Disks lose bits all the same: a chunk is verified whenever it is read, and one that is damaged is moved
 * to `damaged/`, so that it is not held any more, also after a restart, and is sent again by the next publication. One process at a time may use a directory; the lock on the data directory sees to that.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { MIB } from '../../protocol/limits.ts'
import { storageFaultOf, unlessStorageFails } from '../storage-fault.ts'
import {
  type ChunkFlaw,
  type ChunkState,
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

/** What a look at a chunk's file finds. */
type Found =
  | { readonly state: 'whole'; readonly encoded: Uint8Array }
  | { readonly state: ChunkFlaw; readonly reason: string }

export interface FileVaultOptions {
  /** Learns, once for each, of a chunk that is not whole, and why. */
  readonly onDamage?: (digest: string, flaw: ChunkFlaw, reason: string) => void
}

/**
 * Opens the vault in `directory`, creating it if need be. Removes what an interrupted process left in `tmp/`, and syncs
 * the directories, since that process may have renamed a chunk into place without getting to it.
 * Rejects with a {@link ChunkVaultError} when the directory cannot be used.
 */
export async function openFileVault(directory: string, options: FileVaultOptions = {}): Promise<ChunkVault> {
  const vault = new FileVault(directory, options)
  await vault.prepare()
  return vault
}

class FileVault implements ChunkVault {
  readonly #chunksDirectory: string
  readonly #tmpDirectory: string
  readonly #damagedDirectory: string
  readonly #onDamage: NonNullable<FileVaultOptions['onDamage']>
  readonly #damaged = new Set<string>()
  /** The last change of each chunk that is under way; until it is over the chunk is not told to anyone. */
  readonly #changes = new Map<string, Promise<unknown>>()
  readonly #madeDirectories = new Map<string, Promise<void>>()
  readonly #hot = new HotChunks(HOT_BYTES)

  constructor(directory: string, { onDamage }: FileVaultOptions) {
    // Absolute, because mkdir answers with absolute paths, and so that a change of the working directory moves nothing.
    this.#chunksDirectory = resolve(directory, 'chunks')
    this.#tmpDirectory = resolve(directory, 'tmp')
    this.#damagedDirectory = resolve(directory, 'damaged')
    this.#onDamage = onDamage ?? (() => undefined)
  }

  get damaged(): ReadonlySet<string> {
    return this.#damaged
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
      // One that was put since, by a server that was killed before it could forget the damaged copy, is whole.
      for (const digest of (await ifPresent(readdir(this.#damagedDirectory))) ?? [])
        if (isDigest(digest) && (await ifPresent(stat(this.#fileOf(digest)))) === null)
          this.#damaged.add(digest)
    })
  }

  async has(digest: string): Promise<boolean> {
    return (await this.#sizeOf(digest)) !== null
  }

  put(digest: string, encoded: Uint8Array): Promise<PutResult> {
    return this.#change(digest, () => this.#guard('store a chunk', () => this.#put(digest, encoded)))
  }

  async #put(digest: string, encoded: Uint8Array): Promise<PutResult> {
    const checked = await checkEncodedChunk(digest, encoded)
    if (!checked.ok) return checked
    const held = await this.#look(digest)
    if (held.state === 'whole') {
      const encodedBytes = held.encoded.length
      return { ok: true, added: false, rawBytes: checked.rawBytes, encodedBytes }
    }
    // Whatever is in its place, even a directory, makes room for good bytes.
    if (held.state !== 'missing') await rm(this.#fileOf(digest), { recursive: true, force: true })
    await this.#write(digest, encoded)
    await this.#forgetDamage(digest)
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
    return this.#hot.get(digest, () =>
      this.#guard('read a chunk', async () => {
        const found = await this.#look(digest)
        if (found.state === 'missing') return null
        const sure = await this.#settle(digest, found)
        return sure.state === 'whole' ? sure.encoded : null
      }),
    )
  }

  async verify(digest: string): Promise<ChunkState> {
    if (!isDigest(digest)) return 'missing'
    return await this.#guard('verify a chunk', async () => {
      return (await this.#settle(digest, await this.#look(digest))).state
    })
  }

  /** Remembers what was found, where that is news. */
  async #settle(digest: string, found: Found): Promise<Found> {
    if ((found.state === 'whole') !== this.#damaged.has(digest)) return found
    return await this.#change(digest, () => this.#remember(digest))
  }

  /** Reads and verifies a chunk's file. */
  async #look(digest: string): Promise<Found> {
    let encoded: Uint8Array
    try {
      encoded = await readFile(this.#fileOf(digest))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (hasCode(error, 'ENOENT')) return { state: 'missing', reason }
      // A directory has the chunk's name: reading again will not help.
      return { state: hasCode(error, 'EISDIR') ? 'damaged' : 'unreadable', reason }
    }
    const checked = await checkEncodedChunk(digest, encoded)
    return checked.ok ? { state: 'whole', encoded } : { state: 'damaged', reason: checked.message }
  }

  /** Run it as a change. Looks again, since a put may have been faster; what is not whole is not held from then on. */
  async #remember(digest: string): Promise<Found> {
    const found = await this.#look(digest)
    if (found.state === 'whole') {
      await this.#forgetDamage(digest)
      return found
    }
    this.#hot.forget(digest)
    if (!this.#damaged.has(digest)) {
      this.#damaged.add(digest)
      this.#onDamage(digest, found.state, found.reason)
    }
    // What cannot be read may be good: it is never moved. On a disk that takes no writes the damaged chunk stays where it is
    // too, and is found again after a restart.
    if (found.state === 'damaged') await this.#moveToDamaged(digest).catch(() => undefined)
    return found
  }

  async #moveToDamaged(digest: string): Promise<void> {
    await makeDurableDirectory(this.#damagedDirectory)
    const target = join(this.#damagedDirectory, digest)
    await rm(target, { recursive: true, force: true })
    await rename(this.#fileOf(digest), target)
    await syncDirectory(this.#damagedDirectory)
    await syncDirectory(dirname(this.#fileOf(digest)))
  }

  async #forgetDamage(digest: string): Promise<void> {
    if (!this.#damaged.delete(digest)) return
    await rm(join(this.#damagedDirectory, digest), { recursive: true, force: true })
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
    return await this.#change(digest, () =>
      this.#guard('remove a chunk', async () => {
        const isHeld = (await ifPresent(stat(this.#fileOf(digest)))) !== null
        await rm(this.#fileOf(digest), { recursive: true, force: true })
        this.#hot.forget(digest)
        await this.#forgetDamage(digest)
        return isHeld
      }),
    )
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
    // Its outcome is for the one who changes it; here only the end matters.
    await this.#changes.get(digest)?.catch(() => undefined)
    if (this.#damaged.has(digest)) return null
    return this.#guard('look for a chunk', async () => {
      return (await ifPresent(stat(this.#fileOf(digest))))?.size ?? null
    })
  }

  /** Changes of one chunk happen one after another, in the order in which they were asked for. */
  #change<T>(digest: string, act: () => Promise<T>): Promise<T> {
    const change = (this.#changes.get(digest) ?? Promise.resolve()).then(act, act)
    this.#changes.set(digest, change)
    const done = () => {
      if (this.#changes.get(digest) === change) this.#changes.delete(digest)
    }
    change.then(done, done)
    return change
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
      if (error instanceof ChunkVaultError) throw error
      const fault = storageFaultOf(error)
      const because = fault?.words ?? (error instanceof Error ? error.message : String(error))
      const reason = fault?.reason === 'full' ? 'storage-full' : 'storage-failed'
      throw new ChunkVaultError(reason, `cannot ${what} in ${this.#chunksDirectory}: ${because}`, error)
    }
  }
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
