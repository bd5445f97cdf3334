/**
 * Compares what is on the disk with what was put there: somebody may have cleared it, in part or whole, while the engine
 * runs. Says what is missing or changed, each in words once, and mends nothing.
 */
import { isSameValue } from '../../protocol/same-value.ts'
import { HELD } from '../machines/download/chunk-table.ts'
import type { ChunkIo, RecordStore } from '../ports.ts'
import { recordKeys } from '../records.ts'
import { packageRecordOf } from './package-record.ts'
import type { PackageRunner } from './package-runner.ts'

interface Losses {
  /** Keys of records that are not what was written. */
  readonly records: readonly string[]
  /** Chunks that count as held and have no record. */
  readonly chunks: ReadonlySet<string>
}

interface DiskCheckDeps {
  readonly records: RecordStore
  readonly chunks: Pick<ChunkIo, 'digests'>
  readonly packages: () => readonly PackageRunner[]
  /** Whether the disk has the identity that was written there. */
  readonly identityIsSaved: () => Promise<boolean>
}

export class DiskCheck {
  readonly #deps: DiskCheckDeps
  /** However often they come. */
  readonly #told = new Set<string>()

  constructor(deps: DiskCheckDeps) {
    this.#deps = deps
  }

  /** `news`: what is lost that was not told before, for an administrator. Rejects when the disk cannot be read. */
  async look(): Promise<Losses & { readonly news: string | null }> {
    const { records, chunks, packages, identityIsSaved } = this.#deps
    const found = await findLosses(records, chunks, [...packages()])
    const lostRecords = (await identityIsSaved()) ? found.records : [recordKeys.identity, ...found.records]
    const lost = [...lostRecords, ...(found.chunks.size > 0 ? ['chunks'] : [])]
    const untold = lost.filter(what => !this.#told.has(what))
    for (const what of untold) this.#told.add(what)
    const news =
      untold.length === 0
        ? null
        : `something other than Larder removed or changed ${untold.join(', ')} on this disk; it is written or fetched again`
    return { records: lostRecords, chunks: found.chunks, news }
  }
}

async function findLosses(
  records: RecordStore,
  chunks: Pick<ChunkIo, 'digests'>,
  packages: readonly PackageRunner[],
): Promise<Losses> {
  const lost: string[] = []
  const lostChunks = new Set<string>()
  for (const runner of packages) {
    // What is not saved yet cannot be lost.
    await runner.saved()
    const expected = runner.state.record
    const key = recordKeys.package(runner.name)
    // Read as at a start: a record that an earlier version wrote in its own form is not lost.
    const stored = packageRecordOf(await records.get(key), runner.name)
    const { active, previous } = expected
    const isWorthwhile = active !== null || previous !== null
    if (runner.state.record === expected && isWorthwhile && !isSameValue(stored, expected)) lost.push(key)
  }
  const keys = new Set(await records.keys())
  if (packages.length > 0 && !keys.has(recordKeys.assigned)) lost.push(recordKeys.assigned)
  const present = await chunks.digests()
  for (const { state, download } of packages) {
    for (const ref of [state.record.active, state.record.previous]) {
      if (ref !== null && !keys.has(recordKeys.manifest(ref.digest)))
        lost.push(recordKeys.manifest(ref.digest))
    }
    if (download === null || download.checking) continue
    const { chunks: all, status } = download.state.table
    for (const [index, { digest }] of all.entries())
      if (status[index] === HELD && !present.has(digest)) lostChunks.add(digest)
  }
  return { records: lost, chunks: lostChunks }
}
