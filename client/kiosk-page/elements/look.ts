/** Styles that several elements of the kiosk page share. Colours come from `look.css`. */
import { css, html } from 'lit'

export const textStyles = css`
  h1 {
    margin: 0;
    font-weight: 500;
    font-size: 2.1em;
    line-height: 1.15;
    letter-spacing: -0.015em;
    text-wrap: balance;
    overflow-wrap: anywhere;
  }
  p {
    margin: 0;
    max-width: 34em;
    text-wrap: pretty;
    overflow-wrap: anywhere;
  }
  .quiet {
    color: var(--quiet);
  }
  .small {
    font-size: 0.8em;
  }
  .mark {
    width: 2.4em;
    height: 2.4em;
    color: var(--accent);
  }
  a {
    color: inherit;
    text-underline-offset: 0.2em;
  }
  :focus-visible {
    outline: 0.15em solid var(--accent);
    outline-offset: 0.15em;
  }
`

export const controlStyles = css`
  button,
  input {
    box-sizing: border-box;
    min-height: 3em;
    padding: 0.6em 1.1em;
    border: 1px solid var(--line);
    border-radius: 0.6em;
    background: var(--surface);
    color: inherit;
    font: inherit;
    font-size: 0.95em;
  }
  button {
    cursor: pointer;
    white-space: nowrap;
  }
  button:hover {
    border-color: var(--quiet);
  }
  button.main {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  ::placeholder {
    color: var(--quiet);
    opacity: 0.8;
  }
`

/** Two shelves with jars. */
export const larderMark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" fill="currentColor">
  <path d="M3 13h26v2H3zM3 27h26v2H3z" />
  <rect x="6" y="5" width="6" height="7" rx="1.5" /><rect x="14" y="2" width="6" height="10" rx="1.5" opacity="0.75" />
  <rect x="8" y="18" width="9" height="8" rx="1.5" opacity="0.75" /><rect x="20" y="20" width="5" height="6" rx="1.5" />
</svg>`
