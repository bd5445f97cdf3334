import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  beginPatching,
  type PatchingEffect,
  type PatchingEvent,
  type PatchingState,
  patchingWakeAt,
  stepPatching,
} from '../../../client/machines/patching/patching.ts'
import { defaultOptions } from '../../../client/options.ts'
import { chooseParts } from '../../../policy/choose-parts.ts'
import type { PatchPart, PatchSet } from '../../../protocol/patching/patch-set.ts'

const options = { ...defaultOptions, patchWaitMs: 1000, patchQuietMs: 500 }
const part = (change: Partial<PatchPart>): PatchPart => ({
  digest: 'd'.repeat(64),
  sizeBytes: 10,
  makes: [0],
  insteadOf: [100],
  from: [],
  made: [],
  ...change,
})
const setOf = (...parts: PatchPart[]): PatchSet => ({
  format: 1,
  from: 'a'.repeat(64),
  to: 'b'.repeat(64),
  parts,
})
/** The second needs what the first makes, the third stands alone. */
const three = setOf(part({ makes: [0] }), part({ makes: [1], made: [0] }), part({ makes: [2] }))
const announced = (set: PatchSet): PatchingEvent => ({
  type: 'announced',
  set,
  lacks: () => true,
  holdsOld: () => true,
})

/** Feeds events, all at `now`, and gives back what was asked for. */
function feed(state: PatchingState, now: number, ...events: PatchingEvent[]) {
  const effects: PatchingEffect[] = []
  let current = state
  for (const event of events) {
    const step = stepPatching(current, event, now, options)
    current = step.state
    effects.push(...step.effects)
  }
  return { state: current, effects, types: effects.map(effect => effect.type) }
}
const begun = () => beginPatching(0, options).state

test('PR-D7 a part is taken where it is fewer bytes than the chunks that are lacking', () => {
  const set = setOf(part({ makes: [0, 1], insteadOf: [6, 6] }), part({ makes: [2], insteadOf: [10] }))
  assert.deepEqual(
    chooseParts(
      set,
      () => true,
      () => true,
    ),
    [0],
  )
  assert.deepEqual(
    chooseParts(
      set,
      index => index !== 1,
      () => true,
    ),
    [],
  )
})

test('PR-D7 a part whose dictionary is not there is left out, with those that need what it makes', () => {
  const set = setOf(part({ makes: [0], from: [5] }), part({ makes: [1], made: [0] }), part({ makes: [2] }))
  assert.deepEqual(
    chooseParts(
      set,
      () => true,
      index => index !== 5,
    ),
    [2],
  )
  assert.deepEqual(
    chooseParts(
      set,
      index => index !== 0,
      index => index !== 5,
    ),
    [1, 2],
    'or it is held already',
  )
})

test('no patch, or none worth while: the chunks are taken at once', () => {
  assert.deepEqual(feed(begun(), 1, { type: 'none' }).types, ['over'])
  const nothing: PatchingEvent = { type: 'announced', set: three, lacks: () => false, holdsOld: () => true }
  assert.deepEqual(feed(begun(), 1, nothing).types, ['over'])
})

test('PR-D7 a patch that is being made is waited for, but not for ever', () => {
  const coming = (retryAt: number): PatchingEvent => ({
    type: 'coming',
    retryAt,
    mayFetch: true,
    spreadMs: 0,
  })
  const { state } = feed(begun(), 100, coming(400))
  assert.equal(patchingWakeAt(state), 400)
  assert.deepEqual(feed(state, 399, { type: 'wake' }).types, [])
  const again = feed(state, 400, { type: 'wake' })
  assert.deepEqual(again.types, ['ask'])
  assert.deepEqual(feed(again.state, 900, coming(1000)).types, [])
  assert.deepEqual(feed(again.state, 900, coming(1001)).types, ['over'], 'what is expected too late')
  assert.deepEqual(feed(again.state, 1000, coming(1200)).types, ['over'])
})

test('PR-D5 the expected time is a guess: it is asked again after 15 s, and not by all at once', () => {
  const patient = { ...options, patchWaitMs: 300_000 }
  const begin = beginPatching(0, patient).state
  const coming = { type: 'coming', retryAt: 200_000, mayFetch: true, spreadMs: 700 } as const
  assert.equal(patchingWakeAt(stepPatching(begin, coming, 1_000, patient).state), 16_700)
})

test('W6 while the windows let nothing be fetched, waiting for a patch costs nothing and goes on', () => {
  const { state, types } = feed(begun(), 5000, {
    type: 'coming',
    retryAt: 6000,
    mayFetch: false,
    spreadMs: 0,
  })
  assert.deepEqual(types, [])
  assert.equal(patchingWakeAt(state), 6000)
  const late = feed(begun(), 5000, { type: 'coming', retryAt: 60_000, mayFetch: false, spreadMs: 0 })
  assert.deepEqual(late.types, [])
  assert.equal(patchingWakeAt(late.state), 6_000, 'asked again: the windows may be others by then')
})

test('parts are made one at a time and in order, whichever comes first', () => {
  let { state, effects, types } = feed(begun(), 1, announced(three))
  assert.deepEqual(effects, [{ type: 'fetch', set: three, parts: [0, 1, 2] }])
  ;({ state, types } = feed(state, 2, { type: 'part-arrived', part: 2 }, { type: 'part-arrived', part: 1 }))
  assert.deepEqual(types, [])
  ;({ state, effects } = feed(state, 3, { type: 'part-arrived', part: 0 }))
  assert.deepEqual(effects, [{ type: 'make', part: 0 }])
  ;({ state, effects } = feed(state, 4, { type: 'made', part: 0, ok: true }))
  assert.deepEqual(effects, [{ type: 'make', part: 1 }])
  ;({ state, effects } = feed(state, 5, { type: 'made', part: 1, ok: true }))
  assert.deepEqual(effects, [{ type: 'make', part: 2 }])
  ;({ types } = feed(state, 6, { type: 'made', part: 2, ok: true }))
  assert.deepEqual(types, ['over'])
})

test('PR-D8 a part that fails takes those with it that need its chunks, and no others', () => {
  const { state } = feed(begun(), 1, announced(three), { type: 'part-arrived', part: 0 })
  const { effects } = feed(state, 2, { type: 'part-arrived', part: 2 }, { type: 'made', part: 0, ok: false })
  assert.deepEqual(effects, [{ type: 'make', part: 2 }])
})

test('PR-D8 parts that do not come are given up for the chunks; while they move, or nothing can, they are not', () => {
  const { state } = feed(begun(), 100, announced(three))
  assert.equal(patchingWakeAt(state), 600)
  assert.deepEqual(feed(state, 600, { type: 'wake' }).types, ['over'])
  const moving = feed(state, 500, { type: 'moved' })
  assert.deepEqual(feed(moving.state, 600, { type: 'wake' }).types, [])
  assert.deepEqual(feed(moving.state, 1000, { type: 'wake' }).types, ['over'])
})

test('PR-D8 an origin that sends a wrong part is not asked for another', () => {
  const { state } = feed(begun(), 1, announced(three))
  assert.deepEqual(feed(state, 2, { type: 'bad-part' }).types, ['over'])
})

test('whatever happens, it ends once, makes one part at a time, and each part once', () => {
  const event: fc.Arbitrary<PatchingEvent> = fc.oneof(
    fc.constant<PatchingEvent>(announced(three)),
    fc.constant<PatchingEvent>({ type: 'none' }),
    fc.constant<PatchingEvent>({ type: 'coming', retryAt: 0, mayFetch: true, spreadMs: 0 }),
    fc.constant<PatchingEvent>({ type: 'wake' }),
    fc.constant<PatchingEvent>({ type: 'moved' }),
    fc.nat(2).map((part): PatchingEvent => ({ type: 'part-arrived', part })),
    fc
      .record({ part: fc.nat(2), ok: fc.boolean() })
      .map((made): PatchingEvent => ({ type: 'made', ...made })),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat(400)), { maxLength: 40 }), steps => {
      let state = begun()
      let now = 0
      let overs = 0
      let making: number | null = null
      const made = new Set<number>()
      for (const [next, passes] of steps) {
        now += passes
        if (next.type === 'made' && next.part === making) making = null
        const step = stepPatching(state, next, now, options)
        state = step.state
        for (const effect of step.effects) {
          if (effect.type === 'over') overs++
          if (effect.type !== 'make') continue
          assert.equal(making, null)
          assert.ok(!made.has(effect.part))
          making = effect.part
          made.add(effect.part)
        }
        assert.ok(overs === (state.name === 'over' ? 1 : 0))
      }
    }),
  )
})
