/**
 * The introductions of one site that are not over: who may send signals to whom (PR-S9 to PR-S11). Bookkeeping only: it
 * sends nothing, and time is an argument. It is kept by device, not by session, so that a handshake survives a reconnect.
 */
import { INTRODUCTION_LIFE_MS, MAX_KEPT_LENGTH, MAX_KEPT_SIGNALS } from '../../policy/device-budget.ts'
import type { PeerSignal } from '../../protocol/signal/peer-signal.ts'

interface Introduction {
  readonly id: string
  /** The device that asked, and the store it was introduced to. */
  readonly asker: string
  readonly other: string
  lastSignalAt: number
  kept: { readonly to: string; readonly signal: PeerSignal }[]
}

export interface KeptSignal {
  readonly introductionId: string
  readonly from: string
  readonly signal: PeerSignal
}

export class IntroductionBook {
  readonly #byId = new Map<string, Introduction>()
  readonly #byDevice = new Map<string, Set<Introduction>>()

  get size(): number {
    return this.#byId.size
  }

  open(id: string, asker: string, other: string, now: number): void {
    const introduction = { id, asker, other, lastSignalAt: now, kept: [] }
    this.#byId.set(id, introduction)
    for (const deviceId of [asker, other]) {
      const own = this.#byDevice.get(deviceId) ?? new Set()
      this.#byDevice.set(deviceId, own.add(introduction))
    }
  }

  /** The other end, if `from` is one end of a live introduction; otherwise null. Keeps the introduction alive. */
  otherEnd(id: string, from: string, now: number): string | null {
    const introduction = this.#byId.get(id)
    if (introduction === undefined || isOver(introduction, now)) return null
    const { asker, other } = introduction
    if (from !== asker && from !== other) return null
    introduction.lastSignalAt = now
    return from === asker ? other : asker
  }

  /** Keeps a signal for an end that is not online; the oldest go first when there are too many. */
  keep(id: string, to: string, signal: PeerSignal): void {
    const introduction = this.#byId.get(id)
    if (introduction === undefined) return
    const { kept } = introduction
    kept.push({ to, signal })
    let length = kept.reduce((sum, each) => sum + lengthOf(each.signal), 0)
    while (kept.length > MAX_KEPT_SIGNALS || length > MAX_KEPT_LENGTH) {
      const oldest = kept.shift()
      if (oldest === undefined) return
      length -= lengthOf(oldest.signal)
    }
  }

  /** What was kept for a device that is back, in order, and now no longer kept. */
  takeKept(to: string, now: number): KeptSignal[] {
    const taken: KeptSignal[] = []
    for (const introduction of this.#byDevice.get(to) ?? []) {
      if (introduction.kept.length === 0 || isOver(introduction, now)) continue
      const from = introduction.asker === to ? introduction.other : introduction.asker
      for (const kept of introduction.kept) {
        if (kept.to === to) taken.push({ introductionId: introduction.id, from, signal: kept.signal })
      }
      introduction.kept = introduction.kept.filter(kept => kept.to !== to)
    }
    return taken
  }

  /** How many live introductions a device has, how many of them it asked for, and how many are with another device. */
  counts(deviceId: string, withDevice: string): { all: number; asked: number; between: number } {
    const counts = { all: 0, asked: 0, between: 0 }
    for (const { asker, other } of this.#byDevice.get(deviceId) ?? []) {
      counts.all++
      if (asker === deviceId) counts.asked++
      if (asker === withDevice || other === withDevice) counts.between++
    }
    return counts
  }

  /** Ends every introduction of a device: it was revoked, or moved to another site. */
  forget(deviceId: string): void {
    for (const introduction of this.#byDevice.get(deviceId) ?? []) this.#remove(introduction)
  }

  expire(now: number): void {
    for (const introduction of this.#byId.values()) {
      if (isOver(introduction, now)) this.#remove(introduction)
    }
  }

  #remove(introduction: Introduction): void {
    this.#byId.delete(introduction.id)
    for (const deviceId of [introduction.asker, introduction.other]) {
      const own = this.#byDevice.get(deviceId)
      own?.delete(introduction)
      if (own?.size === 0) this.#byDevice.delete(deviceId)
    }
  }
}

function lengthOf(signal: PeerSignal): number {
  return signal.type === 'candidate' ? signal.candidate.candidate.length : signal.sdp.length
}

function isOver(introduction: Introduction, now: number): boolean {
  return now - introduction.lastSignalAt >= INTRODUCTION_LIFE_MS
}
