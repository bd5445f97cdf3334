/** One transfer as every candidate reports it, and the CPU time that all its browsers took meanwhile. */
import type { BenchPage } from '../support/browsers.ts'

export interface Delivery {
  readonly seconds: number
  /** Of all processes of all browsers that took part. */
  readonly cpuSeconds: number
}

/** `transfer` says when it began and ended, epoch ms by the clock of this machine. */
export async function measured(
  pages: readonly BenchPage[],
  transfer: () => Promise<{ readonly startedAt: number; readonly endedAt: number }>,
): Promise<Delivery> {
  const cpuMs = async () => {
    const usages = await Promise.all(pages.map(page => page.usage()))
    return usages.reduce((sum, usage) => sum + usage.cpuMs, 0)
  }
  const before = await cpuMs()
  const { startedAt, endedAt } = await transfer()
  return { seconds: (endedAt - startedAt) / 1000, cpuSeconds: ((await cpuMs()) - before) / 1000 }
}
