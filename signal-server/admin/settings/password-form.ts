/** Chooses a new password with the present one. */
import { html, LitElement } from 'lit'
import { sessionPasswordPostSchema } from '../../../protocol/admin/session.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { api, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { toast } from '../elements/toasts.ts'
import { askSession } from '../session-state.ts'

class PasswordForm extends LitElement {
  static override properties = { problem: { state: true }, saving: { state: true } }
  declare problem: string | null
  declare saving: boolean

  static override styles = baseStyles

  constructor() {
    super()
    this.problem = null
    this.saving = false
  }

  override render() {
    return html`<section class="card stack" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <form @submit=${this.#onSubmit}>
        <wa-input name="current" type="password" label="Present password" autocomplete="current-password" password-toggle required></wa-input>
        <wa-input name="next" type="password" label="New password" autocomplete="new-password" password-toggle required hint="At least 10 characters, and not easy to guess."></wa-input>
        <wa-input name="again" type="password" label="New password again" autocomplete="new-password" required></wa-input>
        ${this.problem === null ? null : html`<p class="bad" role="alert">${this.problem}</p>`}
        <div><wa-button type="submit" variant="brand" ?loading=${this.saving}>Change the password</wa-button></div>
      </form>
    </section>`
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const field = (name: string) => this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`)
    const value = (name: string) => field(name)?.value ?? ''
    const body = { current: value('current'), next: value('next') }
    const parsed = parseWith(sessionPasswordPostSchema, body)
    this.problem = parsed.ok ? null : parsed.message.replace(/^next:? /, '')
    if (this.problem === null && body.next !== value('again'))
      this.problem = 'The two new passwords are not the same.'
    if (this.problem !== null) return
    this.saving = true
    try {
      await api.act('POST', 'session/password', { body })
      for (const name of ['current', 'next', 'again']) {
        const input = field(name)
        if (input) input.value = ''
      }
      toast('The password is changed.')
      await askSession()
    } catch (error) {
      this.problem = problemIn(error).message.replace(/^password: /, '')
    } finally {
      this.saving = false
    }
  }
}
customElements.define('larder-password-form', PasswordForm)
