/** The enrolment links that are valid or used up, with a button that revokes one. Their tokens are nowhere any more. */
import { css, html, LitElement } from 'lit'
import { type EnrolmentLink, enrolmentLinkListSchema } from '../../../protocol/admin/enrolment.ts'
import { api, apiPath } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { ROLE_WORDS } from '../devices/device-words.ts'
import { confirmAction } from '../elements/confirm-dialog.ts'
import { toast, toastProblem } from '../elements/toasts.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { href } from '../router.ts'
import { formatCount } from '../words.ts'

/** Fires `larder-revoked` with the id of a link that was revoked. */
export class EnrolmentLinks extends LitElement {
  readonly #links = new Resource(
    this,
    async signal => (await api.get('enrolment-tokens', enrolmentLinkListSchema, { signal })).links,
  )
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      td { overflow-wrap: anywhere }
      td:last-child { text-align: end; white-space: nowrap }
      tr.used-up { color: var(--quiet) }
      @media (max-width: 44rem) {
        thead { display: none }
        tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 var(--space-3); padding: var(--space-3) 0; border-bottom: 1px solid var(--line) }
        td { border: 0; padding: 1px 0; grid-column: 1 }
        td.number { text-align: start }
        td[data-label]::before { content: attr(data-label) " "; color: var(--quiet); font-size: var(--text-s) }
        td:last-child { grid-column: 2; grid-row: 1 / span 4 }
      }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    // A device that comes may have used one.
    const stops = [
      live.on('devices', () => this.refresh()),
      live.on('changed', ({ what }) => what !== 'site' && this.refresh()),
    ]
    this.#unsubscribe = () => stops.forEach(stop => void stop())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  refresh(): void {
    this.#links.refresh()
  }

  override render() {
    return html`<section class="card stack" aria-labelledby="links">
      <h2 id="links">Links</h2>
      ${this.#links.render(links => this.#list(links))}
    </section>`
  }

  #list(links: readonly EnrolmentLink[]) {
    if (links.length === 0) return html`<p class="quiet">No link is valid now.</p>`
    return html`<p class="quiet">Which device used a link, and from which address, is in the <a href=${href(['audit'])}>audit log</a>.</p>
      <table><thead><tr><th>Site</th><th>Role</th><th class="number">Uses left</th><th>Made</th><th>Expires</th><th><span class="visually-hidden">Actions</span></th></tr></thead>
      <tbody>${links.map(link => this.#row(link))}</tbody></table>`
  }

  #row(link: EnrolmentLink) {
    const { id, site, role, uses, usesLeft } = link
    const count = uses === null ? formatCount(usesLeft) : `${formatCount(usesLeft)} of ${formatCount(uses)}`
    return html`<tr class=${usesLeft === 0 ? 'used-up' : ''}>
      <td><a href=${href(['sites', site])}>${site}</a></td>
      <td data-label="Role">${ROLE_WORDS[role]}</td>
      <td class="number" data-label="Uses left">${usesLeft === 0 ? 'used up' : count}</td>
      <td data-label="Made"><larder-time .at=${link.createdAt} show="relative"></larder-time></td>
      <td data-label="Expires"><larder-time .at=${link.expiresAt} show="relative"></larder-time></td>
      <td>${usesLeft === 0 ? null : html`<wa-button size="s" appearance="outlined" @click=${() => this.#revoke(link)}>Revoke<span class="visually-hidden"> link ${id} for ${site}</span></wa-button>`}</td>
    </tr>`
  }

  async #revoke({ id, site }: EnrolmentLink): Promise<void> {
    const yes = await confirmAction({
      title: `Revoke the link for ${site}?`,
      text: 'No device can enrol with it any more. Devices that enrolled with it stay as they are.',
      confirmLabel: 'Revoke',
      dangerous: true,
    })
    if (!yes) return
    try {
      await api.act('DELETE', apiPath('enrolment-tokens', id))
      toast(`The link for ${site} is revoked.`)
      this.refresh()
      this.dispatchEvent(new CustomEvent<string>('larder-revoked', { detail: id }))
    } catch (error) {
      toastProblem(error)
    }
  }
}
customElements.define('larder-enrolment-links', EnrolmentLinks)
