/** The large clock with the date. Redrawn once a minute. */
import { html } from 'lit'
import { EveryMinute } from './every-minute.ts'
import { PageElement } from './page-element.ts'

export class LobbyClock extends PageElement {
  #minute = new EveryMinute(this)

  override render() {
    const now = this.#minute.now
    const hour = String(now.hour).padStart(2, '0')
    const minute = String(now.minute).padStart(2, '0')
    const date = now.toLocaleString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })
    return html`
      <time class="clock-time" datetime="${hour}:${minute}">${hour}<span class="clock-colon">:</span>${minute}</time>
      <p class="clock-date">${date.replace(',', '')}</p>
    `
  }
}

customElements.define('lobby-clock', LobbyClock)
