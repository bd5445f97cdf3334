/** What is going on behind a running app, for whoever looks after the device: over the app, gone again with Escape. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes, formatSpan } from '../../../presentation/sizes-and-spans.ts'
import type { PackageStatus } from '../../../protocol/device-status.ts'
import type { KioskView } from '../../kiosk-api.ts'
import { formatTime, formatWait } from '../format.ts'
import { controlStyles, textStyles } from './look.ts'
import './link-form.ts'

/** Of the link to the server. */
function connectionWords(isOnline: boolean, needsNewPage: boolean): string {
  if (isOnline) return 'connected'
  return needsNewPage
    ? 'not connected: the server has another version than this page, which loads the server’s build by itself while the screen is not touched'
    : 'not connected'
}

/** Fires `larder-close`, `larder-check` for the checks of this device, and `larder-retry` with a package’s name; `larder-enrol` comes from the form in it. */
export class StatusPanel extends LitElement {
  static override properties = { view: { attribute: false }, now: { type: Number }, note: {} }
  declare view: KioskView | null
  /** Epoch ms on the server's clock. */
  declare now: number
  /** A sentence above everything else, such as which tab does the work. */
  declare note: string | null

  static override styles = [
    textStyles,
    controlStyles,
    css`
      dialog {
        position: fixed; inset: 0 0 0 auto; box-sizing: border-box; width: min(30em, 100vw); max-width: none;
        height: 100vh; height: 100dvh; max-height: none; margin: 0; padding: 1.6em; overflow: auto;
        border: 0; border-left: 1px solid var(--line); background: var(--ground); color: inherit; font-size: 0.72em;
      }
      dialog[open] { display: grid; align-content: start; gap: 1.8em; animation: appear 0.2s }
      dialog::backdrop { background: var(--shade) }
      @keyframes appear { from { opacity: 0; transform: translateX(1em) } }
      @media (prefers-reduced-motion: reduce) { dialog[open] { animation: none } }
      header { display: flex; justify-content: space-between; align-items: start; gap: 1em }
      h1 { font-size: 1.5em }
      h2 { margin: 0 0 0.6em; font-size: 0.8em; font-weight: 600; color: var(--quiet); letter-spacing: 0.02em }
      dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 0.3em 1.2em }
      dt { color: var(--quiet) }
      dd { margin: 0; overflow-wrap: anywhere }
      .card { border: 1px solid var(--line); border-radius: 0.7em; padding: 1em; display: grid; gap: 0.6em }
      .card + .card { margin-top: 0.7em }
      .row { display: flex; justify-content: space-between; gap: 1em; align-items: baseline }
      .phase-active { color: var(--good) }
      .phase-failed, .bad { color: var(--bad) }
      .phase-waiting, .phase-downloading, .phase-staged { color: var(--accent) }
      .bar { height: 0.25em; border-radius: 1em; background: var(--line); overflow: hidden }
      .bar > div { height: 100%; background: var(--accent) }
      table { width: 100%; border-collapse: collapse; font-size: 0.85em }
      th { text-align: left; font-weight: 400; color: var(--quiet) }
      th, td { padding: 0.25em 0.6em 0.25em 0 }
      td:nth-child(n + 3), th:nth-child(n + 3) { text-align: right; padding-right: 0 }
      .id, .code { font-family: var(--mono) }
    `,
  ]

  constructor() {
    super()
    this.view = null
    this.now = 0
    this.note = null
  }

  /** A modal dialog: the focus stays in it, and the app behind it is inert. */
  protected override firstUpdated(): void {
    this.renderRoot.querySelector('dialog')?.showModal()
  }

  override render() {
    const { view } = this
    const name = view?.enrolment.state === 'enrolled' && view.enrolment.name !== '' ? view.enrolment.name : ''
    return html`<dialog aria-label="Status of this device" @cancel=${this.#onCancel} @click=${this.#onClick}>
      <header>
        <h1>${name || 'This device'}</h1>
        <button autofocus @click=${() => this.#fire('larder-close')}>Close</button>
      </header>
      ${view === null ? nothing : this.#content(view)}
    </dialog>`
  }

  #content(view: KioskView) {
    const { packages } = view.status
    return html`
      ${this.note ? html`<p class="small">${this.note}</p>` : nothing}
      ${standing(view)}
      ${
        view.keysRefused
          ? html`<section class="card">
              <p class="bad" role="alert">${view.keysRefused}</p>
              <larder-link-form></larder-link-form>
            </section>`
          : nothing
      }
      ${this.#device(view)}
      <section>
        <h2>Packages</h2>
        ${packages.length === 0 ? html`<p class="quiet">None is assigned.</p>` : nothing}
        ${packages.map(one => this.#package(one, view.timeZone))}
      </section>
      ${this.#peers(view)}
      <p><button @click=${() => this.#fire('larder-check')}>Check this device</button></p>`
  }

  #device({ status, timeZone, needsNewPage }: KioskView) {
    const facts: [string, string][] = [
      ['Site', status.site ?? 'none'],
      ['Role', status.role === 'store' ? 'store: keeps packages for its site' : 'kiosk'],
      ['Server', connectionWords(status.connection === 'online', needsNewPage)],
      ['Site’s time', `${formatTime(this.now, this.now, timeZone)} (${timeZone})`],
      ['Clock', clockWords(status)],
      ['Storage', storageWords(status.storage)],
      ['Device', status.deviceId],
    ]
    return html`<dl>${facts.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`
  }

  #package(status: PackageStatus, timeZone: string) {
    const { have, total } = status.chunks
    const { fromStores, fromServer, reused } = status.bytes
    const busy = status.phase === 'downloading' || status.phase === 'waiting'
    const next = status.decision.nextChangeAt === null ? null : Date.parse(status.decision.nextChangeAt)
    const facts: [string, string][] = [
      [
        'Runs',
        status.activeRelease === null
          ? 'nothing yet'
          : `${status.activeVersion} (release ${status.activeRelease})`,
      ],
      ['Wanted', `release ${status.wantedRelease}, ${have} of ${total} chunks here`],
      ['From this site', formatBytes(fromStores)],
      ['From the server', formatBytes(fromServer)],
      ['Reused', formatBytes(reused)],
      ['Stores', status.decision.stores],
      ['Server', status.decision.server],
    ]
    if (next !== null && next > this.now)
      facts.push(['Changes', `at ${formatTime(next, this.now, timeZone)}, in ${formatWait(next - this.now)}`])
    return html`
      <div class="card">
        <div class="row"><strong>${status.package}</strong><span class="phase-${status.phase}">${phaseWords[status.phase]}</span></div>
        <p class="small">${status.detail}</p>
        ${busy && total > 0 ? html`<div class="bar"><div style="width: ${(have / total) * 100}%"></div></div>` : nothing}
        <dl class="small">${facts.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>
        ${
          status.phase === 'failed'
            ? html`<button @click=${() => this.#fire('larder-retry', status.package)}>Try this release again</button>`
            : nothing
        }
      </div>
    `
  }

  #peers({ status: { peers } }: KioskView) {
    return html`
      <section>
        <h2>Links to devices of this site</h2>
        ${
          peers.length === 0
            ? html`<p class="quiet small">None at the moment.</p>`
            : html`<table>
          <tr><th>Device</th><th>Link</th><th>In</th><th>Out</th></tr>
          ${peers.map(
            peer => html`<tr>
              <td class="id">${peer.deviceId.slice(0, 10)}</td><td>${peer.state}</td>
              <td>${formatBytes(peer.bytesIn)}</td><td>${formatBytes(peer.bytesOut)}</td>
            </tr>`,
          )}
        </table>`
        }
      </section>
    `
  }

  /** Escape; whoever shows the panel takes it away. */
  #onCancel(event: Event): void {
    event.preventDefault()
    this.#fire('larder-close')
  }

  /** A click beside the panel hits the dialog itself, outside of its box. */
  #onClick(event: MouseEvent): void {
    const dialog = event.currentTarget as HTMLElement
    if (event.target === dialog && event.clientX < dialog.getBoundingClientRect().left)
      this.#fire('larder-close')
  }

  #fire(type: string, detail: string | null = null): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }
}
customElements.define('larder-status-panel', StatusPanel)

/** Where the device stands with the server, when it is not simply one of its devices. */
function standing({ enrolment }: KioskView) {
  switch (enrolment.state) {
    case 'pending':
      return html`<p>The server does not know this device${enrolment.refusal === null ? '' : ' any more'}. It waits to be
        accepted: <strong class="code">${enrolment.code}</strong></p>`
    case 'refused':
    case 'retrying':
    case 'revoked':
      return html`<p class="bad">${enrolment.message}</p>`
    default:
      return nothing
  }
}

/** Kiosks count on the server's clock; a wrong one of their own is only worth knowing. */
function clockWords({ connection, clockOffsetMs }: KioskView['status']): string {
  const offsetMs = Math.round(clockOffsetMs)
  if (connection === 'offline' && offsetMs === 0) return 'the server’s time is not known yet'
  if (Math.abs(offsetMs) < 2000) return 'right to the second'
  return `${formatSpan(Math.abs(offsetMs))} ${offsetMs > 0 ? 'behind' : 'ahead of'} the server’s, which counts`
}

function storageWords({ kind, persisted, usageBytes, quotaBytes }: KioskView['status']['storage']): string {
  if (kind === 'memory') return 'in memory only: nothing survives a restart'
  const room =
    usageBytes === null || quotaBytes === null
      ? ''
      : `: ${formatBytes(usageBytes)} of ${formatBytes(quotaBytes)}`
  const stays =
    persisted === null
      ? ''
      : persisted
        ? ', kept when the disk runs low'
        : ', may be cleared when the disk runs low'
  return `on disk${room}${stays}`
}

const phaseWords: Record<PackageStatus['phase'], string> = {
  waiting: 'waiting',
  downloading: 'downloading',
  staged: 'ready to switch',
  active: 'up to date',
  failed: 'failed',
}
