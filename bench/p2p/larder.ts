/**
 * One release from a store to kiosks: each a Chromium of its own that runs the kiosk page, in front of a real server. The store
 * has the release before the kiosks may begin; windows keep them waiting, and keep them from the server all the time.
 */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { BenchContext } from '../support/bench-context.ts'
import { type Kiosk, openKiosk } from '../support/browsers.ts'
import { Administrator, startLarderServer } from '../support/larder-server.ts'
import { writeRandomPackage } from '../support/random-package.ts'
import { type Delivery, measured } from './delivery.ts'
import type { Place } from './place.ts'

const PACKAGE = 'bench'
const NEVER = '2099-01-01T00:00:00Z'
const TIMEOUT_MS = 300_000

export interface LarderDelivery extends Delivery {
  readonly encodedBytes: number
}

export interface DeliveryObserver {
  /** The kiosks' window opens now. */
  readonly onBegin: () => void
  /** Every kiosk runs the release. */
  readonly onActive: () => void
}

export interface LarderSite {
  readonly kiosks: readonly Kiosk[]
  /**
   * Publishes so many bytes that nobody has, waits until the store has them, opens the store to the kiosks and waits until each
   * has stored everything. @throws Error unless every byte came from the store and is in IndexedDB
   */
  deliver(bytes: number, observer?: DeliveryObserver): Promise<LarderDelivery>
  close(): Promise<void>
}

/** `fileBytes`: the size of the package's files. A large one is cut into larger chunks. */
export async function openLarderSite(
  context: BenchContext,
  place: Place,
  kioskCount: number,
  fileBytes: number,
): Promise<LarderSite> {
  const name = `larder-${kioskCount}`
  const server = await startLarderServer({ ...place.larder, data: path.join(context.scratch, name) })
  context.onClose(() => server.end())
  const admin = await Administrator.of(server)
  await admin.larder('site', 'create', 'shop', '--time-zone', 'Europe/Berlin')
  await admin.larder('profile', 'create', 'screens', '--site', 'shop', '--package', PACKAGE)
  const open = async (role: 'store' | 'kiosk', number: number) => {
    const link = new URL(await admin.enrolmentLink('shop', role, 1))
    link.hostname = place.serverName
    link.port = new URL(server.kioskUrl).port
    const browser = await place.browser(`${name}-${role}-${number}`, role === 'store' ? 1 : 2 + number)
    const kiosk = await openKiosk(context, browser, link.href)
    await kiosk.untilOnline()
    return kiosk
  }
  const store = await open('store', 0)
  const kiosks: Kiosk[] = []
  for (let number = 0; number < kioskCount; number++) kiosks.push(await open('kiosk', number))
  const windows = (onlyUntil: string, enforceUntil: string) =>
    admin.larder(
      ...['package', 'windows', PACKAGE, '--profile', 'screens'],
      ...['--only-until', onlyUntil, '--enforce-until', enforceUntil],
    )
  let number = 0

  async function publish(bytes: number) {
    const folder = path.join(context.scratch, `${name}-package`)
    await writeRandomPackage(folder, { bytes, fileBytes, seed: `${name} ${number}` })
    const published = await admin.publish(folder, PACKAGE, `1.0.${number++}`)
    await rm(folder, { recursive: true })
    return published
  }

  // The links are there before anything is measured, as those of the other candidates are.
  const first = await publish(100_000)
  await Promise.all([store, ...kiosks].map(kiosk => kiosk.untilActive(PACKAGE, first.release)))
  await windows(NEVER, NEVER)

  return {
    kiosks,
    deliver: async (bytes, observer) => {
      const { release, encodedBytes, digest } = await publish(bytes)
      await store.untilActive(PACKAGE, release, TIMEOUT_MS)
      const digests = await store.page.evaluate(digestsOf, digest)
      const sentBefore = (await admin.stats()).chunkBytesSent
      const delivery = await measured([store, ...kiosks], async () => {
        const arrivals = kiosks.map(({ page }) => page.evaluate(whenStored, release))
        observer?.onBegin()
        const startedAt = Date.now()
        await windows('off', NEVER)
        return { startedAt, endedAt: Math.max(...(await Promise.all(arrivals))) }
      })
      await windows(NEVER, NEVER)
      const sent = (await admin.stats()).chunkBytesSent - sentBefore
      if (sent !== 0) throw new Error(`the server sent ${sent} bytes of chunks to kiosks`)
      const packages = await Promise.all(kiosks.map(kiosk => kiosk.untilActive(PACKAGE, release)))
      observer?.onActive()
      for (const [at, kiosk] of kiosks.entries()) {
        const counted = packages[at]?.bytes ?? { fromStores: 0, reused: 0 }
        const stored = await kiosk.page.evaluate(bytesInDatabase, digests)
        const { fromStores, reused } = counted
        if (fromStores + reused !== encodedBytes || stored !== encodedBytes || reused > 200_000)
          throw new Error(`${kiosk.name}: ${fromStores} from the store, ${stored} stored, of ${encodedBytes}`)
      }
      return { ...delivery, encodedBytes }
    },
    close: async () => {
      await Promise.all([store, ...kiosks].map(({ close }) => close()))
      await server.end()
    },
  }
}

interface StatusWindow {
  readonly larder: {
    subscribe(
      listener: (status: {
        packages: { wantedRelease: number; chunks: { have: number; total: number } }[]
      }) => void,
    ): () => void
  }
}

/** Runs in the page: the different chunks of a release. */
async function digestsOf(release: string): Promise<string[]> {
  const manifest = await fetch(new URL(`../releases/${release}/manifest`, document.baseURI))
  const { chunks } = ((await manifest.json()) as { manifest: { chunks: { digest: string }[] } }).manifest
  return [...new Set(chunks.map(chunk => chunk.digest))]
}

/** Runs in the page: epoch ms at which every chunk of the release is verified and durable. */
function whenStored(release: number): Promise<number> {
  return new Promise(resolve => {
    const unsubscribe = (globalThis as unknown as StatusWindow).larder.subscribe(({ packages }) => {
      const [wanted] = packages
      if (wanted?.wantedRelease !== release) return
      const { have, total } = wanted.chunks
      if (total === 0 || have < total) return
      resolve(performance.timeOrigin + performance.now())
      queueMicrotask(() => unsubscribe())
    })
  })
}

/** Runs in the page: encoded bytes of these chunks in the page's own database. */
async function bytesInDatabase(digests: readonly string[]): Promise<number> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('larder-chunks')
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  let bytes = 0
  for (const digest of digests) {
    bytes += await new Promise<number>((resolve, reject) => {
      const request = database.transaction('keyval').objectStore('keyval').get(digest)
      request.onsuccess = () => resolve(request.result?.byteLength ?? 0)
      request.onerror = () => reject(request.error)
    })
  }
  database.close()
  return bytes
}
