/** What is new against the last release: files, chunks, and the bytes that will travel. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import type { Comparison } from '../../../protocol/admin/archives.ts'
import { baseStyles } from '../base-styles.ts'
import { countOf, formatCount } from '../words.ts'

const CHANGES = { new: 'new', changed: 'changed', removed: 'removed' } as const

class ComparisonView extends LitElement {
  static override properties = { comparison: { attribute: false } }
  declare comparison: Comparison | null

  static override styles = [
    baseStyles,
    css`
      .numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: var(--space-4) }
      .numbers strong { display: block; font-size: var(--text-2xl); font-weight: 500; letter-spacing: -0.02em; line-height: 1.2 }
      .numbers span { color: var(--quiet); font-size: var(--text-s) }
      .list { max-height: 20rem; overflow: auto; border: 1px solid var(--line); border-radius: var(--radius-s); margin-top: var(--space-3) }
      .list table { font-size: var(--text-s) }
      .list th, .list td { padding: 0.35rem var(--space-3) }
      .list td:first-child { font-family: var(--mono); overflow-wrap: anywhere }
      .list thead th { position: sticky; top: 0; background: var(--surface) }
      summary { cursor: pointer }
    `,
  ]

  constructor() {
    super()
    this.comparison = null
  }

  override render() {
    const { comparison } = this
    if (!comparison) return nothing
    const { against, files, chunks, bytes } = comparison
    const changedCount = files.new + files.changed + files.removed
    const hidden = changedCount - files.list.length
    return html`<div class="stack">
      <p>${
        against === null
          ? 'This is the first release of this package: everything is new.'
          : changedCount === 0
            ? html`These are the same files as in release ${against.release} (${against.version}). Publishing them again moves nothing.`
            : html`Against release ${against.release} (${against.version}):`
      }</p>
      <div class="numbers">
        <div><strong>${formatBytes(bytes.travelling)}</strong><span>${against === null ? 'to a device, packed' : `to a device that runs ${against.version}, packed`}; the files are ${formatBytes(bytes.raw)}</span></div>
        <div><strong>${formatCount(chunks.new)}</strong><span>new chunks of ${formatCount(chunks.total)}</span></div>
        <div><strong>${formatCount(changedCount)}</strong><span>${files.new} new, ${files.changed} changed, ${files.removed} removed of ${countOf(files.total, 'file')}</span></div>
      </div>
      ${
        files.list.length === 0
          ? nothing
          : html`<details><summary>${countOf(changedCount, 'file that differs', 'files that differ')}</summary>
            <div class="list" tabindex="0" role="region" aria-label="Files that differ"><table>
              <thead><tr><th>File</th><th>Change</th><th class="number">Size</th></tr></thead>
              <tbody>${files.list.map(({ path, change, sizeBytes }) => html`<tr><td>${path}</td><td>${CHANGES[change]}</td><td class="number">${formatBytes(sizeBytes)}</td></tr>`)}</tbody>
            </table></div>${hidden > 0 ? html`<p class="small quiet">and ${countOf(hidden, 'more')}</p>` : nothing}</details>`
      }
    </div>`
  }
}
customElements.define('larder-comparison', ComparisonView)
