/**
 * Who this device is to the server: its identity, its enrolment, and what the server last said of it (role, site, name).
 * Keeps the record of it on the disk. Knows nothing of sessions, links and packages.
 */
import type { Role } from '../../policy/windows.ts'
import type { DeviceIdentity } from '../../protocol/assignment.ts'
import { ENROL_DOMAIN } from '../../protocol/device-http.ts'
import { sign, type TrustedKey } from '../../protocol/keys.ts'
import type { Problem } from '../../protocol/problem.ts'
import type { Enrolment } from '../kiosk-api.ts'
import type { OriginClient, RecordStore } from '../ports.ts'
import { type IdentityRecord, recordKeys } from '../records.ts'

export class DeviceEnrolment {
  state: Enrolment = { state: 'starting' }
  #identity: IdentityRecord | null = null
  #device: DeviceIdentity | null = null
  #saving: Promise<void> = Promise.resolve()
  readonly #records: RecordStore
  readonly #report: (detail: string) => void

  /** `report`: the record could not be written. */
  constructor(records: RecordStore, report: (detail: string) => void) {
    this.#records = records
    this.#report = report
  }

  /** What the server last said of this device; null before the first enrolment. */
  get device(): DeviceIdentity | null {
    return this.#device
  }

  get deviceId(): string {
    return this.#identity?.deviceId ?? ''
  }

  /** The role in force (W8); a device that does not know is a kiosk. */
  get role(): Role {
    return this.#device?.role ?? 'kiosk'
  }

  get timeZone(): string {
    return this.#device?.timeZone ?? 'UTC'
  }

  get trustedKeys(): readonly TrustedKey[] {
    return this.#identity?.enrolled?.trustedKeys ?? []
  }

  /** @throws Error before `begin`. */
  get identity(): IdentityRecord {
    if (this.#identity === null) throw new Error('the identity is not loaded yet')
    return this.#identity
  }

  get isEnrolled(): boolean {
    return this.#identity !== null && this.#identity.enrolled !== null
  }

  begin(identity: IdentityRecord): void {
    this.#identity = identity
    this.#device = identity.enrolled?.device ?? null
    this.state = enrolmentOf(this.#device)
  }

  /** The engine cannot run, or the server said no; `message` says why and what to do. */
  refuse(message: string): void {
    this.state = { state: 'refused', message }
  }

  /**
   * Asks the server; true when it has enrolled the device, or will once an administrator accepts it.
   * `onNewAuthority` is through before the enrolment counts: none of the server's keys was trusted here before.
   */
  async enrol(
    origin: OriginClient,
    token?: string,
    onNewAuthority: () => Promise<void> = async () => {},
  ): Promise<boolean> {
    const { keyPair, publicKey } = this.identity
    const proof = await sign(keyPair.privateKey, new TextEncoder().encode(ENROL_DOMAIN + publicKey))
    const answer = await origin.enrol({ publicKey, proof, ...(token === undefined ? {} : { token }) })
    if (!answer.ok) {
      const message = `The server cannot be reached: ${answer.reason === 'unreachable' ? answer.message : ''}`
      this.refuse(answer.reason === 'refused' ? sentenceOf(answer.problem) : message)
      return false
    }
    const known = new Set(this.trustedKeys.map(({ publicKey: key }) => key))
    if (known.size > 0 && !answer.value.trustedKeys.some(key => known.has(key.publicKey)))
      await onNewAuthority()
    await this.#save({ ...this.identity, enrolled: answer.value })
    this.adopt(answer.value.device)
    return true
  }

  /** The server's newest word on this device. */
  adopt(device: DeviceIdentity): void {
    const isNews = JSON.stringify(this.#device) !== JSON.stringify(device)
    this.#device = device
    this.state = enrolmentOf(device)
    const { enrolled } = this.identity
    if (enrolled !== null && isNews) void this.#save({ ...this.identity, enrolled: { ...enrolled, device } })
  }

  /** Whether the disk has, of a device that is enrolled, what was written there. Rejects when it cannot be read. */
  async isSaved(): Promise<boolean> {
    await this.#saving
    const identity = this.#identity
    if (identity === null || identity.enrolled === null) return true
    const stored = Object(await this.#records.get(recordKeys.identity))
    return stored.deviceId === identity.deviceId && isSame(stored.enrolled, identity.enrolled)
  }

  /** Writes what is known once more: the disk may have lost it. */
  async saveAgain(): Promise<void> {
    if (this.#identity !== null) await this.#save(this.#identity)
  }

  #save(identity: IdentityRecord): Promise<void> {
    this.#identity = identity
    const save = () => this.#records.setMany([[recordKeys.identity, identity]])
    this.#saving = this.#saving.then(save).catch(error => {
      this.#report(`the enrolment could not be saved: ${String(error)}`)
    })
    return this.#saving
  }
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

function enrolmentOf(device: DeviceIdentity | null): Enrolment {
  if (device === null) return { state: 'none' }
  if (device.state === 'pending') return { state: 'pending', code: device.code ?? '' }
  return { state: 'enrolled', name: device.name, site: device.site }
}

/** A refusal as one line for the screen. */
export function sentenceOf(problem: Problem): string {
  return problem.detail ?? problem.title
}
