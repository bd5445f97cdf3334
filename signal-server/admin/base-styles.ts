/** What every element of the page shares: text, links, cards, facts, tables, notes. Colours and sizes are `tokens.css`. */
import { css } from 'lit'

export const baseStyles = css`
  :host { display: block }
  *, *::before, *::after { box-sizing: border-box }
  [hidden] { display: none !important }
  h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0 }
  h1 { font-size: var(--text-2xl); font-weight: 600; line-height: 1.2; letter-spacing: -0.015em; text-wrap: balance; overflow-wrap: anywhere }
  h2, h3, wa-dialog { overflow-wrap: anywhere }
  h2 { font-size: var(--text-l); font-weight: 600; line-height: 1.3; letter-spacing: -0.005em }
  h3 { font-size: var(--text-m); font-weight: 600; line-height: 1.4 }
  p { text-wrap: pretty; overflow-wrap: anywhere; max-width: 70ch }
  a { color: var(--accent); text-decoration-color: color-mix(in oklab, currentColor 40%, transparent); text-underline-offset: 0.2em; border-radius: 2px }
  a:hover { text-decoration-color: currentColor }
  :focus-visible { outline: var(--focus); outline-offset: 2px }
  .icon { width: 1.25em; height: 1.25em; flex: none; display: block }
  .mark { width: 2rem; height: 2rem; color: var(--accent); flex: none; display: block }
  .quiet { color: var(--quiet) }
  .small { font-size: var(--text-s) }
  .bad { color: var(--bad) }
  .good { color: var(--good) }
  .mono { font-family: var(--mono); font-size: 0.92em; overflow-wrap: anywhere }
  .number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap }
  .stack { display: grid; gap: var(--space-4); align-content: start; min-width: 0 }
  .stack.tight { gap: var(--space-2) }
  .stack.wide { gap: var(--space-6) }
  .row { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-3) }
  .spread { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: var(--space-2) var(--space-4) }
  .columns { display: grid; gap: var(--space-5); grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); align-items: start }
  .card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-m); padding: var(--space-5); min-width: 0 }
  @media (max-width: 40rem) { .card { padding: var(--space-4) } }
  .facts { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: var(--space-2) var(--space-5) }
  .facts dt { color: var(--quiet) }
  .facts dd { overflow-wrap: anywhere }
  .scroll { overflow-x: auto; overscroll-behavior-x: contain }
  table { border-collapse: collapse; width: 100% }
  th { text-align: start; font-weight: 500; font-size: var(--text-s); color: var(--quiet); white-space: nowrap }
  th, td { padding: var(--space-3) var(--space-4) var(--space-3) 0; border-bottom: 1px solid var(--line); vertical-align: baseline }
  tr:last-child > td { border-bottom: 0 }
  th:last-child, td:last-child { padding-inline-end: 0 }
  th.number { text-align: end }
  form { display: grid; gap: var(--space-4) }
  .visually-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
  wa-button::part(base) { font-weight: 500 }
`
