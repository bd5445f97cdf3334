/**
 * A device without a browser: a key, enrolment over HTTP, and the real signaling machine of `client/` over a plain WebSocket. It
 * reports one status when it is welcomed, as kiosks do, and fetches nothing by itself.
 */
import { WebSocket } from 'ws'
import { SignalingRunner } from '../../client/engine/signaling-runner.ts'
import { defaultOptions } from '../../client/options.ts'
import type { OpenSignalLink, Platform } from '../../client/ports.ts'
import { ENROL_DOMAIN } from '../../protocol/device-http.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { deviceIdOf, sign, toBase64Url } from '../../protocol/keys.ts'
import type { SignalDown } from '../../protocol/signal/down.ts'

type Down<T extends SignalDown['type']> = Extract<SignalDown, { type: T }>
type Answer = Down<'introduction'> | Down<'grant'> | Down<'refused'>

/** All of one process share it. */
const platform: Platform = {
  monotonicMs: () => performance.now(),
  wallClockMs: () => Date.now(),
  random: () => Math.random(),
  randomId: () => crypto.randomUUID().replaceAll('-', ''),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, Math.ceil(delayMs))
    return () => clearTimeout(timer)
  },
  log: () => undefined,
}

export interface Handshake {
  /** From the first packet of the connection to the welcome. */
  readonly milliseconds: number
  /** Epoch ms. */
  readonly welcomedAt: number
}

export class BenchDevice {
  readonly deviceId: string
  readonly #signaling: SignalingRunner
  readonly #answers = new Map<string, (answer: Answer) => void>()
  #connectingSince = 0
  #requests = 0
  /** Of the session that is up, or was last. */
  handshake: Handshake | null = null
  /** Connections that ended before a welcome: nobody there, turned away, or broken. */
  failures = 0
  isOnline = false

  private constructor(baseUrl: string, deviceId: string, keyPair: CryptoKeyPair, publicKey: string) {
    this.deviceId = deviceId
    this.#signaling = new SignalingRunner({
      platform,
      openLink: events => {
        this.#connectingSince = performance.now()
        return openLink(baseUrl, {
          ...events,
          onClose: code => {
            if (!this.isOnline) this.failures++
            events.onClose(code)
          },
        })
      },
      identity: () => ({ keyPair, publicKey, deviceId, enrolled: null }),
      options: defaultOptions,
      listener: {
        online: welcome => this.#onOnline(welcome),
        offline: () => {
          this.isOnline = false
        },
        refused: () => undefined,
        needsNewPage: () => undefined,
        message: message => this.#onMessage(message),
      },
    })
  }

  /** A new key, enrolled with the token of a link. @throws Error with the server's refusal */
  static async enrol(baseUrl: string, token: string): Promise<BenchDevice> {
    const keyPair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    const publicKey = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', keyPair.publicKey)))
    const proof = await sign(keyPair.privateKey, new TextEncoder().encode(`${ENROL_DOMAIN}${publicKey}`))
    const response = await fetch(new URL('/enrol', baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ publicKey, proof, token }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`enrolment refused: ${text}`)
    return new BenchDevice(baseUrl, await deviceIdOf(publicKey), keyPair, publicKey)
  }

  /** From now on it connects, and comes back by itself when the session ends. */
  start(): void {
    this.#signaling.start()
  }

  stop(): void {
    this.#signaling.stop()
  }

  introduce(release: string): Promise<Answer> {
    const requestId = `r${++this.#requests}`
    return this.#ask(requestId, { type: 'introduce', requestId, release })
  }

  grant(release: string): Promise<Answer> {
    const requestId = `r${++this.#requests}`
    return this.#ask(requestId, { type: 'grant', requestId, release })
  }

  #ask(requestId: string, message: Parameters<SignalingRunner['send']>[0]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#answers.set(requestId, resolve)
      if (this.#signaling.send(message)) return
      this.#answers.delete(requestId)
      reject(new Error(`device ${this.deviceId} is not online`))
    })
  }

  #onOnline(welcome: Down<'welcome'>): void {
    this.isOnline = true
    this.handshake = { milliseconds: performance.now() - this.#connectingSince, welcomedAt: Date.now() }
    this.#signaling.send({ type: 'status', status: statusAfter(welcome) })
  }

  #onMessage(message: SignalDown): void {
    if (!('requestId' in message) || message.requestId === undefined) return
    const answer = this.#answers.get(message.requestId)
    this.#answers.delete(message.requestId)
    answer?.(message as Answer)
  }
}

function openLink(baseUrl: string, events: Parameters<OpenSignalLink>[0]): ReturnType<OpenSignalLink> {
  const url = new URL('/signal', baseUrl)
  url.protocol = 'ws:'
  const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: 15_000 })
  socket.on('open', events.onOpen)
  socket.on('message', data => events.onMessage(String(data)))
  socket.on('error', () => undefined)
  socket.on('close', events.onClose)
  return {
    send: text => socket.send(text),
    close: () => socket.terminate(),
  }
}

/** What a kiosk reports that runs what it is assigned. */
function statusAfter({ device, assignments }: Down<'welcome'>): DeviceStatus {
  return {
    deviceId: device.deviceId,
    role: device.role,
    site: device.site,
    connection: 'online',
    clockOffsetMs: 0,
    storage: { kind: 'disk', persisted: true, usageBytes: 30_000_000, quotaBytes: null },
    packages: assignments.map(({ package: name, release, version }) => ({
      package: name,
      wantedRelease: release,
      activeRelease: release,
      activeVersion: version,
      phase: 'active',
      update: 'confirmed',
      reason: 'up-to-date',
      detail: `runs ${version}`,
      decision: { stores: 'open', server: 'open', nextChangeAt: null },
      chunks: { have: 40, total: 40 },
      bytes: { fromStores: 3_000_000, fromServer: 0, reused: 0 },
    })),
    peers: [],
  }
}
