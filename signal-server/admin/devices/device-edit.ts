/** The dialog that names a device, moves it to a site, gives it a role and labels; and, for a device that shows a code, accepts it. */
import { css, html, LitElement } from 'lit'
import type { DeviceRow } from '../../../protocol/admin/devices.ts'
import { type DevicePatch, siteListSchema } from '../../../protocol/admin-api.ts'
import type { AssignedRole } from '../../../protocol/primitives.ts'
import { type ApiProblem, api, apiPath, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { opened } from '../elements/open-dialog.ts'
import { textFieldStyles } from '../elements/text-field-styles.ts'
import { toast } from '../elements/toasts.ts'
import { Resource } from '../resource.ts'
import { deviceTitle, labelTexts } from './device-words.ts'
import { parseLabels, sameLabels } from './labels.ts'

export type EditedDevice = Pick<
  DeviceRow,
  'deviceId' | 'name' | 'site' | 'assignedRole' | 'state' | 'code' | 'labels'
>

/** Fires `larder-done` when it is closed; `detail` says whether something was changed. */
class DeviceEdit extends LitElement {
  static override properties = {
    device: { attribute: false },
    problem: { state: true },
    busy: { state: true },
  }
  declare device: EditedDevice | null
  declare problem: ApiProblem | null
  declare busy: boolean
  readonly #sites = new Resource(this, signal => api.get('sites', siteListSchema, { signal }))

  static override styles = [
    baseStyles,
    textFieldStyles,
    css`wa-dialog { --width: 30rem } .code { font-family: var(--mono); font-size: var(--text-xl); letter-spacing: 0.06em }`,
  ]

  constructor() {
    super()
    this.device = null
    this.problem = null
    this.busy = false
  }

  override render() {
    const { device } = this
    if (!device) return null
    const accepting = device.state !== 'accepted'
    const sites = this.#sites.value?.sites ?? []
    return html`<wa-dialog ${opened()} label=${accepting ? `Accept ${deviceTitle(device)}` : `Edit ${deviceTitle(device)}`} @wa-after-hide=${this.#onHidden}>
      <form id="edit" @submit=${this.#onSubmit}>
        ${device.code !== null && accepting ? html`<p>It shows this code: <span class="code">${device.code}</span></p>` : null}
        <wa-input name="name" label="Name" hint="What people call this screen" maxlength="80" .value=${device.name} autofocus autocomplete="off"></wa-input>
        <wa-select name="site" label="Site" required .value=${device.site ?? ''} hint=${sites.length === 0 && !this.#sites.loading ? 'There is no site yet: make one under Sites first.' : ''}>
          ${sites.map(({ name, timeZone }) => html`<wa-option value=${name} .label=${name}>${name} <span class="quiet small">${timeZone}</span></wa-option>`)}
        </wa-select>
        <wa-radio-group name="role" label="Role" .value=${device.assignedRole}>
          <wa-radio value="kiosk">Kiosk: takes packages</wa-radio>
          <wa-radio value="store">Store: keeps packages and gives them to the kiosks of its site</wa-radio>
          <wa-radio value="auto">Automatic: the server may make it a store</wa-radio>
        </wa-radio-group>
        <div class="field">
          <label for="labels">Labels</label>
          <textarea id="labels" name="labels" rows="3" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="labels-hint" .value=${labelTexts(device.labels).join('\n')}></textarea>
          <small id="labels-hint" class="quiet">One a line, such as floor=2. Its app can read them, and the list of devices finds them.</small>
        </div>
        ${this.problem ? html`<larder-problem-note fixed .problem=${this.problem}></larder-problem-note>` : null}
      </form>
      <wa-button slot="footer" appearance="outlined" @click=${() => this.#close(false)}>Cancel</wa-button>
      <wa-button slot="footer" variant="brand" ?loading=${this.busy} @click=${() => this.renderRoot.querySelector('form')?.requestSubmit()}>${accepting ? 'Accept' : 'Save'}</wa-button>
    </wa-dialog>`
  }

  readonly #onHidden = (event: Event): void => {
    if (event.target === event.currentTarget) this.#close(false)
  }

  #close(changed: boolean): void {
    this.problem = null
    this.dispatchEvent(new CustomEvent<boolean>('larder-done', { detail: changed }))
  }

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const { device } = this
    if (!device || this.busy) return
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const name = String(data.get('name') ?? '').trim()
    const site = String(data.get('site') ?? '')
    const role = String(data.get('role') ?? device.assignedRole) as AssignedRole
    const labels = parseLabels(String(data.get('labels') ?? ''))
    if (!labels.ok) {
      this.problem = problemIn(new Error(labels.message))
      return
    }
    const patch: DevicePatch = {
      ...(name === device.name ? {} : { name }),
      ...(site === '' || site === device.site ? {} : { site }),
      ...(role === device.assignedRole ? {} : { role }),
      ...(sameLabels(labels.value, device.labels) ? {} : { labels: labels.value }),
      ...(device.state === 'accepted' ? {} : { state: 'accepted' as const }),
    }
    this.busy = true
    try {
      await api.act('PATCH', apiPath('devices', device.deviceId), { body: patch })
      toast(
        device.state === 'accepted'
          ? `${name || deviceTitle(device)} was saved.`
          : `${name || deviceTitle(device)} belongs here ${device.state === 'revoked' ? 'again' : 'now'}.`,
      )
      this.#close(true)
    } catch (error) {
      this.problem = problemIn(error)
    }
    this.busy = false
  }
}
customElements.define('larder-device-edit', DeviceEdit)
