/** The first delivery of a package, as somebody in front of an otherwise empty screen wants to see it. */
import { css, html, LitElement } from 'lit'
import type { PackageStatus } from '../../../protocol/device-status.ts'
import { formatBytes, formatSpan, formatTime } from '../format.ts'
import { textStyles } from './look.ts'

export class DeliveryProgress extends LitElement {
  static override properties = { packages: { attribute: false }, timeZone: {}, now: { type: Number } }
  declare packages: readonly PackageStatus[]
  declare timeZone: string
  /** Epoch ms on the server's clock. */
  declare now: number

  static override styles = [
    textStyles,
    css`
      :host { display: grid; gap: 2.4em }
      section { display: grid; gap: 0.8em }
      .bar { height: 0.35em; border-radius: 1em; background: var(--line); overflow: hidden; max-width: 34em }
      .bar > div { height: 100%; border-radius: inherit; background: var(--accent); transition: width 0.6s ease-out }
      .facts { max-width: none; display: flex; flex-wrap: wrap; gap: 0.1em 1.6em }
      .failed { color: var(--bad) }
    `,
  ]

  constructor() {
    super()
    this.packages = []
    this.timeZone = 'UTC'
    this.now = 0
  }

  override render() {
    return this.packages.map(status => this.#package(status))
  }

  #package(status: PackageStatus) {
    const { have, total } = status.chunks
    const percent = total === 0 ? 0 : Math.floor((have / total) * 100)
    return html`
      <section>
        <h1>${headline(status)}</h1>
        <p>${status.detail}</p>
        <div class="bar" role="progressbar" aria-label=${status.package} aria-valuenow=${percent}>
          <div style="width: ${percent}%"></div>
        </div>
        <p class="facts quiet small">${this.#facts(status, percent).map(fact => html`<span>${fact}</span>`)}</p>
      </section>
    `
  }

  #facts(status: PackageStatus, percent: number): string[] {
    const { fromStores, fromServer, reused } = status.bytes
    const { nextChangeAt } = status.decision
    const next = nextChangeAt === null ? Number.NaN : Date.parse(nextChangeAt)
    return [
      `${status.package}, release ${status.wantedRelease}`,
      status.chunks.total > 0 ? `${percent} %` : '',
      fromStores > 0 ? `${formatBytes(fromStores)} from this site` : '',
      fromServer > 0 ? `${formatBytes(fromServer)} from the server` : '',
      reused > 0 ? `${formatBytes(reused)} was here already` : '',
      status.phase === 'waiting' && next > this.now
        ? `next at ${formatTime(next, this.now, this.timeZone)}, in ${formatSpan(next - this.now)}`
        : '',
    ].filter(fact => fact !== '')
  }
}
customElements.define('larder-delivery-progress', DeliveryProgress)

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
