/**
 * Which tab of a browser profile runs the engine: the one that holds the lock. A tab that is frozen or hangs keeps its
 * lock, so those that wait ask it whether it is there, and take the lock away when it does not answer for a while.
 * Knows no locks and channels; `now` is monotonic ms of this tab.
 */

export type Leadership =
  /** In the queue for the lock. `unanswered`: questions in a row to which nobody who leads said a word. */
  | { readonly name: 'waiting'; readonly unanswered: number; readonly tickedAt: number }
  /** The lock is being taken from a tab that does not answer. */
  | { readonly name: 'stealing' }
  /** `askedAt`: when a tab that follows last said a word; those that wait ask about once every `askEveryMs`. */
  | { readonly name: 'leading'; readonly askedAt: number }
  /** About to be frozen, or frozen: out of the queue, so that the lock is not given to a tab that cannot use it. */
  | { readonly name: 'away' }
  | { readonly name: 'stopped' }

export type LeadershipEvent =
  | { readonly type: 'begin' }
  /** Comes every `askEveryMs`, as far as the browser lets it. */
  | { readonly type: 'tick' }
  /** The tab that leads said something. */
  | { readonly type: 'sign' }
  /** Another tab asks whether this one leads. */
  | { readonly type: 'asked' }
  /** Another tab knows of nothing yet. */
  | { readonly type: 'hello' }
  /** The engine's view has changed. */
  | { readonly type: 'changed' }
  | { readonly type: 'granted' }
  /** Another tab took the lock away, or has written as the one that leads. */
  | { readonly type: 'lost' }
  | { readonly type: 'freeze' }
  | { readonly type: 'resume' }
  | { readonly type: 'stop' }

export type LeadershipEffect =
  /** Get into the queue for the lock. */
  | 'queue'
  /** Leave the queue, or let go of the lock. Whoever is stopped in order does so once its engine has ended. */
  | 'let-go'
  | 'ask'
  /** Say that this tab leads. */
  | 'answer'
  /** Say how things stand, if the engine runs already. */
  | 'tell'
  | 'steal'
  /** Start the engine. */
  | 'lead'
  /** Stop it, at once. */
  | 'step-down'
  /** Stop it and let go of the disk in this very turn: there may be no next one. */
  | 'abandon'

export interface LeadershipOptions {
  readonly askEveryMs: number
  /** So many questions without an answer, and the lock is taken: longer than a page ever works without a pause. */
  readonly patience: number
}

export const defaultLeadership: LeadershipOptions = { askEveryMs: 1_000, patience: 6 }

export function createLeadership(): Leadership {
  return { name: 'away' }
}

export function stepLeadership(
  state: Leadership,
  event: LeadershipEvent,
  now: number,
  options: LeadershipOptions,
): { readonly state: Leadership; readonly effects: readonly LeadershipEffect[] } {
  if (state.name === 'stopped') return { state, effects: event.type === 'granted' ? ['let-go'] : [] }
  const waiting: Leadership = { name: 'waiting', unanswered: 0, tickedAt: now }
  switch (event.type) {
    case 'begin':
    case 'resume':
      return state.name === 'away' ? { state: waiting, effects: ['queue', 'ask'] } : { state, effects: [] }
    case 'tick':
      return tick(state, now, options)
    case 'sign':
      return { state: state.name === 'waiting' ? { ...state, unanswered: 0 } : state, effects: [] }
    case 'asked':
    case 'hello':
    case 'changed':
      return state.name === 'leading' ? inform(state, event.type, now, options) : { state, effects: [] }
    case 'granted':
      if (state.name === 'away') return { state, effects: ['let-go'] }
      if (state.name === 'leading') return { state, effects: [] }
      // Whoever waited until now is still there.
      return { state: { name: 'leading', askedAt: now }, effects: ['lead'] }
    case 'lost':
      return state.name === 'leading'
        ? { state: waiting, effects: ['step-down', 'let-go', 'queue'] }
        : { state, effects: [] }
    case 'freeze':
      return { state: { name: 'away' }, effects: leave(state) }
    case 'stop':
      return { state: { name: 'stopped' }, effects: state.name === 'leading' ? ['step-down'] : leave(state) }
  }
}

/** When nobody has asked for so many questions' time, nobody is told: a view is some kilobytes, many times a second. */
const FORGET_AFTER_QUESTIONS = 5

function inform(
  state: Extract<Leadership, { name: 'leading' }>,
  event: 'asked' | 'hello' | 'changed',
  now: number,
  { askEveryMs }: LeadershipOptions,
): { readonly state: Leadership; readonly effects: readonly LeadershipEffect[] } {
  const isFollowed = now - state.askedAt < FORGET_AFTER_QUESTIONS * askEveryMs
  const heard: Leadership = { ...state, askedAt: now }
  switch (event) {
    case 'asked':
      return { state: heard, effects: isFollowed ? ['answer'] : ['answer', 'tell'] }
    case 'hello':
      return { state: heard, effects: ['tell'] }
    case 'changed':
      return { state, effects: isFollowed ? ['tell'] : [] }
  }
}

function leave(state: Leadership): readonly LeadershipEffect[] {
  if (state.name === 'away') return []
  return state.name === 'leading' ? ['abandon', 'let-go'] : ['let-go']
}

function tick(
  state: Leadership,
  now: number,
  { askEveryMs, patience }: LeadershipOptions,
): { readonly state: Leadership; readonly effects: readonly LeadershipEffect[] } {
  if (state.name !== 'waiting') return { state, effects: [] }
  // This tab itself was asleep or busy: answers may lie in its queue, unheard.
  const wasAsleep = now - state.tickedAt > 3 * askEveryMs
  const unanswered = wasAsleep ? 0 : state.unanswered
  if (unanswered >= patience) return { state: { name: 'stealing' }, effects: ['steal'] }
  return { state: { name: 'waiting', unanswered: unanswered + 1, tickedAt: now }, effects: ['ask'] }
}
