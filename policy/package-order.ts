/**
 * Which packages fetch now, when several are wanted (rules P1 to P4, docs/POLICY.md). Sees how far each has come and
 * nothing of sources: whether a package may ask a source at all is said by its windows.
 */
import { comesBefore, type Standing } from './eviction.ts'

/** How a package's download stands. `idle`: complete, or not wanted, or waiting for what only time or others can give. */
export type Progress = 'moving' | 'out-of-space' | 'idle'

export interface WantedPackage extends Standing {
  readonly progress: Progress
}

/**
 * The packages that hold back, in the order given. P1: while one of a higher priority moves. P3: while one that comes
 * before it lacks room, since whatever is fetched then would be evicted for that one. One that waits holds back nobody (P2).
 */
export function holdingBack<P extends WantedPackage>(packages: readonly P[]): ReadonlySet<P> {
  return new Set(
    packages.filter(lower =>
      packages.some(
        other =>
          (other.progress === 'moving' && other.priority > lower.priority) ||
          (other.progress === 'out-of-space' && comesBefore(other, lower)),
      ),
    ),
  )
}
