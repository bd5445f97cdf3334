/**
 * The live feed: one EventSource for the whole page, open while somebody is logged in. It comes back by itself after a lost
 * network or a restarted server and says when lists are to be read again (`onReset`). What does not parse is dropped.
 */
import { type LiveEvent, type LiveEventName, liveEventSchemas } from '../../protocol/admin/live.ts'
import { parseJsonWith } from '../../protocol/parse.ts'
import { apiUrl } from './api.ts'
import { withoutOverrides } from './read-json.ts'
import { Store } from './store.ts'

/** `off`: nobody is logged in. `lost`: was live, and is trying again. */
export type LiveState = 'off' | 'connecting' | 'live' | 'lost'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 15_000
/** The server ends connections now and then; only what takes longer than this to come back is worth a word. */
const GRACE_MS = 4_000
/** Heartbeats come far more often: after so much silence the connection is dead. */
const SILENCE_MS = 45_000
const WATCH_MS = 5_000
const MAX_EVENT_CHARACTERS = 8 * 1024 * 1024

const eventNames = Object.keys(liveEventSchemas) as LiveEventName[]

class LiveFeed {
  readonly state = new Store<LiveState>('off')
  readonly #listeners = new Map<LiveEventName, Set<(data: string) => void>>()
  #source: EventSource | null = null
  #site: string | null = null
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #graceTimer: ReturnType<typeof setTimeout> | undefined
  #watchTimer: ReturnType<typeof setInterval> | undefined
  #retryMs = FIRST_RETRY_MS
  /** Null until something came on this connection. */
  #lastHeardAt: number | null = null
  #firstReset = true

  start(): void {
    if (this.state.value !== 'off') return
    this.#firstReset = true
    this.state.set('connecting')
    this.#watchTimer = setInterval(() => this.#watch(), WATCH_MS)
    addEventListener('online', this.#reconnect)
    this.#open()
  }

  stop(): void {
    removeEventListener('online', this.#reconnect)
    clearInterval(this.#watchTimer)
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#graceTimer)
    this.#source?.close()
    this.#source = null
    this.state.set('off')
  }

  /** Asks for the `site` events of one site, in place of any other's; null: of none. */
  watchSite(site: string | null): void {
    if (site === this.#site) return
    this.#site = site
    if (this.state.value !== 'off') this.#open()
  }

  /** Calls `listener` with every event of this name, until the returned function is called. */
  on<N extends LiveEventName>(name: N, listener: (event: LiveEvent<N>) => void): () => void {
    const parsed = (data: string) => {
      const result = parseJsonWith(liveEventSchemas[name], withoutOverrides(data), MAX_EVENT_CHARACTERS)
      if (result.ok) listener(result.value as LiveEvent<N>)
    }
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(parsed)
    return () => listeners.delete(parsed)
  }

  /** Calls `listener` whenever what was read before may be old. */
  onReset(listener: () => void): () => void {
    return this.on('reset', listener)
  }

  readonly #onEvent = (event: MessageEvent): void => {
    this.#lastHeardAt = Date.now()
    const name = event.type as LiveEventName
    // The feed begins with a reset, when everything on the page has just been read.
    if (name === 'reset' && this.#firstReset) {
      this.#firstReset = false
      return
    }
    for (const listener of this.#listeners.get(name) ?? []) listener(String(event.data))
  }

  readonly #reconnect = (): void => {
    if (this.state.value !== 'live') this.#open()
  }

  #open(): void {
    clearTimeout(this.#retryTimer)
    this.#source?.close()
    const source = new EventSource(apiUrl('live', { site: this.#site }))
    this.#source = source
    this.#lastHeardAt = null
    for (const name of eventNames) source.addEventListener(name, this.#onEvent)
    source.onopen = () => {
      this.#retryMs = FIRST_RETRY_MS
      clearTimeout(this.#graceTimer)
      this.#graceTimer = undefined
      this.state.set('live')
    }
    source.onerror = () => this.#onError(source)
  }

  #onError(source: EventSource): void {
    if (source !== this.#source) return
    this.#graceTimer ??= setTimeout(() => {
      if (this.state.value === 'live') this.state.set('lost')
    }, GRACE_MS)
    // After a lost connection the browser tries again by itself; after any answer but 200 it gives up for good.
    if (source.readyState !== EventSource.CLOSED) return
    clearTimeout(this.#retryTimer)
    this.#retryTimer = setTimeout(() => this.#open(), this.#retryMs)
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 1.6)
  }

  #watch(): void {
    if (this.#lastHeardAt !== null && Date.now() - this.#lastHeardAt > SILENCE_MS) {
      this.state.set('lost')
      this.#open()
    }
  }
}

export const live = new LiveFeed()
