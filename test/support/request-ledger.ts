/**
 * What devices have asked of each other and not got yet, kept from the frames that pass a LAN: proves that requests stay
 * bounded, and that nobody is sent what was not asked for. Knows the protocol, and nothing of the machines.
 */
import type { PeerMessage } from '../../protocol/peer/messages.ts'

export class RequestLedger {
  /** By asker and asked, then by release and index. */
  readonly #asked = new Map<string, Set<string>>()
  /** The most chunks that one device waited for on one link. */
  most = 0

  heard(from: string, to: string, message: PeerMessage): void {
    if (message.type === 'hello') this.#asked.delete(`${from} ${to}`)
    if (message.type === 'request') {
      const asked = this.#of(from, to)
      for (const index of message.indexes) asked.add(`${message.release} ${index}`)
      this.most = Math.max(this.most, asked.size)
    }
    if (message.type === 'cancel') this.#forget(from, to, message.release, message.indexes)
    if (message.type === 'reject') this.#forget(to, from, message.release, message.indexes)
    if (message.type === 'interest') this.#forget(from, to, message.release, [])
    if (message.type === 'chunk' && message.offset + message.payload.byteLength === message.totalBytes)
      this.#forget(to, from, message.release, [message.index])
  }

  /** Without indexes: all of the release. */
  #forget(asker: string, asked: string, release: string, indexes: readonly number[]): void {
    const open = this.#of(asker, asked)
    if (indexes.length === 0) {
      for (const key of open) if (key.startsWith(`${release} `)) open.delete(key)
    }
    for (const index of indexes) open.delete(`${release} ${index}`)
  }

  #of(asker: string, asked: string): Set<string> {
    const key = `${asker} ${asked}`
    const open = this.#asked.get(key) ?? new Set()
    this.#asked.set(key, open)
    return open
  }
}
