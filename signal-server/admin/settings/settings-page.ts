/** Settings: API tokens, the password, and the ways out. */
import { css, html, LitElement } from 'lit'
import { api } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { confirmAction } from '../elements/confirm-dialog.ts'
import { toastProblem } from '../elements/toasts.ts'
import { askSession, logOut, session } from '../session-state.ts'
import { Watch } from '../store.ts'
import './api-tokens.ts'
import './password-form.ts'

class SettingsPage extends LitElement {
  readonly #session = new Watch(this, session)

  static override styles = [
    baseStyles,
    css`.columns { grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)) }`,
  ]

  override render() {
    const state = this.#session.value
    const expiresAt = state.name === 'in' ? state.view.expiresAt : null
    return html`
      <larder-page-header heading="Settings">Who and what gets into this administration.</larder-page-header>
      <div class="stack wide">
        <larder-api-tokens></larder-api-tokens>
        <div class="columns">
          <larder-password-form></larder-password-form>
          <section class="card stack" aria-labelledby="out">
            <h2 id="out">Log out</h2>
            <p class="quiet">${expiresAt === null ? 'You are logged in.' : html`This session ends <larder-time .at=${expiresAt}></larder-time>, or earlier when it is not used.`}</p>
            <div class="row"><wa-button appearance="outlined" @click=${logOut}>Log out</wa-button>
              <wa-button appearance="outlined" variant="danger" @click=${this.#everywhere}>Log out everywhere</wa-button></div>
            <p class="quiet small">Everywhere ends all sessions, in every browser, this one too. API tokens stay valid.</p>
          </section>
        </div>
      </div>`
  }

  readonly #everywhere = async (): Promise<void> => {
    const yes = await confirmAction({
      title: 'Log out everywhere?',
      text: 'All sessions end at once, in every browser, this one too. Whoever wants to go on logs in again with the password.',
      confirmLabel: 'Log out everywhere',
      dangerous: true,
    })
    if (!yes) return
    try {
      await api.act('DELETE', 'sessions')
      await askSession()
    } catch (error) {
      toastProblem(error)
    }
  }
}
customElements.define('larder-settings-page', SettingsPage)
