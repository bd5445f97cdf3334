/**
 * Runs each check, one after another, and says in plain words what was found: as a page, or as a dialog over the kiosk page. The
 * report is passed to the kiosk of this browser for the administrator, and can be copied or saved.
 */
import { css, html, LitElement, nothing } from 'lit'
import type { DiagnosticsReport } from '../../../protocol/diagnostics.ts'
import { allChecks } from '../diagnostics/checks.ts'
import { type Check, runChecks } from '../diagnostics/finding.ts'
import { askKioskView, passToKiosk } from '../diagnostics/kiosk-view.ts'
import { controlStyles, larderMark, textStyles } from './look.ts'

type Finding = DiagnosticsReport['findings'][number]

/** Fires `larder-back` when a person wants to leave. */
class DiagnosticsView extends LitElement {
  static override properties = {
    isOver: { type: Boolean },
    findings: { state: true },
    report: { state: true },
    said: { state: true },
  }
  /** Shown as a dialog over the page that it is in. */
  declare isOver: boolean
  declare findings: readonly Finding[]
  /** Null while the checks run. */
  declare report: DiagnosticsReport | null
  /** What became of a press on a button. */
  declare said: string

  static override styles = [
    textStyles,
    controlStyles,
    css`
      :host { display: block }
      dialog {
        position: fixed; inset: 0; box-sizing: border-box; width: 100vw; max-width: none; height: 100vh; height: 100dvh;
        max-height: none; margin: 0; padding: 0; overflow: auto; border: 0; background: var(--ground); color: inherit;
      }
      .page {
        max-width: 46em; margin: 0 auto; box-sizing: border-box; font-size: 0.85em;
        padding: clamp(1.5rem, 6vmin, 5rem) clamp(1.25rem, 5vw, 4rem);
        display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.6em;
      }
      header { display: flex; justify-content: space-between; align-items: start; gap: 1em }
      ul { list-style: none; margin: 0; padding: 0; display: grid }
      li { display: grid; grid-template-columns: 1.6em minmax(0, 1fr); gap: 0.2em 0.6em; padding: 0.9em 0; border-top: 1px solid var(--line) }
      li > :nth-child(n + 3) { grid-column: 2 }
      h2 { margin: 0; font-size: 1em; font-weight: 600 }
      .state { font-weight: 700; text-align: center }
      .good { color: var(--good) }
      .note { color: var(--accent) }
      .bad { color: var(--bad) }
      .waiting { color: var(--quiet) }
      .mend { border-left: 0.2em solid var(--line); padding-left: 0.8em }
      .actions { display: flex; flex-wrap: wrap; gap: 0.6em }
    `,
  ]

  constructor() {
    super()
    this.isOver = false
    this.findings = []
    this.report = null
    this.said = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#runAll()
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal()
  }

  override render() {
    return this.isOver
      ? html`<dialog aria-label="Check of this device" @cancel=${this.#onCancel}><div class="page">${this.#content()}</div></dialog>`
      : html`<main class="page">${this.#content()}</main>`
  }

  #content() {
    const { report } = this
    return html`
      <header>${larderMark}<button autofocus @click=${this.#goBack}>Back</button></header>
      <h1 aria-live="polite">${this.#headline()}</h1>
      <ul>${allChecks.map((check, index) => this.#row(check, this.findings[index]))}</ul>
      <div class="actions">
        <button ?disabled=${report === null} @click=${() => this.#runAll()}>Check again</button>
        <button ?disabled=${report === null} @click=${this.#copy}>Copy as JSON</button>
        <button ?disabled=${report === null} @click=${this.#save}>Save as JSON</button>
      </div>
      <p class="small" role="status">${this.said}</p>
      <p class="quiet small">${navigator.userAgent}</p>`
  }

  readonly #goBack = (): void => {
    this.dispatchEvent(new Event('larder-back', { bubbles: true, composed: true }))
  }

  /** Escape; the page that shows the dialog takes it away. */
  #onCancel(event: Event): void {
    event.preventDefault()
    this.#goBack()
  }

  #headline(): string {
    if (this.report === null) return 'Checking this device'
    const failures = this.findings.filter(({ state }) => state === 'bad').length
    if (failures === 0) return 'This device can run Larder'
    return failures === 1 ? 'One thing has to be mended' : `${failures} things have to be mended`
  }

  #row(check: Check, finding: Finding | undefined) {
    const state = finding?.state ?? 'waiting'
    return html`<li data-check=${check.id} data-state=${state}>
      <span class="state ${state}" role="img" aria-label=${words[state]}>${signs[state]}</span>
      <h2>${check.title}</h2>
      ${finding ? html`<p>${finding.found}</p>` : nothing}
      ${finding?.mend ? html`<p class="mend small">${finding.mend}</p>` : nothing}
    </li>`
  }

  async #runAll(): Promise<void> {
    this.report = null
    this.findings = []
    this.said = ''
    const context = { baseUrl: new URL('../', location.href), view: askKioskView, attended: true }
    const report = await runChecks(allChecks, context, finding => {
      this.findings = [...this.findings, finding]
    })
    this.report = report
    passToKiosk(report)
  }

  readonly #copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(asText(this.report))
      this.said = 'Copied.'
    } catch {
      this.said = 'The browser does not let this page copy. Save it instead.'
    }
  }

  readonly #save = (): void => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([asText(this.report)], { type: 'application/json' }))
    link.download = 'larder-diagnostics.json'
    link.click()
    URL.revokeObjectURL(link.href)
  }
}
customElements.define('larder-diagnostics', DiagnosticsView)

const asText = (report: DiagnosticsReport | null) => JSON.stringify(report, null, 2)
const signs = { good: '✓', note: '!', bad: '✕', waiting: '·' }
const words = { good: 'in order', note: 'worth knowing', bad: 'has to be mended', waiting: 'not checked yet' }
