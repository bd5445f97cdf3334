/** Which parts of a patch a device takes: those that are fewer bytes than the chunks it lacks, and that it can use. Pure. */
import type { PatchSet } from '../protocol/patching/patch-set.ts'

/**
 * The numbers of the parts, in order. `lacks` and `holds` speak of chunks of the new and of the old release by their index.
 * A part is left out when a chunk of its dictionary is neither held nor made by a part that is taken.
 */
export function chooseParts(
  set: PatchSet,
  lacks: (index: number) => boolean,
  holdsOld: (index: number) => boolean,
): number[] {
  const chosen: number[] = []
  const made = new Set<number>()
  for (const [number, part] of set.parts.entries()) {
    let insteadOfBytes = 0
    for (const [at, index] of part.makes.entries())
      if (lacks(index)) insteadOfBytes += part.insteadOf[at] ?? 0
    if (insteadOfBytes <= part.sizeBytes) continue
    if (!part.from.every(holdsOld) || !part.made.every(index => !lacks(index) || made.has(index))) continue
    chosen.push(number)
    for (const index of part.makes) made.add(index)
  }
  return chosen
}
