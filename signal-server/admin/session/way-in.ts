/**
 * The way into the administration: by password, or by the one-time link that stands in the address (`#link=CODE`), which
 * also sets the first password or a new one. The code leaves the address bar and the history at once.
 */
import { css, html, LitElement } from 'lit'
import { formatSpan } from '../../../presentation/sizes-and-spans.ts'
import { type ApiProblem, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { larderMark } from '../icons.ts'
import { clock, serverNow } from '../server-clock.ts'
import { askSession, logIn, logInByLink } from '../session-state.ts'
import { Watch } from '../store.ts'

/** What the server asks of a new password. */
const MIN_PASSWORD_LENGTH = 10

function takeCodeFromAddress(): string | null {
  const code = /^#link=([\w-]+)$/.exec(location.hash)?.[1] ?? null
  if (code !== null) history.replaceState(null, '', '#/')
  return code
}

class WayIn extends LitElement {
  static override properties = {
    passwordSet: { type: Boolean },
    ended: { type: Boolean },
    code: { state: true },
    problem: { state: true },
    busy: { state: true },
    mismatch: { state: true },
  }
  declare passwordSet: boolean
  /** A session was there and has ended. */
  declare ended: boolean
  declare code: string | null
  declare problem: ApiProblem | null
  declare busy: boolean
  declare mismatch: string | null
  readonly #clock = new Watch(this, clock)

  static override styles = [
    baseStyles,
    css`
      :host { width: min(24rem, calc(100vw - 2rem)) }
      .card { display: grid; gap: var(--space-5); padding: var(--space-6); box-shadow: var(--shadow-soft) }
      @media (max-width: 30rem) { .card { padding: var(--space-5) } }
      .mark { width: 2.75rem; height: 2.75rem }
      h1 { font-size: var(--text-xl) }
      code { display: block; font-family: var(--mono); font-size: var(--text-s); background: var(--sunken); border-radius: var(--radius-s); padding: var(--space-3); overflow-wrap: anywhere }
      .head { display: grid; gap: var(--space-2) }
    `,
  ]

  constructor() {
    super()
    this.passwordSet = true
    this.ended = false
    this.code = takeCodeFromAddress()
    this.problem = null
    this.busy = false
    this.mismatch = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('hashchange', this.#onHash)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('hashchange', this.#onHash)
  }

  override render() {
    return html`<div class="card">${larderMark}${this.code !== null ? this.#byLink() : this.passwordSet ? this.#byPassword() : this.#noWay()}</div>`
  }

  #byPassword() {
    const waitMs = (this.problem?.retryAt ?? 0) - Math.max(this.#clock.value, serverNow())
    return html`
      <div class="head"><h1>Log in to Larder</h1>
        ${this.ended ? html`<p class="quiet">The session has ended. Log in again to go on where you were.</p>` : null}</div>
      <form @submit=${this.#onPassword}>
        <input type="text" name="username" value="administrator" autocomplete="username" hidden>
        <wa-input type="password" name="password" label="Password" autocomplete="current-password" required password-toggle autofocus></wa-input>
        ${this.#problemNote(waitMs > 0 ? `${this.problem?.message} Try again in ${formatSpan(waitMs)}.` : this.problem?.message)}
        <wa-button type="submit" variant="brand" ?loading=${this.busy} ?disabled=${waitMs > 0}>Log in</wa-button>
      </form>
      <details class="small quiet"><summary>Password forgotten?</summary>
        <p>On the server’s machine, this prints a link that lets you choose a new one:</p><code>larder admin-link --data DIR</code></details>`
  }

  #byLink() {
    return html`
      <div class="head"><h1>${this.passwordSet ? 'Welcome back' : 'Welcome to Larder'}</h1>
        <p class="quiet">${
          this.passwordSet
            ? 'This one-time link logs you in. A new password is optional: leave the fields empty to keep the old one.'
            : 'Choose the administrator’s password. From then on it opens this page.'
        }</p></div>
      <form @submit=${this.#onLink}>
        <input type="text" name="username" value="administrator" autocomplete="username" hidden>
        <wa-input type="password" name="password" label="New password" hint="At least ${MIN_PASSWORD_LENGTH} characters, and not easy to guess"
          autocomplete="new-password" minlength=${MIN_PASSWORD_LENGTH} ?required=${!this.passwordSet} password-toggle autofocus></wa-input>
        <wa-input type="password" name="again" label="The same once more" autocomplete="new-password" ?required=${!this.passwordSet} password-toggle></wa-input>
        ${this.#problemNote(this.mismatch ?? this.problem?.message)}
        <wa-button type="submit" variant="brand" ?loading=${this.busy}>${this.passwordSet ? 'Log in' : 'Set the password'}</wa-button>
      </form>
      ${this.problem && this.passwordSet ? html`<p class="small"><a href="#/" @click=${this.#forgetCode}>Log in with the password instead</a></p>` : null}`
  }

  #noWay() {
    return html`
      <div class="head"><h1>No password yet</h1>
        <p class="quiet">A one-time link opens this page for the first time. The server prints it when it starts; this prints another, on the server’s machine:</p></div>
      <code>larder admin-link --data DIR</code>
      <p class="small quiet">Open the link in this browser. It is good for 15 minutes and works once.</p>`
  }

  #problemNote(message: string | undefined) {
    return message === undefined
      ? null
      : html`<p class="bad" role="alert">${message.replace(/^password: /, '')}</p>`
  }

  readonly #onPassword = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget as HTMLFormElement).get('password') ?? '')
    await this.#attempt(() => logIn(password))
  }

  readonly #onLink = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const password = String(data.get('password') ?? '')
    this.mismatch =
      password === String(data.get('again') ?? '') ? null : 'The two passwords are not the same.'
    const { code } = this
    if (this.mismatch !== null || code === null) return
    await this.#attempt(() => logInByLink(code, password === '' ? undefined : password))
  }

  async #attempt(logInSomehow: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.problem = null
    try {
      await logInSomehow()
    } catch (error) {
      this.problem = problemIn(error)
    }
    this.busy = false
  }

  /** A link pasted into a tab that shows this page already. */
  readonly #onHash = (): void => {
    const code = takeCodeFromAddress()
    if (code === null) return
    this.code = code
    this.problem = null
    void askSession()
  }

  readonly #forgetCode = (): void => {
    this.code = null
    this.problem = null
  }
}
customElements.define('larder-way-in', WayIn)
