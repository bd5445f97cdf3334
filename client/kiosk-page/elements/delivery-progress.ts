/** The first delivery of a package, as somebody in front of an otherwise empty screen wants to see it. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import type { PackageStatus } from '../../../protocol/device-status.ts'
import { measure, rateOf } from '../delivery-rate.ts'
import { formatAbout, formatTime, formatWait } from '../format.ts'
import { textStyles } from './look.ts'

export class DeliveryProgress extends LitElement {
  static override properties = { packages: { attribute: false }, timeZone: {}, now: { type: Number } }
  declare packages: readonly PackageStatus[]
  declare timeZone: string
  /** Epoch ms on the server's clock. */
  declare now: number
  readonly #samples = new Map<string, ReturnType<typeof measure>>()

  static override styles = [
    textStyles,
    css`
      :host { display: grid; gap: 2.8em }
      section { display: grid; gap: 0.8em; max-width: 46em }
      .bar { height: 0.4em; margin: 0.6em 0 0.2em; border-radius: 1em; background: var(--line); overflow: hidden }
      .bar > div {
        height: 100%; border-radius: inherit; background: var(--accent); transform-origin: left;
        transition: transform 0.6s ease-out;
      }
      .facts { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.1em 1.6em }
      .sources { max-width: none; display: flex; flex-wrap: wrap; gap: 0.1em 1.6em }
      @media (prefers-reduced-motion: reduce) { .bar > div { transition: none } }
    `,
  ]

  constructor() {
    super()
    this.packages = []
    this.timeZone = 'UTC'
    this.now = 0
  }

  protected override willUpdate(): void {
    const at = performance.now()
    for (const status of this.packages)
      this.#samples.set(status.package, measure(this.#samples.get(status.package) ?? [], status, at))
  }

  override render() {
    return this.packages.map(status => this.#package(status))
  }

  #package(status: PackageStatus) {
    const { have, total } = status.chunks
    const share = total === 0 ? 0 : have / total
    const percent = Math.floor(share * 100)
    const sources = sourcesOf(status)
    return html`
      <section>
        <h1>${headline(status)}</h1>
        <p>${sentence(status.detail)}</p>
        <div>
          <div class="bar" role="progressbar" aria-label="Progress of ${status.package}" aria-valuenow=${percent}
            aria-valuemin="0" aria-valuemax="100"><div style="transform: scaleX(${share})"></div></div>
          <div class="facts small quiet"><span>${total > 0 ? `${percent} %` : ''}</span><span>${this.#outlook(status)}</span></div>
        </div>
        ${sources.length === 0 ? nothing : html`<p class="sources quiet small">${sources.map(fact => html`<span>${fact}</span>`)}</p>`}
      </section>
    `
  }

  /** Rate and remaining time where something moves; where it waits, until when. */
  #outlook(status: PackageStatus): string {
    const { nextChangeAt } = status.decision
    const next = nextChangeAt === null ? Number.NaN : Date.parse(nextChangeAt)
    if (status.phase === 'waiting' && next > this.now)
      return `goes on at ${formatTime(next, this.now, this.timeZone)}, in ${formatWait(next - this.now)}`
    if (status.phase !== 'downloading') return ''
    const at = performance.now()
    const { bytesPerS, remainingMs } = rateOf(this.#samples.get(status.package) ?? [], status, at)
    const rate = bytesPerS === null || bytesPerS < 1 ? '' : `${formatBytes(Math.round(bytesPerS))}/s`
    const remaining = remainingMs === null ? 'time left not known yet' : `${formatAbout(remainingMs)} left`
    return [rate, remaining].filter(part => part !== '').join(', ')
  }
}
customElements.define('larder-delivery-progress', DeliveryProgress)

/** Where what is here came from. */
function sourcesOf({ bytes: { fromStores, fromServer, reused } }: PackageStatus): string[] {
  return [
    fromStores > 0 ? `${formatBytes(fromStores)} from this site` : '',
    fromServer > 0 ? `${formatBytes(fromServer)} from the server` : '',
    reused > 0 ? `${formatBytes(reused)} was here already` : '',
  ].filter(fact => fact !== '')
}

function headline({ phase, package: name }: PackageStatus): string {
  switch (phase) {
    case 'waiting':
      return `${name} comes later`
    case 'downloading':
      return `${name} is on its way`
    case 'staged':
    case 'active':
      return `${name} is about to start`
    case 'failed':
      return `${name} could not be started`
  }
}

/** The status speaks in half sentences; alone on a screen they begin large and end with a stop. */
function sentence(detail: string): string {
  const begun = detail.charAt(0).toUpperCase() + detail.slice(1)
  return begun === '' || /[.!?]$/.test(begun) ? begun : `${begun}.`
}
