/** What a check of the diagnostics page found out, for people who look after kiosks. */
export interface Finding {
  /** `note`: works, but somebody should know. */
  readonly state: 'good' | 'note' | 'bad'
  /** What was found, as a sentence. */
  readonly found: string
  /** Which setting or policy mends it; only for `note` and `bad`. */
  readonly mend?: string
}

export interface Check {
  readonly title: string
  /** May reject or take for ever; whoever runs it bounds it. */
  readonly run: () => Promise<Finding>
}

export const good = (found: string): Finding => ({ state: 'good', found })
export const note = (found: string, mend: string): Finding => ({ state: 'note', found, mend })
export const bad = (found: string, mend: string): Finding => ({ state: 'bad', found, mend })

/** The check's finding, also when it fails or does not come back within `timeoutMs`. Never rejects. */
export async function runCheck(check: Check, timeoutMs: number): Promise<Finding> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Finding>(resolve => {
    const found = `No result within ${Math.round(timeoutMs / 1000)} seconds.`
    timer = setTimeout(
      () => resolve(bad(found, 'Reload this page; if it stays, restart the browser.')),
      timeoutMs,
    )
  })
  try {
    return await Promise.race([check.run(), late])
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return bad(`The check itself failed: ${message}`, 'Look into the browser’s console for more.')
  } finally {
    clearTimeout(timer)
  }
}
