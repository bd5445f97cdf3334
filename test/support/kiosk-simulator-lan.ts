/**
 * The LAN of a simulated site: peer links with latency, a rate, a queue that fills, cuts that are noticed late, and lines
 * over which nothing arrives. Every frame passes a tap. Knows nothing of what frames mean.
 */
import type { OpenPeerLink, PeerLinkEvents } from '../../client/ports.ts'
import type { SimulatedHost } from './kiosk-simulator-host.ts'
import type { VirtualTime } from './virtual-time.ts'

interface End {
  readonly id: number
  readonly host: SimulatedHost
  readonly events: PeerLinkEvents
  far: End | null
  state: 'connecting' | 'open' | 'ended'
  freeAt: number
  queuedBytes: number
  lowWatermarkBytes: number
}

/** SCTP's least time before a lost packet is sent again where nothing else tells of the loss. */
const RESEND_MS = 1_000
/** Beyond the stall timeout. */
const MOST_RESEND_MS = 8_000

export class SimulatedLan {
  readonly #time: VirtualTime
  readonly #ends: End[] = []
  readonly #silent = new Set<string>()
  latencyMs = 1
  bytesPerMs = 5_000
  /**
   * Which frames are lost, each time they are sent: `chance` in [0, 1). A link is reliable and in order, so that a lost
   * frame is sent again after a second, then two, four, and every eight, and all that follow wait for it.
   */
  loss: { readonly rate: number; readonly chance: () => number } | null = null
  /** What some devices send, where it is another rate. */
  readonly rateOf = new Map<string, number>()
  /** The most that waited to be sent on one end. */
  mostQueuedBytes = 0
  /** How long a far side takes to notice that a host is gone. */
  noticeMs = 300
  /** Sees every frame as it arrives. */
  tap: (from: string, to: string, frame: Uint8Array<ArrayBuffer>) => void = () => {}
  /** Sees every frame as it is handed to the line, on which it may be for a while. */
  onSend: (from: string, to: string, frame: Uint8Array<ArrayBuffer>) => void = () => {}
  /** May replace a frame on its way. */
  tamper: (from: string, to: string, frame: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> = (
    _,
    __,
    frame,
  ) => frame

  constructor(time: VirtualTime) {
    this.#time = time
  }

  /** Ends that are connecting or open on hosts that run. */
  get live(): number {
    return this.#ends.filter(end => end.state !== 'ended' && end.host.alive).length
  }

  /** While silent, nothing of or to the device arrives, and nobody is told. */
  setSilent(deviceId: string, silent: boolean): void {
    if (silent) this.#silent.add(deviceId)
    else this.#silent.delete(deviceId)
  }

  /** Ends every link of the device, on both sides. */
  cut(deviceId: string): void {
    for (const end of this.#ends) if (end.host.deviceId === deviceId) this.#end(end, 'cut')
  }

  /** The host is gone: its far sides notice after a while. */
  hostDied(host: SimulatedHost): void {
    for (const end of this.#ends) {
      if (end.host !== host || end.state === 'ended') continue
      end.state = 'ended'
      const { far } = end
      if (far) this.#time.setTimer(this.noticeMs, () => this.#end(far, 'connection lost'))
    }
  }

  openerFor(host: SimulatedHost): OpenPeerLink {
    return ({ initiator }, events) => {
      const end: End = {
        id: this.#ends.length,
        host,
        events,
        far: null,
        state: 'connecting',
        freeAt: 0,
        queuedBytes: 0,
        lowWatermarkBytes: 0,
      }
      this.#ends.push(end)
      const say = (type: 'offer' | 'answer') =>
        host.later(0, () => {
          if (end.state === 'connecting') events.onSignal({ type, sdp: `v=0 sim ${end.id}` })
        })
      if (initiator) say('offer')
      return {
        signal: signal => {
          if (end.state !== 'connecting' || signal.type === 'candidate') return
          const far = this.#ends.find(other => signal.sdp === `v=0 sim ${other.id}`)
          if (far === undefined || far === end) return this.#end(end, 'a signal that is not understood')
          if (signal.type === 'offer') say('answer')
          else this.#join(end, far)
        },
        send: frame => this.#send(end, frame.slice()),
        bufferedBytes: () => end.queuedBytes,
        setLowWatermark: bytes => {
          end.lowWatermarkBytes = bytes
        },
        close: () => this.#end(end, 'closed here'),
      }
    }
  }

  #join(a: End, b: End): void {
    this.#time.setTimer(2 * this.latencyMs, () => {
      if (this.#isBlocked(a, b) || a.state !== 'connecting' || b.state !== 'connecting') return
      a.far = b
      b.far = a
      for (const end of [a, b]) {
        end.state = 'open'
        end.host.later(0, () => {
          if (end.state === 'open') end.events.onOpen()
        })
      }
    })
  }

  #send(end: End, frame: Uint8Array<ArrayBuffer>): void {
    const { far } = end
    if (end.state !== 'open' || far === null) return
    this.onSend(end.host.deviceId, far.host.deviceId, frame)
    end.queuedBytes += frame.byteLength
    this.mostQueuedBytes = Math.max(this.mostQueuedBytes, end.queuedBytes)
    const bytesPerMs = this.rateOf.get(end.host.deviceId) ?? this.bytesPerMs
    end.freeAt = Math.max(this.#time.nowMs, end.freeAt) + frame.byteLength / bytesPerMs + this.#lossMs()
    this.#time.setTimer(end.freeAt - this.#time.nowMs, () => {
      if (end.state !== 'open') return
      const before = end.queuedBytes
      end.queuedBytes -= frame.byteLength
      if (before > end.lowWatermarkBytes && end.queuedBytes <= end.lowWatermarkBytes)
        end.host.later(0, () => end.events.onDrain())
      this.#time.setTimer(this.latencyMs, () => this.#deliver(end, far, frame))
    })
  }

  #lossMs(): number {
    if (this.loss === null) return 0
    let waitedMs = 0
    for (
      let againMs = RESEND_MS;
      this.loss.chance() < this.loss.rate;
      againMs = Math.min(2 * againMs, MOST_RESEND_MS)
    )
      waitedMs += againMs
    return waitedMs
  }

  #deliver(end: End, far: End, frame: Uint8Array<ArrayBuffer>): void {
    if (far.state !== 'open' || !far.host.alive || this.#isBlocked(end, far)) return
    const [from, to] = [end.host.deviceId, far.host.deviceId]
    const arriving = this.tamper(from, to, frame)
    this.tap(from, to, arriving)
    far.events.onFrame(arriving)
  }

  #isBlocked(a: End, b: End): boolean {
    const isGone = !a.host.alive || !b.host.alive
    return isGone || this.#silent.has(a.host.deviceId) || this.#silent.has(b.host.deviceId)
  }

  #end(end: End, reason: string): void {
    if (end.state === 'ended') return
    end.state = 'ended'
    end.host.later(0, () => end.events.onClose(reason))
    const { far } = end
    if (far) this.#time.setTimer(this.latencyMs, () => this.#end(far, 'closed by the other device'))
  }
}
