/** What to do on a server that is new: the steps from nothing to the first screen, each done or next. */
import { css, html, LitElement } from 'lit'
import { baseStyles } from '../base-styles.ts'
import { icons } from '../icons.ts'

class FirstSteps extends LitElement {
  static override properties = {
    sites: { type: Number },
    packages: { type: Number },
    profiles: { type: Number },
    devices: { type: Number },
  }
  declare sites: number
  declare packages: number
  declare profiles: number
  declare devices: number

  static override styles = [
    baseStyles,
    css`
      ol { list-style: none; display: grid; gap: var(--space-4); margin-top: var(--space-4) }
      li { display: grid; grid-template-columns: 2rem minmax(0, 1fr); gap: var(--space-3); align-items: start }
      .number { width: 2rem; height: 2rem; border-radius: 50%; display: grid; place-items: center; border: 1px solid var(--line-strong); font-weight: 500 }
      .done .number { border-color: transparent; background: var(--good-soft); color: var(--good) }
      .next .number { border-color: transparent; background: var(--accent); color: var(--on-accent) }
      .text { padding-top: 0.25rem }
      h3 a { color: inherit }
      .next h3 a { color: var(--accent) }
    `,
  ]

  constructor() {
    super()
    this.sites = 0
    this.packages = 0
    this.profiles = 0
    this.devices = 0
  }

  override render() {
    const steps = [
      {
        done: this.packages > 0,
        href: '#/publish',
        title: 'Publish a package',
        text: 'Drop the folder or zip of your kiosk app.',
      },
      {
        done: this.sites > 0,
        href: '#/sites?new=1',
        title: 'Make a site',
        text: 'A shop, station or clinic: devices that share a network.',
      },
      {
        done: this.profiles > 0,
        href: '#/profiles',
        title: 'Make a profile',
        text: 'It says which packages go to which sites, and when.',
      },
      {
        done: this.devices > 0,
        href: '#/enrolment',
        title: 'Enrol the first device',
        text: 'Make a link or QR code and open it on the screen.',
      },
    ]
    const next = steps.findIndex(({ done }) => !done)
    return html`<section class="card" aria-labelledby="steps">
      <h2 id="steps">First steps</h2>
      <ol>${steps.map(
        ({ done, href, title, text }, index) =>
          html`<li class=${done ? 'done' : index === next ? 'next' : ''}>
            <span class="number">${done ? icons.check : index + 1}</span>
            <div class="text"><h3><a href=${href}>${title}</a>${done ? html`<span class="visually-hidden"> (done)</span>` : null}</h3><p class="quiet">${text}</p></div></li>`,
      )}</ol></section>`
  }
}
customElements.define('larder-first-steps', FirstSteps)
