/**
 * The taking side of a peer session: interest, requests, and what comes in answer (PR-P4, PR-P7, PR-P9).
 * Tells what was asked for from what is late and from what is a violation. What to ask for is a download's business.
 */
import { MAX_INTERESTS_PER_LINK } from '../../../protocol/limits.ts'
import { addSlice } from '../../../protocol/peer/chunk-assembly.ts'
import type { PeerMessage } from '../../../protocol/peer/messages.ts'
import { closeLink, type PeerSessionEffect, sendIndexes } from './effects.ts'
import type { PeerSessionState, Wanted } from './state.ts'

export type Answer = Extract<PeerMessage, { type: 'bitfield' | 'have' | 'fetching' | 'reject' | 'chunk' }>
type Slice = Extract<PeerMessage, { type: 'chunk' }>

/** Shows interest. Shown again, it replaces what was asked before on both sides (PR-P4). */
export function want(
  state: PeerSessionState,
  release: string,
  sizes: Wanted['sizes'],
  effects: PeerSessionEffect[],
): void {
  const before = state.wanted.get(release)
  if (before === undefined) {
    // Interest lasts as long as the link: after many releases a fresh link is needed, and that is no violation.
    if (state.wanted.size >= MAX_INTERESTS_PER_LINK)
      return closeLink(state, 'the link is used up', false, effects)
    state.wanted.set(release, { sizes, isWanted: true, asked: new Set(), takenBack: new Set() })
  } else {
    before.sizes = sizes
    before.isWanted = true
    takeBack(state, release, [...before.asked])
  }
  effects.push({ type: 'send', message: { type: 'interest', release, chunkCount: sizes.length } })
}

/** What was asked for and has not begun need not be sent any more. */
export function unwant(state: PeerSessionState, release: string, effects: PeerSessionEffect[]): void {
  const wanted = state.wanted.get(release)
  if (wanted === undefined) return
  sendIndexes('cancel', release, takeBack(state, release, [...wanted.asked]), effects)
  wanted.isWanted = false
}

export function ask(
  state: PeerSessionState,
  release: string,
  indexes: readonly number[],
  effects: PeerSessionEffect[],
): void {
  const wanted = state.wanted.get(release)
  if (wanted === undefined || !wanted.isWanted) return
  for (const index of indexes) wanted.asked.add(index)
  sendIndexes('request', release, indexes, effects)
}

export function cancel(
  state: PeerSessionState,
  release: string,
  indexes: readonly number[],
  effects: PeerSessionEffect[],
): void {
  sendIndexes('cancel', release, takeBack(state, release, indexes), effects)
}

/** Answers about what we want. About a release that is no longer wanted they are late and dropped. */
export function answered(state: PeerSessionState, message: Answer, effects: PeerSessionEffect[]): void {
  const { release } = message
  const wanted = state.wanted.get(release)
  if (wanted === undefined) {
    return message.type === 'chunk' ? closeLink(state, 'a chunk nobody asked for', true, effects) : undefined
  }
  if (message.type === 'chunk') return sliced(state, message, wanted, effects)
  if (!wanted.isWanted) return
  switch (message.type) {
    case 'bitfield':
      if (message.chunkCount !== wanted.sizes.length)
        return closeLink(state, 'a bitfield of another length', true, effects)
      effects.push({ type: 'offer', release, bits: message.bits })
      return
    case 'have':
      effects.push({ type: 'have', release, indexes: message.indexes })
      return
    case 'fetching':
      effects.push({ type: 'alive', release })
      return
    case 'reject':
      // What is already under way still comes, and is late rather than wrong.
      takeBack(state, release, message.indexes.length === 0 ? [...wanted.asked] : message.indexes)
      effects.push({ ...message, type: 'rejected' })
  }
}

/** Moves requests to what may still come but is not waited for; returns those that were requests. */
function takeBack(state: PeerSessionState, release: string, indexes: readonly number[]): number[] {
  const wanted = state.wanted.get(release)
  const taken = indexes.filter(index => wanted?.asked.delete(index))
  for (const index of taken) wanted?.takenBack.add(index)
  const { receiving } = state
  // Should it be asked for again, it comes again from its first slice on.
  if (receiving?.release === release && taken.includes(receiving.index)) state.receiving = null
  return taken
}

function sliced(state: PeerSessionState, slice: Slice, wanted: Wanted, effects: PeerSessionEffect[]): void {
  const { release, index } = slice
  const size = wanted.sizes[index]?.sizeBytes
  const wasTakenBack = wanted.takenBack.has(index)
  if (!wanted.asked.has(index) || size === undefined) {
    // Under way when it was taken back. Whoever sends what was never asked for does not keep to the protocol.
    if (!wasTakenBack) closeLink(state, 'a chunk nobody asked for', true, effects)
    return
  }
  const current = state.receiving
  const continues = current !== null && current.release === release && current.index === index
  if (!continues) {
    // The tail of a chunk that was taken back and has been asked for again: the whole of it follows.
    if (slice.offset > 0 && wasTakenBack) return
    if (current !== null) return closeLink(state, 'slices of two chunks were mixed', true, effects)
  }
  const step = addSlice(continues ? current.assembly : null, slice, size)
  if (step.state === 'violation') return closeLink(state, step.message, true, effects)
  if (step.state === 'partial') {
    state.receiving = { release, index, assembly: step.assembly }
    effects.push({ type: 'progress', release, bytes: slice.payload.byteLength })
    return
  }
  state.receiving = null
  wanted.asked.delete(index)
  const lastBytes = slice.payload.byteLength
  effects.push({ type: 'chunk', release, index, encoded: step.encoded, lastBytes })
}
