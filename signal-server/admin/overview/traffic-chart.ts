/**
 * Bytes over time, from stores and from the server, stacked. Drawn by uPlot on a canvas; a table of the same numbers
 * stands beside it for those who do not see it.
 */
import { css, html, LitElement } from 'lit'
import uPlot from 'uplot'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import type { Traffic } from '../../../protocol/admin/traffic.ts'
import { baseStyles } from '../base-styles.ts'
import { formatClock, formatDay, formatInstant, localTimeZone } from '../words.ts'

const HEIGHT_REM = 15
const DAY_S = 24 * 3600

class TrafficChart extends LitElement {
  static override properties = { traffic: { attribute: false } }
  declare traffic: Traffic | null
  #plot: uPlot | null = null
  readonly #size = new ResizeObserver(() => this.#resize())

  static override styles = [
    baseStyles,
    css`
      :host { display: flex; flex-direction: column; gap: var(--space-2); min-height: ${HEIGHT_REM}rem }
      /* Its height is what is left, not what is in it. */
      .chart { flex: 1 1 0; min-height: 0; position: relative; overflow: hidden }
      .chart > * { position: absolute }
      .legend { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-5); font-size: var(--text-s); min-height: 1.6em }
      .key { display: inline-flex; gap: 0.5em; align-items: center }
      .key i { width: 0.75em; height: 0.75em; border-radius: 2px }
      .stores i { background: var(--accent) }
      .server i { background: var(--series-server) }
      .legend .when { color: var(--quiet); margin-inline-start: auto }
      /* What uPlot's own style sheet says of the parts used here. */
      .uplot, .uplot *, .uplot *::before { box-sizing: border-box }
      .u-wrap { position: relative; user-select: none }
      .u-over, .u-under { position: absolute }
      .u-under { overflow: hidden }
      .uplot canvas { display: block; position: relative; width: 100%; height: 100% }
      .u-axis { position: absolute }
      .u-cursor-x, .u-cursor-y { position: absolute; left: 0; top: 0; pointer-events: none; will-change: transform }
      .u-hz .u-cursor-x, .u-vt .u-cursor-y { height: 100%; border-inline-end: 1px solid var(--line-strong) }
      .u-hz .u-cursor-y, .u-vt .u-cursor-x { display: none }
      .u-cursor-pt { position: absolute; top: 0; left: 0; border-radius: 50%; border: 0 solid; pointer-events: none; will-change: transform; background-clip: padding-box !important }
      .u-off, .u-select { display: none }
    `,
  ]

  constructor() {
    super()
    this.traffic = null
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('larder-theme', this.#onTheme)
    this.#size.disconnect()
    this.#plot?.destroy()
    this.#plot = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('larder-theme', this.#onTheme)
    if (this.hasUpdated) this.requestUpdate()
  }

  override render() {
    const points = this.traffic?.points ?? []
    const sum = (of: 'fromStores' | 'fromServer') => points.reduce((total, point) => total + point[of], 0)
    return html`
      <div class="legend">
        <span class="key stores"><i></i>From stores<strong>${formatBytes(sum('fromStores'))}</strong></span>
        <span class="key server"><i></i>From the server<strong>${formatBytes(sum('fromServer'))}</strong></span>
        <span class="when">${localTimeZone()}</span>
      </div>
      <div class="chart" role="img" aria-label="Bytes from stores and from the server over time: ${formatBytes(sum('fromStores'))} from stores, ${formatBytes(sum('fromServer'))} from the server"></div>`
  }

  protected override updated(): void {
    const { traffic } = this
    if (!traffic) return
    if (this.#plot) this.#plot.setData(dataOf(traffic))
    else this.#draw(traffic)
  }

  #draw(traffic: Traffic): void {
    const chart = this.renderRoot.querySelector<HTMLElement>('.chart')
    if (!chart) return
    this.#plot?.destroy()
    const style = getComputedStyle(this)
    const color = (name: string) => resolveColor(this, style.getPropertyValue(name))
    const font = `${Math.round(Number.parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.75)}px ${style.fontFamily}`
    const bars = uPlot.paths.bars?.({ size: [0.72, 40], align: 1 })
    const series = (label: string, fill: string): uPlot.Series => ({
      label,
      fill,
      stroke: fill,
      width: 0,
      ...(bars ? { paths: bars } : {}),
      points: { show: false },
    })
    const axis = { stroke: color('--quiet'), font, ticks: { show: false } }
    this.#plot = new uPlot(
      {
        width: chart.clientWidth,
        height: chart.clientHeight,
        legend: { show: false },
        cursor: { x: true, y: false, drag: { setScale: false }, points: { show: false } },
        hooks: { setCursor: [plot => this.#showPoint(plot)] },
        scales: {
          x: { time: true, range: (_, min, max) => [min, max + (this.traffic?.bucketS ?? 0)] },
          y: { range: (_, __, max) => [0, Math.max(max * 1.1, 1000)] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            space: 70,
            size: 30,
            values: (_, splits) => splits.map(at => this.#tick(at)),
          },
          {
            ...axis,
            size: 62,
            grid: { stroke: color('--line'), width: 1 },
            values: (_, splits) => splits.map(bytes => (bytes === 0 ? '0' : formatBytes(bytes))),
          },
        ],
        series: [{}, series('All', color('--series-server')), series('From stores', color('--accent'))],
      },
      dataOf(traffic),
      chart,
    )
    this.#size.disconnect()
    this.#size.observe(chart)
  }

  #tick(atS: number): string {
    const zone = localTimeZone()
    const spanS = (this.traffic?.bucketS ?? 0) * (this.traffic?.points.length ?? 0)
    return spanS > DAY_S * 2 ? formatDay(atS * 1000, zone) : formatClock(atS * 1000, zone)
  }

  /** The bucket under the pointer, in words, where the zone stands otherwise. */
  #showPoint(plot: uPlot): void {
    const where = this.renderRoot.querySelector('.when')
    if (!where) return
    const point = plot.cursor.idx == null ? undefined : this.traffic?.points[plot.cursor.idx]
    where.textContent = point
      ? `${formatInstant(Date.parse(point.at), localTimeZone())}: ${formatBytes(point.fromStores)} stores, ${formatBytes(point.fromServer)} server`
      : localTimeZone()
  }

  #resize(): void {
    const chart = this.renderRoot.querySelector<HTMLElement>('.chart')
    if (chart && this.#plot && chart.clientWidth > 0)
      this.#plot.setSize({ width: chart.clientWidth, height: chart.clientHeight })
  }

  readonly #onTheme = (): void => {
    if (this.traffic && this.#plot) this.#draw(this.traffic)
  }
}
customElements.define('larder-traffic-chart', TrafficChart)

/** Stacked: the second series lies before the first, which is the sum of both. */
function dataOf({ points }: Traffic): uPlot.AlignedData {
  return [
    points.map(point => Date.parse(point.at) / 1000),
    points.map(point => point.fromStores + point.fromServer),
    points.map(point => point.fromStores),
  ]
}

/** A canvas knows no `light-dark()`: the browser resolves it to a plain colour on an element. */
function resolveColor(host: LitElement, value: string): string {
  const probe = document.createElement('i')
  probe.style.color = value
  host.renderRoot.append(probe)
  const resolved = getComputedStyle(probe).color
  probe.remove()
  return resolved
}
