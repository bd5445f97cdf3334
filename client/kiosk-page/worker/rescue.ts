/**
 * Ends a page whose thread hangs, on its watchdog's word: notes what it showed, so that a release on trial goes back at
 * the next start, and sends the page to an answer that no hung process can hold up (docs/decisions/0016).
 */
import type { RecordStore } from '../../ports.ts'
import { recordKeys } from '../../records.ts'
import type { WorkerClient } from './worker-scope.ts'

/** Both below the kiosk page, like a file of it. */
export const RESCUE_PATH = 'rescue'
export const RESTART_PATH = 'restart'

/**
 * A page that isolates itself cannot share the process of one that does not: the browser has to begin a new process for
 * it, and needs nothing of the old one for that. From there it goes straight back to the kiosk page.
 */
export function restartPage(): Response {
  return new Response('<!doctype html><title>Restarting</title><script>location.replace("./")</script>', {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    },
  })
}

export interface RescueDeps {
  readonly records: Pick<RecordStore, 'setMany'>
  readonly kioskPages: () => Promise<readonly WorkerClient[]>
  /** Address of the kiosk page's folder. */
  readonly folder: string
}

/** `url`: what the watchdog asked for, with the digests of the releases in frames. Never rejects. */
export async function rescue(url: string, { records, kioskPages, folder }: RescueDeps): Promise<Response> {
  const releases = (new URL(url).searchParams.get('releases') ?? '').split(',')
  // Not awaited: the hung page may hold the store. The next page's reading comes after this write in any case.
  const noted = records.setMany([[recordKeys.hung, { releases }]]).catch(() => {})
  const restart = new URL(RESTART_PATH, folder).href
  for (const page of await kioskPages()) void page.navigate?.(restart).catch(() => {})
  await noted
  return new Response(null, { status: 204 })
}
