/**
 * Puts the screen together: reads the data, draws every part, starts the slide show, and reports ready after the first
 * complete paint. What a version adds comes in as extra cards; this file does not know which versions exist.
 */
import { html, render, svg, type TemplateResult } from 'lit'
import type { LarderApp } from '../../../client/app-api.ts'
import './clock.ts'
import './events-card.ts'
import './news-line.ts'
import './weather-card.ts'
import { type House, readEvents, readHouse, readNews, readWeather } from './house-data.ts'
import { SlideShow } from './slides.ts'

const leaf = svg`<svg class="brand-leaf" viewBox="0 0 48 48" aria-hidden="true">
  <path d="M24 4c11 8 15 17 12 26-2 6-7 9-12 9s-10-3-12-9C9 21 13 12 24 4Z" />
  <path d="M24 45V13M24 33l8.5-7M24 33l-8.5-7M24 25l7-6M24 25l-7-6" />
</svg>`

/** Two frames make a paint certain. A tab in the background draws no frames, so a short wait stands in for them. */
const painted = (): Promise<void> =>
  new Promise(resolve => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()))
    setTimeout(resolve, 600)
  })

/** Tells the kiosk around this app that the release works. In an ordinary window there is none, and nothing to say. */
function reportReady(): void {
  const larder = (window.frameElement as (Element & { larder?: LarderApp }) | null)?.larder
  larder?.ready()
}

function showSlideWords(house: House, index: number): void {
  const slide = house.slides[index]
  const greeting = house.greetings[index % house.greetings.length]
  const place = document.querySelector<HTMLElement>('.words')
  if (!slide || !greeting || !place) return
  const words = html`
    <p class="greeting" lang=${greeting.lang}>${greeting.text}</p>
    <p class="caption"><b>${slide.title}</b><span>${slide.text}</span></p>
  `
  // A fresh element for every slide restarts its CSS animation.
  const block = document.createElement('div')
  block.className = 'words-block'
  render(words, block)
  place.replaceChildren(block)
  for (const [at, mark] of [...document.querySelectorAll('.marks i')].entries()) {
    mark.classList.toggle('mark-on', at === index)
  }
}

async function draw(version: string, extraCards: readonly (() => Promise<TemplateResult>)[]): Promise<void> {
  const [house, events, weather, news, ...cards] = await Promise.all([
    readHouse(),
    readEvents(),
    readWeather(),
    readNews(),
    ...extraCards.map(card => card()),
  ])
  render(
    html`
      <div class="stage"></div>
      <div class="scrim"></div>
      <main class="lobby" style="--slide-time: ${house.slideSeconds}s">
        <header class="brand">${leaf}<p><b>${house.name}</b><span>${house.place}</span></p></header>
        <section class="words"></section>
        <lobby-clock></lobby-clock>
        <aside class="panel ${cards.length > 0 ? 'panel-full' : ''}">
          <lobby-weather class="card" .weather=${weather}></lobby-weather>
          <lobby-events class="card" .events=${events.events}></lobby-events>
          ${cards}
        </aside>
        <footer>
          <lobby-news .items=${news.items}></lobby-news>
          <span class="marks">${house.slides.map(() => html`<i></i>`)}</span>
          <span class="version">${version}</span>
        </footer>
      </main>
    `,
    document.body,
  )
  const stage = document.querySelector<HTMLElement>('.stage')
  if (!stage) throw new Error('The page has no place for the pictures.')
  await new SlideShow(stage, house, index => showSlideWords(house, index)).start()
}

/** Starts the screen; shows what went wrong, and reports nothing, when a part of the release is missing. */
export async function startLobby(
  version: string,
  extraCards: readonly (() => Promise<TemplateResult>)[] = [],
): Promise<void> {
  try {
    await draw(version, extraCards)
    await document.fonts.ready
    await painted()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    render(html`<p class="failure">This screen could not start. ${reason}</p>`, document.body)
    throw error
  }
  document.title = `Lobby ${version}`
  document.documentElement.dataset.version = version
  document.documentElement.classList.add('is-ready')
  reportReady()
}
