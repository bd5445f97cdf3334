/** How a new browser gets to belong to a server: by a link or token, or by a code that an administrator accepts. */
import { css, html, LitElement } from 'lit'
import { enrolmentTokenIn } from '../screen.ts'
import { controlStyles, textStyles } from './look.ts'

/** Fires `larder-enrol` with the token, or null for enrolment by code. */
export class EnrolForm extends LitElement {
  static override properties = { refusal: {}, problem: { state: true } }
  declare refusal: string | null
  declare problem: string | null

  static override styles = [
    textStyles,
    controlStyles,
    css`
      :host { display: grid; gap: 1.6em }
      form { display: flex; flex-wrap: wrap; gap: 0.6em; max-width: 34em }
      input { flex: 1 1 14em; min-width: 0 }
      .refusal { color: var(--bad); border-left: 0.2em solid; padding-left: 0.8em }
      .problem { color: var(--bad); flex-basis: 100% }
      .way { display: grid; gap: 0.6em; justify-items: start }
      .way form { justify-self: stretch }
    `,
  ]

  constructor() {
    super()
    this.refusal = null
    this.problem = null
  }

  override render() {
    return html`
      <h1>${this.refusal ? 'This screen could not be enrolled' : 'This screen is new here'}</h1>
      ${
        this.refusal
          ? html`<p class="refusal" role="alert">${this.refusal}</p>`
          : html`<p class="quiet">Tell the server which site it belongs to, in one of two ways.</p>`
      }
      <section class="way">
        <p>Paste the enrolment link or token that an administrator made for it:</p>
        <form @submit=${this.#submit}>
          <input name="token" aria-label="Enrolment link or token" placeholder="https://…/kiosk/?enrol=…"
            autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="2000"
            aria-invalid=${this.problem ? 'true' : 'false'}>
          <button class="main">Enrol</button>
          ${this.problem ? html`<p class="problem small" role="alert">${this.problem}</p>` : null}
        </form>
      </section>
      <section class="way">
        <p>Or show a code here, which an administrator accepts on the server’s page:</p>
        <button type="button" @click=${() => this.#enrol(null)}>Show a code</button>
      </section>
    `
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const token = enrolmentTokenIn(String(new FormData(form).get('token') ?? ''))
    this.problem =
      token === null
        ? 'This is neither an enrolment link nor a token. Copy it once more, from end to end.'
        : null
    if (token !== null) this.#enrol(token)
  }

  #enrol(token: string | null): void {
    this.dispatchEvent(new CustomEvent('larder-enrol', { detail: token, bubbles: true, composed: true }))
  }
}
customElements.define('larder-enrol-form', EnrolForm)
