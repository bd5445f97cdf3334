/** How the options of a package stand beside the window designer, and Save below both. */
import { css } from 'lit'

export const editPageStyles = css`
  .layout { display: grid; gap: var(--space-5); grid-template-columns: minmax(0, 1fr); align-items: start }
  @media (min-width: 76rem) {
    .layout { grid-template-columns: minmax(24rem, 32rem) minmax(0, 1fr) }
  }
  .side { gap: var(--space-5) }
  .options { display: grid; gap: var(--space-5) }
  .option wa-switch { font-weight: 600; line-height: 1.4 }
  .option .help { color: var(--quiet); font-size: var(--text-s); margin: var(--space-2) 0 0 2.9rem }
  @media (max-width: 40rem) { .option .help { margin-inline-start: 0 } }
  .help.warning { display: flex; gap: var(--space-2); color: var(--ink) }
  .help.warning .icon { color: var(--accent); margin-top: 0.15em }
  /* Beside Save, one line each where there is little room: the whole sentence stands at its field. */
  .warnings { list-style: none; display: grid; gap: var(--space-1); flex: 1 1 100%; min-width: 0; font-size: var(--text-s) }
  .warnings[hidden] { display: none }
  .warnings li { display: flex; gap: var(--space-3); padding: var(--space-1) var(--space-3); border-radius: var(--radius-s); background: var(--accent-soft) }
  .warnings .icon { color: var(--accent); margin-top: 0.15em; flex: none }
  .warnings p { max-width: none; min-width: 0 }
  @media (max-width: 60rem) { .warnings p { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 1; line-clamp: 1; overflow: hidden } }
  .bar {
    position: sticky; bottom: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: center; justify-content: flex-end;
    padding: var(--space-3) 0; margin-top: var(--space-5); background: var(--ground); border-top: 1px solid var(--line);
  }
  .bar > p { margin-inline-end: auto; min-height: 1.5em }
`
