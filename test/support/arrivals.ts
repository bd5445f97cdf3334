/**
 * What arrived on each device of a simulated site, seen from outside: chunks that were asked for and came in full on a link,
 * and what the origin sent. Knows the frames of the LAN, and nothing of the devices' own counters.
 */
import { decodePeerMessage } from '../../protocol/peer/codec.ts'
import type { Simulation } from './kiosk-simulator.ts'

export class Arrivals {
  readonly #origin: Simulation['origin']
  /** By asker and asked, then by release and index. */
  readonly #asked = new Map<string, Set<string>>()
  readonly #fromStores = new Map<string, number>()

  constructor({ lan, origin }: Simulation) {
    this.#origin = origin
    const { onSend, tap } = lan
    lan.onSend = (from, to, frame) => {
      onSend(from, to, frame)
      this.#sent(from, to, frame)
    }
    lan.tap = (from, to, frame) => {
      tap(from, to, frame)
      this.#arrived(from, to, frame)
    }
  }

  on(deviceId: string) {
    return {
      fromStores: this.#fromStores.get(deviceId) ?? 0,
      fromServer: this.#origin.sentBytesTo.get(deviceId) ?? 0,
    }
  }

  #sent(from: string, to: string, frame: Uint8Array<ArrayBuffer>): void {
    const decoded = decodePeerMessage(frame)
    if (!decoded.ok) return
    const { message } = decoded
    const asked = this.#of(from, to)
    if (message.type === 'hello') asked.clear()
    if (message.type === 'request')
      for (const index of message.indexes) asked.add(`${message.release} ${index}`)
    if (message.type === 'cancel')
      for (const index of message.indexes) asked.delete(`${message.release} ${index}`)
  }

  #arrived(from: string, to: string, frame: Uint8Array<ArrayBuffer>): void {
    const decoded = decodePeerMessage(frame)
    if (!decoded.ok || decoded.message.type !== 'chunk') return
    const { release, index, offset, payload, totalBytes } = decoded.message
    if (offset + payload.byteLength < totalBytes || !this.#of(to, from).delete(`${release} ${index}`)) return
    this.#fromStores.set(to, (this.#fromStores.get(to) ?? 0) + totalBytes)
  }

  #of(asker: string, asked: string): Set<string> {
    const key = `${asker} ${asked}`
    const open = this.#asked.get(key) ?? new Set()
    this.#asked.set(key, open)
    return open
  }
}
