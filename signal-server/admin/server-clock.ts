/**
 * The server's time as this page knows it: an administrator's own clock may be wrong, and "3 h ago" must not be.
 * One clock tick for the whole page; elements that show spans watch it.
 */
import { Store } from './store.ts'

const TICK_MS = 1_000
/** The `Date` header counts whole seconds, and answers take their time: less than this is no difference. */
const TRUSTED_DIFFERENCE_MS = 3_000

let offsetMs = 0

/** Epoch ms on the server's clock. */
export const serverNow = (): number => Date.now() + offsetMs

/** Takes the `Date` header of an answer that has just arrived. */
export function learnServerTime(dateHeader: string | null): void {
  const said = dateHeader === null ? Number.NaN : Date.parse(dateHeader)
  if (!Number.isFinite(said)) return
  const difference = said + 500 - Date.now()
  offsetMs = Math.abs(difference) < TRUSTED_DIFFERENCE_MS ? 0 : difference
}

/** Epoch ms on the server's clock, once a second. */
export const clock = new Store(serverNow())
setInterval(() => clock.set(serverNow()), TICK_MS)
