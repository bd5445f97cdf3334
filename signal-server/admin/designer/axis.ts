/** The time axis of the window designer as numbers: which stretch it shows, where its ticks are, what a pixel means. Pure. */
import { zoneOffsetMs } from './zone-time.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Bounds move in these steps: with the pointer and the arrow keys, and with Shift. */
export const STEP_MS = 15 * MINUTE_MS
const LARGE_STEP_MS = HOUR_MS

const SHORTEST_MS = 18 * HOUR_MS
/** A bound further away than this would press the rest of the axis flat; it stands at the edge instead. */
const FARTHEST_MS = 21 * DAY_MS
/** Room left of the first and right of the last instant, as parts of the whole. */
const ROOM_BEFORE = 0.1
const ROOM_AFTER = 0.22
const TICK_STEPS_MS = [1, 2, 3, 6, 12, 24, 48, 96, 168].map(hours => hours * HOUR_MS)

export interface Stretch {
  readonly from: number
  readonly to: number
}

/** The stretch that shows now and the bounds with room to drag them. Epoch ms. */
export function stretchFor(now: number, bounds: readonly (number | null)[]): Stretch {
  const near = bounds.filter(at => at !== null && Math.abs(at - now) <= FARTHEST_MS)
  const instants = [now, ...near.map(Number)]
  const first = Math.min(...instants)
  const last = Math.max(...instants)
  const length = Math.max(SHORTEST_MS, (last - first) / (1 - ROOM_BEFORE - ROOM_AFTER))
  const from = first - length * ROOM_BEFORE
  return { from, to: from + length }
}

export interface Tick {
  readonly at: number
  /** The first tick of a day in the zone. */
  readonly startsDay: boolean
}

/** Ticks at whole hours of the zone, no more than fit. */
export function ticksOf({ from, to }: Stretch, timeZone: string, most: number): Tick[] {
  const stepMs = TICK_STEPS_MS.find(step => (to - from) / step <= Math.max(2, most)) ?? 7 * DAY_MS
  const ticks: Tick[] = []
  const offset = zoneOffsetMs(from, timeZone)
  for (let local = Math.ceil((from + offset) / stepMs) * stepMs; ; local += stepMs) {
    // A clock change on the way moves the ticks behind it, so that they stay at whole hours.
    const at = local - zoneOffsetMs(local - offset, timeZone)
    if (at > to) return ticks
    if (at >= from) ticks.push({ at, startsDay: local % DAY_MS === 0 })
  }
}

/** Maps a stretch to pixels and back. */
export class Scale {
  readonly #stretch: Stretch
  readonly #left: number
  readonly #width: number

  constructor(stretch: Stretch, left: number, width: number) {
    this.#stretch = stretch
    this.#left = left
    this.#width = Math.max(1, width)
  }

  /** Instants outside the stretch come to stand at its edge. */
  x(at: number): number {
    const { from, to } = this.#stretch
    const part = Math.min(1, Math.max(0, (at - from) / (to - from)))
    return this.#left + part * this.#width
  }

  /** The instant at a pixel, within the stretch and on a step. */
  at(x: number): number {
    const { from, to } = this.#stretch
    const part = Math.min(1, Math.max(0, (x - this.#left) / this.#width))
    return snap(from + part * (to - from))
  }
}

const snap = (at: number): number => Math.round(at / STEP_MS) * STEP_MS

/** One key's move from `at`, or null when the key moves nothing. Up and Right are later. */
export function movedByKey(at: number, key: string, shift: boolean): number | null {
  const stepMs = shift ? LARGE_STEP_MS : STEP_MS
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return nextStep(at, stepMs)
    case 'ArrowLeft':
    case 'ArrowDown':
      return -nextStep(-at, stepMs)
    case 'PageUp':
      return at + DAY_MS
    case 'PageDown':
      return at - DAY_MS
    default:
      return null
  }
}

/** A bound between two steps goes to the next one first, so that times become round. */
const nextStep = (at: number, stepMs: number): number =>
  at % STEP_MS === 0 ? at + stepMs : Math.ceil(at / STEP_MS) * STEP_MS
