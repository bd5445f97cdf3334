/** What the options would do to the fleet now: devices that begin to wait or stop waiting, bytes over each site's uplink. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import type { Preview } from '../../../protocol/admin/preview.ts'
import { baseStyles } from '../base-styles.ts'
import { countOf, formatCount } from '../words.ts'

const SITES_AT_FIRST = 8

/** The sentences above the table; also for dialogs that ask before a step. */
export function effectSentences({ total }: Preview): readonly string[] {
  const { devices, done, after, before, opening, closing } = total
  if (devices === 0) return ['No device has this package yet, so nothing happens now.']
  const left = devices - done
  if (left === 0)
    return [
      `${devices === 1 ? 'The one device runs' : `All ${devices} devices run`} the release already: nothing happens until the next one is published.`,
    ]
  const sentences: string[] = []
  if (opening > 0) sentences.push(`${goes(opening)} from waiting to open.`)
  if (closing > 0) sentences.push(`${goes(closing)} from open to waiting.`)
  if (opening === 0 && closing === 0)
    sentences.push(
      after.waiting === left
        ? `${countOf(left, 'device')} ${left === 1 ? 'goes' : 'go'} on waiting.`
        : 'No device begins to wait or stops waiting now.',
    )
  sentences.push(
    before.uplinkBytes === after.uplinkBytes
      ? `About ${formatBytes(after.uplinkBytes)} will cross the uplinks until ${left === 1 ? 'the one device runs' : `all ${left} devices run`} the release, as before.`
      : `About ${formatBytes(after.uplinkBytes)} will cross the uplinks until ${left === 1 ? 'the one device runs' : `all ${left} devices run`} the release; with the options as they are saved, ${formatBytes(before.uplinkBytes)}.`,
  )
  return sentences
}

const goes = (count: number) => `${countOf(count, 'device')} ${count === 1 ? 'goes' : 'go'}`

class FleetEffect extends LitElement {
  static override properties = { preview: { attribute: false }, all: { state: true } }
  declare preview: Preview | null
  declare all: boolean

  static override styles = [
    baseStyles,
    css`
      .sentences { display: grid; gap: var(--space-1) }
      .sentences p:first-child { font-size: var(--text-l) }
      .arrow { color: var(--quiet) }
      .changed { font-weight: 600 }
      table { font-size: var(--text-s) }
      @media (max-width: 40rem) { .optional { display: none } }
    `,
  ]

  constructor() {
    super()
    this.preview = null
    this.all = false
  }

  override render() {
    const { preview } = this
    if (preview === null) return html`<larder-loading></larder-loading>`
    const sites = this.all ? preview.sites : preview.sites.slice(0, SITES_AT_FIRST)
    return html`<div class="stack">
      <div class="sentences" aria-live="polite">${effectSentences(preview).map(sentence => html`<p>${sentence}</p>`)}</div>
      ${
        preview.total.devices === 0
          ? nothing
          : html`<div class="scroll" tabindex="0" role="region" aria-label="Effect by site"><table>
            <thead><tr><th>Site</th><th class="number">Run it</th><th class="number">Waiting now</th>
              <th class="number">Over the uplink</th><th class="number optional">Least</th><th class="number optional">Most</th></tr></thead>
            <tbody>${sites.map(row)}</tbody>
          </table></div>`
      }
      ${
        sites.length === preview.sites.length
          ? nothing
          : html`<div><wa-button appearance="outlined" size="s" @click=${this.#showAll}>Show all ${formatCount(preview.sites.length)} sites</wa-button></div>`
      }
      ${
        preview.total.devices === 0
          ? nothing
          : html`<p class="quiet small">An estimate: one copy for each site is the least, one for each device the most; stores that are offline bring it up.</p>`
      }
    </div>`
  }

  readonly #showAll = (): void => {
    this.all = true
  }
}
customElements.define('larder-fleet-effect', FleetEffect)

function row(site: Preview['sites'][number]) {
  if (site.overriddenBy !== null)
    return html`<tr><td>${site.site}</td><td colspan="5" class="quiet">comes from profile ${site.overriddenBy}</td></tr>`
  return html`<tr><td>${site.site}</td>
    <td class="number">${formatCount(site.done)} of ${formatCount(site.devices)}</td>
    <td class="number">${change(site.before.waiting, site.after.waiting, formatCount)}</td>
    <td class="number">${change(site.before.uplinkBytes, site.after.uplinkBytes, formatBytes)}</td>
    <td class="number optional">${formatBytes(site.leastUplinkBytes)}</td>
    <td class="number optional">${formatBytes(site.mostUplinkBytes)}</td></tr>`
}

const change = (before: number, after: number, words: (value: number) => string) =>
  before === after
    ? words(after)
    : html`${words(before)} <span class="arrow" role="img" aria-label="becomes">→</span> <span class="changed">${words(after)}</span>`
