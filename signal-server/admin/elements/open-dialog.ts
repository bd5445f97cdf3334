/**
 * Opens a dialog as soon as it is in the page: `<wa-dialog ${opened()}>`. One that is drawn open does not put the focus where
 * its `autofocus` is. When it goes, however it goes, what had the focus before gets it back.
 */
import type WaDialog from '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { noChange } from 'lit'
import { AsyncDirective } from 'lit/async-directive.js'
import { directive, type ElementPart } from 'lit/directive.js'

class Opened extends AsyncDirective {
  #before: Element | null = null

  override render() {
    return noChange
  }

  override update({ element }: ElementPart) {
    if (this.#before === null) {
      this.#before = focused()
      void this.#open(element as WaDialog)
    }
    return noChange
  }

  protected override disconnected(): void {
    const before = this.#before
    // While the dialog is still there, nothing beside it can have the focus.
    queueMicrotask(() => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    })
  }

  async #open(dialog: WaDialog): Promise<void> {
    await dialog.updateComplete
    if (this.isConnected) dialog.open = true
  }
}

export const opened = directive(Opened)

/** Through all shadow roots. */
function focused(): Element {
  let element = document.activeElement ?? document.body
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element
}
