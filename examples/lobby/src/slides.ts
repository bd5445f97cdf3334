/**
 * The slide show. At most two pictures are in the page at a time; movement is a CSS transform on a layer of its own. The next
 * picture is decoded before it appears, so no frame is ever dropped for it.
 */
import type { House } from './house-data.ts'

type Slide = House['slides'][number]

/** Where the camera travels, by turns: start and end of a slow move, in per cent of the picture. */
const MOVES = [
  { from: 'scale(1.03)', to: 'scale(1.13) translate(-1.6%, 1.2%)' },
  { from: 'scale(1.13) translate(1.6%, -0.8%)', to: 'scale(1.04)' },
  { from: 'scale(1.09) translate(-2.2%, 0)', to: 'scale(1.09) translate(2.2%, 0.6%)' },
  { from: 'scale(1.04)', to: 'scale(1.14) translate(1.2%, 1.4%)' },
] as const

const FADE_MS = 2600

export class SlideShow {
  #stage: HTMLElement
  #slides: readonly Slide[]
  #slideMs: number
  #onSlide: (index: number) => void
  #shown = 0

  constructor(stage: HTMLElement, house: House, onSlide: (index: number) => void) {
    this.#stage = stage
    this.#slides = house.slides
    this.#slideMs = house.slideSeconds * 1000
    this.#onSlide = onSlide
  }

  /** Resolves when the first picture is decoded and in the page; rejects when it cannot be read. */
  async start(): Promise<void> {
    await this.#show(0)
    this.#next(1)
  }

  #next(index: number): void {
    setTimeout(() => {
      const turn = index % this.#slides.length
      // A picture that cannot be read is skipped; the one on the screen stays until the next good one.
      this.#show(turn).then(
        () => this.#next(turn + 1),
        () => this.#next(turn + 1),
      )
    }, this.#slideMs)
  }

  async #show(index: number): Promise<void> {
    const slide = this.#slides[index]
    const move = MOVES[this.#shown % MOVES.length]
    if (!slide || !move) return
    const picture = new Image()
    picture.alt = ''
    picture.src = slide.picture
    picture.className = 'slide'
    if (slide.focus !== undefined) picture.style.setProperty('--focus', `${slide.focus}%`)
    picture.style.setProperty('--from', move.from)
    picture.style.setProperty('--to', move.to)
    picture.style.setProperty('--move-time', `${this.#slideMs + FADE_MS * 2}ms`)
    await picture.decode()
    const old = [...this.#stage.children]
    if (old.length === 0) picture.classList.add('slide-first')
    this.#stage.append(picture)
    this.#shown += 1
    this.#onSlide(index)
    setTimeout(() => {
      for (const element of old) element.remove()
    }, FADE_MS + 100)
  }
}
