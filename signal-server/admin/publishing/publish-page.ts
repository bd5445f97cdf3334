/** Publishing: drop a folder or a zip, see what is new, name the version and the entry page, publish. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import { newPackageNameSchema, typedVersionSchema } from '../../../protocol/admin/typed-text.ts'
import { packageListSchema } from '../../../protocol/admin-api.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { api, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { textFieldStyles } from '../elements/text-field-styles.ts'
import { toast } from '../elements/toasts.ts'
import { icons } from '../icons.ts'
import { Resource } from '../resource.ts'
import { go, href } from '../router.ts'
import { countOf, formatShare } from '../words.ts'
import {
  type Picked,
  pickChosenFolder,
  pickDropped,
  pickZip,
  suggestName,
  suggestVersion,
} from './picked-files.ts'
import { type Prepared, type Progress, prepare } from './publish-steps.ts'
import './audience-view.ts'
import './comparison-view.ts'

type Step =
  | { readonly name: 'choose'; readonly refusal: string | null }
  | { readonly name: 'working'; readonly progress: Progress | null; readonly source: string }
  | {
      readonly name: 'review'
      readonly prepared: Prepared
      readonly picked: Exclude<Picked, { kind: 'refused' }>
      /** The package that it was compared with. */
      readonly packageName: string
      readonly source: string
      readonly refusal: string | null
    }

const CHOOSE: Step = { name: 'choose', refusal: null }

class PublishPage extends LitElement {
  static override properties = {
    package: {},
    typed: { state: true },
    step: { state: true },
    over: { state: true },
  }
  /** The package of the address; null: it is named here. */
  declare package: string | null
  declare typed: string
  declare step: Step
  declare over: boolean
  readonly #packages = new Resource(this, signal => api.get('packages', packageListSchema, { signal }))
  #running: AbortController | null = null
  /** What was typed as version, kept when the package is named anew; null before. */
  #version: string | null = null

  static override styles = [
    baseStyles,
    textFieldStyles,
    css`
      .page { display: grid; gap: var(--space-5); max-width: 52rem }
      .drop {
        display: grid; gap: var(--space-3); justify-items: center; text-align: center; padding: var(--space-7) var(--space-4);
        border: 2px dashed var(--line-strong); border-radius: var(--radius-m); background: var(--surface); transition: background 0.15s, border-color 0.15s;
      }
      .drop.over { border-color: var(--accent); background: var(--accent-soft) }
      .drop > .icon { width: 2.25rem; height: 2.25rem; color: var(--accent) }
      .buttons { display: flex; flex-wrap: wrap; gap: var(--space-2); justify-content: center; margin-top: var(--space-2) }
      .refusal { padding: var(--space-3) var(--space-4); border-radius: var(--radius-s); background: var(--bad-soft); display: flex; gap: var(--space-3) }
      .refusal .icon { color: var(--bad); margin-top: 0.12em }
      .warning { display: flex; gap: var(--space-3); padding: var(--space-3) var(--space-4); border-radius: var(--radius-s); background: var(--accent-soft); overflow-wrap: anywhere }
      .warning .icon { color: var(--accent); margin-top: 0.12em; flex: none }
      .source { display: flex; gap: var(--space-3); align-items: center }
      .two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: var(--space-4); align-items: start }
      .progress { display: grid; gap: var(--space-2) }
    `,
  ]

  constructor() {
    super()
    this.package = null
    this.typed = ''
    this.step = CHOOSE
    this.over = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    for (const type of ['dragover', 'drop']) addEventListener(type, this.#keepPage)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const type of ['dragover', 'drop']) removeEventListener(type, this.#keepPage)
    this.#running?.abort()
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('package') && changed.get('package') !== undefined) this.#startOver()
  }

  override render() {
    const { step } = this
    const back = this.package === null ? '#/packages' : href(['packages', this.package])
    return html`
      <larder-page-header heading=${this.package === null ? 'Publish a package' : `Publish ${this.package}`} backHref=${back} backLabel=${this.package ?? 'Packages'}>
        A release is what the devices run: the files of an app, cut into chunks and signed. Nothing reaches a device before you publish.
      </larder-page-header>
      <div class="page">
        ${this.package === null ? this.#nameField() : nothing}
        ${step.name === 'choose' ? this.#choose(step.refusal) : step.name === 'working' ? this.#working(step) : this.#review(step)}
      </div>`
  }

  #nameField() {
    const locked = this.step.name === 'working'
    const names = (this.#packages.value?.packages ?? []).map(one => one.package)
    return html`<div class="field">
      <label for="package">Package</label>
      <input id="package" list="names" maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="lobby" .value=${this.typed} ?disabled=${locked}
        aria-describedby="package-hint" @input=${(event: Event) => {
          this.typed = (event.target as HTMLInputElement).value
        }} @change=${this.#onNamed}>
      <datalist id="names">${names.map(name => html`<option value=${name}></option>`)}</datalist>
      <small id="package-hint" class="quiet">${
        names.includes(this.typed)
          ? 'A new release of a package that is here already.'
          : 'Small letters, digits, dots, dashes and underscores. Left empty, it is named after what you drop.'
      }</small></div>`
  }

  #choose(refusal: string | null) {
    return html`
      <div class="drop ${this.over ? 'over' : ''}" @dragenter=${this.#onDragOver} @dragover=${this.#onDragOver} @dragleave=${this.#onDragLeave} @drop=${this.#onDrop}>
        ${icons.upload}
        <h2>Drop a folder or a zip here</h2>
        <p class="quiet">with an HTML page in it that the kiosks open.</p>
        <div class="buttons">
          <wa-button variant="brand" @click=${() => this.#press('folder')}>Choose a folder</wa-button>
          <wa-button appearance="outlined" @click=${() => this.#press('zip')}>Choose a zip</wa-button>
        </div>
        <input class="visually-hidden folder" type="file" webkitdirectory multiple tabindex="-1" aria-label="Folder" @change=${this.#onFolder}>
        <input class="visually-hidden zip" type="file" accept=".zip,application/zip" tabindex="-1" aria-label="Zip" @change=${this.#onZip}>
      </div>
      ${this.#refusal(refusal)}`
  }

  #working({ progress, source }: Extract<Step, { name: 'working' }>) {
    const share =
      progress === null || progress.totalBytes === 0 ? 0 : progress.doneBytes / progress.totalBytes
    return html`<section class="card progress" aria-label="Progress">
      <div class="spread"><h2>${progress?.what ?? 'Looking'} …</h2><span class="quiet">${source}</span></div>
      <wa-progress-bar value=${Math.floor(share * 100)} label=${progress?.what ?? 'Looking'}></wa-progress-bar>
      <div class="spread"><span class="quiet" role="status">${progress === null ? '' : `${formatShare(share)} · ${formatBytes(progress.doneBytes)} of ${formatBytes(progress.totalBytes)}`}</span>
        <wa-button size="s" appearance="outlined" @click=${this.#startOver}>Cancel</wa-button></div>
    </section>`
  }

  #review({ prepared, picked, packageName, source, refusal }: Extract<Step, { name: 'review' }>) {
    const { entries, comparison, leftOut, leftOutCount, strippedFolder, warnings } = prepared
    return html`
      <section class="card stack" aria-labelledby="new">
        <div class="spread"><h2 id="new">What is new</h2><span class="quiet">${source}</span></div>
        <larder-comparison .comparison=${comparison}></larder-comparison>
        ${strippedFolder === null ? nothing : html`<p class="small quiet">Everything lies in the folder “${strippedFolder}”, which is not part of the paths.</p>`}
        ${leftOutCount === 0 ? nothing : html`<p class="small quiet">Not published, because version control and file managers make them: ${countOf(leftOutCount, 'file')} (${leftOut.slice(0, 5).join(', ')}${leftOutCount > 5 ? ` and ${leftOutCount - 5} more` : ''}).</p>`}
      </section>
      ${warnings.length === 0 ? nothing : this.#warnings(warnings)}
      ${
        entries.length === 0
          ? html`${this.#refusal('There is no HTML page in it, so a kiosk would have nothing to open. Add one, such as index.html.')}
            <p><wa-button @click=${this.#startOver}>Choose something else</wa-button></p>`
          : html`<larder-release-audience .package=${packageName} .bytes=${comparison.bytes.travelling}></larder-release-audience>
          <form class="card stack" @submit=${this.#onPublish}>
            <div class="two">
              <wa-input name="version" label="Version label" required maxlength="64" autocomplete="off" autofocus placeholder="1.2.0" .value=${this.#version ?? suggestVersion(picked.name)} @input=${this.#onVersion}
                hint=${comparison.against === null ? 'What people call this version.' : `The last one is ${comparison.against.version}.`}></wa-input>
              <wa-select name="entry" label="Entry page" value=${entries[0] ?? ''} hint="The page that a kiosk opens." required>
                ${entries.slice(0, 50).map(path => html`<wa-option value=${path}>${path}</wa-option>`)}
              </wa-select>
            </div>
            ${this.#refusal(refusal)}
            <div class="row"><wa-button type="submit" variant="brand">Publish</wa-button>
              <wa-button appearance="outlined" @click=${this.#startOver}>Choose something else</wa-button></div>
          </form>`
      }`
  }

  #warnings(warnings: Prepared['warnings']) {
    return html`<section class="card stack" aria-labelledby="warnings">
      <div class="spread"><h2 id="warnings">What may not work on a kiosk</h2></div>
      <p class="small quiet">Found by looking at the files. It does not keep you from publishing.</p>
      ${warnings.map(
        ({ message, paths, fileCount }) => html`<div class="warning">${icons.warning}<div>
          <p>${message}</p>
          <p class="small quiet">${paths.join(', ')}${fileCount > paths.length ? ` and ${countOf(fileCount - paths.length, 'more file')}` : ''}</p>
        </div></div>`,
      )}
    </section>`
  }

  #refusal(message: string | null) {
    return message === null
      ? nothing
      : html`<div class="refusal" role="alert">${icons.warning}<p>${message}</p></div>`
  }

  #press(kind: 'folder' | 'zip'): void {
    this.renderRoot.querySelector<HTMLInputElement>(`input.${kind}`)?.click()
  }

  readonly #keepPage = (event: Event): void => {
    // A drop beside the zone would otherwise open the file instead of this page.
    event.preventDefault()
  }

  readonly #onDragOver = (event: DragEvent): void => {
    event.preventDefault()
    this.over = true
  }

  readonly #onDragLeave = (event: DragEvent): void => {
    const { relatedTarget, currentTarget } = event
    if (
      relatedTarget instanceof Node &&
      currentTarget instanceof Node &&
      currentTarget.contains(relatedTarget)
    )
      return
    this.over = false
  }

  readonly #onDrop = (event: DragEvent): void => {
    event.preventDefault()
    this.over = false
    if (event.dataTransfer) void pickDropped(event.dataTransfer).then(picked => this.#take(picked))
  }

  readonly #onFolder = (event: Event): void => {
    const files = [...((event.target as HTMLInputElement).files ?? [])]
    if (files.length > 0) void this.#take(pickChosenFolder(files))
  }

  readonly #onZip = (event: Event): void => {
    const [file] = (event.target as HTMLInputElement).files ?? []
    if (file) void this.#take(pickZip(file))
  }

  readonly #onVersion = (event: Event): void => {
    this.#version = (event.target as HTMLInputElement).value
  }

  /** Another name is another package: what is new is looked at again. */
  readonly #onNamed = (): void => {
    const { step } = this
    if (step.name !== 'review' || this.typed.trim() === step.packageName) return
    const parsed = parseWith(newPackageNameSchema, this.typed.trim())
    if (parsed.ok) void this.#take(step.picked)
    else this.step = { ...step, refusal: `The package cannot be named so: ${parsed.message}.` }
  }

  readonly #startOver = (): void => {
    this.#running?.abort()
    this.#running = null
    this.#version = null
    this.step = CHOOSE
  }

  async #take(picked: Picked): Promise<void> {
    if (picked.kind === 'refused') {
      this.step = { name: 'choose', refusal: picked.message }
      return
    }
    const name = this.package ?? (this.typed.trim() || suggestName(picked.name))
    const parsed = parseWith(newPackageNameSchema, name)
    if (!parsed.ok) {
      this.step = { name: 'choose', refusal: `Name the package first: ${parsed.message}.` }
      return
    }
    this.typed = name
    const source =
      picked.kind === 'zip'
        ? `${picked.file.name}, ${formatBytes(picked.file.size)}`
        : `${picked.name}, ${countOf(picked.files.length, 'file')}`
    await this.#work(
      source,
      () => ({ name: 'choose', refusal: null }),
      async options => {
        const prepared = await prepare(picked, { ...options, packageName: name })
        return { name: 'review', prepared, picked, packageName: name, source, refusal: null }
      },
    )
  }

  readonly #onPublish = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const { step } = this
    if (step.name !== 'review') return
    const form = event.currentTarget as HTMLFormElement
    const data = new FormData(form)
    const version = parseWith(typedVersionSchema, String(data.get('version') ?? ''))
    if (!version.ok) {
      this.step = { ...step, refusal: `The version label does not do: ${version.message}.` }
      return
    }
    const entry = String(data.get('entry') || step.prepared.entries[0])
    const { packageName } = step
    if (this.package === null && this.typed.trim() !== packageName) return this.#onNamed()
    await this.#work(
      step.source,
      () => step,
      async options => {
        const published = await step.prepared.publish(
          { version: version.value, entry },
          { ...options, packageName },
        )
        toast(
          published.sameContentAs === null
            ? `Release ${published.release} of ${packageName} is published: ${formatBytes(step.prepared.comparison.bytes.travelling)} travel to a device.`
            : `Release ${published.release} of ${packageName} is published. It has the same files as release ${published.sameContentAs}.`,
        )
        go(href(['packages', packageName]))
        return CHOOSE
      },
    )
  }

  /** Shows progress while `act` runs and then the step it leads to; a failure leads to `before` with its reason. */
  async #work(
    source: string,
    before: () => Exclude<Step, { name: 'working' }>,
    act: (options: { onProgress: (progress: Progress) => void; signal: AbortSignal }) => Promise<Step>,
  ): Promise<void> {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    this.step = { name: 'working', progress: null, source }
    const onProgress = (progress: Progress) => {
      if (this.#running === running) this.step = { name: 'working', progress, source }
    }
    try {
      const next = await act({ onProgress, signal: running.signal })
      if (this.#running === running) this.step = next
    } catch (error) {
      if (this.#running === running) this.step = { ...before(), refusal: problemIn(error).message }
    }
  }
}
customElements.define('larder-publish-page', PublishPage)
