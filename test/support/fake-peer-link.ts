/**
 * Peer links without WebRTC: they pair up through the signals they emit, like real ones, and hand frames over in
 * microtasks. A test can hold frames back (backpressure), cut a link or all of them.
 */
import type { OpenPeerLink, PeerLink, PeerLinkEvents } from '../../client/ports.ts'

interface End {
  readonly id: number
  readonly events: PeerLinkEvents
  far: End | null
  state: 'connecting' | 'open' | 'ended'
  queue: Uint8Array<ArrayBuffer>[]
  queuedBytes: number
  lowWatermarkBytes: number
}

export interface FakePeerLinks {
  readonly open: OpenPeerLink
  /** While held, frames stay queued at the sender; letting go delivers them in order. */
  hold(held: boolean): void
  /** Ends every link, as when the LAN goes away and both sides notice. */
  cutAll(): void
  /** Ends that are connecting or open: 0 proves that nothing leaked. */
  live(): number
}

export function createFakePeerLinks(): FakePeerLinks {
  const ends: End[] = []
  let held = false

  const find = (sdp: string) => ends.find(end => sdp === `v=0 fake ${end.id}`)

  function end(self: End, reason: string): void {
    if (self.state === 'ended') return
    self.state = 'ended'
    self.queue = []
    self.queuedBytes = 0
    queueMicrotask(() => self.events.onClose(reason))
    const { far } = self
    if (far) queueMicrotask(() => end(far, 'closed by the other device'))
  }

  function join(a: End, b: End): void {
    a.far = b
    b.far = a
    for (const self of [a, b]) {
      queueMicrotask(() => {
        if (self.state !== 'connecting') return
        self.state = 'open'
        self.events.onOpen()
      })
    }
  }

  function deliver(self: End): void {
    while (!held && self.state === 'open' && self.far) {
      // The far side may not have opened yet; its turn comes later in this same round of microtasks.
      if (self.far.state === 'connecting') {
        queueMicrotask(() => deliver(self))
        return
      }
      const frame = self.queue.shift()
      if (!frame) return
      const before = self.queuedBytes
      self.queuedBytes -= frame.byteLength
      if (self.far.state === 'open') self.far.events.onFrame(frame)
      if (before > self.lowWatermarkBytes && self.queuedBytes <= self.lowWatermarkBytes) self.events.onDrain()
    }
  }

  const open: OpenPeerLink = ({ initiator }, events) => {
    const self: End = {
      id: ends.length,
      events,
      far: null,
      state: 'connecting',
      queue: [],
      queuedBytes: 0,
      lowWatermarkBytes: 0,
    }
    ends.push(self)
    const sdp = `v=0 fake ${self.id}`
    if (initiator) {
      queueMicrotask(() => {
        if (self.state === 'connecting') events.onSignal({ type: 'offer', sdp })
      })
    }
    const link: PeerLink = {
      signal: signal => {
        if (self.state === 'ended' || signal.type === 'candidate') return
        const far = find(signal.sdp)
        if (!far || far === self || (signal.type === 'offer') === initiator) {
          end(self, 'a signal that is not understood')
        } else if (signal.type === 'offer') {
          queueMicrotask(() => {
            if (self.state === 'connecting') events.onSignal({ type: 'answer', sdp })
          })
        } else if (far.state !== 'ended' && !self.far) {
          join(self, far)
        }
      },
      send: frame => {
        if (self.state !== 'open') return
        self.queue.push(frame.slice())
        self.queuedBytes += frame.byteLength
        queueMicrotask(() => deliver(self))
      },
      bufferedBytes: () => self.queuedBytes,
      setLowWatermark: bytes => {
        self.lowWatermarkBytes = bytes
      },
      close: () => end(self, 'closed here'),
    }
    return link
  }

  return {
    open,
    hold: hold => {
      held = hold
      if (!held) for (const self of ends) queueMicrotask(() => deliver(self))
    },
    cutAll: () => {
      for (const self of ends) end(self, 'connection lost')
    },
    live: () => ends.filter(self => self.state !== 'ended').length,
  }
}
