/** One package: its releases with size and files, who runs them, and the way back to an old one. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import type { DevicePhase } from '../../../protocol/admin/devices.ts'
import { type PackageView, packageViewSchema } from '../../../protocol/admin-api.ts'
import { api, apiPath } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { PHASES } from '../devices/device-words.ts'
import { deleteAfterAsking } from '../elements/delete-after-asking.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { go, href } from '../router.ts'
import { countOf, formatCount } from '../words.ts'
import '../elements/meter.ts'
import './go-back.ts'
import './retention-card.ts'

type Release = PackageView['releases'][number]

/** Reports come in all the time; the counts of who runs what need no more than this. */
const REFRESH_MS = 3_000

class PackagePage extends LitElement {
  static override properties = { package: {}, goingBackTo: { state: true } }
  declare package: string
  declare goingBackTo: Release | null
  readonly #view = new Resource<PackageView>(this, signal =>
    api.get(apiPath('packages', this.package), packageViewSchema, { signal }),
  )
  #unsubscribe = () => {}
  #timer: ReturnType<typeof setTimeout> | undefined

  static override styles = [
    baseStyles,
    css`
      .phases { display: flex; flex-wrap: wrap; gap: var(--space-2) }
      .releases { list-style: none; display: grid; gap: var(--space-3) }
      .release { display: grid; grid-template-columns: minmax(0, 1.4fr) minmax(0, 1.3fr) minmax(0, 1.3fr) 9rem; gap: var(--space-2) var(--space-5); align-items: center }
      @media (max-width: 56rem) { .release { grid-template-columns: 1fr } }
      .version { font-size: var(--text-l); font-weight: 600; overflow-wrap: anywhere }
      .damage { color: var(--bad) }
      .who { display: grid; gap: var(--space-2) }
    `,
  ]

  constructor() {
    super()
    this.package = ''
    this.goingBackTo = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const stops = [
      live.on('changed', ({ what }) => what === 'fleet' && this.#view.refresh()),
      live.on('devices', () => {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined
          this.#view.refresh()
        }, REFRESH_MS)
      }),
    ]
    this.#unsubscribe = () => stops.forEach(stop => void stop())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.get('package')) this.#view.restart()
  }

  override render() {
    return html`
      <larder-page-header heading=${this.package} backHref="#/packages" backLabel="Packages">
        <wa-button slot="actions" appearance="outlined" variant="danger" @click=${this.#delete}>Delete</wa-button>
        <wa-button slot="actions" variant="brand" href=${href(['publish', this.package])}>Publish a new release</wa-button>
      </larder-page-header>
      ${this.#view.render(view => this.#content(view))}
      ${this.goingBackTo ? html`<larder-go-back .release=${this.goingBackTo} @larder-done=${this.#onDone}></larder-go-back>` : nothing}`
  }

  #content({ releases, phases }: PackageView) {
    const total = Object.values(phases).reduce((sum, count) => sum + count, 0)
    return html`<div class="stack wide">
      <section class="card stack" aria-labelledby="fleet"><h2 id="fleet">On the fleet</h2>
        ${
          total === 0
            ? html`<p class="quiet">No device has this package. A profile gives it to sites. <a href="#/profiles">See the profiles</a></p>`
            : html`<p class="phases">${(Object.keys(PHASES) as DevicePhase[]).map(phase => {
                const count = phases[phase] ?? 0
                return count === 0
                  ? nothing
                  : html`<larder-chip .kind=${PHASES[phase].kind}>${formatCount(count)} ${PHASES[phase].text.toLowerCase()}</larder-chip>`
              })}</p>`
        }</section>
      <section class="stack" aria-labelledby="releases"><h2 id="releases">Releases</h2>
        <ol class="releases" reversed>${releases.map((release, index) => this.#release(release, index === 0, total))}</ol></section>
      <larder-retention-card .package=${this.package} @larder-done=${this.#onRetention}></larder-retention-card>
    </div>`
  }

  #release(release: Release, isLatest: boolean, total: number) {
    return html`<li class="card release">
      <div><p class="version">${release.version}</p>
        <p class="quiet small">Release ${release.release}${isLatest ? ', the newest' : ''}</p></div>
      <div class="small"><p>${formatBytes(release.rawBytes)} in ${countOf(release.fileCount, 'file')}</p>
        <p class="quiet">${formatBytes(release.encodedBytes)} packed in ${countOf(release.chunkCount, 'chunk')}; opens ${release.entry}</p>
        ${release.updates.map(
          update =>
            html`<p class="quiet">${formatBytes(update.bytes)} for a device with release ${update.fromRelease}${
              update.bytes < update.chunkBytes
                ? ` (${formatBytes(update.chunkBytes)} without a patch)`
                : nothing
            }</p>`,
        )}
        ${
          release.damagedChunks > 0
            ? html`<p class="damage" role="status">${formatCount(release.damagedChunks)} of ${countOf(release.chunkCount, 'chunk')} ${release.damagedChunks === 1 ? 'is' : 'are'} damaged or missing on the server’s disk. Publish the same files again to repair ${release.damagedChunks === 1 ? 'it' : 'them'}.</p>`
            : nothing
        }
        <p class="quiet">Published <larder-time .at=${release.publishedAt} show="relative"></larder-time></p></div>
      <div class="who small"><span>${
        release.devicesRunning === 0
          ? html`<span class="quiet">no device runs it</span>`
          : html`<a href=${href(['devices'], { search: release.version })}>${countOf(release.devicesRunning, 'device')}</a> ${release.devicesRunning === 1 ? 'runs' : 'run'} it`
      }${release.devicesWanting > 0 ? html`<span class="quiet">, ${formatCount(release.devicesWanting)} ${release.devicesWanting === 1 ? 'is' : 'are'} to run it</span>` : nothing}</span>
        <larder-meter label="Devices that run release ${release.release}" .value=${total === 0 ? 0 : release.devicesRunning / total}></larder-meter></div>
      <div>${
        isLatest
          ? nothing
          : html`<wa-button size="s" appearance="outlined" @click=${() => {
              this.goingBackTo = release
            }}>Go back to this<span class="visually-hidden"> release, ${release.version}</span></wa-button>`
      } <wa-button size="s" appearance="plain" variant="danger" @click=${() => this.#deleteRelease(release.release)}>Delete<span class="visually-hidden"> release ${release.release}, ${release.version}</span></wa-button></div>
    </li>`
  }

  readonly #onRetention = (): void => this.#view.refresh()

  readonly #delete = async (): Promise<void> => {
    if (await deleteAfterAsking(apiPath('packages', this.package))) go(href(['packages']))
  }

  async #deleteRelease(release: number): Promise<void> {
    if (await deleteAfterAsking(apiPath('packages', this.package, 'releases', release)))
      void this.#view.reload()
  }

  readonly #onDone = (event: CustomEvent<boolean>): void => {
    this.goingBackTo = null
    if (event.detail) void this.#view.reload()
  }
}
customElements.define('larder-package-page', PackagePage)
