/**
 * The life of a release on a device as one table: which state may follow which. A move that is not in it does not
 * compile (`move`), and `package-life-moves.test.ts` proves over random histories that the machine makes no other.
 */
import type { Life, LifeIn, LifeName } from './states.ts'

export const MOVES = {
  /** Chunks move, or the last one came while nothing more was asked for. */
  waiting: ['downloading', 'staged'],
  downloading: ['waiting', 'staged'],
  /** Back where a chunk or the whole disk was lost before it took over. */
  staged: ['waiting', 'downloading', 'activating'],
  /** Back where the pointer could not be written; without a trial where it proved itself on this device before. */
  activating: ['staged', 'on-trial', 'confirmed'],
  'on-trial': ['confirmed', 'rolling-back'],
  confirmed: [],
  'rolling-back': ['failed'],
  /** Another try was asked for, or nothing runs and the pause is over. */
  failed: ['waiting'],
} as const satisfies { readonly [Name in LifeName]: readonly LifeName[] }

/** States in which a life can begin: with an assignment, or with what the disk says at a start or after going back. It can end in any. */
export const BEGINNINGS: readonly LifeName[] = ['waiting', 'failed', 'on-trial', 'confirmed']

type Next<From extends LifeName> = (typeof MOVES)[From][number]

/** The only way from one state of a life to another. A life stays that of the same release. */
export function move<From extends Life, To extends LifeIn<Next<From['name']>>>(_from: From, to: To): To {
  return to
}
