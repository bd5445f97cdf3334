/** Tells who asked that something in the records changed, after it was committed and in the order of the commits. */
import type { FleetChange } from '../fleet-directory.ts'

export interface FleetChanges {
  publish(change: FleetChange): void
  /** Returns the unsubscribe. */
  subscribe(listener: (change: FleetChange) => void): () => void
}

export function createFleetChanges(): FleetChanges {
  const listeners = new Set<(change: FleetChange) => void>()
  return {
    publish(change) {
      for (const listener of [...listeners]) listener(change)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
