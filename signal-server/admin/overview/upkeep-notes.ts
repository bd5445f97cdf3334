/** What the server found wrong with itself, and what to do about it; nothing while it is well. */
import { css, html, LitElement, nothing } from 'lit'
import type { UnknownReleases, Upkeep } from '../../../protocol/admin/overview.ts'
import { baseStyles } from '../base-styles.ts'
import { countOf } from '../words.ts'
import '../elements/time-text.ts'

class UpkeepNotes extends LitElement {
  static override properties = { upkeep: { attribute: false }, unknown: { attribute: false } }
  declare upkeep: Upkeep | null
  declare unknown: readonly UnknownReleases[]

  static override styles = [
    baseStyles,
    css`
      .card { border-color: color-mix(in oklab, var(--bad) 45%, var(--line)); padding: var(--space-3) var(--space-4) }
      ul { list-style: none; display: grid; gap: var(--space-2) }
      li { overflow-wrap: anywhere }
      strong { color: var(--bad) }
    `,
  ]

  constructor() {
    super()
    this.upkeep = null
    this.unknown = []
  }

  override render() {
    if (this.upkeep === null) return nothing
    const { damagedChunks, damagedManifests, recordsDamage, failingJobs } = this.upkeep
    const notes = [
      ...(damagedChunks > 0
        ? [
            html`<strong>${countOf(damagedChunks, 'stored chunk')} ${damagedChunks === 1 ? 'is' : 'are'} damaged or missing</strong>
              on the server’s disk. The <a href="#/packages">pages of the packages</a> say which releases have ${damagedChunks === 1 ? 'it' : 'them'}. Publish the same files again to repair ${damagedChunks === 1 ? 'it' : 'them'}.`,
          ]
        : []),
      ...(damagedManifests > 0
        ? [
            html`<strong>${countOf(damagedManifests, 'stored manifest')} ${damagedManifests === 1 ? 'is' : 'are'} damaged</strong>,
              and devices refuse ${damagedManifests === 1 ? 'it' : 'them'}. Bring the records back from a backup, or publish the files again. The server’s log says which.`,
          ]
        : []),
      ...(recordsDamage !== null
        ? [html`<strong>The records are damaged</strong>: ${recordsDamage}. Bring them back from a backup.`]
        : []),
      ...failingJobs.map(
        ({ name, since, message }) =>
          html`<strong>Work in the background fails</strong>: ${name}, since <larder-time .at=${since}></larder-time>.
            ${sentence(message)} It is tried again by itself.`,
      ),
    ]
    for (const { package: name, devices, highest, nextRelease } of this.unknown)
      notes.push(html`<strong>${countOf(devices, 'device')} ${devices === 1 ? 'reports' : 'report'} release ${highest} of ${name}, which this server does not know</strong>,
        as after a backup was restored. The next one gets number ${nextRelease} and is refused by ${devices === 1 ? 'it' : 'them'}: on a device numbers only rise.
        If you know that release, number the next ones above it: <code>larder package renumber ${name} --above ${highest}</code>`)
    if (notes.length === 0) return nothing
    return html`<section class="card" role="status" aria-label="What is wrong with the server">
      <ul>${notes.map(note => html`<li>${note}</li>`)}</ul></section>`
  }
}
customElements.define('larder-upkeep-notes', UpkeepNotes)

/** A message of the server, which begins small and has no full stop, as a sentence. */
function sentence(message: string): string {
  const text = message.trim()
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}
