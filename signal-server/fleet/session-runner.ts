/**
 * Runs one {@link step} machine on one socket: performs its effects and feeds back what comes of them. Decides nothing.
 */

import { MAX_UNSENT_BYTES, MAX_UNSENT_BYTES_BY_OTHERS } from '../../policy/device-budget.ts'
import type { SignalDownWire } from '../../protocol/signal/down.ts'
import { helloBytes } from '../../protocol/signal/up.ts'
import { spokenVersion } from '../../protocol/spoken-versions.ts'
import type { FleetDirectory } from '../fleet-directory.ts'
import { verifySignatureHere } from '../keys/verify-signature.ts'
import { openSession, type SessionSettings, step, wakeAt } from './device-session.ts'
import type { FleetHub, HubSession } from './fleet-hub.ts'
import { GRANT_LIFE_MS, type GrantKey } from './grants.ts'
import type { LineLimit } from './line-limit.ts'
import type { ServerClock } from './server-clock.ts'
import type { SessionEffect, SessionEvent, SessionState, StateName, Step } from './session-types.ts'
import { CLOSE_CODES } from './signaling-options.ts'

export interface SessionSocket {
  send(text: string): void
  close(code: number, reason: string): void
  /** Ends the connection at once, without a handshake. */
  terminate(): void
  unsentBytes(): number
}

export interface SessionLog {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface SessionRunnerDeps {
  readonly directory: Omit<FleetDirectory, 'device'>
  /** May answer from memory as long as that is true. */
  readonly devices: Pick<FleetDirectory, 'device'>
  readonly hub: FleetHub
  readonly grantKey: GrantKey
  readonly clock: ServerClock
  readonly settings: SessionSettings
  readonly log: SessionLog
  /** Of all sessions together. */
  readonly strangerLines: LineLimit
  /** Hears of every message that goes to a device. */
  readonly onSent?: (message: SignalDownWire) => void
}

export class SessionRunner implements HubSession {
  readonly #deps: SessionRunnerDeps
  readonly #socket: SessionSocket
  readonly #events: SessionEvent[] = []
  #state: SessionState
  #onGreeted: (() => void) | null
  #isDraining = false
  #timer: { readonly at: number; readonly cancel: () => void } | null = null

  readonly address: string

  /** Sends the challenge. `nonce` is fresh and unpredictable. `onGreeted`: the handshake is over, well or badly. */
  constructor(
    deps: SessionRunnerDeps,
    socket: SessionSocket,
    nonce: string,
    onGreeted: () => void,
    address: string,
  ) {
    this.#deps = deps
    this.#onGreeted = onGreeted
    this.#socket = socket
    this.address = address
    const opened = openSession(nonce, deps.settings, deps.clock.now())
    this.#state = opened.state
    this.#perform(opened)
  }

  /** The other side has answered the close of a session that ended here. */
  closeAnswered(): void {
    this.#deps.hub.endAnswered(this)
  }

  get stateName(): StateName {
    return this.#state.name
  }

  /** Events that come while another is being dealt with wait for their turn. */
  deliver(event: SessionEvent): void {
    this.#events.push(event)
    if (this.#isDraining) return
    this.#isDraining = true
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        this.#perform(step(this.#state, next, this.#deps.settings, this.#deps.clock.now()))
      }
    } finally {
      this.#isDraining = false
    }
  }

  #perform({ state, effects }: Step): void {
    this.#state = state
    for (const effect of effects) this.#performOne(effect)
    this.#setTimer()
    if (this.#onGreeted === null || (state.name !== 'live' && state.name !== 'closed')) return
    this.#onGreeted()
    this.#onGreeted = null
  }

  #performOne(effect: SessionEffect): void {
    const { directory, devices, hub, grantKey, clock, log } = this.#deps
    switch (effect.type) {
      case 'send':
        this.#send(effect.message)
        return
      case 'close':
        this.#socket.close(CLOSE_CODES[effect.cause], effect.cause)
        return
      case 'load-device':
        this.#answer(devices.device(effect.deviceId), record => ({ type: 'device-loaded', record }))
        return
      case 'verify-signature': {
        const { publicKey, signature, nonce, deviceId } = effect
        const checked = verifySignatureHere(publicKey, signature, helloBytes(nonce, deviceId))
        this.#answer(checked, valid => ({ type: 'signature-checked', valid }))
        return
      }
      case 'join':
        hub.join(effect.deviceId, this).catch(error => this.#fail(error))
        return
      case 'leave':
        hub.leave(effect.deviceId, this)
        return
      case 'introduce':
        hub.introduce(effect.deviceId, effect.requestId, effect.release)
        return
      case 'relay': {
        const answer = hub.relay(effect)
        if (answer !== null) this.deliver(answer)
        return
      }
      case 'make-grant': {
        const { deviceId, requestId, release } = effect
        const expiresAt = clock.now() + GRANT_LIFE_MS
        const waiting = hub.askForTurn(deviceId, release, expiresAt)
        if (waiting !== null) {
          this.deliver({ type: 'request-refused', requestId, problem: waiting })
          return
        }
        const token = grantKey.seal({ device: deviceId, release, expiresAt })
        this.deliver({ type: 'grant-made', requestId, release, token, expiresAt })
        return
      }
      case 'save-status':
        hub.reported(effect.deviceId, effect.status)
        this.#note(directory.saveStatus(effect.deviceId, effect.status, clock.now()))
        return
      case 'save-event':
        this.#note(directory.saveEvent(effect.deviceId, effect.event, clock.now()))
        return
      case 'save-diagnostics':
        this.#note(directory.saveDiagnostics(effect.deviceId, effect.report, clock.now()))
        return
      case 'touch':
        this.#note(directory.touch(effect.deviceId, clock.now()))
        return
      case 'log': {
        const { type: _, what, isStranger, ...fields } = effect
        const leftOut = isStranger ? this.#deps.strangerLines.admit(clock.now()) : 0
        if (leftOut !== null) log.info(leftOut === 0 ? fields : { ...fields, leftOut }, what)
        return
      }
    }
  }

  /** A device that does not read what it is sent is cut; but never by what other devices cause, which is left out long before. */
  #send(message: SignalDownWire): void {
    const unsentBytes = this.#socket.unsentBytes()
    if (unsentBytes > MAX_UNSENT_BYTES_BY_OTHERS && isCausedByOthers(message)) return
    if (unsentBytes > MAX_UNSENT_BYTES) return this.#socket.terminate()
    const { versions } = this.#deps.settings
    const written = spokenVersion(versions, this.#state.version).writeSignalDown(message)
    if (written === null) return
    this.#socket.send(JSON.stringify(written))
    this.#deps.onSent?.(message)
  }

  #answer<T>(work: Promise<T>, toEvent: (result: T) => SessionEvent): void {
    // Also when what the answer leads to fails: then this session ends, and not the server.
    work.then(result => this.deliver(toEvent(result))).catch(error => this.#fail(error))
  }

  #fail(error: unknown): void {
    this.#deps.log.error({ err: error }, 'a signaling session failed')
    this.deliver({ type: 'failed' })
  }

  /** What is only noted down may be lost: the session goes on. */
  #note(work: Promise<void>): void {
    work.catch(error => this.#deps.log.error({ err: error }, 'a device report could not be kept'))
  }

  /** One timer, set anew only when it would come too late: most messages move the deadline away, not closer. */
  #setTimer(): void {
    const at = wakeAt(this.#state, this.#deps.settings)
    if (at !== null && this.#timer !== null && this.#timer.at <= at) return
    this.#timer?.cancel()
    this.#timer = null
    if (at === null) return
    const delayMs = Math.max(0, at - this.#deps.clock.now())
    const cancel = this.#deps.clock.after(delayMs, () => {
      this.#timer = null
      this.deliver({ type: 'timer' })
    })
    this.#timer = { at, cancel }
  }
}

function isCausedByOthers(message: SignalDownWire): boolean {
  return message.type === 'signal' || (message.type === 'introduction' && message.requestId === undefined)
}
