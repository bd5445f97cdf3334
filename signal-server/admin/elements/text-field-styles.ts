/** A native text field that looks like Web Awesome's, where it needs what theirs lack: suggestions, or several lines. */
import { css } from 'lit'

export const textFieldStyles = css`
  .field { display: grid; gap: 0.35em }
  .field label { font-weight: 500; line-height: 1.2 }
  .field input, .field textarea {
    font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line-strong); border-radius: var(--radius-s);
    padding: 0.55em 0.85em; line-height: 1.2; width: 100%;
  }
  .field textarea { resize: vertical; line-height: 1.4 }
  .field input:focus-visible, .field textarea:focus-visible { outline: var(--focus); outline-offset: 2px }
  .field input[aria-invalid="true"] { border-color: var(--bad) }
`
