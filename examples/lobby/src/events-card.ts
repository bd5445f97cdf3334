/** Today's timetable: what runs now, what comes next; tomorrow's when the day is over. */
import { html, nothing } from 'lit'
import type { Temporal } from 'temporal-polyfill'
import { EveryMinute, minutesUntil } from './every-minute.ts'
import type { HouseEvent } from './house-data.ts'
import { PageElement } from './page-element.ts'

/** "Now" and "soon" are what a person in the lobby looks for; anything later needs only its time. */
const SOON_MINUTES = 60

function standing(
  now: Temporal.ZonedDateTime,
  event: HouseEvent,
): { kind: 'now' | 'soon' | 'later'; text: string } {
  const startsIn = minutesUntil(now, event.from)
  if (startsIn <= 0) return { kind: 'now', text: `until ${event.until}` }
  if (startsIn <= SOON_MINUTES) return { kind: 'soon', text: `in ${startsIn} min` }
  return { kind: 'later', text: '' }
}

export class LobbyEvents extends PageElement {
  static override properties = { events: { attribute: false } }
  declare events: readonly HouseEvent[]
  #minute = new EveryMinute(this)

  override render() {
    if (!this.events) return nothing
    const now = this.#minute.now
    const left = this.events.filter(event => minutesUntil(now, event.until) > 0)
    const today = left.length > 0
    return html`
      <h2>${today ? 'Today in the house' : 'Tomorrow in the house'}</h2>
      <ol class="events">
        ${(today ? left : this.events).map(event => {
          const { kind, text } = today ? standing(now, event) : { kind: 'later', text: '' }
          return html`
            <li class="event event-${kind}">
              <span class="event-time">${event.from}</span>
              <span class="event-words">
                <b>${event.title}</b>
                <span>${event.room}<span class="dot"></span>${event.floor}</span>
              </span>
              <span class="event-state">${text}</span>
            </li>
          `
        })}
      </ol>
    `
  }
}

customElements.define('lobby-events', LobbyEvents)
