/**
 * Where each device of a site stands in the picture of who gives to whom: the server on top, the stores below it, the
 * kiosks below them, in rows as wide as there is room. Pure; the same devices always stand at the same places.
 */
import type { SiteExchange } from '../../../protocol/admin/sites.ts'

export type ExchangeDevice = SiteExchange['devices'][number]

export interface Placed {
  readonly device: ExchangeDevice
  readonly x: number
  readonly y: number
  /** The gap on the left of its column, and where the first row of its role stands: the way past the rows above it. */
  readonly gapX: number
  readonly firstRowY: number
}

export interface ExchangeLayout {
  readonly widthPx: number
  readonly heightPx: number
  readonly nodeWidthPx: number
  /** Between two rows of the same role. */
  readonly rowGapPx: number
  readonly server: { readonly x: number; readonly y: number }
  readonly placed: readonly Placed[]
  /** Devices for which there is no room; they take no part at the moment. */
  readonly leftOut: number
}

export const NODE_HEIGHT_PX = 58
const NODE_WIDTH_PX = 138
/** While the page is laid out a picture may have next to no width: less than this holds no name and no bar. */
const NARROWEST_NODE_PX = 64
const GAP_PX = 16
const ROW_GAP_PX = 78
const ROW_GAP_SAME_PX = 30
const PADDING_PX = 10
/** More nodes make a picture that nobody reads. */
const MAX_NODES = 80

export function layOutExchange(
  { devices, links }: Pick<SiteExchange, 'devices' | 'links'>,
  widthPx: number,
): ExchangeLayout {
  const shown = chooseShown(devices, links)
  const perRow = Math.max(2, Math.floor((widthPx - 2 * PADDING_PX + GAP_PX) / (NODE_WIDTH_PX + GAP_PX)))
  const nodeWidthPx = Math.max(
    NARROWEST_NODE_PX,
    Math.min(NODE_WIDTH_PX, Math.floor((widthPx - 2 * PADDING_PX - GAP_PX * (perRow - 1)) / perRow)),
  )
  const placed: Placed[] = []
  let y = PADDING_PX
  const server = { x: widthPx / 2, y }
  y += NODE_HEIGHT_PX + ROW_GAP_PX
  for (const role of ['store', 'kiosk'] as const) {
    const ofRole = shown.filter(device => device.role === role)
    if (ofRole.length === 0) continue
    const rows = Math.ceil(ofRole.length / perRow)
    const inRow = Math.ceil(ofRole.length / rows)
    const rowWidth = inRow * nodeWidthPx + (inRow - 1) * GAP_PX
    for (const [index, device] of ofRole.entries()) {
      const row = Math.floor(index / inRow)
      // Every row on the same columns, so that the gaps between them run through.
      const left = (widthPx - rowWidth) / 2 + (index % inRow) * (nodeWidthPx + GAP_PX)
      const rowY = y + row * (NODE_HEIGHT_PX + ROW_GAP_SAME_PX)
      placed.push({ device, x: left + nodeWidthPx / 2, y: rowY, gapX: left - GAP_PX / 2, firstRowY: y })
    }
    y += rows * (NODE_HEIGHT_PX + ROW_GAP_SAME_PX) - ROW_GAP_SAME_PX + ROW_GAP_PX
  }
  return {
    widthPx,
    heightPx: y - ROW_GAP_PX + PADDING_PX,
    nodeWidthPx,
    rowGapPx: ROW_GAP_SAME_PX,
    server,
    placed,
    leftOut: devices.length - shown.length,
  }
}

/** Requests and acknowledgements travel against the chunks: less than this is talk, not giving. */
const TALK_BYTES_PER_S = 2_000

/** The links worth drawing: talk counts as nothing, and two devices between which nothing moves have one line, not two. */
export function linksToDraw(links: SiteExchange['links']): SiteExchange['links'] {
  const calm = links.map(link => (link.bytesPerS < TALK_BYTES_PER_S ? { ...link, bytesPerS: 0 } : link))
  const rates = new Map(calm.map(({ from, to, bytesPerS }) => [`${from} ${to}`, bytesPerS]))
  return calm.filter(({ from, to, bytesPerS }) => {
    const back = rates.get(`${to} ${from}`)
    return bytesPerS > 0 || back === undefined || (back === 0 && from < to)
  })
}

/** All if there is room; else those that take part, then the others in their order. */
function chooseShown(
  devices: readonly ExchangeDevice[],
  links: SiteExchange['links'],
): readonly ExchangeDevice[] {
  if (devices.length <= MAX_NODES) return devices
  const taking = new Set(links.flatMap(({ from, to }) => [from, to]))
  const chosen = new Set(
    [...devices.filter(({ deviceId }) => taking.has(deviceId)), ...devices].slice(0, MAX_NODES),
  )
  return devices.filter(device => chosen.has(device)).slice(0, MAX_NODES)
}
