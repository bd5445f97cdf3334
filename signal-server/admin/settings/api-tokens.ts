/** API tokens: named, listed, revocable. The secret of a new one is shown once, with a button that copies it. */
import { css, html, LitElement, nothing } from 'lit'
import type * as v from 'valibot'
import { tokenCreatedSchema, tokenListSchema, tokenPostSchema } from '../../../protocol/admin/tokens.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { api, apiPath, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { confirmAction } from '../elements/confirm-dialog.ts'
import { toast, toastProblem } from '../elements/toasts.ts'
import { Resource } from '../resource.ts'
import '../elements/copy-text.ts'

type Token = v.InferOutput<typeof tokenListSchema>['tokens'][number]
type Created = v.InferOutput<typeof tokenCreatedSchema>

/** So many at most are read; a server with more has them pruned, not scrolled. */
const TOKENS_READ = 500

class ApiTokens extends LitElement {
  static override properties = {
    created: { state: true },
    problem: { state: true },
    making: { state: true },
    showRevoked: { state: true },
  }
  declare created: Created | null
  declare problem: string | null
  declare making: boolean
  declare showRevoked: boolean
  readonly #tokens = new Resource(
    this,
    async signal =>
      (await api.get('tokens', tokenListSchema, { signal, query: { limit: TOKENS_READ } })).tokens,
  )

  static override styles = [
    baseStyles,
    css`
      .make { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: end }
      .make wa-input { flex: 1 1 14rem; max-width: 26rem }
      .created { border: 1px solid color-mix(in oklab, var(--good) 45%, var(--line)); background: var(--good-soft); border-radius: var(--radius-m); padding: var(--space-4) }
      td:first-child { overflow-wrap: anywhere }
      td:last-child { text-align: end; white-space: nowrap }
      tr.revoked { color: var(--quiet) }
      @media (max-width: 44rem) {
        thead { display: none }
        tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 var(--space-3); padding: var(--space-3) 0; border-bottom: 1px solid var(--line) }
        td { border: 0; padding: 1px 0; grid-column: 1 }
        td[data-label]::before { content: attr(data-label) " "; color: var(--quiet); font-size: var(--text-s) }
        td:last-child { grid-column: 2; grid-row: 1 / span 3 }
      }
    `,
  ]

  constructor() {
    super()
    this.created = null
    this.problem = null
    this.making = false
    this.showRevoked = false
  }

  override render() {
    return html`<section class="card stack" aria-labelledby="tokens">
      <h2 id="tokens">API tokens</h2>
      <p class="quiet">For the command line (<code>LARDER_TOKEN</code>), for Prometheus, and for programs of your own. A token may do everything that you may.</p>
      <form class="make" @submit=${this.#onSubmit}>
        <wa-input name="name" label="Name of a new token" maxlength="100" autocomplete="off"></wa-input>
        <wa-button type="submit" appearance="outlined" ?loading=${this.making}>Make a token</wa-button>
      </form>
      ${this.problem === null ? nothing : html`<p class="bad" role="alert">${this.problem}</p>`}
      ${this.created === null ? nothing : this.#secret(this.created)}
      ${this.#tokens.render(tokens => this.#list(tokens))}
    </section>`
  }

  #secret({ name, token }: Created) {
    return html`<div class="created stack tight" role="status">
      <p><strong>The token “${name}” is made.</strong> Copy it now: it is shown only this once.</p>
      <larder-copy-text .text=${token} label="API token"></larder-copy-text>
      <div><wa-button size="s" appearance="plain" @click=${this.#hide}>I have it, hide it</wa-button></div>
    </div>`
  }

  #list(tokens: readonly Token[]) {
    const revoked = tokens.filter(token => token.revokedAt !== null)
    const shown = this.showRevoked ? tokens : tokens.filter(token => token.revokedAt === null)
    return html`${
      shown.length === 0
        ? html`<p class="quiet">No token is valid now.</p>`
        : html`<table><thead><tr><th>Name</th><th>Made</th><th>Last used</th><th><span class="visually-hidden">Actions</span></th></tr></thead>
          <tbody>${shown.map(token => this.#row(token))}</tbody></table>`
    }
    ${
      revoked.length === 0
        ? nothing
        : html`<div><wa-button size="s" appearance="plain" @click=${this.#toggleRevoked}>${this.showRevoked ? 'Hide' : `Show ${revoked.length}`} revoked</wa-button></div>`
    }`
  }

  #row(token: Token) {
    return html`<tr class=${token.revokedAt === null ? '' : 'revoked'}>
      <td>${token.name}</td>
      <td data-label="Made"><larder-time .at=${token.createdAt} show="relative"></larder-time></td>
      <td data-label="Last used"><larder-time .at=${token.lastUsedAt} show="relative"></larder-time></td>
      <td>${
        token.revokedAt === null
          ? html`<wa-button size="s" appearance="outlined" @click=${() => this.#revoke(token)}>Revoke<span class="visually-hidden"> ${token.name}</span></wa-button>`
          : html`revoked <larder-time .at=${token.revokedAt} show="relative"></larder-time>`
      }</td></tr>`
  }

  readonly #hide = (): void => {
    this.created = null
  }

  readonly #toggleRevoked = (): void => {
    this.showRevoked = !this.showRevoked
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const input = this.renderRoot.querySelector<HTMLInputElement>('[name="name"]')
    const body = { name: input?.value.trim() ?? '' }
    const parsed = parseWith(tokenPostSchema, body)
    this.problem = parsed.ok ? null : parsed.message.replace(/^name:? /, '')
    if (this.problem !== null) return
    this.making = true
    try {
      this.created = await api.post('tokens', tokenCreatedSchema, { body })
      if (input) input.value = ''
      this.#tokens.refresh()
    } catch (error) {
      this.problem = problemIn(error).message
    } finally {
      this.making = false
    }
  }

  async #revoke({ id, name }: Token): Promise<void> {
    const yes = await confirmAction({
      title: `Revoke “${name}”?`,
      text: 'Whatever uses this token is refused from now on. It cannot be taken back.',
      confirmLabel: 'Revoke',
      dangerous: true,
    })
    if (!yes) return
    try {
      await api.act('DELETE', apiPath('tokens', id))
      if (this.created?.id === id) this.created = null
      toast(`“${name}” is revoked.`)
      this.#tokens.refresh()
    } catch (error) {
      toastProblem(error)
    }
  }
}
customElements.define('larder-api-tokens', ApiTokens)
