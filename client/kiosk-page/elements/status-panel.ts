/** What is going on behind a running app: opened on somebody's wish, over the app, and gone again with Escape. */
import { css, html, LitElement, nothing } from 'lit'
import type { PackageStatus } from '../../../protocol/device-status.ts'
import type { KioskView } from '../../kiosk-api.ts'
import { formatBytes, formatSpan, formatTime } from '../format.ts'
import { controlStyles, textStyles } from './look.ts'
import './enrol-form.ts'

/** Fires `larder-close`, `larder-retry` with a package’s name, and `larder-enrol` as the form in it does. */
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
      :host {
        position: fixed; inset: 0; display: grid; justify-items: end; background: var(--shade);
        animation: appear 0.2s; font-size: 0.72em;
      }
      @keyframes appear { from { opacity: 0 } }
      .panel {
        box-sizing: border-box; width: min(30em, 100vw); height: 100%; overflow: auto; padding: 1.6em;
        background: var(--ground); border-left: 1px solid var(--line);
        display: grid; align-content: start; gap: 1.8em;
      }
      header { display: flex; justify-content: space-between; align-items: start; gap: 1em }
      h1 { font-size: 1.5em }
      h2 { margin: 0 0 0.6em; font-size: 0.8em; font-weight: 600; color: var(--quiet); letter-spacing: 0.02em }
      dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 0.3em 1.2em }
      dt { color: var(--quiet) }
      dd { margin: 0; overflow-wrap: anywhere }
      .card { border: 1px solid var(--line); border-radius: 0.7em; padding: 1em; display: grid; gap: 0.5em }
      .card + .card { margin-top: 0.7em }
      .row { display: flex; justify-content: space-between; gap: 1em; align-items: baseline }
      .phase-active { color: var(--good) }
      .phase-failed { color: var(--bad) }
      .phase-waiting, .phase-downloading, .phase-staged { color: var(--accent) }
      .bar { height: 0.25em; border-radius: 1em; background: var(--line); overflow: hidden }
      .bar > div { height: 100%; background: var(--accent) }
      table { width: 100%; border-collapse: collapse; font-size: 0.85em }
      th { text-align: left; font-weight: 400; color: var(--quiet) }
      th, td { padding: 0.25em 0.6em 0.25em 0 }
      td:nth-child(n + 3), th:nth-child(n + 3) { text-align: right; padding-right: 0 }
      .id { font-family: var(--mono) }
      .close { min-height: 2.4em; padding: 0.2em 0.9em }
    `,
  ]

  constructor() {
    super()
    this.view = null
    this.now = 0
    this.note = null
  }

  override render() {
    if (!this.view) return nothing
    const { status, enrolment } = this.view
    const name = enrolment.state === 'enrolled' && enrolment.name !== '' ? enrolment.name : 'This device'
    return html`
      <div class="panel" role="dialog" aria-label="Status of this device" @click=${(event: Event) => event.stopPropagation()}>
        <header>
          <h1>${name}</h1>
          <button class="close" autofocus @click=${() => this.#fire('larder-close')}>Close</button>
        </header>
        ${this.note ? html`<p class="small">${this.note}</p>` : nothing}
        ${
          enrolment.state === 'refused'
            ? html`<section><larder-enrol-form .refusal=${enrolment.message}></larder-enrol-form></section>`
            : nothing
        }
        ${this.#device(this.view)}
        <section>
          <h2>Packages</h2>
          ${status.packages.length === 0 ? html`<p class="quiet">None is assigned.</p>` : nothing}
          ${status.packages.map(one => this.#package(one))}
        </section>
        ${this.#peers(this.view)}
        <p class="small quiet"><a href="./diagnostics" target="_blank">Check this device</a></p>
      </div>
    `
  }

  #device({ status, storage, timeZone }: KioskView) {
    const offsetMs = Math.round(status.clockOffsetMs)
    const facts: [string, string][] = [
      ['Site', status.site ?? 'none'],
      ['Role', status.role === 'store' ? 'store: keeps packages for its site' : 'kiosk'],
      ['Server', status.connection === 'online' ? 'connected' : 'not connected'],
      ['Site’s time', `${formatTime(this.now, this.now, timeZone)} (${timeZone})`],
      ['Own clock', Math.abs(offsetMs) < 2000 ? 'right' : `wrong by ${formatSpan(Math.abs(offsetMs))}`],
      ['Storage', storage === 'disk' ? 'on disk' : 'in memory only: nothing survives a restart'],
      ['Device', status.deviceId.slice(0, 18)],
    ]
    return html`<dl>${facts.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`
  }

  #package(status: PackageStatus) {
    const { have, total } = status.chunks
    const busy = status.phase === 'downloading' || status.phase === 'waiting'
    const running =
      status.activeRelease === null
        ? 'nothing yet'
        : `${status.activeVersion} (release ${status.activeRelease})`
    return html`
      <div class="card">
        <div class="row"><strong>${status.package}</strong><span class="phase-${status.phase}">${phaseWords[status.phase]}</span></div>
        <p class="small">${status.detail}</p>
        ${busy && total > 0 ? html`<div class="bar"><div style="width: ${(have / total) * 100}%"></div></div>` : nothing}
        <p class="small quiet">
          Runs ${running}. Release ${status.wantedRelease}: ${have} of ${total} chunks,
          ${formatBytes(status.bytes.fromStores)} from this site, ${formatBytes(status.bytes.fromServer)} from the server,
          ${formatBytes(status.bytes.reused)} reused.
        </p>
        ${
          status.phase === 'failed'
            ? html`<button @click=${() => this.#fire('larder-retry', status.package)}>Try this release again</button>`
            : nothing
        }
      </div>
    `
  }

  #peers({ status: { peers } }: KioskView) {
    if (peers.length === 0) return nothing
    return html`
      <section>
        <h2>Devices of this site</h2>
        <table>
          <tr><th>Device</th><th>Link</th><th>In</th><th>Out</th></tr>
          ${peers.map(
            peer => html`<tr>
              <td class="id">${peer.deviceId.slice(0, 10)}</td><td>${peer.state}</td>
              <td>${formatBytes(peer.bytesIn)}</td><td>${formatBytes(peer.bytesOut)}</td>
            </tr>`,
          )}
        </table>
      </section>
    `
  }

  #fire(type: string, detail: string | null = null): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }
}
customElements.define('larder-status-panel', StatusPanel)

const phaseWords: Record<PackageStatus['phase'], string> = {
  waiting: 'waiting',
  downloading: 'downloading',
  staged: 'ready to switch',
  active: 'up to date',
  failed: 'failed',
}
