/** The live picture of a site: who gives to whom at this moment, and how fast. */
import { css, html, LitElement, nothing, svg } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { styleMap } from 'lit/directives/style-map.js'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import type { SiteExchange } from '../../../protocol/admin/sites.ts'
import { baseStyles } from '../base-styles.ts'
import { deviceName, PHASES } from '../devices/device-words.ts'
import { href } from '../router.ts'
import { countOf, formatShare } from '../words.ts'
import {
  type ExchangeLayout,
  layOutExchange,
  linksToDraw,
  NODE_HEIGHT_PX,
  type Placed,
} from './exchange-layout.ts'

type Link = SiteExchange['links'][number]
const NAME_LENGTH = 17

class ExchangeGraph extends LitElement {
  static override properties = { exchange: { attribute: false }, widthPx: { state: true } }
  declare exchange: SiteExchange | null
  declare widthPx: number
  readonly #size = new ResizeObserver(([entry]) => {
    if (entry) this.widthPx = Math.floor(entry.contentRect.width)
  })

  static override styles = [
    baseStyles,
    css`
      svg { display: block; width: 100%; overflow: visible }
      .link { fill: none; stroke: var(--line); stroke-width: 1 }
      .link.moving { stroke: var(--accent); stroke-linecap: round; stroke-dasharray: 7 7; animation: flow 0.9s linear infinite }
      .link.moving.server { stroke: var(--series-server) }
      @keyframes flow { to { stroke-dashoffset: -14 } }
      @media (prefers-reduced-motion: reduce) { .link.moving { animation: none; stroke-dasharray: none } }
      .node rect.box { fill: var(--raised); stroke: var(--line-strong) }
      .node.store rect.box { stroke: var(--accent); fill: var(--accent-soft) }
      .node.server rect.box { stroke: var(--series-server) }
      .node.offline { opacity: 0.55 }
      .node.offline rect.box { stroke-dasharray: 3 3 }
      a:hover rect.box { stroke-width: 2 }
      a:focus-visible { outline: none }
      a:focus-visible rect.box { stroke: var(--accent); stroke-width: 3 }
      text { font-size: 13px; fill: var(--ink); text-anchor: middle }
      text.sub { font-size: 11.5px; fill: var(--quiet) }
      .node.store text.sub { fill: var(--ink) }
      .track { fill: var(--line) }
      .held { fill: var(--good) }
      .failed .held { fill: var(--bad) }
      .legend { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-4); margin-top: var(--space-4); font-size: var(--text-s); color: var(--quiet) }
      .legend span { display: inline-flex; align-items: center; gap: 0.5em }
      .legend i { width: 1.4em; height: 0; border-top: 2px dashed var(--accent) }
      .legend .server i { border-color: var(--series-server) }
      .legend .idle i { border-top: 1px solid var(--line-strong) }
    `,
  ]

  constructor() {
    super()
    this.exchange = null
    this.widthPx = 0
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#size.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#size.disconnect()
  }

  override render() {
    const { exchange, widthPx } = this
    if (!exchange || widthPx === 0) return nothing
    const layout = layOutExchange(exchange, widthPx)
    const places = new Map(layout.placed.map(placed => [placed.device.deviceId, placed]))
    const links = linksToDraw(exchange.links)
    const drawn = links.filter(({ from, to }) => places.has(to) && (from === 'server' || places.has(from)))
    return html`
      <svg viewBox="0 0 ${layout.widthPx} ${layout.heightPx}" height=${layout.heightPx} role="group" aria-label="Who gives to whom; the table below says the same">
        ${repeat(
          drawn,
          link => `${link.from} ${link.to}`,
          link => this.#link(link, layout, places),
        )}
        ${this.#server(layout, links)}
        ${repeat(
          layout.placed,
          ({ device }) => device.deviceId,
          placed => this.#device(placed, layout, links),
        )}
      </svg>
      <p class="legend"><span><i></i>a device gives</span><span class="server"><i></i>the server gives</span><span class="idle"><i></i>linked, nothing moves</span>
        ${layout.leftOut > 0 ? html`<span>${countOf(layout.leftOut, 'more device')} not drawn</span>` : nothing}</p>`
  }

  #link({ from, to, bytesPerS }: Link, layout: ExchangeLayout, places: ReadonlyMap<string, Placed>) {
    const source = from === 'server' ? layout.server : places.get(from)
    const target = places.get(to)
    if (!source || !target) return nothing
    const moving = bytesPerS > 0
    // Where nothing moves no direction matters: the line hangs from the upper one.
    const [upper, lower] = moving || source.y <= target.y ? [source, target] : [target, source]
    const width = moving ? Math.min(6, 1.2 + Math.log10(1 + bytesPerS / 20_000) * 1.6) : 1
    return svg`<path class="link ${moving ? 'moving' : ''} ${from === 'server' ? 'server' : ''}" style=${styleMap({ strokeWidth: `${width.toFixed(1)}px` })} d=${curve(upper, lower, layout)}></path>`
  }

  #server(layout: ExchangeLayout, links: readonly Link[]) {
    const rate = sum(links.filter(({ from }) => from === 'server'))
    const left = layout.server.x - layout.nodeWidthPx / 2
    return svg`<g class="node server" role="img" aria-label="Server, gives ${formatBytes(rate)} per second">
      <rect class="box" x=${left} y=${layout.server.y} width=${layout.nodeWidthPx} height=${NODE_HEIGHT_PX} rx="9"></rect>
      <text x=${layout.server.x} y=${layout.server.y + 25}>Server</text>
      <text class="sub" x=${layout.server.x} y=${layout.server.y + 43}>${rate > 0 ? `gives ${formatBytes(rate)}/s` : 'gives nothing now'}</text></g>`
  }

  #device({ device, x, y }: Placed, layout: ExchangeLayout, links: readonly Link[]) {
    const left = x - layout.nodeWidthPx / 2
    const name = deviceName(device)
    const taken = sum(links.filter(({ to }) => to === device.deviceId))
    const given = sum(links.filter(({ from }) => from === device.deviceId))
    const { have, total } = device.chunks
    const held = total === 0 ? 0 : have / total
    const doing =
      given > 0
        ? `gives ${formatBytes(given)}/s`
        : taken > 0
          ? `takes ${formatBytes(taken)}/s`
          : device.connection === 'offline'
            ? 'offline'
            : PHASES[device.phase].text
    const label = `${name}, ${device.role}, ${device.connection}, ${PHASES[device.phase].text}, holds ${formatShare(held)}, takes ${formatBytes(taken)} and gives ${formatBytes(given)} per second`
    const barWidth = layout.nodeWidthPx - 20
    return svg`<a href=${href(['devices', device.deviceId])}>
      <g class="node ${device.role} ${device.connection} ${device.phase}">
        <title>${label}</title>
        <rect class="box" x=${left} y=${y} width=${layout.nodeWidthPx} height=${NODE_HEIGHT_PX} rx="9"></rect>
        <text x=${x} y=${y + 22}>${name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name}</text>
        <text class="sub" x=${x} y=${y + 38}>${doing}</text>
        <rect class="track" x=${left + 10} y=${y + NODE_HEIGHT_PX - 11} width=${barWidth} height="3" rx="1.5"></rect>
        <rect class="held" x=${left + 10} y=${y + NODE_HEIGHT_PX - 11} width=${barWidth * held} height="3" rx="1.5"></rect>
      </g></a>`
  }
}
customElements.define('larder-exchange-graph', ExchangeGraph)

const sum = (links: readonly Link[]) => links.reduce((total, { bytesPerS }) => total + bytesPerS, 0)

interface Point {
  readonly x: number
  readonly y: number
}

/**
 * From the lower edge of the giver to the upper edge of the taker. Rows in between are passed through the gap beside the
 * taker's column, never behind a device. Between neighbours in a row: an arc above them.
 */
function curve(
  from: Point,
  to: Point & { readonly gapX?: number; readonly firstRowY?: number },
  layout: ExchangeLayout,
): string {
  if (to.y > from.y) {
    const start = { x: from.x, y: from.y + NODE_HEIGHT_PX }
    const { gapX, firstRowY } = to
    if (gapX === undefined || firstRowY === undefined || firstRowY === to.y || firstRowY <= from.y)
      return fall(start, to)
    return `${fall(start, { x: gapX, y: firstRowY })}L${gapX} ${to.y - layout.rowGapPx}C${gapX} ${to.y - layout.rowGapPx / 4} ${to.x} ${to.y - layout.rowGapPx} ${to.x} ${to.y}`
  }
  if (to.y < from.y) {
    const endY = to.y + NODE_HEIGHT_PX
    const bend = Math.max(24, (from.y - endY) * 0.55)
    return `M${from.x} ${from.y}C${from.x} ${from.y - bend} ${to.x} ${endY + bend} ${to.x} ${endY}`
  }
  const rise = 26 + Math.abs(from.x - to.x) * 0.08
  // Two that give to each other get a line each.
  const aside = from.x < to.x ? 8 : -8
  return `M${from.x + aside} ${from.y}C${from.x + aside} ${from.y - rise} ${to.x - aside} ${to.y - rise} ${to.x - aside} ${to.y}`
}

function fall(from: Point, to: Point): string {
  const bend = Math.max(24, (to.y - from.y) * 0.55)
  return `M${from.x} ${from.y}C${from.x} ${from.y + bend} ${to.x} ${to.y - bend} ${to.x} ${to.y}`
}
