/** Which tab runs the engine, when those that do are frozen, hang or end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  createLeadership,
  defaultLeadership,
  type Leadership,
  type LeadershipEffect,
  type LeadershipEvent,
  stepLeadership,
} from '../../../client/machines/leadership.ts'

class Driver {
  state: Leadership = createLeadership()
  now = 0

  send(type: LeadershipEvent['type']): readonly LeadershipEffect[] {
    const next = stepLeadership(this.state, { type }, this.now, defaultLeadership)
    this.state = next.state
    return next.effects
  }

  /** A tick after so long. */
  tick(afterMs = defaultLeadership.askEveryMs): readonly LeadershipEffect[] {
    this.now += afterMs
    return this.send('tick')
  }
}

test('it queues, asks, and takes the lock after six questions without an answer', () => {
  const tab = new Driver()
  assert.deepEqual(tab.send('begin'), ['queue', 'ask'])
  for (let asked = 0; asked < defaultLeadership.patience; asked++) assert.deepEqual(tab.tick(), ['ask'])
  assert.deepEqual(tab.tick(), ['steal'])
  assert.deepEqual(tab.tick(), [], 'once')
  assert.deepEqual(tab.send('granted'), ['lead'])
})

test('every word of the tab that leads begins the count anew', () => {
  const tab = new Driver()
  tab.send('begin')
  for (let tick = 0; tick < 100; tick++) {
    if (tick % 5 === 0) tab.send('sign')
    assert.deepEqual(tab.tick(), ['ask'])
  }
})

test('a tab that slept itself takes nothing before it has asked again', () => {
  const tab = new Driver()
  tab.send('begin')
  for (let asked = 0; asked < defaultLeadership.patience; asked++) tab.tick()
  assert.deepEqual(tab.tick(600_000), ['ask'])
  assert.equal(tab.state.name, 'waiting')
})

test('a lock that was taken away ends the engine first, and the tab queues again', () => {
  const tab = new Driver()
  tab.send('begin')
  tab.send('granted')
  assert.deepEqual(tab.send('lost'), ['step-down', 'let-go', 'queue'])
  assert.deepEqual(tab.send('lost'), [])
})

test('frozen it lets go, and what is granted to it then it gives back', () => {
  const tab = new Driver()
  tab.send('begin')
  tab.send('granted')
  assert.deepEqual(tab.send('freeze'), ['abandon', 'let-go'])
  assert.deepEqual(tab.send('granted'), ['let-go'])
  assert.deepEqual(tab.send('resume'), ['queue', 'ask'])
  assert.deepEqual(tab.send('stop'), ['let-go'])
  assert.deepEqual(tab.send('granted'), ['let-go'])
})

test('whatever happens, an engine is started only when none runs, and stopped before another is started', () => {
  const types = ['begin', 'tick', 'sign', 'granted', 'lost', 'freeze', 'resume', 'stop'] as const
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...types), { maxLength: 60 }), events => {
      const tab = new Driver()
      let runs = false
      for (const type of events) {
        for (const effect of type === 'tick' ? tab.tick() : tab.send(type)) {
          if (effect === 'lead') {
            assert.ok(!runs)
            runs = true
          }
          if (effect === 'step-down' || effect === 'abandon') {
            assert.ok(runs)
            runs = false
          }
        }
        assert.equal(runs, tab.state.name === 'leading')
      }
    }),
  )
})

test('a tab that leads answers every question, and tells how things stand only where somebody follows', () => {
  const tab = new Driver()
  tab.send('begin')
  assert.deepEqual(
    [tab.send('hello'), tab.send('asked'), tab.send('changed')],
    [[], [], []],
    'others do that',
  )
  tab.send('granted')
  assert.deepEqual(tab.send('changed'), ['tell'], 'who waited is still there')
  tab.now += 5 * defaultLeadership.askEveryMs
  assert.deepEqual(tab.send('changed'), [], 'nobody asks any more')
  assert.deepEqual(tab.send('asked'), ['answer', 'tell'], 'it has missed something')
  assert.deepEqual(tab.send('asked'), ['answer'])
  assert.deepEqual(tab.send('changed'), ['tell'])
  assert.deepEqual(tab.send('hello'), ['tell'])
})
