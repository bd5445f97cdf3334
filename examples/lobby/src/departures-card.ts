/** Next buses, trains and boats from the door, counted down by the minute. New in 1.1.0. */
import { html, nothing, svg } from 'lit'
import type { Temporal } from 'temporal-polyfill'
import { EveryMinute, minutesUntil } from './every-minute.ts'
import { type Departures, readDepartures } from './house-data.ts'
import { PageElement } from './page-element.ts'

type Line = Departures['lines'][number]

const DAY_MINUTES = 24 * 60

/** Minutes until the line's next `count` departures that a guest can still reach on foot. */
function nextDepartures(
  now: Temporal.ZonedDateTime,
  line: Line,
  walkMinutes: number,
  count: number,
): number[] {
  const first = minutesUntil(now, line.first)
  let last = minutesUntil(now, line.last)
  if (last < first) last += DAY_MINUTES
  const found: number[] = []
  // Yesterday's service first: a line that runs past midnight still belongs to it.
  for (const dayOffset of [-DAY_MINUTES, 0, DAY_MINUTES]) {
    for (let at = first + dayOffset; at <= last + dayOffset; at += line.everyMinutes) {
      if (at >= walkMinutes && found.length < count) found.push(at)
    }
  }
  return found
}

function spoken(now: Temporal.ZonedDateTime, minutes: number): string {
  if (minutes < 60) return String(minutes)
  return now.add({ minutes }).toPlainTime().toString({ smallestUnit: 'minute' })
}

const drawings: Record<Line['kind'], string> = {
  bus: 'M5 5h14v12H5zM5 11h14M7.5 17v2.2M16.5 17v2.2',
  train:
    'M7 4h10a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2ZM5 11h14M12 4v7M8 17l-2 3M16 17l2 3',
  boat: 'M4 14h16l-2.5 5h-11zM12 14V4l6 7h-6M3 21c2 0 2-1 4.5-1s2.5 1 4.5 1 2-1 4.5-1 2.5 1 4.5 1',
}

export class LobbyDepartures extends PageElement {
  static override properties = { departures: { attribute: false } }
  declare departures: Departures
  #minute = new EveryMinute(this)

  override render() {
    if (!this.departures) return nothing
    const now = this.#minute.now
    const { lines, stop, walkMinutes } = this.departures
    return html`
      <h2>${stop}<small>${walkMinutes} min on foot</small></h2>
      <ol class="departures">
        ${lines.map(line => {
          const [next, after] = nextDepartures(now, line, walkMinutes, 2)
          if (next === undefined) return nothing
          return html`
            <li class="departure departure-${line.kind}">
              <svg viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${drawings[line.kind]} />`}</svg>
              <b>${line.line}</b>
              <span class="departure-to">${line.to}</span>
              <span class="departure-next">${spoken(now, next)}${next < 60 ? html`<small>min</small>` : nothing}</span>
              <span class="departure-after">${after === undefined ? '' : spoken(now, after)}</span>
            </li>
          `
        })}
      </ol>
    `
  }
}

customElements.define('lobby-departures', LobbyDepartures)

/** Reads the timetable and returns the card's template; rejects when the file is missing or malformed. */
export async function departuresCard() {
  const departures = await readDepartures()
  return html`<lobby-departures class="card" .departures=${departures}></lobby-departures>`
}
