/**
 * Whose turn it is to be sent to: at most so many links at once, each for a turn's worth of bytes, then the next that waits
 * (first come, first served). Keeps a store's memory and thread bounded however many kiosks ask. Sends nothing itself.
 */

interface Holder {
  sentBytes: number
}

export class UploadTurns<Link> {
  readonly #slots: number
  readonly #turnBytes: number
  readonly #holders = new Map<Link, Holder>()
  readonly #waiting = new Map<Link, (granted: boolean) => void>()

  constructor(slots: number, turnBytes: number) {
    this.#slots = slots
    this.#turnBytes = turnBytes
  }

  /** Links that wait for their turn. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** True when the link holds a turn that is not over, or nobody else waits for one. */
  mayGoOn(link: Link): boolean {
    const holder = this.#holders.get(link)
    return holder !== undefined && (holder.sentBytes < this.#turnBytes || this.#waiting.size === 0)
  }

  /** Resolves true when the link's turn has come, false when it was taken out. One wait of a link at a time. */
  take(link: Link): Promise<boolean> {
    this.#holders.delete(link)
    return new Promise(resolve => {
      this.#waiting.set(link, resolve)
      this.#next()
    })
  }

  sent(link: Link, bytes: number): void {
    const holder = this.#holders.get(link)
    if (holder !== undefined) holder.sentBytes += bytes
  }

  /** The link has nothing to send, or has ended. */
  leave(link: Link): void {
    this.#holders.delete(link)
    this.#waiting.get(link)?.(false)
    this.#waiting.delete(link)
    this.#next()
  }

  #next(): void {
    for (const [link, grant] of this.#waiting) {
      if (this.#holders.size >= this.#slots) return
      this.#waiting.delete(link)
      this.#holders.set(link, { sentBytes: 0 })
      grant(true)
    }
  }
}
