/**
 * Which release each page of an app was loaded from, so that it keeps getting its files from that one while the pointer
 * moves on. Remembered in the record store: a browser stops and restarts a service worker as it likes.
 */
import * as v from 'valibot'
import { digestSchema, packageNameSchema, releaseNumberSchema } from '../../../protocol/primitives.ts'
import type { RecordStore } from '../../ports.ts'
import { type ReleaseRef, recordKeys } from '../../records.ts'

/** A page that is only just being loaded is not among the browser's clients yet. */
const YOUNG_PIN_MS = 60_000

const pinSchema = v.object({
  package: packageNameSchema,
  release: v.object({ release: releaseNumberSchema, version: v.string(), digest: digestSchema }),
  pinnedAt: v.number(),
})
type Pin = v.InferOutput<typeof pinSchema>

export interface ReleasePins {
  /** Effective at once; resolves when it would survive a restart of the worker. Never rejects. */
  pin(clientId: string, packageName: string, release: ReleaseRef, now: number): Promise<void>
  find(clientId: string, packageName: string): Promise<ReleaseRef | null>
  /** Forgets the pins of clients that are gone. Never rejects. */
  prune(liveClientIds: ReadonlySet<string>, now: number): Promise<void>
}

export function createReleasePins(records: RecordStore): ReleasePins {
  const known = new Map<string, Pin>()

  async function recall(clientId: string): Promise<Pin | null> {
    const parsed = v.safeParse(pinSchema, await records.get(recordKeys.client(clientId)).catch(() => null))
    return parsed.success ? parsed.output : null
  }

  async function prune(liveClientIds: ReadonlySet<string>, now: number): Promise<void> {
    const prefix = recordKeys.client('')
    const gone: string[] = []
    for (const key of await records.keys()) {
      const clientId = key.slice(prefix.length)
      if (!key.startsWith(prefix) || liveClientIds.has(clientId)) continue
      const pin = known.get(clientId) ?? (await recall(clientId))
      if (pin && Math.abs(now - pin.pinnedAt) < YOUNG_PIN_MS) continue
      known.delete(clientId)
      gone.push(key)
    }
    if (gone.length > 0) await records.remove(gone)
  }

  return {
    pin: async (clientId, packageName, release, now) => {
      const pin: Pin = { package: packageName, release, pinnedAt: now }
      known.set(clientId, pin)
      // Unwritten, it holds for as long as this worker lives; there is nothing better to do about a full disk.
      await records.setMany([[recordKeys.client(clientId), pin]]).catch(() => {})
    },
    find: async (clientId, packageName) => {
      if (clientId === '') return null
      const pin = known.get(clientId) ?? (await recall(clientId))
      if (!pin) return null
      known.set(clientId, pin)
      return pin.package === packageName ? pin.release : null
    },
    prune: (liveClientIds, now) => prune(liveClientIds, now).catch(() => {}),
  }
}
