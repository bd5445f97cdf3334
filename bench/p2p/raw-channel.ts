/**
 * The same bytes over raw RTCDataChannels, one to each receiver: what is there to be reached. Nothing is verified or stored;
 * the receiver counts what comes. The pages exchange offer and answer through the benchmark itself.
 */
import type { Page } from 'playwright-core'
import type { BenchContext } from '../support/bench-context.ts'
import { openPage } from '../support/browsers.ts'
import { type Delivery, measured } from './delivery.ts'
import type { Place } from './place.ts'

export interface RawChannels {
  /** @throws Error unless every receiver got every byte */
  deliver(bytes: number, frameBytes: number): Promise<Delivery>
  close(): Promise<void>
}

interface RawEnd {
  offer(): Promise<string>
  answer(offer: string): Promise<string>
  accept(answer: string): Promise<void>
  /** Resolves when everything is handed over. */
  send(bytes: number, frameBytes: number): Promise<void>
  /** Epoch ms at which the last of so many bytes arrived. */
  receive(bytes: number): Promise<number>
}
type RawWindow = typeof globalThis & { raw: RawEnd[] }

/** `url`: any page of one origin. */
export async function openRawChannels(
  context: BenchContext,
  place: Place,
  url: string,
  receivers: number,
): Promise<RawChannels> {
  const sender = await openPage(context, await place.browser('raw-sender', 1), url)
  const takers = await Promise.all(
    Array.from({ length: receivers }, async (_, at) =>
      openPage(context, await place.browser(`raw-receiver-${at}`, 2 + at), url),
    ),
  )
  await sender.page.evaluate(installEnds, receivers)
  for (const [at, { page }] of takers.entries()) {
    await page.evaluate(installEnds, 1)
    const offer = await sender.page.evaluate(end => (globalThis as RawWindow).raw[end]?.offer(), at)
    const answer = await page.evaluate(text => (globalThis as RawWindow).raw[0]?.answer(text ?? ''), offer)
    await sender.page.evaluate(([end, text]) => (globalThis as RawWindow).raw[end]?.accept(text), [
      at,
      answer ?? '',
    ] as const)
  }
  const all = [sender, ...takers]

  return {
    deliver: (bytes, frameBytes) =>
      measured(all, async () => {
        const arrivals = takers.map(({ page }) => receiveAll(page, bytes))
        const startedAt = await sender.page.evaluate(
          async ([size, frame]) => {
            const at = performance.timeOrigin + performance.now()
            await Promise.all((globalThis as RawWindow).raw.map(end => end.send(size, frame)))
            return at
          },
          [bytes, frameBytes] as const,
        )
        return { startedAt, endedAt: Math.max(...(await Promise.all(arrivals))) }
      }),
    close: async () => {
      await Promise.all(all.map(({ close }) => close()))
    },
  }
}

const receiveAll = (page: Page, bytes: number) =>
  page.evaluate(size => (globalThis as RawWindow).raw[0]?.receive(size) ?? Number.NaN, bytes)

/** Runs in the page. */
function installEnds(count: number): void {
  const HIGH_WATERMARK_BYTES = 4 * 1024 * 1024
  const LOW_WATERMARK_BYTES = 1024 * 1024
  const makeEnd = (): RawEnd => {
    const connection = new RTCPeerConnection()
    let opened: (channel: RTCDataChannel) => void = () => {}
    const channel = new Promise<RTCDataChannel>(resolve => (opened = resolve))
    let received = 0
    let onReceived = () => {}
    const adopt = (made: RTCDataChannel) => {
      made.binaryType = 'arraybuffer'
      made.bufferedAmountLowThreshold = LOW_WATERMARK_BYTES
      made.onmessage = ({ data }) => {
        received += (data as ArrayBuffer).byteLength
        onReceived()
      }
      if (made.readyState === 'open') opened(made)
      else made.onopen = () => opened(made)
    }
    connection.ondatachannel = event => adopt(event.channel)
    const described = async () => {
      while (connection.iceGatheringState !== 'complete')
        await new Promise(resolve => setTimeout(resolve, 20))
      return JSON.stringify(connection.localDescription)
    }
    return {
      offer: async () => {
        adopt(connection.createDataChannel('raw'))
        await connection.setLocalDescription()
        return described()
      },
      answer: async offer => {
        await connection.setRemoteDescription(JSON.parse(offer))
        await connection.setLocalDescription()
        return described()
      },
      accept: async answer => {
        await connection.setRemoteDescription(JSON.parse(answer))
        await channel
      },
      send: async (bytes, frameBytes) => {
        const to = await channel
        const content = new Uint8Array(frameBytes)
        for (let at = 0; at < frameBytes; at += 65_536)
          crypto.getRandomValues(content.subarray(at, Math.min(at + 65_536, frameBytes)))
        for (let left = bytes; left > 0; left -= frameBytes) {
          if (to.bufferedAmount >= HIGH_WATERMARK_BYTES)
            await new Promise<void>(resolve => (to.onbufferedamountlow = () => resolve()))
          to.send(left >= frameBytes ? content : content.subarray(0, left))
        }
      },
      receive: async bytes => {
        await channel
        await new Promise<void>(resolve => {
          onReceived = () => {
            if (received >= bytes) resolve()
          }
          onReceived()
        })
        const at = performance.timeOrigin + performance.now()
        if (received !== bytes) throw new Error(`${received} bytes came instead of ${bytes}`)
        received = 0
        return at
      },
    }
  }
  ;(globalThis as RawWindow).raw = Array.from({ length: count }, makeEnd)
}
