/**
 * How a device gets from a release it has to the next by patch: asks the server for the patch set, waits for one that is being
 * made if it is expected within a bounded time, has parts fetched, and has chunks made of them one part at a time. Whatever
 * does not work out ends in `over`: what is missing then is fetched as chunks, so nothing is lost but the bytes of the parts.
 */
import { chooseParts } from '../../../policy/choose-parts.ts'
import type { PatchSet } from '../../../protocol/patching/patch-set.ts'
import type { KioskOptions } from '../../options.ts'

export type PatchingState =
  | { readonly name: 'asking'; readonly until: number }
  /** It is being made. */
  | { readonly name: 'waiting'; readonly askAt: number; readonly until: number }
  | {
      readonly name: 'fetching'
      readonly set: PatchSet
      /** Parts that are not made yet, in order. */
      readonly left: readonly number[]
      readonly arrived: ReadonlySet<number>
      readonly making: number | null
      /** When it is given up, unless something moves before. */
      readonly quietUntil: number
    }
  | { readonly name: 'over' }

export type PatchingEvent =
  | {
      readonly type: 'announced'
      readonly set: PatchSet
      readonly lacks: (index: number) => boolean
      readonly holdsOld: (index: number) => boolean
    }
  /**
   * `retryAt`: when it is expected, monotonic. `mayFetch`: the windows have a source open, so that waiting costs time.
   * `spreadMs`: how much later this device asks than others that were told the same.
   */
  | {
      readonly type: 'coming'
      readonly retryAt: number
      readonly mayFetch: boolean
      readonly spreadMs: number
    }
  /** There is no patch, or nobody answered. */
  | { readonly type: 'none' }
  | { readonly type: 'part-arrived'; readonly part: number }
  /** Bytes came, or nothing can come at the moment that chunks could. */
  | { readonly type: 'moved' }
  | { readonly type: 'made'; readonly part: number; readonly ok: boolean }
  /** The origin itself sent a part that is not the one it announced. */
  | { readonly type: 'bad-part' }
  | { readonly type: 'wake' }

export type PatchingEffect =
  | { readonly type: 'ask' }
  | { readonly type: 'fetch'; readonly set: PatchSet; readonly parts: readonly number[] }
  | { readonly type: 'make'; readonly part: number }
  | { readonly type: 'over' }

type Step = { readonly state: PatchingState; readonly effects: readonly PatchingEffect[] }

export function beginPatching(now: number, options: KioskOptions): Step {
  return { state: { name: 'asking', until: now + options.patchWaitMs }, effects: [{ type: 'ask' }] }
}

export function stepPatching(
  state: PatchingState,
  event: PatchingEvent,
  now: number,
  options: KioskOptions,
): Step {
  switch (state.name) {
    case 'over':
      return { state, effects: [] }
    case 'asking':
    case 'waiting':
      return stepBefore(state, event, now, options)
    case 'fetching':
      return stepFetching(state, event, now, options)
  }
}

/** Monotonic ms at which time alone changes something; null: never. */
export function patchingWakeAt(state: PatchingState): number | null {
  if (state.name === 'waiting') return Math.min(state.askAt, state.until)
  return state.name === 'fetching' ? state.quietUntil : null
}

/** What the server expects is a guess: a patch that is there sooner should not lie there for long. */
const MAX_PAUSE_MS = 15_000

const OVER: Step = { state: { name: 'over' }, effects: [{ type: 'over' }] }

function stepBefore(
  state: Extract<PatchingState, { name: 'asking' | 'waiting' }>,
  event: PatchingEvent,
  now: number,
  options: KioskOptions,
): Step {
  switch (event.type) {
    case 'none':
      return OVER
    case 'announced': {
      const { set } = event
      const parts = chooseParts(set, event.lacks, event.holdsOld)
      if (parts.length === 0) return OVER
      const quietUntil = now + options.patchQuietMs
      return {
        state: { name: 'fetching', set, left: parts, arrived: new Set(), making: null, quietUntil },
        effects: [{ type: 'fetch', set, parts }],
      }
    }
    case 'coming': {
      // While nothing may be fetched anyway, waiting costs nothing, and the time that is given counts from when something may.
      const until = event.mayFetch ? state.until : now + options.patchWaitMs
      // What is expected too late is not waited for at all.
      if (event.mayFetch && (now >= until || event.retryAt > until)) return OVER
      const askAt = Math.min(Math.max(event.retryAt, now + 1), now + MAX_PAUSE_MS) + event.spreadMs
      return { state: { name: 'waiting', askAt, until }, effects: [] }
    }
    case 'wake': {
      if (state.name !== 'waiting' || now < Math.min(state.askAt, state.until)) return { state, effects: [] }
      return { state: { name: 'asking', until: state.until }, effects: [{ type: 'ask' }] }
    }
    default:
      return { state, effects: [] }
  }
}

function stepFetching(
  state: Extract<PatchingState, { name: 'fetching' }>,
  event: PatchingEvent,
  now: number,
  options: KioskOptions,
): Step {
  const quietUntil = now + options.patchQuietMs
  switch (event.type) {
    case 'part-arrived':
      return decide({ ...state, arrived: new Set([...state.arrived, event.part]), quietUntil })
    case 'bad-part':
      return OVER
    case 'moved':
      return { state: { ...state, quietUntil }, effects: [] }
    case 'made': {
      if (event.part !== state.making) return { state, effects: [] }
      const left = state.left.filter(part => part !== event.part)
      const usable = event.ok ? left : withoutHeirs(state.set, left, event.part)
      return decide({ ...state, left: usable, making: null, quietUntil })
    }
    case 'wake':
      if (now < state.quietUntil || state.making !== null) return { state, effects: [] }
      return OVER
    default:
      return { state, effects: [] }
  }
}

/** The next part that is here, one at a time: what a device decodes at once stays bounded. */
function decide(state: Extract<PatchingState, { name: 'fetching' }>): Step {
  if (state.left.length === 0) return OVER
  const [next] = state.left
  if (state.making !== null || next === undefined || !state.arrived.has(next)) return { state, effects: [] }
  return { state: { ...state, making: next }, effects: [{ type: 'make', part: next }] }
}

/** Those that need nothing that the failed part, or one that needed it, was to make. */
function withoutHeirs(set: PatchSet, left: readonly number[], failed: number): number[] {
  const lost = new Set(set.parts[failed]?.makes)
  return left.filter(number => {
    const part = set.parts[number]
    if (part === undefined || !part.made.some(index => lost.has(index))) return true
    for (const index of part.makes) lost.add(index)
    return false
  })
}
