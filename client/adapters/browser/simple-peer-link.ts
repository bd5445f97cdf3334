/**
 * One WebRTC data channel on simple-peer, reliable and ordered. Does what simple-peer leaves out: backpressure, a bound
 * on received frames, an end that comes exactly once, and a fault that ends this link and never the page.
 * How many links there may be, and what the frames mean, is the engine's.
 */
import SimplePeer from 'simple-peer'
import { MAX_PEER_FRAME_BYTES } from '../../../protocol/limits.ts'
import type { IceServer } from '../../../protocol/signal/down.ts'
import type { OpenPeerLink, PeerLink } from '../../ports.ts'

/** A link that ICE calls disconnected either recovers within this time or has ended; `failed` takes far longer. */
const DISCONNECTED_GRACE_MS = 5_000

/** Private fields of simple-peer 9.11 that have no public counterpart; nothing else reads them. */
interface SimplePeerInternals {
  readonly _channel: RTCDataChannel | null
  readonly _pc: RTCPeerConnection | null
}
const internals = (peer: SimplePeer.Instance) => peer as unknown as SimplePeerInternals

export const openSimplePeerLink: OpenPeerLink = ({ initiator, iceServers }, events) => {
  let state: 'connecting' | 'open' | 'ended' = 'connecting'
  let lowWatermarkBytes = 0
  let graceTimer: ReturnType<typeof setTimeout> | undefined
  let peer: SimplePeer.Instance | null = null

  function end(reason: string): void {
    if (state === 'ended') return
    state = 'ended'
    clearTimeout(graceTimer)
    try {
      peer?.destroy()
    } catch {
      // Nothing is left to end.
    }
    // Later, so that nobody is called back from within their own call.
    queueMicrotask(() => events.onClose(reason))
  }

  /** Runs something that simple-peer or the browser may throw from; a throw ends this link. */
  function guard(action: () => void): void {
    if (state === 'ended') return
    try {
      action()
    } catch (error) {
      end(messageOf(error))
    }
  }

  function onConnectionState(connectionState: string): void {
    clearTimeout(graceTimer)
    if (connectionState === 'failed' || connectionState === 'closed') end(`connection ${connectionState}`)
    if (connectionState === 'disconnected') {
      graceTimer = setTimeout(() => end('connection lost'), DISCONNECTED_GRACE_MS)
    }
  }

  function onConnect(connected: SimplePeer.Instance): void {
    const { _channel: channel } = internals(connected)
    if (state === 'ended') return
    if (!channel) {
      end('no data channel')
      return
    }
    // addEventListener leaves simple-peer's own handlers in place.
    channel.bufferedAmountLowThreshold = lowWatermarkBytes
    channel.addEventListener('bufferedamountlow', () => {
      if (state === 'open') events.onDrain()
    })
    state = 'open'
    events.onOpen()
    // Only now: until somebody listens, simple-peer keeps the frames that arrive before it has seen the link open.
    connected.on('data', onData)
  }

  function onData(data: Uint8Array): void {
    if (state === 'ended') return
    if (data.byteLength > MAX_PEER_FRAME_BYTES) end('the other device sent too large a frame')
    // simple-peer's Buffer is a view of the event's own ArrayBuffer; a plain view spares a copy.
    else events.onFrame(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength))
  }

  guard(() => {
    const created = new SimplePeer({
      initiator,
      trickle: true,
      objectMode: false,
      channelConfig: { ordered: true },
      config: { iceServers: iceServers.map(rtcIceServer) },
    })
    peer = created
    created.on('signal', signal => {
      if (state === 'ended') return
      // Renegotiation and media are nothing two devices have to say to each other.
      if (signal.type === 'offer' || signal.type === 'answer') {
        events.onSignal({ type: signal.type, sdp: signal.sdp ?? '' })
      } else if (signal.type === 'candidate') {
        const { candidate, sdpMid, sdpMLineIndex } = signal.candidate
        events.onSignal({ type: 'candidate', candidate: { candidate, sdpMid, sdpMLineIndex } })
      }
    })
    created.on('connect', () => onConnect(created))
    // simple-peer calls an ordinary end of the other side an error too; either way the link has ended.
    created.on('error', error => end(messageOf(error)))
    created.on('close', () => end('closed by the other device'))
    internals(created)._pc?.addEventListener('connectionstatechange', event => {
      onConnectionState((event.target as RTCPeerConnection).connectionState)
    })
  })

  const link: PeerLink = {
    signal: signal => guard(() => peer?.signal(signal as SimplePeer.SignalData)),
    send: frame => guard(() => peer?.send(frame)),
    bufferedBytes: () => (peer && state === 'open' ? (internals(peer)._channel?.bufferedAmount ?? 0) : 0),
    setLowWatermark: bytes => {
      lowWatermarkBytes = bytes
      const channel = peer && state === 'open' ? internals(peer)._channel : null
      if (channel) channel.bufferedAmountLowThreshold = bytes
    },
    close: () => end('closed here'),
  }
  return link
}

const rtcIceServer = ({ urls, username, credential }: IceServer): RTCIceServer => ({
  urls,
  ...(username === undefined ? {} : { username }),
  ...(credential === undefined ? {} : { credential }),
})

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
