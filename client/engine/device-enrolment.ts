/**
 * Performs what the enrolment machine decides: asks the server, keeps the identity's record on the disk, and says what
 * this device is. Knows nothing of sessions, links and packages beyond whom to tell.
 */
import type { Role } from '../../policy/windows.ts'
import type { DeviceIdentity } from '../../protocol/assignment.ts'
import type { EnrolResponse } from '../../protocol/device-http.ts'
import { ENROL_DOMAIN } from '../../protocol/device-http.ts'
import { sha256Hex, sign, type TrustedKey } from '../../protocol/keys.ts'
import type { Problem } from '../../protocol/problem.ts'
import { isSameValue } from '../../protocol/same-value.ts'
import { isSeparation } from '../../protocol/separation.ts'
import type { Enrolment } from '../kiosk-api.ts'
import {
  type EnrolmentEffect,
  type EnrolmentEvent,
  type EnrolmentState,
  enrolmentWakeAt,
  initialEnrolment,
  stepEnrolment,
} from '../machines/enrolment.ts'
import type { Trust } from '../machines/trust.ts'
import type { OriginAnswer, OriginClient, Platform, RecordStore } from '../ports.ts'
import { type IdentityRecord, recordKeys } from '../records.ts'
import { WakeTimer } from './timer.ts'

export interface EnrolmentListener {
  /** A session can be had: begin it, or begin it anew. */
  connect(): void
  /** Nothing may be given or taken until the device is accepted. */
  rest(): void
  /** The device may show and fetch nothing any more. */
  giveUpPackages(): void
  /** A person enrolled the device at a server none of whose keys was trusted here before. It counts when this is through. */
  newAuthority(): Promise<void>
  /** What is trusted is not what it was. */
  keysChanged(): void
  /** `before`: what the server had said of the device until then. */
  changed(before: DeviceIdentity | null): void
}

export interface DeviceEnrolmentDeps {
  readonly records: RecordStore
  readonly origin: Pick<OriginClient, 'enrol'>
  readonly platform: Platform
  /** Null: this browser keeps its key, whatever is asked of it. */
  readonly createIdentity: (() => Promise<IdentityRecord>) | null
  readonly byCode: boolean
  /** The record could not be written. */
  readonly report: (detail: string) => void
  /** The server names keys that this device does not trust; a sentence for the administrator. */
  readonly reportKeysRefused: (detail: string) => void
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
    return this.#state.trust.pinned
  }

  /** A sentence for people while the server names keys that this device does not trust; else null. */
  get keysRefused(): string | null {
    return this.#state.trust.keysRefused ? KEYS_REFUSED : null
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
    this.#step({
      type: 'loaded',
      device: identity.enrolled?.device ?? null,
      revoked: identity.revoked === true,
      trust: {
        pinned: identity.enrolled?.trustedKeys ?? [],
        keysRefused: identity.keysRefused === true,
        usedTokens: identity.usedTokens ?? [],
      },
    })
  }

  /** The engine cannot run; `message` says why. */
  fail(message: string): void {
    this.#step({ type: 'broken', message })
  }

  /**
   * Asks the server, with a token or for a code. Resolves when it has answered, or could not be reached. `isByHand`: a
   * person entered the token on this device just now (PR-E8).
   */
  enrol(token?: string, isByHand = false): Promise<void> {
    this.#step({ type: 'wanted', token: token ?? null, isByHand: isByHand && token !== undefined })
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

  /**
   * The server asks this browser to begin as a new device, since another one has its key. Done only where a pinned key signed
   * it (PR-E8). What is pinned stays so, and what runs goes on.
   */
  async separate(detail: string): Promise<void> {
    const { createIdentity } = this.#deps
    const { pinned, keysRefused, usedTokens } = this.#state.trust
    if (createIdentity === null || !(await isSeparation(detail, this.deviceId, pinned))) return
    const fresh = await createIdentity()
    await this.#save({ ...fresh, enrolled: { device: null, trustedKeys: pinned }, keysRefused, usedTokens })
    this.#step({ type: 'separated' })
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
    const { deviceId, enrolled } = identity
    return stored.deviceId === deviceId && isSameValue(enrolledIn(stored), enrolledIn({ enrolled }))
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
    if (!isSameValue(before.trust.pinned, state.trust.pinned)) listener.keysChanged()
    this.#settle()
  }

  #settle(): void {
    const { name } = this.#state.phase
    if (name === 'starting' || name === 'asking' || name === 'keeping') return
    for (const resolve of this.#settled.splice(0)) resolve()
  }

  #perform(effect: EnrolmentEffect): void {
    const { listener } = this.#deps
    switch (effect.type) {
      case 'ask':
        return void this.#ask(effect.ask, effect.token)
      case 'keep':
        return void this.#keep(effect)
      case 'check-keys':
        return void this.#checkKeys()
      case 'report-keys-refused':
        return this.#deps.reportKeysRefused(KEYS_REFUSED)
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
    const tokenDigest = token === null ? null : await sha256Hex(new TextEncoder().encode(token))
    const answer = await this.#request(token)
    if (answer.ok) {
      const { device, trustedKeys: keys } = answer.value
      this.#step({ type: 'answered', ask, device, keys, tokenDigest })
    } else if (answer.reason === 'refused') {
      this.#step({ type: 'declined', ask, problem: answer.problem, tokenDigest })
    } else {
      const message = `The server cannot be reached: ${answer.message}`
      this.#step({ type: 'unreachable', ask, message })
    }
  }

  async #request(token: string | null): Promise<OriginAnswer<EnrolResponse>> {
    const { keyPair, publicKey } = this.identity
    const proof = await sign(keyPair.privateKey, new TextEncoder().encode(ENROL_DOMAIN + publicKey))
    return this.#deps.origin.enrol({ publicKey, proof, ...(token === null ? {} : { token }) })
  }

  async #keep(effect: Extract<EnrolmentEffect, { type: 'keep' }>): Promise<void> {
    const { ask, device, trust, isNewAuthority } = effect
    if (isNewAuthority) await this.#deps.listener.newAuthority()
    await this.#save(recordOf(this.identity, device, trust, false))
    this.#step({ type: 'kept', ask })
  }

  async #checkKeys(): Promise<void> {
    const answer = await this.#request(null)
    this.#step({ type: 'keys-checked', keys: answer.ok ? answer.value.trustedKeys : null })
  }

  async #saveState(): Promise<void> {
    const { phase, device, trust } = this.#state
    if (this.identity.enrolled === null || device === null) return
    await this.#save(recordOf(this.identity, device, trust, phase.name === 'revoked'))
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

/** What people are told; what to do about it is the same wherever they read it. */
const KEYS_REFUSED =
  'This server names signing keys that this device does not trust. Releases signed with them are refused, and what runs goes on. If the server was meant to change, enrol this device anew by hand: open a new enrolment link in its browser, or enter the link in its status panel (Ctrl+Alt+L).'

function recordOf(
  { keyPair, publicKey, deviceId }: IdentityRecord,
  device: DeviceIdentity,
  { pinned, keysRefused, usedTokens }: Trust,
  revoked: boolean,
): IdentityRecord {
  const enrolled = { device, trustedKeys: pinned }
  return { keyPair, publicKey, deviceId, enrolled, revoked, keysRefused, usedTokens }
}

/** The part of the record that cannot be had again without a person or a server. */
function enrolledIn(record: { readonly enrolled?: unknown }): unknown {
  const { device, trustedKeys } = Object(record.enrolled)
  return { device, trustedKeys }
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
    case 'keeping':
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
