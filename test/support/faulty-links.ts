/**
 * Init scripts for devices whose data channels are not as they should be. They stand in front of
 * `RTCDataChannel.prototype.send`, below the whole product. The layout of a chunk frame is PR-P2.
 */

/** Every `everyNth` chunk of a release, beginning with number `everyNth - 1`, leaves this device with a flipped bit. */
export function wrongChunks(everyNth: number): string {
  return `{
    const CHUNK = 9, INDEX_AT = 33
    const send = RTCDataChannel.prototype.send
    RTCDataChannel.prototype.send = function (data) {
      const frame = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength).slice()
      if (frame[0] === CHUNK) {
        const index = new DataView(frame.buffer).getUint32(INDEX_AT)
        if (index % ${everyNth} === ${everyNth - 1}) frame[frame.length - 1] ^= 1
      }
      return send.call(this, frame)
    }
  }`
}

/** What this device sends leaves it, in order, at no more than this rate per data channel: a slow LAN. */
export function slowLan(bytesPerSecond: number): string {
  return `{
    const send = RTCDataChannel.prototype.send
    const freeAt = new WeakMap()
    RTCDataChannel.prototype.send = function (data) {
      const frame = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength).slice()
      const now = performance.now()
      const leavesAt = Math.max(now, freeAt.get(this) ?? 0)
      freeAt.set(this, leavesAt + (frame.byteLength * 1000) / ${bytesPerSecond})
      setTimeout(() => { if (this.readyState === 'open') send.call(this, frame) }, leavesAt - now)
    }
  }`
}

/**
 * A line that loses packets: what this device sends arrives in order, but chunk frame number `frameAt`, counted from 0, and all
 * that follow it leave only after `pauseMs`, as when a packet is lost several times in a row.
 */
export function interruptedLan(frameAt: number, pauseMs: number): string {
  return `{
    const CHUNK = 9
    const send = RTCDataChannel.prototype.send
    let chunks = 0
    let held = null
    const release = () => {
      for (const [channel, frame] of held) if (channel.readyState === 'open') send.call(channel, frame)
      held = null
    }
    RTCDataChannel.prototype.send = function (data) {
      const frame = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength).slice()
      if (frame[0] === CHUNK && chunks++ === ${frameAt}) {
        held = []
        setTimeout(release, ${pauseMs})
      }
      return held === null ? send.call(this, frame) : void held.push([this, frame])
    }
  }`
}

/** Counts in `window.cancels` what this device takes back of its requests. */
export const countCancels = `{
  const CANCEL = 7
  const send = RTCDataChannel.prototype.send
  window.cancels = 0
  RTCDataChannel.prototype.send = function (data) {
    const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength)
    if (bytes[0] === CANCEL) window.cancels++
    return send.call(this, data)
  }
}`
