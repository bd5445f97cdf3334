/**
 * What every PeerLink promises, as cases that run anywhere: in Node over the fake, in a browser over simple-peer.
 * Each case throws when a promise is broken. Imports nothing of Node.
 */
import type { OpenPeerLink, PeerLink, PeerLinkEvents } from '../../client/ports.ts'
import type { PeerSignal } from '../../protocol/signal/peer-signal.ts'

export interface Side {
  readonly link: PeerLink
  readonly seen: string[]
  readonly frames: Uint8Array<ArrayBuffer>[]
  readonly signals: PeerSignal[]
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(what)
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const giveUpAt = performance.now() + 15_000
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`never came: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

/** Opens one side; `relay` gets its signals. */
function openSide(open: OpenPeerLink, initiator: boolean, relay: (signal: PeerSignal) => void): Side {
  const seen: string[] = []
  const frames: Uint8Array<ArrayBuffer>[] = []
  const signals: PeerSignal[] = []
  const events: PeerLinkEvents = {
    onSignal: signal => {
      signals.push(signal)
      relay(signal)
    },
    onOpen: () => seen.push('open'),
    onFrame: frame => {
      seen.push('frame')
      frames.push(frame)
    },
    onDrain: () => seen.push('drain'),
    onClose: () => seen.push('close'),
  }
  return { link: open({ initiator, iceServers: [] }, events), seen, frames, signals }
}

async function connect(open: OpenPeerLink): Promise<[Side, Side]> {
  const sides: Side[] = []
  const a = openSide(open, true, signal => sides[1]?.link.signal(signal))
  const b = openSide(open, false, signal => sides[0]?.link.signal(signal))
  sides.push(a, b)
  await until(() => a.seen.includes('open') && b.seen.includes('open'), 'both sides open')
  return [a, b]
}

const closes = (side: Side) => side.seen.filter(event => event === 'close').length
const frameOf = (sizeBytes: number, fill: number) => new Uint8Array(sizeBytes).fill(fill)

async function bothEnded(a: Side, b: Side): Promise<void> {
  a.link.close()
  await until(() => closes(a) > 0 && closes(b) > 0, 'both sides closed')
  a.link.close()
  b.link.close()
  await new Promise(resolve => setTimeout(resolve, 20))
  check(closes(a) === 1 && closes(b) === 1, 'onClose came more than once')
}

export const peerLinkCases: Readonly<Record<string, (open: OpenPeerLink) => Promise<void>>> = {
  'carries frames both ways, whole and in order, and ends once on both sides': async open => {
    const [a, b] = await connect(open)
    const sizes = [1, 16, 70_000, 262_144, 3]
    for (const [index, size] of sizes.entries()) a.link.send(frameOf(size, index))
    b.link.send(frameOf(5, 9))
    await until(() => b.frames.length === sizes.length && a.frames.length === 1, 'all frames')
    check(
      b.frames.every((frame, index) => frame.byteLength === sizes[index] && frame.at(-1) === index),
      'frames arrive whole and in order',
    )
    check(b.seen[0] === 'open' && a.seen[0] === 'open', 'nothing comes before onOpen')
    await bothEnded(a, b)
  },

  'takes frames from a view of a larger buffer': async open => {
    const [a, b] = await connect(open)
    a.link.send(new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 4))
    await until(() => b.frames.length === 1, 'the frame')
    check(String(b.frames[0]) === '2,3,4', 'only the bytes of the view arrive')
    const memory = frameOf(100_000, 1)
    a.link.send(memory)
    memory.fill(7)
    await until(() => b.frames.length === 2, 'the second frame')
    check(b.frames[1]?.at(-1) === 1, 'the memory of a frame is free again once it was handed over')
    await bothEnded(a, b)
  },

  'tells how much is queued and when the queue has drained': async open => {
    const [a, b] = await connect(open)
    check(a.link.bufferedBytes() === 0, 'nothing is queued at first')
    a.link.setLowWatermark(1024 * 1024)
    for (let index = 0; index < 24; index++) a.link.send(frameOf(262_144, index))
    check(a.link.bufferedBytes() > 1024 * 1024, 'the queue is seen')
    await until(() => a.seen.includes('drain'), 'onDrain')
    await until(() => b.frames.length === 24, 'all frames')
    a.link.setLowWatermark(64 * 1024)
    for (let index = 0; index < 2; index++) a.link.send(frameOf(262_144, index))
    await until(() => a.seen.filter(event => event === 'drain').length === 2, 'onDrain at another mark')
    await until(() => b.frames.length === 26, 'the frames after it')
    await bothEnded(a, b)
    check(a.link.bufferedBytes() === 0, 'nothing is queued after the end')
  },

  'ignores send and signal after the end': async open => {
    const [a, b] = await connect(open)
    await bothEnded(a, b)
    a.link.send(frameOf(1, 1))
    for (const signal of b.signals) a.link.signal(signal)
    check(closes(a) === 1, 'still closed once')
  },

  'ends by itself, once, on a signal that it cannot use': async open => {
    const side = openSide(open, true, () => {})
    side.link.signal({ type: 'answer', sdp: 'v=0 rubbish' })
    await until(() => closes(side) > 0, 'onClose')
    side.link.close()
    await new Promise(resolve => setTimeout(resolve, 20))
    check(closes(side) === 1, 'onClose came more than once')
  },

  'can be closed before it was ever open': async open => {
    const side = openSide(open, true, () => {})
    side.link.close()
    check(closes(side) === 0, 'onClose does not come from within close()')
    await until(() => closes(side) === 1, 'onClose')
    check(!side.seen.includes('open'), 'never open')
  },
}
