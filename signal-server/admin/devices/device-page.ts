/** One device: what it runs, what it is doing and why, with whom it talks, how it is, what went wrong, and what can be done with it. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes, formatSpan } from '../../../presentation/sizes-and-spans.ts'
import { type DeviceDetail, deviceDetailSchema, separateViewSchema } from '../../../protocol/admin/devices.ts'
import { duplicateSentence } from '../../../protocol/duplicate-words.ts'
import { api, apiPath } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { confirmAction } from '../elements/confirm-dialog.ts'
import { deleteAfterAsking } from '../elements/delete-after-asking.ts'
import { toast, toastProblem } from '../elements/toasts.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { go, href } from '../router.ts'
import {
  deviceChip,
  deviceName,
  deviceTitle,
  labelTexts,
  ownNameText,
  ROLE_WORDS,
  roleText,
} from './device-words.ts'
import { missingText } from './missing-packages.ts'
import { revokeQuestion } from './revoke-words.ts'
import './device-edit.ts'
import './device-health.ts'
import './device-history.ts'
import './package-card.ts'

/** Below that a difference of clocks is nothing to speak of. */
const CLOCK_DIFFERENCE_MS = 2_000

class DevicePage extends LitElement {
  static override properties = { deviceId: {}, editing: { state: true } }
  declare deviceId: string
  declare editing: boolean
  readonly #device = new Resource<DeviceDetail>(this, signal =>
    api.get(apiPath('devices', this.deviceId), deviceDetailSchema, { signal }),
  )
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .cards { display: grid; gap: var(--space-5); grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); align-items: start }
      .facts { margin: 0 }
      td { overflow-wrap: anywhere }
      .labels { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-2) }
      .label { padding: 0 var(--space-2); border-radius: var(--radius-s); background: var(--neutral-soft) }
    `,
  ]

  constructor() {
    super()
    this.deviceId = ''
    this.editing = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const stops = [
      live.on('devices', ({ devices, gone }) => {
        if (gone.includes(this.deviceId) || devices.some(({ deviceId }) => deviceId === this.deviceId))
          this.#device.refresh()
      }),
      live.on('changed', ({ what }) => what !== 'site' && this.#device.refresh()),
    ]
    this.#unsubscribe = () => stops.forEach(stop => void stop())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('deviceId') && changed.get('deviceId')) this.#device.restart()
  }

  override render() {
    const device = this.#device.value
    return html`
      <larder-page-header heading=${device ? deviceTitle(device) : this.deviceId.slice(0, 10)} backHref="#/devices" backLabel="Devices">
        ${device ? this.#chips(device) : nothing}${device ? this.#actions(device) : nothing}
      </larder-page-header>
      ${this.#device.render(value => this.#content(value))}`
  }

  #chips(device: DeviceDetail) {
    const { kind, text } = deviceChip(device)
    return html`<span slot="meta" class="row">
      ${device.connection === 'online' ? html`<larder-chip kind="good">Online</larder-chip>` : nothing}
      <larder-chip .kind=${kind}>${text}</larder-chip>
      ${
        device.phase === 'offline'
          ? html`<span>last seen <larder-time .at=${device.lastSeenAt} .zone=${device.timeZone} show="relative"></larder-time></span>`
          : nothing
      }</span>`
  }

  #actions(device: DeviceDetail) {
    if (device.state === 'accepted')
      return html`<wa-button slot="actions" appearance="outlined" @click=${() => this.#edit(true)}>Edit</wa-button>
        <wa-button slot="actions" appearance="outlined" variant="danger" @click=${() => this.#revoke(device)}>Revoke</wa-button>
        ${this.#deleteButton(device)}`
    return html`<wa-button slot="actions" variant="brand" @click=${() => this.#edit(true)}>Accept</wa-button>
      ${device.state === 'pending' ? html`<wa-button slot="actions" appearance="outlined" variant="danger" @click=${() => this.#revoke(device)}>Turn away</wa-button>` : nothing}
      ${this.#deleteButton(device)}`
  }

  #deleteButton({ deviceId }: DeviceDetail) {
    return html`<wa-button slot="actions" appearance="outlined" variant="danger" @click=${() => this.#delete(deviceId)}>Delete</wa-button>`
  }

  async #delete(deviceId: string): Promise<void> {
    if (await deleteAfterAsking(apiPath('devices', deviceId))) go(href(['devices']))
  }

  #content(device: DeviceDetail) {
    return html`<div class="stack wide">
      ${
        device.duplicate === null
          ? nothing
          : html`<section class="card stack" role="status"><p>${duplicateSentence(device.duplicate.addresses)}</p>
        <div class="row"><wa-button variant="brand" size="s" @click=${() => this.#separate(device)}>Make the one that is online a new device</wa-button></div></section>`
      }
      ${device.warnings.map(warning => html`<p class="card" role="status">${warning}</p>`)}
      ${this.#missingPackages(device)}
      <div class="cards">
        ${device.packages.map(
          status => html`<larder-package-card .status=${status} .device=${device}></larder-package-card>`,
        )}
        <section class="card stack" aria-labelledby="about"><h2 id="about">About</h2>${this.#facts(device)}</section>
        ${device.state === 'accepted' ? html`<section class="card stack" aria-labelledby="peers"><h2 id="peers">Talks with</h2>${this.#peers(device)}</section>` : nothing}
      </div>
      ${device.state === 'revoked' ? nothing : html`<larder-device-health .device=${device}></larder-device-health>`}
      <larder-device-history .events=${device.events} .deviceId=${device.deviceId} .zone=${device.timeZone}></larder-device-history>
      ${this.editing ? html`<larder-device-edit .device=${device} @larder-done=${this.#onEdited}></larder-device-edit>` : nothing}
    </div>`
  }

  #missingPackages(device: DeviceDetail) {
    if (device.state === 'pending')
      return html`<larder-empty-state icon="devices" heading="This screen wants to belong here">
        ${device.code === null ? 'It waits to be accepted.' : html`It shows the code <strong class="mono">${device.code}</strong>. Accept it only if you see that code on the screen.`}
        <wa-button slot="actions" variant="brand" @click=${() => this.#edit(true)}>Accept</wa-button></larder-empty-state>`
    if (device.state === 'revoked')
      return html`<larder-empty-state icon="devices" heading="This device is revoked">It gets nothing from here and gives nothing, and its screen says so. It keeps its key: accept it again, and it is back within a minute.</larder-empty-state>`
    const missing = missingText(device)
    if (missing !== null) return html`<div class="card" role="status"><p>${missing}</p></div>`
    if (device.packages.length > 0) return nothing
    return html`<larder-empty-state icon="packages" heading="No package for this device">
      No profile gives its site a package that has a release.
      <wa-button slot="actions" href="#/profiles">See the profiles</wa-button></larder-empty-state>`
  }

  #facts(device: DeviceDetail) {
    const offsetMs = device.clockOffsetMs
    return html`<dl class="facts">
      ${ownNameText(device) === '' ? nothing : html`<dt>Name</dt><dd>${ownNameText(device)}</dd>`}
      <dt>Site</dt><dd>${device.site === null ? '–' : html`<a href=${href(['sites', device.site])}>${device.site}</a> <span class="quiet">${device.timeZone}</span>`}</dd>
      <dt>Role</dt><dd>${roleText(device)}${device.assignedRole !== 'auto' && device.role !== device.assignedRole ? html` <span class="quiet">(asked: ${ROLE_WORDS[device.assignedRole]})</span>` : nothing}</dd>
      <dt>Labels</dt><dd>${Object.keys(device.labels).length === 0 ? '–' : html`<span class="labels">${labelTexts(device.labels).map(text => html`<span class="label">${text}</span>`)}</span>`}</dd>
      <dt>Last seen</dt><dd><larder-time .at=${device.lastSeenAt} .zone=${device.timeZone}></larder-time></dd>
      <dt>Last report</dt><dd><larder-time .at=${device.reportedAt} .zone=${device.timeZone}></larder-time></dd>
      <dt>Enrolled</dt><dd><larder-time .at=${device.enrolledAt} .zone=${device.timeZone}></larder-time></dd>
      <dt>Its clock</dt><dd>${Math.abs(offsetMs) < CLOCK_DIFFERENCE_MS ? 'right' : `${formatSpan(Math.abs(offsetMs))} ${offsetMs > 0 ? 'slow' : 'fast'}; windows follow the server’s`}</dd>
      <dt>Id</dt><dd class="mono">${device.deviceId}</dd>
    </dl>`
  }

  #peers({ peers, connection }: DeviceDetail) {
    if (connection === 'offline')
      return html`<p class="quiet">It is offline, so it talks with no other device.</p>`
    if (peers.length === 0)
      return html`<p class="quiet">No other device at the moment. Links between devices are made when there is something to give, and end by themselves.</p>`
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Peers"><table>
      <thead><tr><th>Device</th><th>Link</th><th class="number">Took</th><th class="number">Gave</th></tr></thead>
      <tbody>${peers.map(
        peer =>
          html`<tr><td><a href=${href(['devices', peer.deviceId])}>${deviceName(peer)}</a></td><td>${peer.state}</td>
          <td class="number">${formatBytes(peer.bytesIn)}</td><td class="number">${formatBytes(peer.bytesOut)}</td></tr>`,
      )}</tbody></table></div>`
  }

  #edit(editing: boolean): void {
    this.editing = editing
  }

  readonly #onEdited = (event: CustomEvent<boolean>): void => {
    this.editing = false
    if (event.detail) void this.#device.reload()
  }

  async #separate(device: DeviceDetail): Promise<void> {
    try {
      const { address } = await api.post(apiPath('devices', device.deviceId, 'separate'), separateViewSchema)
      toast(
        `The browser at ${address} was asked to begin as a new device. It shows a code and waits to be accepted.`,
      )
      await this.#device.reload()
    } catch (error) {
      toastProblem(error)
    }
  }

  async #revoke(device: DeviceDetail): Promise<void> {
    const yes = await confirmAction(revokeQuestion(device))
    if (!yes) return
    try {
      await api.act('PATCH', apiPath('devices', device.deviceId), { body: { state: 'revoked' } })
      toast(`${deviceTitle(device)} is revoked.`)
      await this.#device.reload()
    } catch (error) {
      toastProblem(error)
    }
  }
}
customElements.define('larder-device-page', DevicePage)
