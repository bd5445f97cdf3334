/**
 * Why the script of the service worker could not be started, in a sentence for people: browsers say little more than that it
 * failed. Asks for the script once more and looks at what answers.
 */
import { isWebPageAnswer } from '../web-page-answer.ts'

/** A browser that has just been refused the script gets the same answer at once. */
const ANSWER_TIMEOUT_MS = 5_000

export interface ScriptFault {
  /** `null`: the browser's own words say more than the answer does. */
  readonly kind: 'web-page' | 'no-answer' | 'status' | null
  readonly message: string
}

/** Never rejects. `error`: what the registration failed with. */
export async function explainScriptFault(
  script: string,
  error: unknown,
  fetchIt: typeof fetch = (...args) => fetch(...args),
): Promise<ScriptFault> {
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
  const init = { cache: 'no-store', credentials: 'same-origin', redirect: 'manual', signal } as const
  const answer = await fetchIt(script, init).catch(() => null)
  void answer?.body?.cancel().catch(() => {})
  if (answer === null) return { kind: 'no-answer', message: `${script} does not answer.` }
  if (answer.type === 'opaqueredirect' || isWebPageAnswer(answer)) {
    const status = answer.status === 0 ? '' : ` (status ${answer.status})`
    const message = `A web page answers at ${script} in place of the script${status}: the login page of a network, or the page that a web server gives for every address that it does not know.`
    return { kind: 'web-page', message }
  }
  if (!answer.ok) return { kind: 'status', message: `${script} answers with status ${answer.status}.` }
  return { kind: null, message: error instanceof Error ? error.message : String(error) }
}
