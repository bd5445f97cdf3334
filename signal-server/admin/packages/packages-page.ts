/** All packages, each with its last release. */
import { css, html, LitElement } from 'lit'
import type * as v from 'valibot'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import { packageListSchema } from '../../../protocol/admin-api.ts'
import { api } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { href } from '../router.ts'
import { countOf } from '../words.ts'

type PackageList = v.InferOutput<typeof packageListSchema>

class PackagesPage extends LitElement {
  readonly #packages = new Resource<PackageList>(this, signal =>
    api.get('packages', packageListSchema, { signal }),
  )
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      ul { list-style: none; display: grid; gap: var(--space-4); grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)) }
      .card { position: relative; display: grid; gap: var(--space-3); height: 100%; align-content: space-between; transition: border-color 0.15s }
      .card:hover { border-color: var(--line-strong) }
      h2 a { color: inherit; text-decoration: none }
      h2 a::after { content: ""; position: absolute; inset: 0; border-radius: var(--radius-m) }
      h2 a:focus-visible { outline: none }
      h2 a:focus-visible::after { outline: var(--focus) }
      .version { font-size: var(--text-xl); letter-spacing: -0.01em; overflow-wrap: anywhere }
    `,
  ]

  override connectedCallback(): void {
    super.connectedCallback()
    this.#unsubscribe = live.on('changed', ({ what }) => what === 'fleet' && this.#packages.refresh())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  override render() {
    return html`
      <larder-page-header heading="Packages">
        <wa-button slot="actions" variant="brand" href="#/publish">Publish a package</wa-button>
      </larder-page-header>
      ${this.#packages.render(({ packages }) =>
        packages.length === 0
          ? html`<larder-empty-state icon="packages" heading="No package yet">
              A package is what the kiosks show: a web app with its media, published as numbered releases.
              <wa-button slot="actions" variant="brand" href="#/publish">Publish the first one</wa-button></larder-empty-state>`
          : html`<ul>${packages.map(
              ({ package: name, releaseCount, latest }) => html`<li><article class="card">
                <div class="spread"><h2><a href=${href(['packages', name])}>${name}</a></h2><span class="quiet small">${countOf(releaseCount, 'release')}</span></div>
                <div><p class="version">${latest.version}</p>
                  <p class="quiet small">Release ${latest.release}, ${formatBytes(latest.rawBytes)} in ${countOf(latest.fileCount, 'file')}</p>
                  <p class="quiet small">Published <larder-time .at=${latest.publishedAt} show="relative"></larder-time></p></div>
              </article></li>`,
            )}</ul>`,
      )}`
  }
}
customElements.define('larder-packages-page', PackagesPage)
