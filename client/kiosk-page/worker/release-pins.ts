/**
 * Which release each page and worker of an app was loaded from, so that it keeps getting its files from that one while
 * the pointer moves on. Remembered in the record store: a browser stops and restarts a service worker as it likes.
 */
import * as v from 'valibot'
import { digestSchema, packageNameSchema, releaseNumberSchema } from '../../../protocol/primitives.ts'
import type { RecordStore } from '../../ports.ts'
import { recordKeys } from '../../records.ts'

/** A page that is only just being loaded is not among the browser's clients yet. */
const YOUNG_PIN_MS = 60_000

const pinSchema = v.object({
  package: packageNameSchema,
  release: v.object({ release: releaseNumberSchema, version: v.string(), digest: digestSchema }),
  /** The page's or script's address, without fragment. */
  url: v.string(),
  /** It is part of another page of the app, such as a frame or a worker, and stays in that page's release. */
  inside: v.boolean(),
  pinnedAt: v.number(),
})
export type Pin = v.InferOutput<typeof pinSchema>

export interface ReleasePins {
  /** Effective at once; resolves when it would survive a restart of the worker. Never rejects. */
  pin(clientId: string, pin: Pin): Promise<void>
  find(clientId: string): Promise<Pin | null>
  /** Of clients that are there, or may be by now; the newest first. Never rejects. */
  live(liveClientIds: ReadonlySet<string>, now: number): Promise<readonly Pin[]>
  /** Forgets the pins of clients that are gone. Never rejects. */
  prune(liveClientIds: ReadonlySet<string>, now: number): Promise<void>
}

const PREFIX = recordKeys.client('')

export function createReleasePins(records: RecordStore): ReleasePins {
  const known = new Map<string, Pin>()

  async function find(clientId: string): Promise<Pin | null> {
    if (clientId === '') return null
    const held = known.get(clientId)
    if (held) return held
    const stored = await records.get(recordKeys.client(clientId)).catch(() => null)
    const parsed = v.safeParse(pinSchema, stored)
    if (!parsed.success) return null
    known.set(clientId, parsed.output)
    return parsed.output
  }

  async function storedIds(): Promise<string[]> {
    const keys = await records.keys().catch(() => [])
    return keys.flatMap(key => (key.startsWith(PREFIX) ? key.slice(PREFIX.length) : []))
  }

  async function prune(liveClientIds: ReadonlySet<string>, now: number): Promise<void> {
    const gone: string[] = []
    for (const clientId of await storedIds()) {
      if (liveClientIds.has(clientId)) continue
      const pin = await find(clientId)
      if (pin && isYoung(pin, now)) continue
      known.delete(clientId)
      gone.push(recordKeys.client(clientId))
    }
    if (gone.length > 0) await records.remove(gone)
  }

  return {
    pin: async (clientId, pin) => {
      known.set(clientId, pin)
      // Unwritten, it holds for as long as this worker lives; there is nothing better to do about a full disk.
      await records.setMany([[recordKeys.client(clientId), pin]]).catch(() => {})
    },
    find,
    live: async (liveClientIds, now) => {
      const pins: Pin[] = []
      for (const clientId of new Set([...known.keys(), ...(await storedIds())])) {
        const pin = await find(clientId)
        if (pin && (liveClientIds.has(clientId) || isYoung(pin, now))) pins.push(pin)
      }
      return pins.sort((a, b) => b.pinnedAt - a.pinnedAt)
    },
    prune: (liveClientIds, now) => prune(liveClientIds, now).catch(() => {}),
  }
}

const isYoung = (pin: Pin, now: number) => Math.abs(now - pin.pinnedAt) < YOUNG_PIN_MS
