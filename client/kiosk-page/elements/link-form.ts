/** A field for an enrolment link or token: what a person enters on this device counts as an enrolment by hand (PR-E8). */
import { css, html, LitElement, nothing } from 'lit'
import { enrolmentTokenIn } from '../screen.ts'
import { controlStyles, textStyles } from './look.ts'

/** Fires `larder-enrol` with the token that was entered. */
class LinkForm extends LitElement {
  static override properties = { problem: { state: true } }
  declare problem: string | null

  static override styles = [
    textStyles,
    controlStyles,
    css`
      :host { display: grid; gap: 0.7em }
      form { display: flex; flex-wrap: wrap; gap: 0.6em; width: min(34em, 100%) }
      input { flex: 1 1 14em; min-width: 0 }
      .problem { color: var(--bad); flex-basis: 100% }
    `,
  ]

  constructor() {
    super()
    this.problem = null
  }

  override focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector('input')?.focus())
  }

  override render() {
    return html`<p>Paste the enrolment link or token that an administrator made for this screen:</p>
      <form @submit=${this.#submit}>
        <input name="token" aria-label="Enrolment link or token" placeholder="https://…/kiosk/?enrol=…"
          autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="2000"
          aria-invalid=${this.problem ? 'true' : 'false'}>
        <button class="main">Enrol</button>
        ${this.problem ? html`<p class="problem small" role="alert">${this.problem}</p>` : nothing}
      </form>`
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const token = enrolmentTokenIn(String(new FormData(form).get('token') ?? ''))
    this.problem =
      token === null
        ? 'This is neither an enrolment link nor a token. Copy it once more, from end to end.'
        : null
    if (token === null) return
    this.dispatchEvent(new CustomEvent('larder-enrol', { detail: token, bubbles: true, composed: true }))
  }
}
customElements.define('larder-link-form', LinkForm)
