/**
 * Explain: a device, a package, a time; and which sources are open to it then, which rule says so, and when it changes. The
 * question stands in the address, so that an answer can be passed on as a link.
 */
import { css, html, LitElement, nothing } from 'lit'
import { type DeviceRow, deviceDetailSchema } from '../../../protocol/admin/devices.ts'
import { type Explanation, explanationSchema, packageListSchema } from '../../../protocol/admin-api.ts'
import { isSameValue } from '../../../protocol/same-value.ts'
import { type ApiProblem, api, apiPath, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { instantOfWallTime, wallTime } from '../designer/zone-time.ts'
import { icons } from '../icons.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { href, place, replacePlace } from '../router.ts'
import { formatInstant, localTimeZone } from '../words.ts'
import './device-picker.ts'

interface Question {
  readonly device: string
  readonly package: string
  /** ISO 8601; empty for now. */
  readonly at: string
}

class ExplainPage extends LitElement {
  static override properties = {
    question: { state: true },
    device: { state: true },
    answer: { state: true },
    problem: { state: true },
    timeProblem: { state: true },
  }
  declare question: Question
  declare device: DeviceRow | null
  declare answer: Explanation | null
  declare problem: ApiProblem | null
  declare timeProblem: string | null
  readonly #packages = new Resource(this, async signal =>
    (await api.get('packages', packageListSchema, { signal })).packages.map(entry => entry.package),
  )
  #running: AbortController | null = null
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .question { display: grid; gap: var(--space-4); grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); align-items: start; margin-bottom: var(--space-5) }
      .sentence { font-size: var(--text-xl); line-height: 1.35; max-width: 40ch }
      .sources { display: grid; gap: var(--space-4); grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)) }
      .source { border: 1px solid var(--line); border-inline-start: 4px solid var(--line-strong); border-radius: var(--radius-m); padding: var(--space-4); display: grid; gap: var(--space-2); align-content: start; background: var(--surface) }
      .source.open { border-inline-start-color: var(--good) }
      .rule { display: inline-block; font: 600 var(--text-xs) / 1.6 var(--mono); background: var(--neutral-soft); border-radius: var(--radius-s); padding: 0 0.45em; margin-inline-end: var(--space-2) }
      .source .row { flex-wrap: nowrap; align-items: flex-start }
      .time { display: grid; gap: var(--space-1) }
      .time .row { gap: var(--space-2) }
      .note { font-size: var(--text-s); color: var(--quiet) }
    `,
  ]

  constructor() {
    super()
    this.question = questionIn(place.value.query)
    this.device = null
    this.answer = null
    this.problem = null
    this.timeProblem = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const stops = [
      place.subscribe(({ query }) => {
        const asked = questionIn(query)
        if (isSameValue(asked, this.question)) return
        this.question = asked
        void this.#begin()
      }),
      live.on('changed', () => void this.#ask()),
      live.onReset(() => void this.#ask()),
    ]
    const timer = setInterval(() => {
      if (this.question.at === '') void this.#ask()
    }, 30_000)
    this.#unsubscribe = () => {
      for (const stop of stops) stop()
      clearInterval(timer)
    }
    void this.#begin()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
    this.#running?.abort()
  }

  override render() {
    return html`
      <larder-page-header heading="Explain">Which sources are open to a device for a package, which rule says so, and when it changes. The device and <code>larder explain</code> give the same answer.</larder-page-header>
      <form class="card question" @submit=${(event: Event) => event.preventDefault()} aria-label="Question">
        <larder-device-picker .chosen=${this.device} @larder-device=${this.#onDevice}></larder-device-picker>
        <wa-select label="Package" placeholder="Choose a package" .value=${this.question.package} @change=${this.#onPackage}>
          ${this.#choices().map(name => html`<wa-option value=${name}>${name}</wa-option>`)}
        </wa-select>
        ${this.#time()}
      </form>
      ${this.#result()}`
  }

  #time() {
    const zone = this.#zone()
    const at = this.question.at === '' ? '' : wallTime(Date.parse(this.question.at), zone)
    return html`<div class="time">
      <wa-input type="datetime-local" label="Time (${zone})" .value=${at.slice(0, 16)} @change=${this.#onTime}></wa-input>
      ${
        this.question.at === ''
          ? html`<p class="note">Left empty: now.</p>`
          : html`<div class="row"><wa-button size="s" appearance="plain" @click=${() => this.#change({ at: '' })}>Back to now</wa-button></div>`
      }
      ${this.timeProblem === null ? nothing : html`<p class="bad small" role="alert">${this.timeProblem}</p>`}
    </div>`
  }

  #zone(): string {
    return this.device?.timeZone ?? localTimeZone()
  }

  #choices(): readonly string[] {
    const known = this.#packages.value ?? []
    const asked = this.question.package
    return asked === '' || known.includes(asked) ? known : [asked, ...known]
  }

  #result() {
    if (this.problem !== null)
      return html`<larder-problem-note .problem=${this.problem} ?fixed=${this.problem.problem !== 'unreachable'} @larder-retry=${() => this.#ask()}></larder-problem-note>`
    if (this.question.device === '' || this.question.package === '')
      return html`<larder-empty-state heading="Choose a device and a package" icon="explain">The answer stands here, with the rules that give it.</larder-empty-state>`
    return this.answer === null ? html`<larder-loading></larder-loading>` : this.#explanation(this.answer)
  }

  #explanation(answer: Explanation) {
    return html`<div class="stack wide" aria-live="polite">
      <section class="card stack">
        <p class="sentence">${answer.obstacle?.sentence ?? answer.sentence}</p>
        ${answer.obstacle === null ? nothing : html`<p>${this.#remedy(answer, answer.obstacle)} As long as that is so, the windows below do not matter for it.</p>`}
        <p class="quiet">${answer.name === '' ? answer.deviceId : answer.name}, ${answer.role} at ${answer.site}; ${formatInstant(Date.parse(answer.at), answer.timeZone)}${this.question.at === '' ? ', now' : ''}</p>
        <div class="row">${
          answer.nextChangeAt === null
            ? html`<span>Nothing changes later by itself.</span>`
            : html`<span>It changes <larder-time .at=${answer.nextChangeAt} .zone=${answer.timeZone}></larder-time></span>
              <wa-button size="s" appearance="outlined" @click=${() => this.#change({ at: answer.nextChangeAt ?? '' })}>And then?</wa-button>`
        }</div>
      </section>
      <div class="sources">
        ${this.#source(answer.role === 'store' ? 'Fellow stores' : 'Stores of the site', answer.stores, answer)}
        ${this.#source('Server', answer.server, answer)}
      </div>
      <section class="card stack" aria-labelledby="because"><h2 id="because">From these options</h2>
        <dl class="facts">
          <dt>Package</dt><dd>${answer.package}, release no. ${answer.release}, version ${answer.version}</dd>
          <dt>Profile</dt><dd><a href=${href(['profiles', answer.profile, 'packages', answer.package])}>${answer.profile}</a></dd>
          <dt>Proxy distribution</dt><dd>${answer.windows.proxyDistribution ? 'on' : 'off'}</dd>
          <dt>Only … until</dt><dd>${this.#bound(answer.windows.onlyToProxiesUntil, answer)}</dd>
          <dt>Enforce … until</dt><dd>${this.#bound(answer.windows.enforceProxyUntil, answer)}</dd>
        </dl>
      </section>
    </div>`
  }

  #remedy({ deviceId, package: name }: Explanation, { remedy }: NonNullable<Explanation['obstacle']>) {
    if (remedy === 'republish')
      return html`<a href=${href(['packages', name])}>Go back to it on the page of the package.</a>`
    return remedy === 'retry'
      ? html`<a href=${href(['devices', deviceId])}>Try it again on the page of the device.</a>`
      : nothing
  }

  #bound(at: string | null, { timeZone }: Explanation) {
    return at === null ? 'off' : formatInstant(Date.parse(at), timeZone)
  }

  #source(name: string, source: Explanation['stores'], { order, timeZone }: Explanation) {
    const which = name === 'Server' ? 'server' : 'stores'
    const turn = order.indexOf(which)
    return html`<section class="source ${source.state}" data-source=${which}>
      <div class="spread"><h2>${name}</h2><larder-chip kind=${source.state === 'open' ? 'good' : 'waiting'}>${source.state}</larder-chip></div>
      <p><span class="rule" title="Rule of docs/POLICY.md">${source.rule}</span>${source.explanation}</p>
      ${source.state === 'open' && order.length > 1 ? html`<p class="quiet">${turn === 0 ? 'Tried first.' : 'Tried when the stores cannot help.'}</p>` : nothing}
      ${source.retryAt === null ? nothing : html`<p class="row">${icons.clock}<span>Opens <larder-time .at=${source.retryAt} .zone=${timeZone}></larder-time></span></p>`}
    </section>`
  }

  readonly #onDevice = (event: CustomEvent<DeviceRow>): void => {
    this.device = event.detail
    const assigned = event.detail.packages.map(entry => entry.package)
    const fits = assigned.includes(this.question.package) || assigned.length === 0
    this.#change({
      device: event.detail.deviceId,
      package: fits ? this.question.package : (assigned[0] ?? ''),
    })
  }

  readonly #onPackage = (event: Event): void => {
    const { value } = event.target as HTMLInputElement
    if (value && value !== this.question.package) this.#change({ package: value })
  }

  readonly #onTime = (event: Event): void => {
    const { value } = event.target as HTMLInputElement
    const at = value ? instantOfWallTime(value, this.#zone()) : Number.NaN
    this.timeProblem = null
    if (!value) this.#change({ at: '' })
    else if (Number.isFinite(at)) this.#change({ at: new Date(at).toISOString() })
    else this.timeProblem = 'Fill in a whole date and time.'
  }

  #change(part: Partial<Question>): void {
    this.question = { ...this.question, ...part }
    this.answer = null
    replacePlace(href(['explain'], { ...this.question }))
    void this.#ask()
  }

  /** Reads the device that the address names, so that its name and zone are known. */
  async #begin(): Promise<void> {
    const { device } = this.question
    if (device !== '' && device !== this.device?.deviceId) {
      try {
        this.device = await api.get(apiPath('devices', device), deviceDetailSchema)
      } catch (error) {
        this.problem = problemIn(error)
        return
      }
    }
    await this.#ask()
  }

  async #ask(): Promise<void> {
    const { device, package: packageName, at } = this.question
    this.#running?.abort()
    if (device === '' || packageName === '') {
      this.problem = null
      return
    }
    const running = new AbortController()
    this.#running = running
    try {
      const query = { device, package: packageName, at }
      const answer = await api.get('explain', explanationSchema, { query, signal: running.signal })
      if (this.#running !== running) return
      this.answer = answer
      this.problem = null
    } catch (error) {
      if (this.#running !== running || running.signal.aborted) return
      this.answer = null
      this.problem = problemIn(error)
    }
  }
}
customElements.define('larder-explain-page', ExplainPage)

const questionIn = (query: URLSearchParams): Question => ({
  device: query.get('device') ?? '',
  package: query.get('package') ?? '',
  at: query.get('at') ?? '',
})
