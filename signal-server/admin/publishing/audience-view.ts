/** Before the button: which devices and sites get the release, when kiosks may fetch it, and when it goes on the screens. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import { type Audience, audienceSchema } from '../../../protocol/admin/audience.ts'
import { api, apiPath } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { Resource } from '../resource.ts'
import { href } from '../router.ts'
import { formatCount } from '../words.ts'
import { audienceSentences } from './audience-words.ts'

const SITES_AT_FIRST = 8

class ReleaseAudience extends LitElement {
  static override properties = { package: {}, bytes: { type: Number }, all: { state: true } }
  declare package: string
  /** What a device lacks of the release, as it travels. */
  declare bytes: number
  declare all: boolean
  readonly #audience = new Resource<Audience>(this, signal =>
    api.get(apiPath('packages', this.package, 'audience'), audienceSchema, {
      query: { bytes: this.bytes },
      signal,
    }),
  )

  static override styles = [
    baseStyles,
    css`
      .sentences { display: grid; gap: var(--space-1) }
      .sentences p:first-child { font-size: var(--text-l) }
      table { font-size: var(--text-s) }
      td { vertical-align: top }
    `,
  ]

  constructor() {
    super()
    this.package = ''
    this.bytes = 0
    this.all = false
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (this.hasUpdated && (changed.has('package') || changed.has('bytes'))) this.#audience.restart()
  }

  override render() {
    return html`<section class="card stack" aria-labelledby="audience"><h2 id="audience">Who gets it, and when</h2>
      ${this.#audience.render(audience => this.#content(audience))}</section>`
  }

  #content(audience: Audience) {
    const { sites } = audience
    const shown = this.all ? sites : sites.slice(0, SITES_AT_FIRST)
    return html`<div class="sentences">${audienceSentences(audience).map(sentence => html`<p>${sentence}</p>`)}</div>
      ${
        sites.length === 0
          ? html`<p><a href="#/profiles">See the profiles</a></p>`
          : html`<div class="scroll" tabindex="0" role="region" aria-label="Sites that get it"><table>
            <thead><tr><th>Site</th><th class="number">Devices</th><th class="number">Over the uplink</th><th>Kiosks may fetch</th><th>On the screens</th></tr></thead>
            <tbody>${shown.map(row)}</tbody></table></div>`
      }
      ${
        shown.length === sites.length
          ? nothing
          : html`<div><wa-button appearance="outlined" size="s" @click=${this.#showAll}>Show all ${formatCount(sites.length)} sites</wa-button></div>`
      }`
  }

  readonly #showAll = (): void => {
    this.all = true
  }
}
customElements.define('larder-release-audience', ReleaseAudience)

const row = ({ site, devices, offline, kiosks, takeover, uplinkBytes }: Audience['sites'][number]) =>
  html`<tr><td><a href=${href(['sites', site])}>${site}</a></td>
    <td class="number">${formatCount(devices)}${offline === 0 ? nothing : html`<br><span class="bad">${formatCount(offline)} offline</span>`}</td>
    <td class="number">${formatBytes(uplinkBytes)}</td><td>${kiosks}</td><td>${takeover}</td></tr>`
