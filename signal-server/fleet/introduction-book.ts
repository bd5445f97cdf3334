/**
 * The introductions of one site that are not over: who may send signals to whom (PR-S9 to PR-S11). Bookkeeping only: it
 * sends nothing, and time is an argument. It is kept by device, not by session, so that a handshake survives a reconnect and
 * a reconnect renews nothing of what an introduction may cost.
 */
import {
  INTRODUCTION_LIFE_MS,
  MAX_DESCRIPTIONS,
  MAX_KEPT_BYTES,
  MAX_KEPT_SIGNALS,
  RELAYED_BYTES_PER_INTRODUCTION,
  UNANSWERED_INTRODUCTION_MS,
} from '../../policy/device-budget.ts'
import type { LiveIntroduction } from '../../policy/introductions.ts'
import type { PeerSignal } from '../../protocol/signal/peer-signal.ts'

/** `asker` asked, and was introduced to the store `other`. */
interface Introduction extends LiveIntroduction {
  lastSignalAt: number
  isAnswered: boolean
  readonly sent: Record<Passage['from'], { bytes: number; descriptions: number }>
  kept: { readonly to: string; readonly signal: PeerSignal; readonly bytes: number }[]
}

/** Where a signal goes, and which end of the introduction sent it. */
export interface Passage {
  readonly to: string
  readonly from: 'asker' | 'other'
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
    const introduction: Introduction = {
      ...{ id, asker, other, openedAt: now, lastSignalAt: now, isAnswered: false },
      sent: { asker: { bytes: 0, descriptions: 0 }, other: { bytes: 0, descriptions: 0 } },
      kept: [],
    }
    this.#byId.set(id, introduction)
    for (const deviceId of [asker, other]) {
      const own = this.#byDevice.get(deviceId) ?? new Set()
      this.#byDevice.set(deviceId, own.add(introduction))
    }
  }

  /**
   * Passes a signal of `from` to the other end, which keeps the introduction alive. Null where it is dropped: the introduction is
   * unknown, over, or between others, or it is over now because this end has sent more than one may cost. `bytes`: of the message.
   */
  pass(id: string, from: string, signal: PeerSignal, bytes: number, now: number): Passage | null {
    const introduction = this.#byId.get(id)
    if (introduction === undefined || isOver(introduction, now)) return null
    const { asker, other } = introduction
    if (from !== asker && from !== other) return null
    const end = from === asker ? 'asker' : 'other'
    const sent = introduction.sent[end]
    sent.bytes += bytes
    if (signal.type !== 'candidate') sent.descriptions++
    if (sent.bytes > RELAYED_BYTES_PER_INTRODUCTION || sent.descriptions > MAX_DESCRIPTIONS) {
      this.#remove(introduction)
      return null
    }
    introduction.lastSignalAt = now
    if (end === 'other' && !introduction.isAnswered) this.#answer(introduction)
    return { to: from === asker ? other : asker, from: end }
  }

  /** Keeps a signal for an end that is not online; the oldest go first when there are too many. */
  keep(id: string, to: string, signal: PeerSignal, bytes: number): void {
    const introduction = this.#byId.get(id)
    if (introduction === undefined) return
    const { kept } = introduction
    kept.push({ to, signal, bytes })
    let keptBytes = kept.reduce((sum, each) => sum + each.bytes, 0)
    while (kept.length > MAX_KEPT_SIGNALS || keptBytes > MAX_KEPT_BYTES) {
      const oldest = kept.shift()
      if (oldest === undefined) return
      keptBytes -= oldest.bytes
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

  /** The introductions of a device, in the order in which they were opened. Expired ones count until `expire`. */
  of(deviceId: string): readonly LiveIntroduction[] {
    return [...(this.#byDevice.get(deviceId) ?? [])]
  }

  /** How many live introductions a device has asked for. */
  askedBy(deviceId: string): number {
    return this.of(deviceId).filter(({ asker }) => asker === deviceId).length
  }

  end(id: string): void {
    const introduction = this.#byId.get(id)
    if (introduction !== undefined) this.#remove(introduction)
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

  /** Two devices have one link: with a newer handshake under way, what the asker began earlier with this device is over. */
  #answer(answered: Introduction): void {
    answered.isAnswered = true
    for (const earlier of this.#byDevice.get(answered.asker) ?? []) {
      if (earlier === answered) return
      if (earlier.asker === answered.asker && earlier.other === answered.other) this.#remove(earlier)
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

function isOver({ lastSignalAt, openedAt, isAnswered }: Introduction, now: number): boolean {
  const isUnanswered = !isAnswered && now - openedAt >= UNANSWERED_INTRODUCTION_MS
  return isUnanswered || now - lastSignalAt >= INTRODUCTION_LIFE_MS
}
