/** Waits for a condition in something that a test cannot step, such as another process. */
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'

/** Long enough for two loaded cores; a condition that takes longer does not come. */
const UNTIL_TIMEOUT_MS = 60_000
const POLL_INTERVAL_MS = 50

/** Asks until the answer is truthy and gives it back. On a timeout the error names the condition and the last answer. */
export async function until<T>(
  condition: string,
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  timeoutMs = UNTIL_TIMEOUT_MS,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  let last: unknown
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    last = answer
    if (performance.now() > deadline) {
      throw new assert.AssertionError({ message: `never came: ${condition} (last: ${JSON.stringify(last)})` })
    }
    await delay(POLL_INTERVAL_MS)
  }
}
