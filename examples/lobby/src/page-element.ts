/** A Lit element that renders into the page itself, so that one style sheet dresses the whole screen. */
import { LitElement } from 'lit'

export class PageElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this
  }
}
