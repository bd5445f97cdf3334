/** The page `/kiosk/diagnostics`: runs each check, one after another, and says in plain words what was found. */
import { css, html, LitElement, nothing } from 'lit'
import { browserChecks } from './diagnostics/browser-checks.ts'
import { type Check, type Finding, runCheck } from './diagnostics/finding.ts'
import { networkChecks } from './diagnostics/network-checks.ts'
import { controlStyles, larderMark, textStyles } from './elements/look.ts'

const CHECK_TIMEOUT_MS = 15_000
const checks: readonly Check[] = [...browserChecks, ...networkChecks]

class DiagnosticsPage extends LitElement {
  static override properties = { findings: { state: true }, running: { state: true } }
  declare findings: readonly Finding[]
  declare running: boolean

  static override styles = [
    textStyles,
    controlStyles,
    css`
      :host { display: block }
      main {
        max-width: 46em; margin: 0 auto; box-sizing: border-box; font-size: 0.85em;
        padding: clamp(1.5rem, 6vmin, 5rem) clamp(1.25rem, 5vw, 4rem); display: grid; gap: 1.6em;
      }
      ul { list-style: none; margin: 0; padding: 0; display: grid }
      li { display: grid; grid-template-columns: 1.6em 1fr; gap: 0.2em 0.6em; padding: 0.9em 0; border-top: 1px solid var(--line) }
      li > :nth-child(n + 3) { grid-column: 2 }
      strong { font-weight: 600 }
      .state { font-weight: 700; text-align: center }
      .good { color: var(--good) }
      .note { color: var(--accent) }
      .bad { color: var(--bad) }
      .waiting { color: var(--quiet) }
      .mend { border-left: 0.2em solid var(--line); padding-left: 0.8em }
    `,
  ]

  constructor() {
    super()
    this.findings = []
    this.running = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#runAll()
  }

  override render() {
    return html`<main>
      ${larderMark}
      <h1>${this.#headline()}</h1>
      <ul>${checks.map((check, index) => this.#row(check, this.findings[index]))}</ul>
      <p><button ?disabled=${this.running} @click=${() => this.#runAll()}>Check again</button></p>
      <p class="quiet small">${navigator.userAgent}</p>
    </main>`
  }

  #headline(): string {
    const failures = this.findings.filter(({ state }) => state === 'bad').length
    if (this.running) return 'Checking this device'
    if (failures > 0)
      return failures === 1 ? 'One thing has to be mended' : `${failures} things have to be mended`
    return 'This device can run Larder'
  }

  #row(check: Check, finding: Finding | undefined) {
    const state = finding?.state ?? 'waiting'
    return html`<li data-state=${state}>
      <span class="state ${state}" aria-label=${words[state]}>${signs[state]}</span>
      <strong>${check.title}</strong>
      ${finding ? html`<p>${finding.found}</p>` : nothing}
      ${finding?.mend ? html`<p class="mend small">${finding.mend}</p>` : nothing}
    </li>`
  }

  async #runAll(): Promise<void> {
    this.running = true
    this.findings = []
    for (const check of checks) this.findings = [...this.findings, await runCheck(check, CHECK_TIMEOUT_MS)]
    this.running = false
  }
}
customElements.define('larder-diagnostics', DiagnosticsPage)

const signs = { good: '✓', note: '!', bad: '✕', waiting: '·' }
const words = { good: 'in order', note: 'worth knowing', bad: 'has to be mended', waiting: 'not checked yet' }
