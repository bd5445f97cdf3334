/**
 * The table of legal moves: every move in it happens, and over random histories no other. And the kill cases: one for each
 * state of the machine, by type, so that a new state without one does not even compile.
 */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { BEGINNINGS, MOVES } from '../../../client/machines/package-life/moves.ts'
import type { LifeName } from '../../../client/machines/package-life/states.ts'
import { pendingRecords } from '../../../client/machines/package-life/step.ts'
import { type PackageRecord, releaseFailureReasons } from '../../../client/records.ts'
import {
  assignmentOf,
  closed,
  crashed,
  digestOf,
  hung,
  PackageLifeDriver,
  running,
} from './package-life-driver.ts'

const NAMES = Object.keys(MOVES) as LifeName[]
const IDLE = { activation: { when: 'idle', idleMs: 60_000 } } as const

/** The lives of a step by release: at most one each. */
function livesOf({ state: { running: now, coming } }: PackageLifeDriver): Map<string, LifeName> {
  const lives = new Map<string, LifeName>()
  for (const life of [now, coming]) {
    if (life === null) continue
    assert.ok(!lives.has(life.release.digest), 'a release lives once')
    lives.set(life.release.digest, life.name)
  }
  return lives
}

/** What a step made of each life; fails on a move or a beginning that is not allowed. Gives the moves. */
function judgeMoves(before: Map<string, LifeName>, after: Map<string, LifeName>, note: string): string[] {
  const moves: string[] = []
  for (const [digest, name] of after) {
    const was = before.get(digest)
    if (was === name) continue
    const path = was === undefined ? [] : pathBetween(was, name)
    // What ran and was replaced may be wanted once more: that is another life.
    const isReplaced = (was === 'on-trial' || was === 'confirmed') && name === 'waiting'
    // And what is wanted may be what came back.
    const cameBack = name === 'confirmed' && [...before.values()].includes('rolling-back')
    const isNew = was === undefined || isReplaced || cameBack
    if (isNew) assert.ok(BEGINNINGS.includes(name), `${note}: began as ${name}`)
    else assert.ok(path.length > 0, `${note}: ${was} → ${name}`)
    moves.push(...path)
  }
  return moves
}

/** One step may make several moves; each has to be legal. */
function pathBetween(from: LifeName, to: LifeName): string[] {
  const direct: readonly LifeName[] = MOVES[from]
  if (direct.includes(to)) return [`${from} → ${to}`]
  for (const middle of direct) {
    const next: readonly LifeName[] = MOVES[middle]
    if (next.includes(to)) return [`${from} → ${middle}`, `${middle} → ${to}`]
  }
  return []
}

/** Mostly the release that it is about now, so that histories get somewhere. */
const target = fc.constantFrom<('coming' | 'running' | 1 | 2 | 3)[]>('coming', 'coming', 'running', 1, 2, 3)

const assign = fc.record({
  do: fc.constant('assign' as const),
  release: fc.constantFrom(1, 2, 2, 3, null),
  activation: fc.constantFrom(
    { when: 'at-once' as const },
    { when: 'idle' as const, idleMs: 60_000 },
    { when: 'window' as const, from: '02:00', until: '04:00' },
  ),
  confirmation: fc.constantFrom(
    { by: 'runs' as const, forMs: 30_000 },
    { by: 'ready' as const, withinMs: 30_000 },
  ),
})
const aboutRelease = fc.record({
  do: fc.constantFrom(
    'accept' as const,
    'refuse' as const,
    'unreachable' as const,
    'move' as const,
    'wait' as const,
    'complete' as const,
    'loaded' as const,
    'ready' as const,
  ),
  target,
})
const progress = fc.record({
  do: fc.constantFrom('accept' as const, 'complete' as const),
  target: fc.constant('coming' as const),
})
const fail = fc.record({
  do: fc.constant('fail' as const),
  target,
  reason: fc.constantFrom(...releaseFailureReasons),
})
const world = fc.record({
  do: fc.constantFrom('touch' as const, 'time-known' as const, 'retries-rise' as const),
})
const write = fc.record({ do: fc.constantFrom('write' as const, 'write' as const, 'write-fails' as const) })
const kill = fc.record({ do: fc.constantFrom('kill' as const, 'kill-hung' as const, 'close' as const) })
const tell = fc.record({
  do: fc.constant('tell' as const),
  type: fc.constantFrom(
    'retry' as const,
    'activate-now' as const,
    'server-back' as const,
    'keys-changed' as const,
    'new-authority' as const,
    'storage-lost' as const,
  ),
})
const pass = fc.record({
  do: fc.constant('pass' as const),
  ms: fc.constantFrom(1, 1_000, 30_000, 60_000, 3_600_000),
})
const command = fc.oneof(
  { weight: 2, arbitrary: assign },
  { weight: 5, arbitrary: progress },
  { weight: 6, arbitrary: aboutRelease },
  { weight: 2, arbitrary: fail },
  { weight: 2, arbitrary: world },
  { weight: 5, arbitrary: write },
  { weight: 1, arbitrary: kill },
  { weight: 2, arbitrary: tell },
  { weight: 2, arbitrary: pass },
)
const histories = fc.array(command, { maxLength: 120, size: 'max' })
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

/** Commands that start the engine anew, and how the page ended before. */
const LAST_ENDS = { kill: crashed, 'kill-hung': hung, close: closed } as const
const isStart = (c: Command): c is Extract<Command, { do: keyof typeof LAST_ENDS }> =>
  Object.hasOwn(LAST_ENDS, c.do)

type Pending = PackageRecord[]

/** Answers a pointer write if one is out; the disk takes it or not. */
function answerWrite(life: PackageLifeDriver, pending: Pending, takes: boolean): void {
  const record = pending.shift()
  if (record === undefined) return
  if (takes) life.disk = record
  life.step({ type: takes ? 'switched' : 'switch-failed', record })
}

function play(life: PackageLifeDriver, pending: Pending, command: Command): void {
  const { running: now, coming } = life.state
  const releaseOf = (of: 'coming' | 'running' | 1 | 2 | 3) =>
    typeof of === 'number' ? of : ((of === 'coming' ? (coming ?? now) : now)?.release.release ?? 1)
  switch (command.do) {
    case 'assign': {
      const { release, activation, confirmation } = command
      const assignment = release === null ? null : assignmentOf(release, { activation, confirmation })
      return void life.step({ type: 'assigned', assignment })
    }
    case 'accept':
      return void life.step({ type: 'manifest-accepted', digest: digestOf(releaseOf(command.target)) })
    case 'refuse':
      return void life.refuse(releaseOf(command.target))
    case 'unreachable':
      return void life.step({
        type: 'manifest-unreachable',
        digest: digestOf(releaseOf(command.target)),
        chance: 0.5,
      })
    case 'move':
    case 'wait': {
      const digest = digestOf(releaseOf(command.target))
      return void life.step({ type: 'fetching', digest, moving: command.do === 'move' })
    }
    case 'complete':
      return void life.step({ type: 'downloaded', digest: digestOf(releaseOf(command.target)) })
    case 'loaded':
      return void life.load(releaseOf(command.target))
    case 'ready':
      return void life.ready(releaseOf(command.target))
    case 'fail':
      return void life.fail(releaseOf(command.target), { reason: command.reason, message: 'x' })
    case 'write':
      return answerWrite(life, pending, true)
    case 'write-fails':
      return answerWrite(life, pending, false)
    case 'touch':
      life.moment = { ...life.moment, activeAt: life.now }
      return
    case 'time-known':
      life.moment = { ...life.moment, serverNow: Date.parse('2026-11-23T00:30:00Z') }
      return
    case 'retries-rise':
      life.moment = { ...life.moment, retries: life.moment.retries + 1 }
      return void life.step({ type: 'device-changed' })
    case 'tell':
      return void life.step({ type: command.type })
    case 'pass':
      return void life.pass(command.ms)
    case 'kill':
    case 'kill-hung':
    case 'close':
      return
  }
}

function noteWrites(life: PackageLifeDriver, pending: Pending): void {
  for (const effect of life.effects) if (effect.type === 'switch') pending.push(effect.record)
}

/** Plays a history from nothing, judging every step; notes the moves it saw. */
function playHistory(commands: readonly Command[], seen: Set<string>): void {
  let life = new PackageLifeDriver()
  let pending: Pending = []
  /** Releases that were complete once: only those may be on the disk as what runs. */
  const complete = new Set<string>()
  /** Digest of the last release that was confirmed. */
  let good: string | undefined
  for (const [index, c] of commands.entries()) {
    const before = livesOf(life)
    const note = `step ${index}, ${JSON.stringify(c)}`
    if (isStart(c)) {
      life = PackageLifeDriver.restarted(life, LAST_ENDS[c.do])
      pending = []
    } else {
      life.effects = []
      play(life, pending, c)
      for (const moved of judgeMoves(before, livesOf(life), note)) seen.add(moved)
    }
    noteWrites(life, pending)
    const after = livesOf(life)
    for (const [digest, name] of after) if (name === 'staged' || name === 'activating') complete.add(digest)
    for (const ref of [life.disk.active, life.disk.previous])
      assert.ok(ref === null || complete.has(ref.digest), `${note}: the disk shows what was never complete`)
    const { running: now } = life.state
    if (isStart(c)) good = (life.disk.trial === null ? life.disk.active : life.disk.previous)?.digest
    if (now?.name === 'confirmed') good = now.release.digest
    const kept = pendingRecords(life.state).flatMap(({ active, previous }) => [
      active?.digest,
      previous?.digest,
    ])
    assert.ok(good === undefined || kept.includes(good), `${note}: the last good release may be evicted`)
    const switching = [...after.values()].filter(name => name === 'activating' || name === 'rolling-back')
    assert.ok(switching.length <= 1, `${note}: two pointers at once`)
  }
}

test('over random histories only moves of the table happen, and what is on the disk can always be shown', () => {
  fc.assert(
    fc.property(histories, commands => playHistory(commands, new Set())),
    { numRuns: 400 },
  )
})

/** So rare that chance does not find it: what was confirmed before a release on trial is wanted again. */
const backToTheGoodOne: readonly Command[] = ([1, 2, 1] as const).flatMap((release): Command[] => [
  { do: 'assign', release, activation: { when: 'at-once' }, confirmation: { by: 'runs', forMs: 30_000 } },
  { do: 'accept', target: 'coming' },
  { do: 'complete', target: 'coming' },
  { do: 'write' },
  { do: 'ready', target: 1 },
])

test('every move of the table happens', () => {
  const seen = new Set<string>()
  playHistory(backToTheGoodOne, seen)
  fc.assert(
    fc.property(histories, commands => playHistory(commands, seen)),
    { seed: 7, numRuns: 600 },
  )
  const legal = NAMES.flatMap(from => MOVES[from].map(to => `${from} → ${to}`))
  assert.deepEqual(
    legal.filter(moved => !seen.has(moved)),
    [],
  )
})

test('a release that failed is begun again only after somebody asked for it', () => {
  fc.assert(
    fc.property(histories, commands => {
      const life = running(1)
      life.install(2)
      life.fail(2)
      life.write()
      const pending: Pending = []
      for (const c of commands) {
        const isWish = c.do === 'retries-rise' || (c.do === 'tell' && c.type === 'retry')
        if (isWish || isStart(c)) continue
        life.effects = []
        play(life, pending, c)
        noteWrites(life, pending)
        const state = livesOf(life).get(digestOf(2))
        assert.ok(state === undefined || state === 'failed', `${JSON.stringify(c)}: ${state}`)
      }
    }),
  )
})

describe('killed in every state and started again', () => {
  interface KillCase {
    /** Brings a device that runs release 1 to the state, with release 2. */
    readonly reach: (life: PackageLifeDriver) => void
    /** What may be on the screen after the next start. */
    readonly shown: readonly number[]
    /** What the update comes to, once the device is told again what is wanted. */
    readonly end: string
  }

  const ENDS_WELL = 'confirmed 2'
  const CASES: Readonly<Record<LifeName, KillCase>> = {
    waiting: { reach: life => life.assign(2), shown: [1], end: ENDS_WELL },
    downloading: {
      reach: life => {
        life.assign(2)
        life.step({ type: 'manifest-accepted', digest: digestOf(2) })
      },
      shown: [1],
      end: ENDS_WELL,
    },
    staged: { reach: life => life.download(2, IDLE), shown: [1], end: ENDS_WELL },
    activating: { reach: life => life.download(2), shown: [1, 2], end: ENDS_WELL },
    'on-trial': { reach: life => life.install(2), shown: [2], end: ENDS_WELL },
    confirmed: {
      reach: life => {
        life.install(2)
        life.ready(2)
      },
      shown: [2],
      end: ENDS_WELL,
    },
    'rolling-back': {
      reach: life => {
        life.install(2)
        life.fail(2)
      },
      shown: [1, 2],
      end: 'confirmed 1, failed 2',
    },
    failed: {
      reach: life => {
        life.install(2)
        life.fail(2)
        life.write()
      },
      shown: [1],
      end: 'confirmed 1, failed 2',
    },
  }

  for (const name of NAMES) {
    for (const written of [false, true]) {
      const { reach, shown, end } = CASES[name]
      test(`${name}, ${written ? 'after' : 'before'} what was being written was on the disk`, () => {
        const before = running(1)
        reach(before)
        assert.ok([...livesOf(before).values()].includes(name), before.lives)
        const pending = before.effects.find(({ type }) => type === 'switch')
        if (written && pending?.type === 'switch') before.disk = pending.record

        const life = PackageLifeDriver.restarted(before)
        assert.ok(shown.includes(life.active ?? 0), `${life.active} is shown`)
        life.assign(2)
        const isBad = end !== ENDS_WELL
        for (let round = 0; round < 5 && life.lives !== end; round++) {
          life.step({ type: 'manifest-accepted', digest: digestOf(2) })
          life.step({ type: 'downloaded', digest: digestOf(2) })
          if (life.effects.some(({ type }) => type === 'switch')) life.write()
          life.load(2)
          if (isBad) life.fail(2)
          if (life.effects.some(({ type }) => type === 'switch')) life.write()
          life.pass(30_000)
        }
        assert.equal(life.lives, end)
      })
    }
  }
})
