/**
 * Devices whose key two browsers have, as after a copied disk image: their sessions replace each other for ever. Told from what one
 * browser does by itself (a reload, a tab that takes over, a network that changes) in that the browser whose session was
 * replaced was still there to answer the close, several times in a few minutes. Pure state; knows no sockets.
 */

export interface DuplicateIdentity {
  /** Of the last two sessions; the same one twice where both browsers are behind one router. */
  readonly addresses: readonly [replaced: string, by: string]
  /** Since when sessions have replaced each other, epoch ms. */
  readonly since: number
}

interface Replacements {
  readonly at: readonly number[]
  readonly addresses: readonly [string, string]
  readonly since: number
}

/** A page whose session was replaced comes back after 30 to 90 s, so two copies replace each other at least so often in this time. */
const SPAN_MS = 10 * 60_000
const LEAST_REPLACEMENTS = 4

export class DuplicateIdentities {
  readonly #devices = new Map<string, Replacements>()

  /** A session was replaced, and its browser was still there. True when the device counts as a duplicate from now on. */
  add(deviceId: string, addresses: readonly [replaced: string, by: string], now: number): boolean {
    const before = this.#devices.get(deviceId)
    const recent = (before?.at ?? []).filter(at => at > now - SPAN_MS)
    const wasDuplicate = recent.length > 0 && (before?.at.length ?? 0) >= LEAST_REPLACEMENTS
    const since = recent.length === 0 ? now : (before?.since ?? now)
    this.#devices.set(deviceId, {
      at: [...recent, now].slice(-LEAST_REPLACEMENTS),
      addresses,
      since,
    })
    return recent.length >= LEAST_REPLACEMENTS - 1 && !wasDuplicate
  }

  of(deviceId: string): DuplicateIdentity | null {
    const known = this.#devices.get(deviceId)
    if (known === undefined || known.at.length < LEAST_REPLACEMENTS) return null
    const { addresses, since } = known
    return { addresses, since }
  }

  forget(deviceId: string): void {
    this.#devices.delete(deviceId)
  }

  /** Forgets devices whose sessions were not replaced for long; gives those that counted as duplicates. */
  expire(now: number): string[] {
    const over: string[] = []
    for (const [deviceId, { at }] of this.#devices) {
      if ((at.at(-1) ?? 0) > now - SPAN_MS) continue
      if (this.of(deviceId) !== null) over.push(deviceId)
      this.#devices.delete(deviceId)
    }
    return over
  }
}
