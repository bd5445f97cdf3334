/** Deleting something: says first what that does to the fleet, as the server sees it, and asks. Knows nothing of what is deleted. */
import { html, nothing } from 'lit'
import { type Deletion, deletionSchema } from '../../../protocol/admin/deletion.ts'
import { api } from '../api.ts'
import { confirmAction } from './confirm-dialog.ts'
import { toast, toastProblem } from './toasts.ts'

/** Resolves with whether it was deleted. `path`: of the thing below `/api/`. */
export async function deleteAfterAsking(path: string): Promise<boolean> {
  try {
    const deletion = await api.get(`${path}/deletion`, deletionSchema)
    const isBlocked = deletion.blockers.length > 0
    const isWarned = deletion.cautions.length > 0
    const yes = await confirmAction({
      title: isBlocked ? `The ${deletion.subject} cannot be deleted now` : `Delete the ${deletion.subject}?`,
      text: isBlocked
        ? html`<div class="stack">${paragraphs(deletion.blockers)}</div>`
        : whatItDoes(deletion),
      confirmLabel: isBlocked ? null : isWarned ? 'Delete all the same' : 'Delete',
      dangerous: true,
    })
    if (!yes || isBlocked) return false
    await api.act('DELETE', path, { query: { force: isWarned ? 'true' : undefined } })
    toast(`The ${deletion.subject} is deleted.`)
    return true
  } catch (error) {
    toastProblem(error)
    return false
  }
}

function whatItDoes({ effects, cautions }: Deletion) {
  return html`<div class="stack">${
    cautions.length === 0
      ? nothing
      : html`<div class="stack tight" role="alert"><strong>It is in use.</strong>${paragraphs(cautions)}</div>`
  }${paragraphs(effects)}</div>`
}

const paragraphs = (sentences: readonly string[]) => sentences.map(sentence => html`<p>${sentence}</p>`)
