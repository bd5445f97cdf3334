/**
 * The time axis: what kiosks and stores may do when, as bands, and the two bounds as sliders to drag or to move by keys.
 * Draws phases as the server's preview gives them and decides none. Fires `larder-bound-move`.
 */
import { css, html, LitElement, nothing, type PropertyValues, svg } from 'lit'
import type { PhasesOfRole } from '../../../protocol/admin/preview.ts'
import { baseStyles } from '../base-styles.ts'
import { clock, serverNow } from '../server-clock.ts'
import { formatClock, formatDay, formatInstant } from '../words.ts'
import { movedByKey, Scale, type Stretch, stretchFor, ticksOf } from './axis.ts'
import { boundDistance, handleLabel, otherYear } from './axis-words.ts'
import type { BoundField } from './bounds.ts'
import { OPTIONS } from './options.ts'
import { lookOf, type PhaseLook } from './phase-words.ts'

export interface AxisBound {
  readonly field: BoundField
  /** Epoch ms. */
  readonly at: number
}

export interface BoundMove {
  readonly field: BoundField
  readonly at: number
}

const LOOKS: readonly { readonly look: PhaseLook; readonly label: string }[] = [
  { look: 'waits', label: 'waits' },
  { look: 'stores', label: 'stores only' },
  { look: 'server', label: 'server only' },
  { look: 'both', label: 'stores first, then server' },
]

const SHORT: Record<BoundField, string> = {
  onlyToProxiesUntil: 'Only … until',
  enforceProxyUntil: 'Enforce … until',
}

const EDGE = 14
const DAYS_Y = 12
const TICKS_Y = 30
const GRIPS_TOP = 40
const GRIP_HEIGHT = 30
const GRIP_ROW = 36
const LANE_HEIGHT = 34
const LANE_GAP = 30
const PIXELS_PER_TICK = 46
const PIXELS_PER_LETTER = 6.6

class WindowAxis extends LitElement {
  static override properties = {
    bounds: { attribute: false },
    kiosks: { attribute: false },
    stores: { attribute: false },
    timeZone: {},
    width: { state: true },
    dragging: { state: true },
  }
  declare bounds: readonly AxisBound[]
  declare kiosks: PhasesOfRole['phases']
  declare stores: PhasesOfRole['phases']
  /** The zone of the numbers on the axis. */
  declare timeZone: string
  declare width: number
  declare dragging: BoundField | null
  #stretch: Stretch = { from: 0, to: 1 }
  #observer: ResizeObserver | null = null
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      svg { display: block; width: 100%; overflow: visible; font-family: var(--sans); font-size: 12px; user-select: none; -webkit-user-select: none }
      text { fill: var(--ink) }
      .tick, .lane-name { fill: var(--quiet) }
      .day { font-weight: 600 }
      .grid { stroke: var(--line) }
      .grid.day { stroke: var(--line-strong); opacity: 0.55 }
      .now { stroke: var(--ink); stroke-dasharray: 2 3; stroke-width: 1.5 }
      .now-label rect { fill: var(--ink) }
      .now-label text { fill: var(--ground); font-size: 11px; font-weight: 600 }
      .band { stroke: var(--surface); stroke-width: 2 }
      .waits { fill: url(#waits) }
      .stores { fill: var(--accent); fill-opacity: 0.32 }
      .server { fill: var(--series-server); fill-opacity: 0.38 }
      .both { fill: var(--good); fill-opacity: 0.3 }
      .hatch-ground { fill: var(--neutral-soft) }
      .hatch-line { stroke: var(--line-strong); stroke-opacity: 0.55; stroke-width: 1.5 }
      .legend .waits { fill: url(#waits-legend) }
      .handle { cursor: ew-resize; touch-action: none; outline: none }
      .handle line { stroke: var(--ink); stroke-width: 1.5 }
      .handle .grip { fill: var(--raised); stroke: var(--ink); stroke-width: 1.5 }
      .handle .marks { stroke: var(--quiet); stroke-width: 1.5 }
      .handle .hit { fill: transparent }
      .handle:hover .grip, .handle.dragging .grip { fill: var(--accent-soft); stroke: var(--accent) }
      .handle:focus-visible .grip { stroke: var(--accent); stroke-width: 3 }
      .handle:focus-visible line, .handle.dragging line { stroke: var(--accent); stroke-width: 2.5 }
      .handle text { font-weight: 600; paint-order: stroke; stroke: var(--surface); stroke-width: 4px; stroke-linejoin: round }
      .legend { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-4); margin-top: var(--space-3); font-size: var(--text-s); color: var(--quiet); list-style: none }
      .legend li { display: flex; align-items: center; gap: var(--space-2) }
      .legend svg { width: 1.4rem; height: 0.9rem; border: 1px solid var(--line); border-radius: 3px; overflow: hidden }
    `,
  ]

  constructor() {
    super()
    this.bounds = []
    this.kiosks = []
    this.stores = []
    this.timeZone = 'UTC'
    this.width = 0
    this.dragging = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#observer = new ResizeObserver(([entry]) => {
      this.width = Math.round(entry?.contentRect.width ?? 0)
    })
    this.#observer.observe(this)
    let minute = 0
    this.#unsubscribe = clock.subscribe(now => {
      if (Math.floor(now / 60_000) === minute) return
      minute = Math.floor(now / 60_000)
      this.requestUpdate()
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#observer?.disconnect()
    this.#unsubscribe()
  }

  protected override willUpdate(changed: PropertyValues): void {
    // The axis holds still under a pointer; a stretch that changes while one drags would run away.
    if (this.dragging !== null) return
    if (changed.has('bounds') || changed.has('dragging') || this.#stretch.to === 1)
      this.#stretch = stretchFor(
        serverNow(),
        this.bounds.map(({ at }) => at),
      )
  }

  override render() {
    const height = GRIPS_TOP + 2 * GRIP_ROW + 2 * (LANE_HEIGHT + LANE_GAP) + 4
    return html`
      <svg height=${height} viewBox="0 0 ${Math.max(1, this.width)} ${height}" role="group" aria-label="Windows over time">
        ${hatch('waits')}${this.width === 0 ? nothing : this.#drawing(height)}
      </svg>
      <ul class="legend">
        ${LOOKS.map(
          ({ look, label }) =>
            html`<li><svg aria-hidden="true">${hatch('waits-legend')}<rect class=${look} width="100%" height="100%"></rect></svg>${label}</li>`,
        )}
      </ul>`
  }

  #drawing(height: number) {
    const scale = this.#scale()
    const kiosksY = GRIPS_TOP + 2 * GRIP_ROW + LANE_GAP - 8
    const storesY = kiosksY + LANE_HEIGHT + LANE_GAP
    const bottom = height - 2
    // Bounds end with the kiosks' lane: they never change what a store may do.
    const kiosksBottom = kiosksY + LANE_HEIGHT + 4
    const now = serverNow()
    return svg`
      ${ticksOf(this.#stretch, this.timeZone, (this.width - 2 * EDGE) / PIXELS_PER_TICK).map(tick => this.#tick(scale, tick, bottom))}
      ${this.#lane('Kiosks', this.kiosks, kiosksY, scale)}
      ${this.#lane('Stores', this.stores, storesY, scale)}
      <line class="now" x1=${scale.x(now)} x2=${scale.x(now)} y1=${GRIPS_TOP - 4} y2=${bottom}></line>
      <g class="now-label" transform="translate(${scale.x(now)} ${bottom - 8})"><rect x="-15" y="-9" width="30" height="16" rx="8"></rect>
        <text text-anchor="middle" y="3">now</text></g>
      ${this.bounds.map((bound, row) => this.#handle(bound, row, scale, kiosksBottom))}`
  }

  #tick(scale: Scale, { at, startsDay }: { at: number; startsDay: boolean }, bottom: number) {
    const x = scale.x(at)
    const fits = x > 18 && x < this.width - 18
    return svg`<line class="grid ${startsDay ? 'day' : ''}" x1=${x} x2=${x} y1=${TICKS_Y + 5} y2=${bottom}></line>
      ${fits ? svg`<text class="tick" x=${x} y=${TICKS_Y} text-anchor="middle">${formatClock(at, this.timeZone)}</text>` : nothing}
      ${startsDay ? svg`<text class="tick day" x=${Math.min(Math.max(x, 32), this.width - 32)} y=${DAYS_Y} text-anchor="middle">${formatDay(at, this.timeZone)} ${otherYear(at, serverNow(), this.timeZone)}</text>` : nothing}`
  }

  #lane(name: string, phases: PhasesOfRole['phases'], y: number, scale: Scale) {
    return svg`<text class="lane-name" x=${EDGE} y=${y - 7}>${name}</text>
      ${phases.map(phase => {
        const x1 = phase.from === null ? EDGE : scale.x(Date.parse(phase.from))
        const x2 = phase.until === null ? this.width - EDGE : scale.x(Date.parse(phase.until))
        const fits = x2 - x1 > phase.words.length * PIXELS_PER_LETTER + 12
        return svg`<rect class="band ${lookOf(phase)}" x=${x1} y=${y} width=${Math.max(0, x2 - x1)} height=${LANE_HEIGHT} rx="4">
            <title>${phase.sentence}</title></rect>
          ${fits ? svg`<text x=${(x1 + x2) / 2} y=${y + LANE_HEIGHT / 2 + 4} text-anchor="middle" pointer-events="none">${phase.words}</text>` : nothing}`
      })}`
  }

  #handle({ field, at }: AxisBound, row: number, scale: Scale, bottom: number) {
    const x = scale.x(at)
    const y = GRIPS_TOP + row * GRIP_ROW
    const right = x > this.width - 160
    const moment = { now: serverNow(), timeZone: this.timeZone, stretch: this.#stretch }
    const label = `${SHORT[field]} ${handleLabel(at, moment)}`
    return svg`<g class="handle ${this.dragging === field ? 'dragging' : ''}" role="slider" tabindex="0" data-field=${field}
      aria-label=${OPTIONS[field].name} aria-orientation="horizontal"
      aria-valuemin=${Math.round(Math.min(at, this.#stretch.from) / 60_000)} aria-valuemax=${Math.round(Math.max(at, this.#stretch.to) / 60_000)}
      aria-valuenow=${Math.round(at / 60_000)}
      aria-valuetext="${formatInstant(at, this.timeZone)}, ${boundDistance(at, serverNow())}"
      @keydown=${(event: KeyboardEvent) => this.#onKey(event, field, at)}
      @pointerdown=${(event: PointerEvent) => this.#onGrab(event, field)}
      @pointermove=${(event: PointerEvent) => this.#onDrag(event, field)}
      @pointerup=${this.#onRelease} @pointercancel=${this.#onRelease}>
      <line x1=${x} x2=${x} y1=${y + GRIP_HEIGHT} y2=${bottom}></line>
      <rect class="hit" x=${x - 22} y=${y - 3} width="44" height=${GRIP_HEIGHT + 6}></rect>
      <rect class="hit" x=${x - 7} y=${y} width="14" height=${bottom - y}></rect>
      <rect class="grip" x=${x - 9} y=${y} width="18" height=${GRIP_HEIGHT} rx="5"></rect>
      <path class="marks" d="M${x - 3} ${y + 9}v12M${x + 3} ${y + 9}v12"></path>
      <text x=${right ? x - 16 : x + 16} y=${y + 20} text-anchor=${right ? 'end' : 'start'}>${label}</text>
    </g>`
  }

  #scale(): Scale {
    return new Scale(this.#stretch, EDGE, this.width - 2 * EDGE)
  }

  #onKey(event: KeyboardEvent, field: BoundField, at: number): void {
    const moved = movedByKey(at, event.key, event.shiftKey)
    if (moved === null) return
    event.preventDefault()
    this.#move(field, moved)
  }

  #onGrab(event: PointerEvent, field: BoundField): void {
    if (event.button !== 0) return
    const handle = event.currentTarget as SVGGElement
    handle.setPointerCapture(event.pointerId)
    handle.focus()
    this.dragging = field
  }

  #onDrag(event: PointerEvent, field: BoundField): void {
    if (this.dragging !== field) return
    const left = this.renderRoot.querySelector('svg')?.getBoundingClientRect().left ?? 0
    this.#move(field, this.#scale().at(event.clientX - left))
  }

  readonly #onRelease = (): void => {
    this.dragging = null
  }

  #move(field: BoundField, at: number): void {
    if (this.bounds.some(bound => bound.field === field && bound.at === at)) return
    this.dispatchEvent(new CustomEvent<BoundMove>('larder-bound-move', { detail: { field, at } }))
  }
}
customElements.define('larder-window-axis', WindowAxis)

/** Waiting is told from the rest by its pattern, also where colours look alike. */
const hatch = (id: string) =>
  svg`<defs><pattern id=${id} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <rect class="hatch-ground" width="8" height="8"></rect><line class="hatch-line" x1="0" y1="0" x2="0" y2="8"></line></pattern></defs>`
