/**
 * The memory of a kiosk's page while it gets a large release from a store: the most that the process which runs it takes above
 * what it took before.
 */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { BenchContext, BenchOutcome } from '../support/bench-context.ts'
import { openLarderSite } from './larder.ts'
import { loopback } from './place.ts'

const MIB = 1024 * 1024
const SAMPLE_MS = 250
const FILE_BYTES = 50_000_000

export async function measureMemory(context: BenchContext, bytes: number): Promise<BenchOutcome> {
  const growths: number[] = []
  const heaps: number[] = []
  for (let round = 0; round < Math.min(context.rounds, 2); round++) {
    const scratch = path.join(context.scratch, `memory-${round}`)
    await mkdir(scratch)
    const site = await openLarderSite({ ...context, scratch }, loopback(), 1, FILE_BYTES)
    const [kiosk] = site.kiosks
    if (kiosk === undefined) throw new Error('no kiosk was opened')
    const session = await kiosk.context.newCDPSession(kiosk.page)
    const settled = async () => {
      await session.send('HeapProfiler.collectGarbage')
      return (await kiosk.pageMemoryBytes()) / MIB
    }
    let begun = false
    let done = false
    let before = 0
    let most = 0
    const delivered = site
      .deliver(bytes, {
        onBegin: () => {
          begun = true
        },
        // Afterwards the benchmark itself reads the page's database.
        onActive: () => {
          done = true
        },
      })
      .finally(() => {
        done = true
      })
    while (!begun && !done) {
      before = await settled()
      await delay(SAMPLE_MS)
    }
    while (!done) {
      most = Math.max(most, (await kiosk.pageMemoryBytes()) / MIB)
      await delay(SAMPLE_MS)
    }
    await delivered
    growths.push(most - before)
    heaps.push((await settled()) - before)
    context.log(`memory: ${before.toFixed(0)} MiB before, ${most.toFixed(0)} MiB at most`)
    await site.close()
  }
  return {
    measures: [
      { name: 'page of a kiosk, most above the start', unit: 'MiB', values: growths },
      { name: 'page of a kiosk, afterwards above the start', unit: 'MiB', values: heaps },
    ],
    targets: [
      {
        name: 'page of a kiosk, most above the start',
        value: Math.max(...growths),
        unit: 'MiB',
        bound: { atMost: 64 },
      },
    ],
    notes: [`Memory is the private part (PSS) of the renderer process while ${bytes} bytes come in.`],
  }
}
