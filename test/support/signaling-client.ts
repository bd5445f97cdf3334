/**
 * A device as a plain Node program: a generated key, enrolment over HTTP, the signaling session over `ws`. It says what it is
 * told to say, valid or not, and collects what it hears; tests, simulated fleets and attacks drive it.
 */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { ENROL_DOMAIN, type EnrolResponse, enrolResponseSchema } from '../../protocol/device-http.ts'
import { deviceIdOf, sign, toBase64Url } from '../../protocol/keys.ts'
import { parseJsonWith } from '../../protocol/parse.ts'
import { type SignalDown, signalDownSchema } from '../../protocol/signal/down.ts'
import { helloBytes, type SignalUpWire } from '../../protocol/signal/up.ts'
import { PROTOCOL_VERSION } from '../../protocol/version.ts'

/** How long a test waits for something that must come, before it fails. */
const PATIENCE_MS = 5_000
const MAX_DOWN_BYTES = 1024 * 1024

export interface DeviceKeys {
  readonly deviceId: string
  /** Raw, base64url. */
  readonly publicKey: string
  sign(message: Uint8Array): Promise<string>
}

export async function generateDeviceKeys(): Promise<DeviceKeys> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)))
  return {
    deviceId: await deviceIdOf(publicKey),
    publicKey,
    sign: message => sign(pair.privateKey, message),
  }
}

/** The body of a correct enrolment. */
export async function enrolBody(keys: DeviceKeys, token?: string, name?: string) {
  const proof = await keys.sign(new TextEncoder().encode(`${ENROL_DOMAIN}${keys.publicKey}`))
  return {
    publicKey: keys.publicKey,
    proof,
    ...(token === undefined ? {} : { token }),
    ...(name === undefined ? {} : { name }),
  }
}

/** Enrols at the device listener `baseUrl`; throws with the problem document when it is refused. */
export async function enrolDevice(
  baseUrl: string,
  keys: DeviceKeys,
  token?: string,
  name?: string,
): Promise<EnrolResponse> {
  const response = await fetch(new URL('enrol', baseUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(await enrolBody(keys, token, name)),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`enrolment refused: ${text}`)
  const parsed = parseJsonWith(enrolResponseSchema, text, MAX_DOWN_BYTES)
  if (!parsed.ok) throw new Error(`the answer to the enrolment is not of the protocol: ${parsed.message}`)
  return parsed.value
}

type Down<T extends SignalDown['type']> = Extract<SignalDown, { type: T }>

export class SignalingClient {
  readonly keys: DeviceKeys
  /** Everything heard so far, parsed against the protocol. */
  readonly heard: SignalDown[] = []
  readonly #socket: WebSocket
  readonly #waiting = new Set<() => void>()
  #read = 0
  #closed: { readonly code: number; readonly reason: string } | null = null
  #nextId = 1

  private constructor(keys: DeviceKeys, socket: WebSocket) {
    this.keys = keys
    this.#socket = socket
    socket.on('message', data => {
      const parsed = parseJsonWith(signalDownSchema, String(data), MAX_DOWN_BYTES)
      if (!parsed.ok)
        throw new Error(`the server said what is not of the protocol: ${parsed.message}: ${data}`)
      this.heard.push(parsed.value)
      this.#wake()
    })
    socket.on('close', (code, reason) => {
      this.#closed = { code, reason: String(reason) }
      this.#wake()
    })
    socket.on('error', () => undefined)
  }

  /** Connects, and says nothing yet. */
  static async open(baseUrl: string, keys: DeviceKeys): Promise<SignalingClient> {
    const url = new URL('signal', baseUrl)
    url.protocol = url.protocol.replace('http', 'ws')
    const socket = new WebSocket(url, { perMessageDeflate: false })
    const client = new SignalingClient(keys, socket)
    await once(socket, 'open')
    return client
  }

  /** Connects and goes through the handshake; resolves when welcomed. */
  static async join(
    baseUrl: string,
    keys: DeviceKeys,
  ): Promise<{ client: SignalingClient; welcome: Down<'welcome'> }> {
    const client = await SignalingClient.open(baseUrl, keys)
    const { nonce } = await client.next('challenge')
    await client.hello(nonce)
    return { client, welcome: await client.next('welcome') }
  }

  get deviceId(): string {
    return this.keys.deviceId
  }

  get isClosed(): boolean {
    return this.#closed !== null
  }

  send(message: SignalUpWire): void {
    this.#socket.send(JSON.stringify(message))
  }

  /** Sends anything at all. */
  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data)
  }

  async hello(nonce: string, change: Partial<Extract<SignalUpWire, { type: 'hello' }>> = {}): Promise<void> {
    const { deviceId } = this
    const signature = await this.keys.sign(helloBytes(nonce, deviceId))
    this.send({ type: 'hello', protocolVersion: PROTOCOL_VERSION, deviceId, signature, ...change })
  }

  /**
   * The next message of this type that was not returned before. What lies between is skipped, so ask in the order in which
   * things must come. Rejects when the session closes or nothing comes for long.
   */
  async next<T extends SignalDown['type']>(type: T): Promise<Down<T>> {
    const found = await this.#until(`"${type}"`, () => {
      while (this.#read < this.heard.length) {
        const message = this.heard[this.#read++]
        if (message?.type === type) return message as Down<T>
      }
      return null
    })
    return found
  }

  /** Asks to be introduced for a release, and returns the answer to this very request. */
  async introduce(release: string): Promise<Down<'introduction'> | Down<'refused'>> {
    const requestId = this.#freshId()
    this.send({ type: 'introduce', requestId, release })
    return this.#answer<Down<'introduction'> | Down<'refused'>>(requestId)
  }

  async askGrant(release: string): Promise<Down<'grant'> | Down<'refused'>> {
    const requestId = this.#freshId()
    this.send({ type: 'grant', requestId, release })
    return this.#answer<Down<'grant'> | Down<'refused'>>(requestId)
  }

  /** Resolves when the server has dealt with everything sent so far: it answers in order. */
  async settled(): Promise<void> {
    const id = this.#freshId()
    this.send({ type: 'ping', id })
    await this.#until('pong', () => this.heard.find(message => message.type === 'pong' && message.id === id))
  }

  /** How the session ended, once it has. */
  closed(): Promise<{ readonly code: number; readonly reason: string }> {
    return this.#until('the close', () => this.#closed, true)
  }

  async close(): Promise<void> {
    this.#socket.close()
    await this.closed()
  }

  /** Cuts the connection without a word, as a power cut does. */
  cut(): void {
    this.#socket.terminate()
  }

  #freshId(): string {
    return `r${this.#nextId++}`
  }

  #answer<T extends SignalDown>(requestId: string): Promise<T> {
    return this.#until(
      `the answer to ${requestId}`,
      () => this.heard.find(each => 'requestId' in each && each.requestId === requestId) as T | undefined,
    )
  }

  #wake(): void {
    for (const check of this.#waiting) check()
  }

  #until<T>(what: string, look: () => T | null | undefined, afterClose = false): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void) => {
        clearTimeout(timer)
        this.#waiting.delete(check)
        outcome()
      }
      const failure = (why: string) =>
        new Error(`waited for ${what}, but ${why}; heard ${JSON.stringify(this.heard.map(m => m.type))}`)
      const check = () => {
        const found = look()
        if (found !== null && found !== undefined) settle(() => resolve(found))
        else if (this.#closed !== null && !afterClose) {
          const { code } = this.#closed
          settle(() => reject(failure(`the session closed with ${code}`)))
        }
      }
      const timer = setTimeout(() => settle(() => reject(failure('it did not come'))), PATIENCE_MS)
      this.#waiting.add(check)
      check()
    })
  }
}
