/**
 * How a new screen gets to belong to a server: it shows its code, large and as a QR code, and waits for an administrator;
 * nobody has to touch it. A link or token can be pasted instead.
 */
import { css, html, LitElement, nothing } from 'lit'
import { controlStyles, textStyles } from './look.ts'
import '../../../presentation/qr-code.ts'
import './link-form.ts'

/** `larder-enrol` comes from the form in it. */
class EnrolScreen extends LitElement {
  static override properties = {
    code: {},
    acceptUrl: {},
    refusal: {},
    pasting: { state: true },
  }
  /** What an administrator accepts the screen by; null while the server has not given one. */
  declare code: string | null
  /** Where, with the code filled in, if the server tells. */
  declare acceptUrl: string | null
  /** Why a link or token was not taken, or why there is no code. */
  declare refusal: string | null
  declare pasting: boolean

  static override styles = [
    textStyles,
    controlStyles,
    css`
      :host { display: grid; gap: 2em }
      .invitation { display: flex; flex-wrap: wrap; align-items: center; gap: 2em 3.5em }
      .words { flex: 1 1 20em; min-width: 0; display: grid; gap: 1.1em }
      .code {
        font-family: var(--mono); font-size: clamp(2.4rem, 9vmin, 9rem); line-height: 1.1; letter-spacing: 0.05em;
        color: var(--accent); white-space: nowrap; margin: 0;
      }
      @media (max-width: 30em) { .code { font-size: 12.5vw; letter-spacing: 0.02em } }
      larder-qr-code { flex: 0 0 auto; width: clamp(11rem, 30vmin, 30rem) }
      @media (orientation: portrait) { larder-qr-code { width: clamp(11rem, 42vmin, 34rem) } }
      .refusal { color: var(--bad); border-left: 0.2em solid; padding-left: 0.8em }
      .other { display: grid; gap: 0.7em; justify-items: start; font-size: 0.85em }
      larder-link-form { width: 100% }
    `,
  ]

  constructor() {
    super()
    this.code = null
    this.acceptUrl = null
    this.refusal = null
    this.pasting = false
  }

  override render() {
    return html`
      ${this.refusal === null ? nothing : html`<p class="refusal" role="alert">${this.refusal}</p>`}
      ${this.code === null ? html`<h1>This screen could not be enrolled</h1>` : this.#invitation(this.code)}
      <section class="other">${this.pasting || this.code === null ? this.#form() : this.#offer()}</section>
    `
  }

  #invitation(code: string) {
    const how = this.acceptUrl
      ? 'An administrator scans the code, or types it in on the administration page under “Enrolment”.'
      : 'An administrator accepts it by this code on the administration page, under “Enrolment”.'
    return html`<div class="invitation">
      <div class="words">
        <h1>This screen is new here</h1>
        <p class="code" aria-label="Code ${code}">${code}</p>
        <p>${how}</p>
        <p class="quiet">This page goes on by itself as soon as that has happened.</p>
      </div>
      <larder-qr-code .text=${this.acceptUrl ?? code} label="QR code of ${code}"></larder-qr-code>
    </div>`
  }

  #offer() {
    return html`<button type="button" @click=${this.#paste}>Use an enrolment link instead</button>`
  }

  #form() {
    return html`<larder-link-form @larder-enrol=${this.#entered}></larder-link-form>`
  }

  readonly #paste = async (): Promise<void> => {
    this.pasting = true
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('larder-link-form')?.focus()
  }

  readonly #entered = (): void => {
    this.pasting = false
  }
}
customElements.define('larder-enrol-screen', EnrolScreen)
