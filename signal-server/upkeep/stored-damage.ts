/**
 * What of the stored data is known to be damaged, for administrators: said once in the log, and shown until it is repaired.
 * Chunks are in the vault's own list, which survives a restart; the rest is found again by the next look.
 */
import type { ChunkFlaw, ChunkVault } from '../vault/chunk-vault.ts'

interface DamageLog {
  error(fields: object, message: string): void
  info(fields: object, message: string): void
}

const FLAWS: Record<ChunkFlaw, string> = {
  damaged: 'a stored chunk is damaged and is not served; publishing the same files again repairs it',
  missing: 'a stored chunk is missing; publishing the same files again repairs it',
  unreadable:
    'a stored chunk cannot be read and is not served; look at the disk, or publish the same files again',
}

export class StoredDamage {
  readonly #log: DamageLog
  readonly #manifests = new Map<string, string>()
  #records: string | null = null

  constructor(log: DamageLog) {
    this.#log = log
  }

  foundChunk(chunk: string, flaw: ChunkFlaw, reason: string): void {
    this.#log.error({ chunk, reason }, FLAWS[flaw])
  }

  /** `reason`: null when the manifest is whole. */
  foundManifest(release: string, reason: string | null): void {
    if (reason === null) this.#manifests.delete(release)
    if (reason === null || this.#manifests.get(release) === reason) return
    this.#manifests.set(release, reason)
    this.#log.error(
      { release, reason },
      'a stored manifest is damaged, and devices refuse it; bring the records back from a backup, or publish the files again',
    )
  }

  /** `finding`: what SQLite says is wrong; null when the database is sound. */
  foundRecords(finding: string | null): void {
    if (finding !== null && finding !== this.#records)
      this.#log.error({ finding }, 'the records are damaged; bring them back from a backup')
    this.#records = finding
  }

  summary(vault: Pick<ChunkVault, 'damaged'>) {
    return {
      damagedChunks: vault.damaged.size,
      damagedManifests: this.#manifests.size,
      recordsDamage: this.#records,
    }
  }
}
