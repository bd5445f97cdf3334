/** Devices that show a code and wait to be accepted: each with a form for its name, site and role. */
import { css, html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import {
  type DeviceRow,
  type DismissPost,
  devicePageSchema,
  dismissViewSchema,
} from '../../../protocol/admin/devices.ts'
import { type DevicePatch, deviceViewSchema, siteListSchema } from '../../../protocol/admin-api.ts'
import { api, apiPath, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { revokeQuestion } from '../devices/revoke-words.ts'
import { confirmAction } from '../elements/confirm-dialog.ts'
import { toast, toastProblem } from '../elements/toasts.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { href, replacePlace } from '../router.ts'
import { countOf, formatCount } from '../words.ts'

const SHOWN_AT_MOST = 100
/** In place of a device's id, while all are dismissed. */
const ALL = 'all'
/** What the API takes for a code. */
const MAX_CODE_LENGTH = 20

class PendingDevices extends LitElement {
  static override properties = { code: {}, problems: { state: true }, busy: { state: true } }
  /** The code that somebody came with, from the QR code of a screen; null without one. */
  declare code: string | null
  declare problems: ReadonlyMap<string, string>
  declare busy: string | null
  readonly #pending = new Resource(this, async signal => {
    const newest = await api.get('devices', devicePageSchema, {
      signal,
      query: { state: 'pending', sort: 'enrolled', order: 'desc', limit: SHOWN_AT_MOST },
    })
    const { code } = this
    if (code === null || newest.devices.some(device => this.#isWanted(device))) return newest
    // The screen whose QR code was scanned is found behind any number of strangers.
    const query = { state: 'pending', code: code.slice(0, MAX_CODE_LENGTH), limit: 1 }
    const wanted = await api.get('devices', devicePageSchema, { signal, query })
    return { ...newest, devices: [...wanted.devices, ...newest.devices] }
  })
  readonly #sites = new Resource(this, async signal =>
    (await api.get('sites', siteListSchema, { signal })).sites.map(({ name }) => name),
  )
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .list { list-style: none; padding: 0; display: grid; gap: var(--space-3) }
      form { display: grid; gap: var(--space-3) var(--space-4); grid-template-columns: 9.5rem repeat(3, minmax(0, 1fr)) auto; align-items: end; border-top: 1px solid var(--line); padding-top: var(--space-3) }
      li:first-child form { border-top: 0; padding-top: 0 }
      .code { font: 600 var(--text-xl) / 1.2 var(--mono); white-space: nowrap }
      .wanted form { background: var(--accent-soft); border-radius: var(--radius-m); border: 0; padding: var(--space-4) }
      .wide { grid-column: 1 / -1 }
      .tools { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--space-2) var(--space-4) }
      .buttons { display: flex; gap: var(--space-2) }
      @media (max-width: 64rem) { form { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) } .code-cell, .buttons { grid-column: 1 / -1 } }
      @media (max-width: 30rem) { form { grid-template-columns: minmax(0, 1fr) } }
    `,
  ]

  constructor() {
    super()
    this.code = null
    this.problems = new Map()
    this.busy = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    let pendingBefore = -1
    const stops = [
      live.on('changed', () => {
        this.#pending.refresh()
        this.#sites.refresh()
      }),
      live.on('devices', ({ devices, gone }) => {
        if (gone.length > 0 || devices.some(({ state }) => state === 'pending')) this.#pending.refresh()
      }),
      live.on('overview', ({ counts }) => {
        if (counts.pending !== pendingBefore) this.#pending.refresh()
        pendingBefore = counts.pending
      }),
    ]
    this.#unsubscribe = () => {
      for (const stop of stops) stop()
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    // The first code is part of the first request.
    if (changed.has('code') && this.hasUpdated) this.#pending.refresh()
  }

  override render() {
    return html`<section class="card stack" aria-labelledby="pending">
      <h2 id="pending">Devices that show a code</h2>
      ${this.#pending.render(
        ({ devices, total }) =>
          html`${total > 1 ? this.#tools(total) : nothing}${this.#missing(devices)}${
            devices.length === 0
              ? html`<p class="quiet">None waits now. A kiosk page that is opened without a link shows a code and appears here by itself.</p>`
              : html`<ul class="list">${repeat(
                  this.#wantedFirst(devices),
                  ({ deviceId }) => deviceId,
                  device =>
                    html`<li class=${this.#isWanted(device) ? 'wanted' : ''}>${this.#row(device)}</li>`,
                )}</ul>
            ${total > devices.length ? html`<p class="quiet">${formatCount(total - devices.length)} more wait.</p>` : nothing}`
          }`,
      )}
    </section>`
  }

  #tools(total: number) {
    return html`<div class="tools"><span class="quiet">${formatCount(total)} devices wait.</span>
      <wa-button size="s" appearance="outlined" ?loading=${this.busy === ALL} @click=${() => this.#dismissAll(total)}>Dismiss all</wa-button></div>`
  }

  #isWanted({ code }: DeviceRow): boolean {
    return code !== null && code === this.code
  }

  /** The screen that somebody stands in front of comes first. */
  #wantedFirst(devices: readonly DeviceRow[]): readonly DeviceRow[] {
    const wanted = devices.filter(device => this.#isWanted(device))
    return [...wanted, ...devices.filter(device => !this.#isWanted(device))]
  }

  #missing(devices: readonly DeviceRow[]) {
    if (this.code === null || devices.some(device => this.#isWanted(device))) return nothing
    return html`<p role="status">No device that waits shows the code <strong>${this.code}</strong>. It may be accepted already, or show another one now.</p>`
  }

  #row(device: DeviceRow) {
    const sites = this.#sites.value ?? []
    const id = device.deviceId
    const problem = this.problems.get(id)
    return html`<form @submit=${(event: Event) => this.#accept(event, device)} aria-label="Accept ${device.code ?? id}">
      <div class="code-cell"><div class="code">${device.code ?? 'no code'}</div><div class="quiet small"><larder-time .at=${device.enrolledAt} show="relative"></larder-time></div></div>
      <wa-input name="name" label="Name" maxlength="100" .value=${device.name} autocomplete="off"></wa-input>
      <wa-select name="site" label="Site" placeholder="Choose a site" .value=${sites.length === 1 ? (sites[0] ?? '') : ''}>
        ${sites.map(site => html`<wa-option value=${site}>${site}</wa-option>`)}</wa-select>
      <wa-select name="role" label="Role" value="kiosk"><wa-option value="kiosk">Kiosk</wa-option><wa-option value="store">Store</wa-option><wa-option value="auto">Automatic</wa-option></wa-select>
      <div class="buttons"><wa-button type="submit" variant="brand" ?loading=${this.busy === id}>Accept</wa-button>
        <wa-button appearance="outlined" @click=${() => this.#refuse(device)}>Refuse</wa-button></div>
      ${problem === undefined ? nothing : html`<p class="bad wide" role="alert">${problem}</p>`}
    </form>`
  }

  async #accept(event: Event, device: DeviceRow): Promise<void> {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const value = (name: string) => form.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? ''
    const site = value('site')
    if (site === '') {
      this.#say(device, 'Choose the site where the device stands.')
      return
    }
    const name = value('name').trim()
    const body = { site, role: value('role') as NonNullable<DevicePatch['role']>, state: 'accepted' as const }
    const wasWanted = this.#isWanted(device)
    if (!(await this.#patch(device, name === '' ? body : { ...body, name }))) return
    // It has served: the address would ask for a device that waits no more.
    if (wasWanted) replacePlace(href(['enrolment']))
    toast(`${name === '' ? (device.code ?? 'The device') : name} is accepted at ${site}.`)
  }

  async #refuse(device: DeviceRow): Promise<void> {
    const yes = await confirmAction(revokeQuestion(device))
    if (yes && (await this.#patch(device, { state: 'revoked' }))) toast('The device is refused.')
  }

  async #dismissAll(total: number): Promise<void> {
    const yes = await confirmAction({
      title: `Dismiss all ${formatCount(total)} waiting devices?`,
      text: 'Their codes become invalid and they leave this list. A screen that is still on asks for another code by itself. Accepted devices are not touched.',
      confirmLabel: `Dismiss ${formatCount(total)}`,
      dangerous: true,
    })
    if (!yes) return
    this.busy = ALL
    try {
      const body: DismissPost = { all: true }
      const { dismissed } = await api.post(apiPath('devices', 'dismiss'), dismissViewSchema, { body })
      toast(`${countOf(dismissed, 'waiting device')} dismissed.`)
      await this.#pending.reload()
    } catch (error) {
      toastProblem(error)
    } finally {
      this.busy = null
    }
  }

  async #patch(device: DeviceRow, body: DevicePatch): Promise<boolean> {
    this.busy = device.deviceId
    try {
      await api.patch(apiPath('devices', device.deviceId), deviceViewSchema, { body })
      this.#say(device, null)
      await this.#pending.reload()
      return true
    } catch (error) {
      this.#say(device, problemIn(error).message)
      return false
    } finally {
      this.busy = null
    }
  }

  #say({ deviceId }: DeviceRow, problem: string | null): void {
    const problems = new Map(this.problems)
    if (problem === null) problems.delete(deviceId)
    else problems.set(deviceId, problem)
    this.problems = problems
  }
}
customElements.define('larder-pending-devices', PendingDevices)
