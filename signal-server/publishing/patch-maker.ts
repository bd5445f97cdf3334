/**
 * Makes patches after a publication, in the background: to the latest release of each package from the few before it. One
 * part at a time, planned in a thread of its own and compressed on the thread pool, so that the server stays responsive.
 * What is to be made is read from the records: after a kill the next start goes on with what is missing, and a patch set is
 * visible only when all of its parts are kept. What fails is tried again; meanwhile updates take the chunks.
 */
import { hash } from 'node:crypto'
import { decodeChunk } from '../../protocol/encoded-chunk.ts'
import {
  MAX_PART_BYTES,
  MAX_PART_DICTIONARY_BYTES,
  MAX_PART_MAKES_BYTES,
  MAX_PARTS_PER_PATCH_SET,
  MAX_PATCH_SET_BYTES,
  MIB,
} from '../../protocol/limits.ts'
import type { Manifest } from '../../protocol/manifest.ts'
import { type PlannedPart, sampleBitsFor } from '../../protocol/patching/patch-plan.ts'
import { type PatchPart, type PatchSet, patchSetBytes } from '../../protocol/patching/patch-set.ts'
import type { BackgroundJob, BackgroundJobs } from '../background-jobs.ts'
import { messageOf } from '../failure.ts'
import {
  dropOldPatchSets,
  insertPatchSet,
  isUnmade,
  type ReleasePair,
  unmadePairs,
} from '../records/patch-sets.ts'
import type { Records } from '../records/records.ts'
import { findChunks, findSignedManifest } from '../records/releases.ts'
import type { ChunkVault } from '../vault/chunk-vault.ts'
import { decodeZstd } from '../vault/zstd.ts'
import { makePart } from './make-part.ts'
import { PatchPace } from './patch-pace.ts'
import { PatchPlanner } from './patch-planner.ts'
import type { Publisher } from './publisher.ts'

/** New raw bytes beyond this travel as chunks: at level 19 a core makes about 2 MB of patch content a second. */
const MAX_FRESH_BYTES = 1024 * MIB
/** A part has to be clearly smaller than the chunks it makes, since it needs others to be there. */
const WORTHWHILE_SHARE = 0.9

export interface PatchMakerDeps {
  readonly records: Records
  readonly vault: Pick<ChunkVault, 'get'>
  readonly publisher: Pick<Publisher, 'putPart'>
  readonly jobs: BackgroundJobs
  readonly clock: () => number
  readonly log: { info(fields: object, message: string): void }
}

type Chunk = Manifest['chunks'][number]
type IndexedChunk = Chunk & { readonly index: number }

export class PatchMaker {
  readonly #deps: PatchMakerDeps
  readonly #job: BackgroundJob
  readonly #stop = new AbortController()
  /** Pairs whose last try failed: no device is told to wait for them. */
  readonly #failed = new Set<string>()
  readonly #pace = new PatchPace()
  readonly #unsubscribe: () => void

  /** Begins with what an earlier process left unmade. */
  constructor(deps: PatchMakerDeps) {
    this.#deps = deps
    this.#job = deps.jobs.add({ name: 'making patches', run: () => this.#run() })
    this.#unsubscribe = deps.records.changes.subscribe(change => {
      if (change.type === 'fleet') this.wake()
    })
    this.wake()
  }

  /** Something may have to be made. */
  wake(): void {
    this.#job.wake()
  }

  /**
   * When a patch between these releases (digests) can be expected, epoch ms, from how fast parts have come so far; null when
   * none is to be made. Of one that is not planned yet, or waits for its turn: when it is worth asking again.
   */
  async expectedAt(from: string, to: string): Promise<number | null> {
    const key = keyOf({ from, to })
    if (this.#failed.has(key) || !(await isUnmade(this.#deps.records.db, from, to))) return null
    return this.#deps.clock() + this.#pace.expectedInMs(key)
  }

  /** Stops at once; the part under way is made again at the next start. */
  async close(): Promise<void> {
    this.#unsubscribe()
    this.#stop.abort()
    await this.#job.close()
  }

  /** Tries every pair once, also those that failed before; rejects when one could not be made. */
  async #run(): Promise<null> {
    const tried = new Set<string>()
    const failures: unknown[] = []
    for (;;) {
      // Others may have been published meanwhile, and the newest goes first.
      const pairs = await unmadePairs(this.#deps.records.db)
      const pair = pairs.find(candidate => !tried.has(keyOf(candidate)))
      if (pair === undefined || this.#stop.signal.aborted) break
      tried.add(keyOf(pair))
      await this.#attempt(pair).catch(error => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
    return null
  }

  async #attempt(pair: ReleasePair): Promise<void> {
    try {
      await this.#make(pair)
      this.#failed.delete(keyOf(pair))
    } catch (error) {
      this.#failed.add(keyOf(pair))
      const { package: name, from, to } = pair
      throw new Error(
        `the patch of ${name} from ${from.slice(0, 12)} to ${to.slice(0, 12)} could not be made: ${messageOf(error)}`,
        {
          cause: error,
        },
      )
    } finally {
      this.#pace.end()
    }
  }

  async #make(pair: ReleasePair): Promise<void> {
    const { records, clock, log } = this.#deps
    const from = await this.#manifestOf(pair.from)
    const to = await this.#manifestOf(pair.to)
    const startedAt = clock()
    const old = differentChunks(from)
    const held = new Set(old.map(chunk => chunk.digest))
    const fresh = upTo(
      MAX_FRESH_BYTES,
      differentChunks(to).filter(chunk => !held.has(chunk.digest)),
    )
    const encodedBytes = await findChunks(
      records.db,
      fresh.map(chunk => chunk.digest),
    )
    const insteadOf = (index: number) => encodedBytes.get(to.chunks[index]?.digest ?? '')?.encodedBytes ?? 0
    this.#pace.begin(keyOf(pair))
    const planned = (fresh.length === 0 ? [] : await this.#plan(old, fresh)).slice(0, MAX_PARTS_PER_PATCH_SET)
    const bytesOf = ({ makes }: PlannedPart) => sum(makes.map(index => to.chunks[index]?.sizeBytes ?? 0))
    this.#pace.planned(sum(planned.map(bytesOf)))
    const parts: PatchPart[] = []
    const made = new Set<number>()
    for (const plan of planned) {
      const begunAt = performance.now()
      const part = await this.#makePart(plan, made, from, to, insteadOf)
      this.#stop.signal.throwIfAborted()
      this.#pace.partMade(bytesOf(plan), performance.now() - begunAt)
      if (part === null) continue
      parts.push(part)
      for (const index of part.makes) made.add(index)
    }
    const set = fitting({ format: 1, from: pair.from, to: pair.to, parts })
    const document = patchSetBytes(set)
    const record = {
      ...pair,
      digest: hash('sha256', document, 'hex'),
      document: new TextDecoder().decode(document),
      partDigests: set.parts.map(part => part.digest),
      partsBytes: sum(set.parts.map(part => part.sizeBytes)),
      insteadOfBytes: sum(set.parts.flatMap(part => part.insteadOf)),
      madeAt: clock(),
    }
    await records.db.transaction().execute(async trx => {
      await insertPatchSet(trx, record)
      await dropOldPatchSets(trx, pair.package)
    })
    const { partsBytes, insteadOfBytes } = record
    const releases = { package: pair.package, from: from.release, to: to.release }
    log.info(
      { ...releases, parts: parts.length, partsBytes, insteadOfBytes, ms: clock() - startedAt },
      'made a patch',
    )
  }

  async #plan(old: readonly IndexedChunk[], fresh: readonly IndexedChunk[]): Promise<PlannedPart[]> {
    const planner = new PatchPlanner()
    try {
      const sampleBits = sampleBitsFor(sum([...old, ...fresh].map(chunk => chunk.sizeBytes)))
      for (const [isFresh, chunks] of [
        [false, old],
        [true, fresh],
      ] as const) {
        for (const chunk of chunks) {
          await planner.add(isFresh, chunk.index, await this.#rawOf(chunk), sampleBits)
          this.#stop.signal.throwIfAborted()
        }
      }
      return await planner.plan({
        maxMakesBytes: MAX_PART_MAKES_BYTES,
        maxDictionaryBytes: MAX_PART_DICTIONARY_BYTES,
      })
    } finally {
      await planner.close()
    }
  }

  /** Null where the part is not worth while. `made`: chunks that the parts before it make. */
  async #makePart(
    plan: PlannedPart,
    made: ReadonlySet<number>,
    from: Manifest,
    to: Manifest,
    insteadOf: (index: number) => number,
  ): Promise<PatchPart | null> {
    const madeBefore = plan.made.filter(index => made.has(index))
    const dictionary = [
      ...(await this.#rawOfAll(from.chunks, plan.from)),
      ...(await this.#rawOfAll(to.chunks, madeBefore)),
    ]
    const bytes = await makePart(dictionary, await this.#rawOfAll(to.chunks, plan.makes), this.#stop.signal)
    const sizes = plan.makes.map(insteadOf)
    if (bytes === null || bytes.byteLength > Math.min(MAX_PART_BYTES, sum(sizes) * WORTHWHILE_SHARE))
      return null
    const digest = hash('sha256', bytes, 'hex')
    const put = await this.#deps.publisher.putPart(digest, bytes)
    if (!put.ok) throw new Error(put.message)
    return {
      digest,
      sizeBytes: bytes.byteLength,
      makes: [...plan.makes],
      insteadOf: sizes,
      from: [...plan.from],
      made: madeBefore,
    }
  }

  async #rawOfAll(chunks: readonly Chunk[], indexes: readonly number[]): Promise<Uint8Array[]> {
    const raws: Uint8Array[] = []
    for (const index of indexes) {
      const chunk = chunks[index]
      if (chunk !== undefined) raws.push(await this.#rawOf(chunk))
    }
    return raws
  }

  async #rawOf(chunk: Chunk): Promise<Uint8Array> {
    const encoded = await this.#deps.vault.get(chunk.digest)
    if (encoded === null) throw new Error(`the vault has lost chunk ${chunk.digest}`)
    const decoded = await decodeChunk(encoded, decodeZstd, chunk.sizeBytes)
    if (!decoded.ok) throw new Error(`chunk ${chunk.digest} is damaged: ${decoded.message}`)
    return decoded.raw
  }

  async #manifestOf(digest: string): Promise<Manifest> {
    const found = await findSignedManifest(this.#deps.records.db, digest)
    if (found === null) throw new Error(`there is no release ${digest}`)
    return JSON.parse(found.signedManifestText).manifest
  }
}

/** Each digest at its first index. */
function differentChunks({ chunks }: Manifest): IndexedChunk[] {
  const seen = new Set<string>()
  return chunks.flatMap((chunk, index) => {
    if (seen.has(chunk.digest)) return []
    seen.add(chunk.digest)
    return [{ ...chunk, index }]
  })
}

function upTo(maxBytes: number, chunks: readonly IndexedChunk[]): IndexedChunk[] {
  let bytes = 0
  return chunks.filter(chunk => {
    bytes += chunk.sizeBytes
    return bytes <= maxBytes
  })
}

/** The set without its last parts, as far as its text would be too long for a device. */
function fitting(set: PatchSet): PatchSet {
  let { parts } = set
  while (patchSetBytes({ ...set, parts }).byteLength > MAX_PATCH_SET_BYTES) {
    parts = parts.slice(0, Math.floor(parts.length / 2))
  }
  return { ...set, parts }
}

const keyOf = ({ from, to }: { readonly from: string; readonly to: string }) => `${from}:${to}`
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
