/** Checks of this device and what they find, for people who look after kiosks; and how a report is made of them. */
import type { DiagnosticsReport } from '../../../protocol/diagnostics.ts'
import type { KioskView } from '../../kiosk-api.ts'

export interface Finding {
  /** `note`: works, but somebody should know. */
  readonly state: 'good' | 'note' | 'bad'
  /** What was found, as a sentence. */
  readonly found: string
  /** Which setting or policy mends it, in Chromium and in Firefox; only for `note` and `bad`. */
  readonly mend?: string
}

export interface CheckContext {
  /** The server's root as the page sees it, with its final slash. */
  readonly baseUrl: URL
  /** What the kiosk in this browser says of itself; null when none runs. */
  readonly view: () => Promise<KioskView | null>
  /** Somebody is in front of the screen who may be asked for permissions. False where an app runs: nothing may disturb it. */
  readonly attended: boolean
}

export interface Check {
  /** Stands for the check whatever its words are; kebab-case. */
  readonly id: string
  readonly title: string
  /** May reject or take for ever; whoever runs it bounds it. */
  readonly run: (context: CheckContext) => Promise<Finding>
}

type ReportedFinding = DiagnosticsReport['findings'][number]

const CHECK_TIMEOUT_MS = 15_000
/** What the report's form has room for. */
const MAX_FOUND_LENGTH = 500
const MAX_MEND_LENGTH = 1000
const MAX_USER_AGENT_LENGTH = 400

export const good = (found: string): Finding => ({ state: 'good', found })
export const note = (found: string, mend: string): Finding => ({ state: 'note', found, mend })
export const bad = (found: string, mend: string): Finding => ({ state: 'bad', found, mend })

/** Runs the checks one after another, so that none disturbs another's measurement. Never rejects. */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  onFinding: (finding: ReportedFinding) => void = () => {},
): Promise<DiagnosticsReport> {
  const findings: ReportedFinding[] = []
  for (const check of checks) {
    const finding = await runCheck(check, context)
    findings.push(finding)
    onFinding(finding)
  }
  return {
    checkedAt: new Date().toISOString(),
    userAgent: navigator.userAgent.slice(0, MAX_USER_AGENT_LENGTH),
    findings,
  }
}

/** The check's finding, also when it fails or does not come back in time. */
async function runCheck(check: Check, context: CheckContext): Promise<ReportedFinding> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Finding>(resolve => {
    const found = `No result within ${CHECK_TIMEOUT_MS / 1000} seconds.`
    timer = setTimeout(
      () => resolve(bad(found, 'Restart the browser; if it stays, start it with a fresh profile.')),
      CHECK_TIMEOUT_MS,
    )
  })
  const { id, title } = check
  const { state, found, mend } = await Promise.race([check.run(context), late]).catch(error =>
    bad(`The check itself failed: ${messageOf(error)}`, 'Look into the browser’s console for more.'),
  )
  clearTimeout(timer)
  return {
    id,
    title,
    state,
    found: found.slice(0, MAX_FOUND_LENGTH),
    mend: mend === undefined ? null : mend.slice(0, MAX_MEND_LENGTH),
  }
}

/** Some errors of browsers have a name and no message. */
export const messageOf = (error: unknown) =>
  error instanceof Error ? error.message || error.name : String(error)
