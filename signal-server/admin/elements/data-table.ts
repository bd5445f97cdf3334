/**
 * A table of any length: only the rows in sight are in the document. Columns give way on narrow screens, the least
 * important first. Rows lead somewhere by a link in their first cell; arrow keys move between them.
 */
import { FlowLayout } from '@lit-labs/virtualizer/layouts/flow.js'
import { virtualize } from '@lit-labs/virtualizer/virtualize.js'
import { css, html, LitElement, nothing } from 'lit'
import { styleMap } from 'lit/directives/style-map.js'
import { baseStyles } from '../base-styles.ts'
import { icons } from '../icons.ts'

export interface Column<Row> {
  readonly key: string
  readonly label: string
  /** In rem: below that it is cut or wrapped. What is left over is shared by `grow`. */
  readonly widthRem: number
  readonly grow?: number
  /** Columns of a higher number go first when there is no room; those of 0 never go. */
  readonly rank: number
  readonly sortable?: boolean
  readonly align?: 'end'
  readonly draw: (row: Row) => unknown
}

export interface Sort {
  readonly key: string
  readonly order: 'asc' | 'desc'
}

/** Draws fewer rows beyond those in sight than the virtualizer would: a jump draws them all anew, and is to take no time. */
class NearRows extends FlowLayout {
  protected override _overhang = 400
}

/** Fires `larder-sort` with the {@link Sort} that is wanted. */
export class DataTable<Row> extends LitElement {
  static override properties = {
    label: {},
    columns: { attribute: false },
    rows: { attribute: false },
    sort: { attribute: false },
    keyOf: { attribute: false },
    hrefOf: { attribute: false },
    below: {},
    drawBelow: { attribute: false },
    widthPx: { state: true },
  }
  declare label: string
  declare columns: readonly Column<Row>[]
  declare rows: readonly Row[]
  declare sort: Sort | null
  declare keyOf: (row: Row) => string
  /** Where a row leads. The first column's text is the link. */
  declare hrefOf: (row: Row) => string
  /** The column without which a second line is drawn. */
  declare below: string
  /** Where there is no room for that column: what stands under a row instead, over its whole width. */
  declare drawBelow: ((row: Row, shown: ReadonlySet<string>) => unknown) | null
  declare widthPx: number
  readonly #width = new ResizeObserver(([entry]) => {
    if (entry) this.widthPx = Math.round(entry.contentRect.width)
  })

  static override styles = [
    baseStyles,
    css`
      .table { border: 1px solid var(--line); border-radius: var(--radius-m); background: var(--surface) }
      .line { display: grid; gap: var(--space-4); padding: 0 var(--space-4); align-items: center }
      .head {
        position: sticky; top: var(--table-top, 0px); z-index: 2; min-height: 2.5rem; border-bottom: 1px solid var(--line);
        background: var(--surface); border-radius: var(--radius-m) var(--radius-m) 0 0; font-size: var(--text-s); color: var(--quiet); font-weight: 500;
      }
      .head button { all: unset; cursor: pointer; display: inline-flex; align-items: center; gap: 0.3em; padding: 0.4rem 0; border-radius: 2px }
      .head button:hover { color: var(--ink) }
      .head button:focus-visible { outline: var(--focus) }
      .head .icon { width: 0.9rem; height: 0.9rem; visibility: hidden }
      .head [aria-sort="ascending"] .icon, .head [aria-sort="descending"] .icon { visibility: visible; color: var(--accent) }
      .end button { flex-direction: row-reverse }
      .body { display: block; min-height: 3.25rem; clip-path: inset(0 round 0 0 var(--radius-m) var(--radius-m)) }
      /* One height for all rows, whatever they say: nothing moves while data flows in. */
      .body .line { width: 100%; height: 3.75rem; border-bottom: 1px solid var(--line); line-height: 1.35 }
      .body .line.tall { height: 4.75rem; padding-block: var(--space-2); align-content: center; row-gap: var(--space-1) }
      .body .line:hover { background: var(--neutral-soft) }
      .body .line:focus-within { background: var(--accent-soft) }
      .cell { min-width: 0; overflow: hidden; text-overflow: ellipsis }
      .end { text-align: end; font-variant-numeric: tabular-nums }
      .below { grid-column: 1 / -1; color: var(--quiet); font-size: var(--text-s); white-space: nowrap; min-height: 1.35em }
      .two-lines { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; overflow: hidden; overflow-wrap: anywhere }
      .first { overflow: visible }
      .first > a { color: inherit; text-decoration: none; font-weight: 500; display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
      .first > a::after { content: ""; position: absolute; inset: 0 }
      .first > a:focus-visible { outline: none }
      .first > a:focus-visible::after { outline: var(--focus); outline-offset: -2px; border-radius: var(--radius-s) }
    `,
  ]

  constructor() {
    super()
    this.label = ''
    this.columns = []
    this.rows = []
    this.sort = null
    this.keyOf = String
    this.hrefOf = () => '#/'
    this.below = ''
    this.drawBelow = null
    this.widthPx = 0
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.widthPx = this.clientWidth
    this.#width.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#width.disconnect()
  }

  override render() {
    const columns = this.#fitting()
    const shown = new Set(columns.map(({ key }) => key))
    const drawBelow = this.below !== '' && !shown.has(this.below) ? this.drawBelow : null
    const tracks = {
      gridTemplateColumns: columns
        .map(({ widthRem, grow }) => `minmax(${widthRem}rem, ${grow ?? 1}fr)`)
        .join(' '),
    }
    return html`<div class="table" role="table" aria-label=${this.label} aria-rowcount=${this.rows.length + 1}>
      <div role="rowgroup" class="head">
        <div class="line" role="row" aria-rowindex="1" style=${styleMap(tracks)}>
          ${columns.map(column => this.#heading(column))}
        </div>
      </div>
      <div class="body" role="rowgroup" @keydown=${this.#onKey}>
        ${virtualize({
          items: [...this.rows],
          // Said here because it would be fetched when first needed otherwise, and perhaps in vain.
          layout: { type: NearRows },
          keyFunction: row => this.keyOf(row),
          renderItem: (
            row,
            index,
          ) => html`<div class="line ${drawBelow === null ? '' : 'tall'}" role="row" aria-rowindex=${index + 2} style=${styleMap(tracks)}>
            ${columns.map((column, at) =>
              at === 0
                ? html`<div class="cell first" role="rowheader"><a href=${this.hrefOf(row)}>${column.draw(row)}</a></div>`
                : html`<div class="cell ${column.align ?? ''}" role="cell"><div class="two-lines">${column.draw(row)}</div></div>`,
            )}
            ${drawBelow === null ? nothing : html`<div class="cell below" role="cell">${drawBelow(row, shown)}</div>`}
          </div>`,
        })}
      </div>
    </div>`
  }

  #heading(column: Column<Row>) {
    const sorted = this.sort?.key === column.key ? this.sort.order : null
    const ariaSort = sorted === null ? nothing : sorted === 'asc' ? 'ascending' : 'descending'
    return html`<div class="cell ${column.align ?? ''}" role="columnheader" aria-sort=${ariaSort}>${
      column.sortable
        ? html`<button type="button" @click=${() => this.#sortBy(column.key)}>${column.label}${sorted === 'desc' ? icons.down : icons.up}</button>`
        : column.label
    }</div>`
  }

  /** As many columns as there is room for, in their order. */
  #fitting(): readonly Column<Row>[] {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
    const roomRem = this.widthPx / rem - 2
    const kept = new Set<Column<Row>>()
    let usedRem = 0
    for (const column of this.columns.toSorted((a, b) => a.rank - b.rank)) {
      usedRem += column.widthRem + (kept.size === 0 ? 0 : 1)
      if (column.rank > 0 && usedRem > roomRem) break
      kept.add(column)
    }
    return this.columns.filter(column => kept.has(column))
  }

  #sortBy(key: string): void {
    const order = this.sort?.key === key && this.sort.order === 'asc' ? 'desc' : 'asc'
    this.dispatchEvent(new CustomEvent<Sort>('larder-sort', { detail: { key, order } }))
  }

  /** Rows that follow in sight may stand anywhere in the document: they are found by their number. */
  readonly #onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const row = (event.target as HTMLElement).closest('[role=row]')
    if (step === undefined || row === null) return
    const next = Number(row.getAttribute('aria-rowindex')) + step
    const link = this.renderRoot.querySelector<HTMLElement>(`[aria-rowindex="${next}"] a`)
    if (!link) return
    event.preventDefault()
    link.focus()
  }
}
customElements.define('larder-data-table', DataTable)
