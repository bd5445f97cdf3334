/** Going back: an old release published again under a new number. Release numbers only rise on a device. */
import { css, html, LitElement } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import { publishedSchema, type ReleaseView } from '../../../protocol/admin-api.ts'
import { type ApiProblem, api, apiPath, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { opened } from '../elements/open-dialog.ts'
import { toast } from '../elements/toasts.ts'

/** Fires `larder-done`; `detail` says whether a release was made. */
class GoBack extends LitElement {
  static override properties = {
    release: { attribute: false },
    problem: { state: true },
    busy: { state: true },
  }
  declare release: ReleaseView | null
  declare problem: ApiProblem | null
  declare busy: boolean

  static override styles = [baseStyles, css`wa-dialog { --width: 32rem }`]

  constructor() {
    super()
    this.release = null
    this.problem = null
    this.busy = false
  }

  override render() {
    const { release } = this
    if (!release) return null
    return html`<wa-dialog ${opened()} label="Go back to ${release.version}" @wa-after-hide=${this.#onHidden}>
      <form @submit=${this.#onSubmit}>
        <p>The files of release ${release.release} become a new release, which devices that follow “latest” then want. Its chunks are on the server already; each device fetches those that it no longer has.</p>
        <wa-input name="version" label="Version label" required maxlength="64" autofocus autocomplete="off" value="${release.version} again" hint="People should see that it is the old one."></wa-input>
        ${this.problem ? html`<larder-problem-note fixed .problem=${this.problem}></larder-problem-note>` : null}
      </form>
      <wa-button slot="footer" appearance="outlined" @click=${() => this.#close(false)}>Cancel</wa-button>
      <wa-button slot="footer" variant="brand" ?loading=${this.busy} @click=${() => this.renderRoot.querySelector('form')?.requestSubmit()}>Publish it again</wa-button>
    </wa-dialog>`
  }

  readonly #onHidden = (event: Event): void => {
    if (event.target === event.currentTarget) this.#close(false)
  }

  #close(made: boolean): void {
    this.dispatchEvent(new CustomEvent<boolean>('larder-done', { detail: made }))
  }

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const { release } = this
    if (!release || this.busy) return
    const version = String(new FormData(event.currentTarget as HTMLFormElement).get('version') ?? '').trim()
    this.busy = true
    try {
      const path = apiPath('packages', release.package, 'releases', release.release, 'republish')
      const made = await api.post(path, publishedSchema, { body: { version } })
      toast(
        `Release ${made.release} (${made.version}) is published; ${formatBytes(made.newEncodedBytes)} are new.`,
      )
      this.#close(true)
    } catch (error) {
      this.problem = problemIn(error)
    }
    this.busy = false
  }
}
customElements.define('larder-go-back', GoBack)
