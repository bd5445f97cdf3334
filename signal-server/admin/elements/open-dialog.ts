/** Opens the dialog of an element that was drawn to show it. */
import type { LitElement } from 'lit'

/** For `firstUpdated`. A dialog that is drawn open does not put the focus where its `autofocus` is. */
export async function openDialog(host: LitElement): Promise<void> {
  const dialog = host.renderRoot.querySelector('wa-dialog')
  if (!dialog) return
  await dialog.updateComplete
  dialog.open = true
}
