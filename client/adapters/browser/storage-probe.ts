/**
 * What the browser says of its storage, behind the `StorageProbe` port. In Chromium the quota is what is used and
 * 10 GiB, or a part of the disk, and not what is free: that nothing more fits shows only when it is written.
 */
import type { StorageProbe } from '../../ports.ts'

/** Nobody may be in front of the screen to answer Firefox's question. */
const PERSIST_TIMEOUT_MS = 10_000
const ASK_TIMEOUT_MS = 5_000

export function createStorageProbe(storage: StorageManager | undefined = navigator.storage): StorageProbe {
  return {
    // Only Chromium has this property, and only Chromium decides by itself.
    asksSilently: 'userAgentData' in navigator,
    estimate: async () => {
      const estimate = await orNull(storage?.estimate?.(), ASK_TIMEOUT_MS)
      return { usageBytes: wholeOrNull(estimate?.usage), quotaBytes: wholeOrNull(estimate?.quota) }
    },
    persisted: () => orNull(storage?.persisted?.(), ASK_TIMEOUT_MS),
    persist: async () => {
      await orNull(storage?.persist?.(), PERSIST_TIMEOUT_MS)
    },
  }
}

async function orNull<T>(answer: Promise<T> | undefined, timeoutMs: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), timeoutMs)
  })
  const asked = Promise.resolve(answer).then(
    value => value ?? null,
    () => null,
  )
  const first = await Promise.race([asked, late])
  clearTimeout(timer)
  return first
}

const wholeOrNull = (bytes: number | undefined) =>
  bytes === undefined || !Number.isFinite(bytes) ? null : Math.max(0, Math.round(bytes))
