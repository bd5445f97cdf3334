/**
 * Performs what the signaling machine decides: opens and closes the socket, signs, sends, parses what comes, and hands
 * the session's messages on. Everything that depends on the session's state is decided in `machines/signaling.ts`.
 */
import { sign } from '../../protocol/keys.ts'
import { MAX_SIGNAL_MESSAGE_BYTES } from '../../protocol/limits.ts'
import { parseJsonWith } from '../../protocol/parse.ts'
import type { Problem } from '../../protocol/problem.ts'
import type { SignalDown } from '../../protocol/signal/down.ts'
import { helloBytes, type SignalUpWire } from '../../protocol/signal/up.ts'
import { type SpokenVersion, spokenVersion } from '../../protocol/spoken-versions.ts'
import { serverTimeAt } from '../machines/server-clock.ts'
import {
  initialSignaling,
  type SignalingEffect,
  type SignalingEvent,
  type SignalingState,
  signalingWakeAt,
  stepSignaling,
} from '../machines/signaling.ts'
import type { KioskOptions } from '../options.ts'
import type { OpenSignalLink, Platform, SignalLink } from '../ports.ts'
import type { IdentityRecord } from '../records.ts'
import { WakeTimer } from './timer.ts'

export interface SignalingListener {
  online(welcome: Extract<SignalDown, { type: 'welcome' }>): void
  offline(): void
  refused(problem: Problem): void
  /** `needsNewPage()` is true from now on. */
  needsNewPage(): void
  message(message: SignalDown): void
}

export class SignalingRunner {
  #state: SignalingState
  #link: SignalLink | null = null
  readonly #timer: WakeTimer
  readonly #platform: Platform
  readonly #openLink: OpenSignalLink
  readonly #identity: () => IdentityRecord
  readonly #listener: SignalingListener
  readonly #options: KioskOptions

  constructor(deps: {
    platform: Platform
    openLink: OpenSignalLink
    identity: () => IdentityRecord
    listener: SignalingListener
    options: KioskOptions
    /** Absent: all that this code speaks. */
    versions?: readonly SpokenVersion[]
  }) {
    this.#state = initialSignaling(deps.versions)
    this.#platform = deps.platform
    this.#openLink = deps.openLink
    this.#identity = deps.identity
    this.#listener = deps.listener
    this.#options = deps.options
    this.#timer = new WakeTimer(deps.platform, () => this.#step({ type: 'wake' }))
  }

  start(): void {
    this.#step({ type: 'start' })
  }

  stop(): void {
    this.#step({ type: 'stop' })
    this.#timer.set(null)
  }

  /** The browser says that there is a network again. */
  networkBack(): void {
    this.#step({ type: 'network-back' })
  }

  isOnline(): boolean {
    return this.#state.phase.name === 'online'
  }

  /** The server does not understand this page, or this page not the server. */
  needsNewPage(): boolean {
    return this.#state.needsNewPage
  }

  /** Sends if a session is up; false when there is none, and then nothing is kept. */
  send(message: SignalUpWire): boolean {
    if (!this.isOnline() || this.#link === null) return false
    this.#write(this.#link, message)
    return true
  }

  /** The server's time now, epoch ms; null before the first welcome. */
  serverNow(): number | null {
    return serverTimeAt(this.#state.clock, this.#platform.monotonicMs())
  }

  #step(event: SignalingEvent): void {
    const now = this.#platform.monotonicMs()
    const chance = this.#platform.random()
    const { state, effects } = stepSignaling(this.#state, event, now, chance, this.#options)
    this.#state = state
    this.#timer.set(signalingWakeAt(state))
    for (const effect of effects) this.#perform(effect)
  }

  #perform(effect: SignalingEffect): void {
    switch (effect.type) {
      case 'connect':
        return this.#connect()
      case 'close':
        return this.#close()
      case 'sign':
        return void this.#sign(effect.nonce, this.#link)
      case 'send':
        return this.#link === null ? undefined : this.#write(this.#link, effect.message)
      case 'online':
        return this.#listener.online(effect.welcome)
      case 'offline':
        return this.#listener.offline()
      case 'refused':
        return this.#listener.refused(effect.problem)
      case 'needs-new-page':
        return this.#listener.needsNewPage()
      case 'deliver':
        return this.#listener.message(effect.message)
      case 'log':
        return this.#platform.log(effect.message)
    }
  }

  /** Whatever the link says from now on is of a session that is over. */
  #close(): void {
    const link = this.#link
    this.#link = null
    link?.close()
  }

  #connect(): void {
    const ifCurrent = (event: () => SignalingEvent) => {
      if (this.#link === link) this.#step(event())
    }
    const link = this.#openLink({
      onOpen: () => ifCurrent(() => ({ type: 'link-open' })),
      onMessage: text => ifCurrent(() => this.#eventOf(text)),
      onClose: code =>
        ifCurrent(() => {
          this.#link = null
          return { type: 'link-closed', code }
        }),
    })
    this.#link = link
  }

  async #sign(nonce: string, link: SignalLink | null): Promise<void> {
    const { keyPair, deviceId } = this.#identity()
    const signature = await sign(keyPair.privateKey, helloBytes(nonce, deviceId))
    if (this.#link === link) this.#step({ type: 'signed', signature, deviceId })
  }

  /** In the version of the session. What that version has no form for is left out. */
  #write(link: SignalLink, message: SignalUpWire): void {
    const written = spokenVersion(this.#state.versions, this.#state.version).writeSignalUp(message)
    if (written !== null) link.send(JSON.stringify(written))
  }

  #eventOf(text: string): SignalingEvent {
    const { signalDown } = spokenVersion(this.#state.versions, this.#state.version)
    const parsed = parseJsonWith(signalDown, text, MAX_SIGNAL_MESSAGE_BYTES)
    return parsed.ok
      ? { type: 'message', message: parsed.value }
      : { type: 'invalid-message', detail: parsed.message }
  }
}
