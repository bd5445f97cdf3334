/**
 * Archives between being sent and being published. Each is streamed to a file, read through once with every check, and kept
 * for a while; publishing reads it again. A refused archive, one that nobody publishes and whatever a killed server left
 * behind are removed. Nothing reaches the vault before somebody publishes.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { errorCode } from '../failure.ts'
import type { RandomBytes } from '../random.ts'
import { unlessStorageFails } from '../storage-fault.ts'
import { encodeChunk } from '../vault/zstd.ts'
import { ArchiveRefusal } from './archive-refusal.ts'
import type { Publisher, PublishResult } from './publisher.ts'
import { type ArchiveContent, readArchive } from './read-archive.ts'
import { ARCHIVE_LIMITS, type ArchiveLimits, type ArchiveScan, scanArchive } from './scan-archive.ts'
import { createTurnstile } from './turnstile.ts'

/** How long an archive waits to be published. */
const TERM_MS = 3600_000
/** Archives that wait at the same time; with one more, the one that waits longest goes. */
const MAX_STAGED = 8
/** Chunks that are compressed and stored at a time. */
const PARALLEL_CHUNKS = 4

interface Staged {
  readonly packageName: string
  readonly path: string
  readonly content: ArchiveContent
  readonly expiresAt: number
  readonly timer: ReturnType<typeof setTimeout>
}

export interface ReceivedArchive extends Pick<ArchiveScan, 'strippedFolder' | 'leftOut'> {
  readonly stagingId: string
  readonly expiresAt: number
  readonly content: ArchiveContent
  /** By digest, what the chunks that the server lacks come to when they are packed. */
  readonly packedBytes: ReadonlyMap<string, number>
}

export interface ArchiveStagingOptions {
  /** Its own folder; what is in it is removed. */
  readonly directory: string
  readonly publisher: Publisher
  readonly clock: () => number
  readonly randomBytes: RandomBytes
  readonly limits?: Partial<ArchiveLimits>
}

export class ArchiveStaging {
  readonly #options: ArchiveStagingOptions
  readonly #limits: ArchiveLimits
  readonly #staged = new Map<string, Staged>()
  /** Reading an archive keeps a processor busy: one after the other. */
  readonly #turnstile = createTurnstile()

  private constructor(options: ArchiveStagingOptions) {
    this.#options = options
    this.#limits = { ...ARCHIVE_LIMITS, ...options.limits }
  }

  static async open(options: ArchiveStagingOptions): Promise<ArchiveStaging> {
    await unlessStorageFails(mkdir(options.directory, { recursive: true, mode: 0o700 }))
    for (const name of await namesIn(options.directory))
      await unlessStorageFails(rm(join(options.directory, name), { recursive: true, force: true }))
    return new ArchiveStaging(options)
  }

  async close(): Promise<void> {
    for (const stagingId of [...this.#staged.keys()]) await this.#discard(stagingId)
  }

  /** Takes an archive in. Throws an {@link ArchiveRefusal}, or what the body or the disk fails with; then nothing stays. */
  async receive(packageName: string, body: ReadableStream<Uint8Array> | null): Promise<ReceivedArchive> {
    const { directory, randomBytes, clock } = this.#options
    const stagingId = Buffer.from(randomBytes(16)).toString('hex')
    const path = join(directory, `${stagingId}.zip`)
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await this.#store(body, path)
      const { content, packedBytes, strippedFolder, leftOut } = await this.#turnstile.pass(() =>
        this.#check(path),
      )
      const [oldest] = this.#staged.keys()
      if (this.#staged.size >= MAX_STAGED && oldest !== undefined) await this.#discard(oldest)
      const expiresAt = clock() + TERM_MS
      const timer = setTimeout(() => void this.#discard(stagingId).catch(() => undefined), TERM_MS).unref()
      this.#staged.set(stagingId, { packageName, path, content, expiresAt, timer })
      return { stagingId, expiresAt, content, packedBytes, strippedFolder, leftOut }
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined)
      throw error
    }
  }

  /** Publishes an archive that was taken in for this package, and forgets it; null when there is none (any more). */
  async publish(
    packageName: string,
    {
      stagingId,
      version,
      entry,
    }: { readonly stagingId: string; readonly version: string; readonly entry: string },
    actor: string,
  ): Promise<PublishResult | null> {
    const staged = this.#staged.get(stagingId)
    if (staged?.packageName !== packageName || this.#options.clock() >= staged.expiresAt) return null
    const { publisher } = this.#options
    const files = staged.content.files.map(({ sha256: _, ...file }) => file)
    const chunks = [...staged.content.chunks]
    if (!files.some(file => file.path === entry))
      return {
        ok: false,
        problem: 'content-invalid',
        detail: `The entry page ${JSON.stringify(entry)} is not among the files of the archive.`,
      }
    await this.#turnstile.pass(() => this.#upload(staged, publisher))
    const published = await publisher.publish(packageName, { version, entry, files, chunks }, actor)
    if (published.ok) await this.#discard(stagingId)
    return published
  }

  async #store(body: ReadableStream<Uint8Array> | null, path: string): Promise<void> {
    if (body === null)
      throw new ArchiveRefusal('empty-body', 'Nothing was sent; send the zip archive as the body.')
    const { maxArchiveBytes } = this.#limits
    let stored = 0
    const bound = new Transform({
      transform(bytes: Uint8Array, _encoding, done) {
        stored += bytes.length
        if (stored <= maxArchiveBytes) done(null, bytes)
        else
          done(
            new ArchiveRefusal(
              'too-large',
              `The archive is larger than ${maxArchiveBytes} bytes. Publish the folder with: larder publish`,
            ),
          )
      },
    })
    await pipeline(
      Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]),
      bound,
      createWriteStream(path, { flags: 'wx', mode: 0o600 }),
    )
  }

  async #check(path: string) {
    const scan = await scanArchive(path, this.#limits)
    const packedBytes = new Map<string, number>()
    try {
      // Packed to be measured alone: nothing reaches the vault before it is published.
      const content = await readArchive(scan, async ({ digest, raw }) => {
        const [isMissing] = await this.#options.publisher.missingChunks([digest])
        if (isMissing !== undefined) packedBytes.set(digest, (await encodeChunk(raw)).length)
      })
      return { content, packedBytes, strippedFolder: scan.strippedFolder, leftOut: scan.leftOut }
    } finally {
      scan.zip.close()
    }
  }

  /** Brings the chunks that the server lacks into the vault. */
  async #upload({ path, content }: Staged, publisher: Publisher): Promise<void> {
    const missing = new Set(await publisher.missingChunks(content.chunks.map(chunk => chunk.digest)))
    if (missing.size === 0) return
    const scan = await scanArchive(path, this.#limits)
    const underWay = new Set<Promise<void>>()
    const failures: unknown[] = []
    try {
      await readArchive(scan, async ({ digest, raw }) => {
        if (failures.length > 0) throw failures[0]
        if (!missing.has(digest)) return
        const bringing: Promise<void> = bring(publisher, digest, raw)
          .catch(error => void failures.push(error))
          .finally(() => underWay.delete(bringing))
        underWay.add(bringing)
        if (underWay.size >= PARALLEL_CHUNKS) await Promise.race(underWay)
      })
    } finally {
      await Promise.all(underWay)
      scan.zip.close()
    }
    if (failures.length > 0) throw failures[0]
  }

  async #discard(stagingId: string): Promise<void> {
    const staged = this.#staged.get(stagingId)
    if (staged === undefined) return
    this.#staged.delete(stagingId)
    clearTimeout(staged.timer)
    await rm(staged.path, { force: true })
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

async function bring(publisher: Publisher, digest: string, raw: Uint8Array): Promise<void> {
  const stored = await publisher.putChunk(digest, await encodeChunk(raw))
  if (!stored.ok) throw new Error(`a chunk of an archive was not taken: ${stored.message}`)
}
