/**
 * Changes of the record that do not move the pointer. While a pointer is being written they go into that write too:
 * writes follow one another, and a later one must not set the pointer back.
 */
import type { PackageRecord } from '../../records.ts'
import type { PackageStep } from './events.ts'
import type { PackageState } from './states.ts'

/** `change` may be called twice. Saves also when nothing changed: the disk may have lost it. */
export function changeRecord(
  state: PackageState,
  change: (record: PackageRecord) => PackageRecord,
): PackageStep {
  const { coming, running } = state
  const record = change(state.record)
  if (coming?.name === 'activating') {
    const next = change(coming.next)
    return {
      state: { ...state, record, coming: { ...coming, next } },
      effects: [{ type: 'switch', record: next }],
    }
  }
  if (running?.name === 'rolling-back') {
    const next = change(running.next)
    return {
      state: { ...state, record, running: { ...running, next, retryAt: null } },
      effects: [{ type: 'switch', record: next }],
    }
  }
  return { state: { ...state, record }, effects: [{ type: 'save', record }] }
}
