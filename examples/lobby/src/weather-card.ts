/** The weather as the house's data file has it: this hour, sunrise and sunset, and the next three days. */
import { html, nothing } from 'lit'
import { EveryMinute } from './every-minute.ts'
import type { Weather } from './house-data.ts'
import { PageElement } from './page-element.ts'
import { skyIcon } from './sky-icons.ts'

export class LobbyWeather extends PageElement {
  static override properties = { weather: { attribute: false } }
  declare weather: Weather
  #minute = new EveryMinute(this)

  override render() {
    if (!this.weather) return nothing
    const now = this.#minute.now
    const past = this.weather.hours.filter(entry => entry.hour <= now.hour)
    const current = past.at(-1) ?? this.weather.hours[0]
    if (!current) return nothing
    return html`
      <div class="weather-now">
        ${skyIcon(current.sky)}
        <p class="weather-degrees">${current.temperature}°</p>
        <div class="weather-words">
          <p class="weather-summary">${this.weather.summary}</p>
          <p class="weather-sun">Sunrise ${this.weather.sunrise}<span class="dot"></span>Sunset ${this.weather.sunset}</p>
        </div>
      </div>
      <ul class="weather-outlook">
        ${this.weather.outlook.map((day, index) => {
          const name = now.add({ days: index + 1 }).toLocaleString('en-GB', { weekday: 'short' })
          return html`<li><b>${name}</b>${skyIcon(day.sky)}<span>${day.high}°<i>${day.low}°</i></span></li>`
        })}
      </ul>
    `
  }
}

customElements.define('lobby-weather', LobbyWeather)
