/**
 * An origin over a slow line under virtual time: manifests, patches, and chunks behind grants. Counts every chunk it sends,
 * and remembers who asked while the windows closed the server to it.
 */
import type { OriginAnswer, OriginClient } from '../../client/ports.ts'
import { decideSources } from '../../policy/windows.ts'
import type { EnrolRequest, EnrolResponse } from '../../protocol/device-http.ts'
import { type ProblemName, problemTypes } from '../../protocol/problem.ts'
import type { FakeSignalServer } from './fake-signal-server.ts'
import type { SimulatedHost } from './kiosk-simulator-host.ts'
import { makeSmallPatch, type SmallPatch } from './small-patch.ts'
import type { SmallRelease } from './small-release.ts'
import type { VirtualTime } from './virtual-time.ts'

export class FakeOrigin {
  readonly #time: VirtualTime
  readonly #server: FakeSignalServer
  readonly #releases = new Map<string, { release: SmallRelease; manifestText: string }>()
  /** By the two digests. */
  readonly #patches = new Map<string, { patch: SmallPatch; to: string; madeAt: number }>()
  readonly #latest = new Map<string, SmallRelease>()
  #freeAt = 0
  /** How long after a release its patch is there; null for none. */
  patchAfterMs: number | null = null
  latencyMs = 20
  /** Of the site's line, shared by all. */
  bytesPerMs = 40
  isDown = false
  /** Requests hang while it is true. */
  isSilent = false
  /** May replace a chunk on its way. */
  tamper: (digest: string, encoded: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> = (_, encoded) =>
    encoded
  /** What a device is told that enrols; null: nobody answers. */
  enrolAnswer: ((request: EnrolRequest) => EnrolResponse) | null = null
  /** By chunk digest. */
  readonly sent = new Map<string, number>()
  readonly sentBytesTo = new Map<string, number>()
  /** Requests for chunks while the server was closed to the device. */
  readonly violations: string[] = []
  /** Requests for chunks under way, and the most there were, by device. */
  readonly #underWay = new Map<string, number>()
  readonly mostUnderWay = new Map<string, number>()

  constructor(time: VirtualTime, server: FakeSignalServer) {
    this.#time = time
    this.#server = server
  }

  get sentBytes(): number {
    let bytes = 0
    for (const sent of this.sentBytesTo.values()) bytes += sent
    return bytes
  }

  async add(release: SmallRelease, manifestText: string): Promise<void> {
    this.#releases.set(release.digest, { release, manifestText })
    const before = this.#latest.get(release.manifest.package)
    this.#latest.set(release.manifest.package, release)
    if (this.patchAfterMs === null || before === undefined || before.digest === release.digest) return
    const patch = await makeSmallPatch(before, release)
    if (patch.parts.size === 0) return
    const madeAt = this.#time.nowMs + this.patchAfterMs
    this.#patches.set(`${before.digest} ${release.digest}`, { patch, to: release.digest, madeAt })
  }

  /** Between peers a patch set's digest stands for a release of its own: the release that its parts lead to. */
  releaseMeant(digest: string): string {
    for (const { patch, to } of this.#patches.values()) if (patch.digest === digest) return to
    return digest
  }

  clientFor(host: SimulatedHost): OriginClient {
    return {
      enrol: async request =>
        this.enrolAnswer === null
          ? { ok: false, reason: 'unreachable', message: 'nobody enrols here' }
          : { ok: true, value: this.enrolAnswer(request) },
      manifest: (digest, abort) =>
        this.#answer<string>(host, abort, () => {
          const manifestText = this.#releases.get(digest)?.manifestText
          return manifestText === undefined ? refusal('not-found') : { ok: true, value: manifestText }
        }),
      patchSet: (to, from, abort) => this.#answer<string>(host, abort, () => this.#patchSet(to, from)),
      manifestPatch: (_to, _from, abort) => this.#answer<never>(host, abort, () => refusal('no-patch')),
      chunk: async (release, digest, token, abort, onProgress) => {
        this.#count(host.deviceId, 1)
        try {
          return await this.#chunk(host, release, digest, token, abort, onProgress)
        } finally {
          this.#count(host.deviceId, -1)
        }
      },
    }
  }

  #count(deviceId: string, change: number): void {
    const underWay = (this.#underWay.get(deviceId) ?? 0) + change
    this.#underWay.set(deviceId, underWay)
    this.mostUnderWay.set(deviceId, Math.max(underWay, this.mostUnderWay.get(deviceId) ?? 0))
  }

  /** A killed browser takes its requests with it. */
  hostDied(host: SimulatedHost): void {
    this.#underWay.delete(host.deviceId)
  }

  #chunk(
    host: SimulatedHost,
    releaseDigest: string,
    digest: string,
    token: string,
    abort: AbortSignal,
    onProgress: (() => void) | undefined,
  ): Promise<OriginAnswer<Uint8Array<ArrayBuffer>>> {
    this.#check(host.deviceId, releaseDigest)
    return new Promise(resolve => {
      const later = this.#race(host, abort, resolve)
      later(this.latencyMs, () => {
        const refused = this.#refuses(host.deviceId, releaseDigest, token)
        if (refused) return later(this.latencyMs, () => resolve(refused))
        const chunk = this.#encoded(releaseDigest, digest)
        if (chunk === undefined) return later(this.latencyMs, () => resolve(refusal('not-found')))
        const encoded = this.tamper(digest, chunk.slice())
        this.#freeAt = Math.max(this.#time.nowMs, this.#freeAt) + encoded.byteLength / this.bytesPerMs
        later(this.#freeAt - this.#time.nowMs + this.latencyMs, () => {
          this.sent.set(digest, (this.sent.get(digest) ?? 0) + 1)
          const before = this.sentBytesTo.get(host.deviceId) ?? 0
          this.sentBytesTo.set(host.deviceId, before + encoded.byteLength)
          onProgress?.()
          resolve({ ok: true, value: encoded })
        })
      })
    })
  }

  #patchSet(to: string, from: string): OriginAnswer<string> {
    const found = this.#patches.get(`${from} ${to}`)
    if (found === undefined) return refusal('no-patch')
    const waitMs = found.madeAt - this.#time.nowMs
    if (waitMs > 0) return refusal('patch-coming', this.#server.now() + waitMs)
    return { ok: true, value: found.patch.text }
  }

  /** Parts lie beside the chunks of the release they lead to. */
  #encoded(release: string, digest: string): Uint8Array<ArrayBuffer> | undefined {
    const chunk = this.#releases.get(release)?.release.chunks.get(digest)
    if (chunk !== undefined) return chunk
    for (const { patch, to } of this.#patches.values())
      if (to === release && patch.parts.has(digest)) return patch.parts.get(digest)
    return undefined
  }

  #answer<T>(
    host: SimulatedHost,
    abort: AbortSignal,
    value: () => OriginAnswer<T>,
  ): Promise<OriginAnswer<T>> {
    return new Promise(resolve => {
      this.#race(host, abort, resolve)(2 * this.latencyMs, () => resolve(value()))
    })
  }

  /** Steps of one request: the line may be down, silent, or the device gone. An abort answers at once. */
  #race<T>(host: SimulatedHost, abort: AbortSignal, resolve: (answer: OriginAnswer<T>) => void) {
    const unreachable = (message: string) => resolve({ ok: false, reason: 'unreachable', message })
    abort.addEventListener('abort', () => unreachable('cancelled'), { once: true })
    const giveUp = this.#time.setTimer(30_000, () => {
      if (host.alive) unreachable('no data for 30 s')
    })
    return (delayMs: number, action: () => void) =>
      void host.later(delayMs, () => {
        if (abort.aborted) return
        giveUp()
        if (this.isSilent) {
          host.later(30_000, () => unreachable('no data for 30 s'))
          return
        }
        if (this.isDown || !this.#server.isRunning) unreachable('connection refused')
        else action()
      })
  }

  #refuses(deviceId: string, release: string, token: string): OriginAnswer<never> | null {
    const [holder, granted, expiresAt] = token.split(' ')
    if (holder !== deviceId || granted !== release) return refusal('grant-invalid')
    if (this.#server.now() >= Number(expiresAt)) return refusal('grant-expired')
    const access = this.#access(deviceId, release)
    if (access === null) return refusal('not-assigned')
    return access.state === 'open' ? null : refusal('window-closed', access.retryAt)
  }

  #access(deviceId: string, release: string) {
    const assignment = this.#server.assignments.find(candidate => candidate.digest === release)
    const role = this.#server.device(deviceId)?.role
    if (assignment === undefined || role === undefined) return null
    return decideSources({ role, ...assignment.windows }, this.#server.now()).server
  }

  #check(deviceId: string, release: string): void {
    const access = this.#access(deviceId, release)
    if (access?.state === 'closed' && this.#server.isInformed(deviceId))
      this.violations.push(`${deviceId} asked the server at ${this.#time.nowMs}: ${access.reason}`)
  }
}

function refusal(name: ProblemName, retryAt: number | null = null): OriginAnswer<never> {
  const problem = { type: name, ...problemTypes[name], ...(retryAt === null ? {} : { retryAt }) }
  return { ok: false, reason: 'refused', problem }
}
