/** What a store sends, and to whom first: turns, the rate, reading ahead, notices of chunks. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ChunkUploads } from '../../../client/engine/chunk-uploads.ts'
import { FlowControlledSender } from '../../../client/engine/flow-controlled-sender.ts'
import { HaveBatch } from '../../../client/engine/have-batch.ts'
import { SendQueueLimit } from '../../../client/engine/send-queue-limit.ts'
import { UploadRate } from '../../../client/engine/upload-rate.ts'
import { UploadTurns } from '../../../client/engine/upload-turns.ts'
import { defaultOptions, type KioskOptions } from '../../../client/options.ts'
import { decodePeerMessage } from '../../../protocol/peer/codec.ts'
import { SimulatedHost } from '../../support/kiosk-simulator-host.ts'
import { settle, VirtualTime } from '../../support/virtual-time.ts'

const MIB = 1024 * 1024
const RELEASE = 'a'.repeat(64)

function platformOf(time: VirtualTime) {
  return new SimulatedHost(time, 'd-self', 1, 0).platform
}

describe('turns', () => {
  test('as many links as there are slots; the next one when another leaves', async () => {
    const turns = new UploadTurns<string>(2, 10)
    const granted: string[] = []
    for (const link of ['a', 'b', 'c', 'd'])
      void turns.take(link).then(mine => granted.push(`${link} ${mine}`))
    await settle()
    assert.deepEqual(granted, ['a true', 'b true'])
    assert.equal(turns.waiting, 2)
    turns.leave('a')
    await settle()
    assert.deepEqual(granted, ['a true', 'b true', 'c true'])
    turns.leave('d')
    await settle()
    assert.equal(granted.at(-1), 'd false')
  })

  test('a turn ends with its bytes only if somebody waits, and comes round again', async () => {
    const turns = new UploadTurns<string>(1, 10)
    await turns.take('a')
    turns.sent('a', 100)
    assert.equal(turns.mayGoOn('a'), true)
    const b = turns.take('b')
    assert.equal(turns.mayGoOn('a'), false)
    const again = turns.take('a')
    assert.equal(await b, true)
    assert.equal(turns.mayGoOn('a'), false)
    turns.sent('b', 9)
    assert.equal(turns.mayGoOn('b'), true)
    turns.sent('b', 1)
    assert.equal(turns.mayGoOn('b'), false)
    void turns.take('b')
    assert.equal(await again, true)
  })
})

describe('rate', () => {
  const yielding = { touchYieldBytesPerS: 1_000, touchYieldMs: 3_000 }

  /** Bytes sent in `ms`, in frames, by somebody who waits as told. */
  async function sentIn(
    time: VirtualTime,
    rate: UploadRate,
    ms: number,
    frameBytes: number,
  ): Promise<number> {
    const end = time.nowMs + ms
    let bytes = 0
    while (time.nowMs < end) {
      const waitMs = rate.waitMs()
      if (waitMs > 0) await time.advance(Math.min(waitMs, end - time.nowMs))
      else {
        rate.sent(frameBytes)
        bytes += frameBytes
        if (rate.bytesPerS() === null) break
      }
    }
    return bytes
  }

  test('no limit: nothing waits', () => {
    const rate = new UploadRate(platformOf(new VirtualTime()), () => null, yielding)
    for (let i = 0; i < 100; i++) {
      assert.equal(rate.waitMs(), 0)
      rate.sent(MIB)
    }
  })

  test('the limit holds over time, also with frames larger than what a moment allows', async () => {
    for (const frameBytes of [100, 5_000, 60_000]) {
      const time = new VirtualTime()
      const rate = new UploadRate(platformOf(time), () => 10_000, yielding)
      const bytes = await sentIn(time, rate, 60_000, frameBytes)
      assert.ok(bytes > 590_000 && bytes <= 600_000 + 2_500 + frameBytes, `${frameBytes}: ${bytes}`)
    }
  })

  test('a touch slows uploads down for its time, also below a limit, and never speeds them up', async () => {
    const time = new VirtualTime()
    let limit: number | null = null
    const rate = new UploadRate(platformOf(time), () => limit, yielding)
    rate.userActive()
    assert.equal(rate.bytesPerS(), 1_000)
    const bytes = await sentIn(time, rate, 2_900, 100)
    assert.ok(bytes <= 2_900 + 250 + 100, `${bytes}`)
    await time.advance(200)
    assert.equal(rate.bytesPerS(), null)
    assert.equal(rate.waitMs(), 0)
    limit = 500
    rate.userActive()
    assert.equal(rate.bytesPerS(), 500)
  })
})

test('PR-P6 gained chunks are told at once after a pause, and together while they come fast', async () => {
  const time = new VirtualTime()
  const told: (readonly number[])[] = []
  const batch = new HaveBatch(platformOf(time), indexes => told.push(indexes))
  await time.advance(1_000)
  for (const index of [1, 2, 3]) batch.add(index)
  assert.deepEqual(told, [[1]])
  await time.advance(40)
  assert.deepEqual(told, [[1], [2, 3]])
  batch.add(4)
  batch.stop()
  await time.advance(1_000)
  assert.deepEqual(told, [[1], [2, 3]])
  assert.equal(time.pending, 0)
})

describe('the queue of a link', () => {
  /** The most that waits in the queue once the line is known, of a line that takes `bytesPerS`. */
  async function mostQueued(bytesPerS: number): Promise<number> {
    const time = new VirtualTime()
    let queued = 0
    let low = 0
    let most = 0
    const sender = new FlowControlledSender(
      {
        signal: () => {},
        close: () => {},
        setLowWatermark: bytes => {
          low = bytes
        },
        bufferedBytes: () => queued,
        send: frame => {
          queued += frame.byteLength
          most = Math.max(most, queued)
        },
      },
      () => time.nowMs,
    )
    const feed = async () => {
      while (await sender.room()) sender.send(new Uint8Array(MIB / 16))
    }
    const feeding = feed()
    for (let ms = 0; ms < 20_000; ms++) {
      const before = queued
      queued = Math.max(0, queued - bytesPerS / 1_000)
      if (before > low && queued <= low) sender.drained()
      await time.advance(1)
      if (ms === 10_000) most = 0
    }
    sender.end()
    await feeding
    return most
  }

  test('is what the line takes in half a second, within bounds', async () => {
    assert.ok((await mostQueued(50_000)) <= MIB / 4 + MIB / 16, 'a very slow line')
    const between = await mostQueued(2_000_000)
    assert.ok(between > 900_000 && between < 1_100_000, `${between}`)
    const fast = await mostQueued(100_000_000)
    assert.ok(fast >= 4 * MIB && fast <= 4 * MIB + MIB / 16, `${fast}`)
  })

  test('one pause of the browser is not yet a slow line, and a line that ran dry not a slow one either', () => {
    const limit = new SendQueueLimit()
    assert.equal(limit.bytes, MIB / 4)
    limit.observe(MIB, MIB, 0)
    limit.observe(MIB, MIB / 2, 10)
    assert.equal(limit.bytes, 4 * MIB)
    limit.observe(MIB, MIB / 2, 300)
    assert.equal(limit.bytes, 2 * MIB)
    limit.observe(MIB, 0, 10_000)
    assert.equal(limit.bytes, 2 * MIB)
    limit.observe(MIB, 0, 20_000)
    assert.equal(limit.bytes, 2 * MIB, 'an empty queue says nothing')
  })
})

describe('uploads', () => {
  /** A store with chunks of 100 KB and links whose queues the test drains by hand. */
  function stage(options: Partial<KioskOptions> = {}) {
    const time = new VirtualTime()
    const reads: string[] = []
    const uploads = new ChunkUploads({
      platform: platformOf(time),
      options: { ...defaultOptions, ...options },
      limit: () => null,
      chunkOf: (_, index) => (index < 100 ? { digest: `c${index}`, sizeBytes: 100_000 } : undefined),
      readChunk: async ({ digest }) => {
        reads.push(digest)
        return digest === 'c99' ? null : new Uint8Array(100_000)
      },
    })
    const link = () => {
      const frames: Uint8Array<ArrayBuffer>[] = []
      let queued = 0
      const sender = new FlowControlledSender(
        {
          signal: () => {},
          close: () => {},
          setLowWatermark: () => {},
          bufferedBytes: () => queued,
          send: frame => {
            frames.push(frame.slice())
            queued += frame.byteLength
          },
        },
        () => time.nowMs,
      )
      const drain = () => {
        queued = 0
        sender.drained()
      }
      return { sender, frames, drain }
    }
    return { time, uploads, reads, link }
  }

  test('PR-P9 a chunk that fits a frame is one; a larger one is slices in order', async () => {
    const { uploads, link } = stage()
    const { sender, frames } = link()
    assert.equal(await uploads.send(sender, { release: RELEASE, index: 1 }, 256 * 1024), 'sent')
    assert.equal(frames.length, 1)
    assert.equal(await uploads.send(sender, { release: RELEASE, index: 2 }, 32 * 1024), 'sent')
    const slices = frames.slice(1).map(frame => {
      const decoded = decodePeerMessage(frame)
      assert.ok(decoded.ok && decoded.message.type === 'chunk')
      assert.ok(frame.byteLength <= 32 * 1024)
      return [decoded.message.offset, decoded.message.payload.byteLength] as const
    })
    assert.deepEqual(
      slices.map(([offset]) => offset),
      [0, 32_723, 65_446, 98_169],
    )
    assert.equal(slices.at(-1)?.[1], 100_000 - 98_169)
  })

  test('what comes next is read before its turn, once, and not if it was taken back', async () => {
    const { uploads, link, reads } = stage()
    const { sender } = link()
    const next = [1, 2, 3].map(index => ({ release: RELEASE, index }))
    uploads.expect(sender, next)
    uploads.expect(sender, next)
    assert.deepEqual(reads, ['c1', 'c2', 'c3'])
    await uploads.send(sender, { release: RELEASE, index: 1 }, 256 * 1024)
    assert.deepEqual(reads, ['c1', 'c2', 'c3'])
    uploads.expect(sender, [])
    await uploads.send(sender, { release: RELEASE, index: 2 }, 256 * 1024)
    assert.deepEqual(reads, ['c1', 'c2', 'c3', 'c2'])
  })

  test('reading ahead is bounded, however much is asked for', () => {
    const { uploads, link, reads } = stage()
    uploads.expect(
      link().sender,
      Array.from({ length: 99 }, (_, index) => ({ release: RELEASE, index })),
    )
    assert.equal(reads.length, Math.floor((8 * MIB) / 100_000))
  })

  test('what cannot be read is told and sends nothing', async () => {
    const { uploads, link } = stage()
    const { sender, frames } = link()
    assert.equal(await uploads.send(sender, { release: RELEASE, index: 99 }, 65_536), 'unreadable')
    assert.equal(await uploads.send(sender, { release: RELEASE, index: 100 }, 65_536), 'unreadable')
    assert.equal(frames.length, 0)
  })

  test('a full queue is waited for, and a link that ends meanwhile ends the sending', async () => {
    const { uploads, link } = stage()
    const { sender, frames, drain } = link()
    const sendAll = async () => {
      let outcome: string | null = 'sent'
      for (let index = 0; index < 90 && outcome === 'sent'; index++)
        outcome = await uploads.send(sender, { release: RELEASE, index }, 256 * 1024)
      return outcome
    }
    const sending = sendAll()
    await settle()
    const first = frames.length
    assert.ok(first * 100_000 >= MIB / 4 && first * 100_000 < MIB / 4 + 200_000, `${first} frames`)
    drain()
    await settle()
    assert.ok(frames.length > first)
    sender.end()
    uploads.idle(sender)
    assert.equal(await sending, null)
  })

  test('with one slot two links get turns of about a mebibyte each; one that does not drain loses its turn', async () => {
    const { time, uploads, link } = stage({ uploadSlots: 1 })
    const order: string[] = []
    const feed = async (name: string, { sender }: ReturnType<typeof link>) => {
      for (let index = 0; index < 30; index++) {
        if ((await uploads.send(sender, { release: RELEASE, index }, 256 * 1024)) !== 'sent') return
        order.push(name)
      }
      uploads.idle(sender)
    }
    const [a, b] = [link(), link()]
    const feeding = [feed('a', a), feed('b', b)]
    // Link a never drains by itself: after a second its turn is over all the same.
    for (let i = 0; i < 40; i++) {
      b.drain()
      await time.advance(300)
    }
    a.drain()
    for (let i = 0; i < 20; i++) {
      a.drain()
      b.drain()
      await time.advance(300)
    }
    await Promise.all(feeding)
    const turns = order.join('').match(/a+|b+/g) ?? []
    assert.equal(order.length, 60)
    // While both have something to send nobody gets much more than a turn.
    assert.ok(
      turns.slice(0, 4).every(turn => turn.length >= 10 && turn.length <= 12),
      turns.join(' '),
    )
  })
})
