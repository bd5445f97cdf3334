/**
 * The live feed: one EventSource for the whole page, opened while somebody is logged in. It comes back by itself after a
 * lost network or a restarted server; whoever shows data then loads it once more (`onResync`). Parses what arrives; what
 * does not parse is dropped.
 */
import type * as v from 'valibot'
import { parseJsonWith } from '../../protocol/parse.ts'
import { apiUrl } from './api.ts'
import { Store } from './store.ts'

/** `off`: nobody is logged in. `lost`: was live, and is trying again. */
export type LiveState = 'off' | 'connecting' | 'live' | 'lost'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 15_000
/** The server's heartbeat comes far more often: after so much silence the connection is dead. */
const SILENCE_MS = 45_000
const WATCH_MS = 5_000
const MAX_EVENT_CHARACTERS = 8 * 1024 * 1024

type Listener = (data: string) => void

class LiveFeed {
  readonly state = new Store<LiveState>('off')
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #resync = new Set<() => void>()
  #source: EventSource | null = null
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #watchTimer: ReturnType<typeof setInterval> | undefined
  #retryMs = FIRST_RETRY_MS
  #lastHeardAt = 0
  #wasLive = false

  start(): void {
    if (this.state.value !== 'off') return
    this.state.set('connecting')
    this.#wasLive = false
    this.#watchTimer = setInterval(() => this.#watch(), WATCH_MS)
    addEventListener('online', this.#now)
    this.#open()
  }

  stop(): void {
    removeEventListener('online', this.#now)
    clearInterval(this.#watchTimer)
    clearTimeout(this.#retryTimer)
    this.#source?.close()
    this.#source = null
    this.state.set('off')
  }

  /** Calls `listener` with every event of this kind, until the returned function is called. */
  on<S extends v.GenericSchema>(
    kind: string,
    schema: S,
    listener: (value: v.InferOutput<S>) => void,
  ): () => void {
    const parsed: Listener = data => {
      const result = parseJsonWith(schema, data, MAX_EVENT_CHARACTERS)
      if (result.ok) listener(result.value)
    }
    let listeners = this.#listeners.get(kind)
    if (!listeners) {
      listeners = new Set()
      this.#listeners.set(kind, listeners)
      this.#source?.addEventListener(kind, this.#onEvent)
    }
    listeners.add(parsed)
    return () => listeners.delete(parsed)
  }

  /** Calls `listener` when the feed is back after a gap in which events may have been missed. */
  onResync(listener: () => void): () => void {
    this.#resync.add(listener)
    return () => this.#resync.delete(listener)
  }

  readonly #onEvent = (event: MessageEvent): void => {
    this.#lastHeardAt = Date.now()
    for (const listener of this.#listeners.get(event.type) ?? []) listener(String(event.data))
  }

  readonly #now = (): void => {
    if (this.state.value !== 'live') this.#open()
  }

  #open(): void {
    clearTimeout(this.#retryTimer)
    this.#source?.close()
    const source = new EventSource(apiUrl('live'), { withCredentials: false })
    this.#source = source
    this.#lastHeardAt = Date.now()
    for (const kind of this.#listeners.keys()) source.addEventListener(kind, this.#onEvent)
    source.addEventListener('heartbeat', () => {
      this.#lastHeardAt = Date.now()
    })
    source.onopen = () => {
      this.#retryMs = FIRST_RETRY_MS
      this.#lastHeardAt = Date.now()
      const missed = this.#wasLive
      this.#wasLive = true
      this.state.set('live')
      if (missed) for (const listener of [...this.#resync]) listener()
    }
    source.onerror = () => this.#lost()
  }

  /** EventSource gives up for good on any answer but 200, so the waiting is done here. */
  #lost(): void {
    if (this.state.value === 'off') return
    this.#source?.close()
    this.#source = null
    this.state.set(this.#wasLive ? 'lost' : 'connecting')
    clearTimeout(this.#retryTimer)
    this.#retryTimer = setTimeout(() => this.#open(), this.#retryMs)
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 1.6)
  }

  #watch(): void {
    if (this.state.value === 'live' && Date.now() - this.#lastHeardAt > SILENCE_MS) this.#lost()
  }
}

export const live = new LiveFeed()
