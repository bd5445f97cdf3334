/**
 * Performs what the enrolment machine decides: asks the server, keeps the identity's record on the disk, and says what
 * this device is. Knows nothing of sessions, links and packages beyond whom to tell.
 */
import type { Role } from '../../policy/windows.ts'
import type { DeviceIdentity } from '../../protocol/assignment.ts'
import { ENROL_DOMAIN } from '../../protocol/device-http.ts'
import { sign, type TrustedKey } from '../../protocol/keys.ts'
import type { Problem } from '../../protocol/problem.ts'
import { isSameValue } from '../../protocol/same-value.ts'
import type { Enrolment } from '../kiosk-api.ts'
import {
  type EnrolmentEffect,
  type EnrolmentEvent,
  type EnrolmentState,
  enrolmentWakeAt,
  initialEnrolment,
  stepEnrolment,
} from '../machines/enrolment.ts'
import type { OriginClient, Platform, RecordStore } from '../ports.ts'
import { type IdentityRecord, recordKeys } from '../records.ts'
import { WakeTimer } from './timer.ts'

export interface EnrolmentListener {
  /** A session can be had: begin it, or begin it anew. */
  connect(): void
  /** Nothing may be given or taken until the device is accepted. */
  rest(): void
  /** The device may show and fetch nothing any more. */
  giveUpPackages(): void
  /** None of the server's keys was trusted here before. The enrolment counts when this is through. */
  newAuthority(): Promise<void>
  /** `before`: what the server had said of the device until then. */
  changed(before: DeviceIdentity | null): void
}

export interface DeviceEnrolmentDeps {
  readonly records: RecordStore
  readonly origin: Pick<OriginClient, 'enrol'>
  readonly platform: Platform
  readonly byCode: boolean
  /** The record could not be written. */
  readonly report: (detail: string) => void
  readonly listener: EnrolmentListener
}

export class DeviceEnrolment {
  readonly #deps: DeviceEnrolmentDeps
  readonly #timer: WakeTimer
  #state: EnrolmentState = initialEnrolment
  #identity: IdentityRecord | null = null
  #saving: Promise<void> = Promise.resolve()
  #settled: (() => void)[] = []

  constructor(deps: DeviceEnrolmentDeps) {
    this.#deps = deps
    this.#timer = new WakeTimer(deps.platform, () => this.#step({ type: 'wake' }))
  }

  /** Where this browser stands, for the page. */
  get view(): Enrolment {
    return viewOf(this.#state)
  }

  /** What the server last said of this device; null before the first enrolment. */
  get device(): DeviceIdentity | null {
    return this.#state.device
  }

  get deviceId(): string {
    return this.#identity?.deviceId ?? ''
  }

  /** The role in force (W8); a device that does not know is a kiosk. */
  get role(): Role {
    return this.device?.role ?? 'kiosk'
  }

  /** How often an administrator has asked for another try of this package's releases. */
  retriesOf(packageName: string): number {
    const retries = this.device?.retries ?? {}
    // A package may be called like something that every object has.
    return Object.hasOwn(retries, packageName) ? (retries[packageName] ?? 0) : 0
  }

  get timeZone(): string {
    return this.device?.timeZone ?? 'UTC'
  }

  get trustedKeys(): readonly TrustedKey[] {
    return this.#identity?.enrolled?.trustedKeys ?? []
  }

  /** Whether the server lets this device take part; until then nothing is given and nothing taken. */
  get isAccepted(): boolean {
    return this.#state.phase.name === 'accepted'
  }

  /** @throws Error before `begin`. */
  get identity(): IdentityRecord {
    if (this.#identity === null) throw new Error('the identity is not loaded yet')
    return this.#identity
  }

  begin(identity: IdentityRecord): void {
    this.#identity = identity
    const device = identity.enrolled?.device ?? null
    this.#step({ type: 'loaded', device, revoked: identity.revoked === true })
  }

  /** The engine cannot run; `message` says why. */
  fail(message: string): void {
    this.#step({ type: 'broken', message })
  }

  /** Asks the server, with a token or for a code. Resolves when it has answered, or could not be reached. */
  enrol(token?: string): Promise<void> {
    this.#step({ type: 'wanted', token: token ?? null })
    return new Promise(resolve => {
      this.#settled.push(resolve)
      this.#settle()
    })
  }

  /** The server's newest word on this device. */
  adopt(device: DeviceIdentity): void {
    this.#step({ type: 'told', device })
  }

  /** The server ended the session because of what this device is to it. */
  expelled(problem: Problem): void {
    this.#step({ type: 'expelled', problem })
  }

  networkBack(): void {
    this.#step({ type: 'network-back' })
  }

  stop(): void {
    this.#timer.set(null)
    for (const resolve of this.#settled.splice(0)) resolve()
  }

  /** Whether the disk has, of a device that is enrolled, what was written there. Rejects when it cannot be read. */
  async isSaved(): Promise<boolean> {
    await this.#saving
    const identity = this.#identity
    if (identity === null || identity.enrolled === null) return true
    const stored = Object(await this.#deps.records.get(recordKeys.identity))
    return stored.deviceId === identity.deviceId && isSameValue(stored.enrolled, identity.enrolled)
  }

  /** Writes what is known once more: the disk may have lost it. */
  async saveAgain(): Promise<void> {
    if (this.#identity !== null) await this.#save(this.#identity)
  }

  #step(event: EnrolmentEvent): void {
    const { platform, byCode, listener } = this.#deps
    const before = this.#state
    const { state, effects } = stepEnrolment(before, event, platform.monotonicMs(), platform.random(), byCode)
    this.#state = state
    this.#timer.set(enrolmentWakeAt(state))
    for (const effect of effects) this.#perform(effect)
    if (state !== before) listener.changed(before.device)
    this.#settle()
  }

  #settle(): void {
    const { name } = this.#state.phase
    if (name === 'starting' || name === 'asking') return
    for (const resolve of this.#settled.splice(0)) resolve()
  }

  #perform(effect: EnrolmentEffect): void {
    const { listener } = this.#deps
    switch (effect.type) {
      case 'ask':
        return void this.#ask(effect.ask, effect.token)
      case 'connect':
        return listener.connect()
      case 'rest':
        return listener.rest()
      case 'give-up-packages':
        return listener.giveUpPackages()
      case 'save':
        return void this.#saveState()
    }
  }

  async #ask(ask: number, token: string | null): Promise<void> {
    const { keyPair, publicKey } = this.identity
    const proof = await sign(keyPair.privateKey, new TextEncoder().encode(ENROL_DOMAIN + publicKey))
    const answer = await this.#deps.origin.enrol({ publicKey, proof, ...(token === null ? {} : { token }) })
    if (this.#state.asks !== ask) return
    if (!answer.ok) {
      if (answer.reason === 'refused') this.#step({ type: 'declined', ask, problem: answer.problem })
      else
        this.#step({
          type: 'unreachable',
          ask,
          message: `The server cannot be reached: ${answer.message}`,
        })
      return
    }
    const known = new Set(this.trustedKeys.map(({ publicKey: key }) => key))
    if (known.size > 0 && !answer.value.trustedKeys.some(key => known.has(key.publicKey)))
      await this.#deps.listener.newAuthority()
    await this.#save({ ...this.identity, enrolled: answer.value, revoked: false })
    this.#step({ type: 'answered', ask, device: answer.value.device })
  }

  async #saveState(): Promise<void> {
    const { phase, device } = this.#state
    const { enrolled } = this.identity
    if (enrolled === null || device === null) return
    await this.#save({
      ...this.identity,
      enrolled: { ...enrolled, device },
      revoked: phase.name === 'revoked',
    })
  }

  #save(identity: IdentityRecord): Promise<void> {
    this.#identity = identity
    const save = () => this.#deps.records.setMany([[recordKeys.identity, identity]])
    this.#saving = this.#saving.then(save).catch(error => {
      this.#deps.report(`the enrolment could not be saved: ${String(error)}`)
    })
    return this.#saving
  }
}

/** Where an administrator accepts this device, with its code filled in, if the server tells (PR-S6). */
function acceptUrlOf(device: DeviceIdentity | null): string | null {
  return device?.adminUrl && device.code ? `${device.adminUrl}#/enrolment?code=${device.code}` : null
}

function viewOf({ phase, device, refusal }: EnrolmentState): Enrolment {
  switch (phase.name) {
    case 'starting':
      return { state: 'starting' }
    case 'idle':
      return refusal === null ? { state: 'none' } : { state: 'refused', message: refusal }
    case 'asking':
      return { state: 'enrolling' }
    case 'waiting':
      return { state: 'retrying', message: phase.message }
    case 'pending':
      return { state: 'pending', code: phase.code, acceptUrl: acceptUrlOf(device), refusal }
    case 'accepted':
      return {
        state: 'enrolled',
        name: device?.name ?? '',
        site: device?.site ?? null,
        labels: device?.labels ?? {},
      }
    case 'revoked':
      return { state: 'revoked', message: phase.message }
    case 'broken':
      return { state: 'refused', message: phase.message }
  }
}
