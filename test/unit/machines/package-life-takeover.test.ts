/** When a staged release takes over: rules A1 to A8 as the machine lives them, and the one pointer that switches. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answerActivateNow } from '../../../client/machines/package-life/takeover.ts'
import { digestOf, PackageLifeDriver, refOf, running } from './package-life-driver.ts'

const IDLE = { activation: { when: 'idle', idleMs: 60_000 } } as const
const NIGHT = { activation: { when: 'window', from: '02:00', until: '04:00' } } as const
/** Ten in the evening in Berlin. */
const EVENING = Date.parse('2026-11-23T21:00:00Z')
const HOUR_MS = 3_600_000

const answer = (life: PackageLifeDriver) => answerActivateNow(life.state, { ...life.moment, now: life.now })

describe('the moment', () => {
  test('A1 the first release takes over at once, whatever the option', () => {
    for (const option of [IDLE, NIGHT]) {
      const life = new PackageLifeDriver()
      assert.deepEqual(life.download(1, option), ['switch'])
    }
  })

  test('A3 when nobody has touched the screen for the time, also when somebody does meanwhile', () => {
    const life = running(1)
    life.moment = { ...life.moment, activeAt: life.now }
    assert.deepEqual(life.download(2, IDLE), ['release-staged'])
    assert.equal(life.lives, 'confirmed 1, staged 2')
    assert.equal(life.wakeInMs, 60_000)
    life.now += 40_000
    life.moment = { ...life.moment, activeAt: life.now }
    assert.deepEqual(life.pass(20_000), [])
    assert.equal(life.wakeInMs, 40_000)
    assert.deepEqual(life.pass(39_999), [])
    assert.deepEqual(life.pass(1), ['switch'])
  })

  test('A4 inside the window on the site’s clock, and not a millisecond before', () => {
    const life = running(1)
    life.moment = { ...life.moment, serverNow: EVENING }
    assert.deepEqual(life.download(2, NIGHT), ['release-staged'])
    life.pass(4 * HOUR_MS - 1)
    assert.equal(life.wakeInMs, 1)
    assert.equal(life.lives, 'confirmed 1, staged 2')
    assert.deepEqual(life.pass(1), ['switch'])
  })

  test('A6 while nobody knows the time a window waits, and goes on when the server has said it', () => {
    const life = running(1)
    assert.deepEqual(life.download(2, NIGHT), ['release-staged'])
    assert.deepEqual(life.pass(365 * 24 * HOUR_MS), [])
    life.moment = { ...life.moment, serverNow: EVENING + 5 * HOUR_MS }
    assert.deepEqual(life.step({ type: 'server-back' }), ['switch'])
  })

  test('A6 weeks without a server: the time counts on, and the window of that day opens', () => {
    const life = running(1)
    life.moment = { ...life.moment, serverNow: EVENING - 6 * HOUR_MS }
    life.assign(2, NIGHT)
    life.step({ type: 'manifest-accepted', digest: digestOf(2) })
    life.pass(20 * 24 * HOUR_MS)
    assert.deepEqual(life.step({ type: 'downloaded', digest: digestOf(2) }), ['release-staged'])
    life.pass(10 * HOUR_MS)
    assert.equal(life.lives, 'confirmed 1, activating 2')
  })

  test('an option that is edited counts at once', () => {
    const life = running(1)
    life.moment = { ...life.moment, serverNow: EVENING }
    life.download(2, NIGHT)
    assert.deepEqual(life.assign(2), ['switch'])
  })

  test('a server’s clock that is set is noticed within a minute', () => {
    const life = running(1)
    life.moment = { ...life.moment, serverNow: EVENING }
    life.download(2, NIGHT)
    assert.equal(life.wakeInMs, 60_000)
    life.moment = { ...life.moment, serverNow: EVENING + 5 * HOUR_MS }
    assert.deepEqual(life.pass(60_000), ['switch'])
  })
})

describe('A8 the app chooses', () => {
  test('where the people at the screen are waited for', () => {
    const life = running(1)
    life.moment = { ...life.moment, activeAt: life.now }
    life.download(2, IDLE)
    assert.deepEqual(answer(life), { ok: true })
    assert.deepEqual(life.step({ type: 'activate-now' }), ['switch'])
    assert.deepEqual(answer(life), { ok: true }, 'it is under way')
    assert.deepEqual(life.step({ type: 'activate-now' }), [])
  })

  test('inside a window only while it is open', () => {
    const life = running(1)
    life.moment = { ...life.moment, serverNow: EVENING }
    life.download(2, NIGHT)
    assert.deepEqual(answer(life), {
      ok: false,
      reason: 'window-closed',
      opensAt: EVENING + 4 * HOUR_MS,
    })
    assert.deepEqual(life.step({ type: 'activate-now' }), [])
    life.moment = { ...life.moment, serverNow: null }
    assert.deepEqual(answer(life), { ok: false, reason: 'time-unknown' })
  })

  test('never what is not complete', () => {
    const life = running(1)
    assert.deepEqual(answer(life), { ok: false, reason: 'nothing-staged' })
    life.assign(2, IDLE)
    assert.deepEqual(answer(life), { ok: false, reason: 'nothing-staged' })
    assert.deepEqual(life.step({ type: 'activate-now' }), [])
    assert.equal(life.lives, 'confirmed 1, waiting 2')
  })
})

describe('the pointer', () => {
  test('one that cannot be written leaves the release before, and is tried again', () => {
    const life = running(1)
    life.download(2)
    life.diskTakes = false
    assert.deepEqual(life.write(), [])
    assert.equal(life.lives, 'confirmed 1, staged 2')
    assert.equal(life.active, 1)
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      assert.equal(life.wakeInMs, pauseMs)
      assert.deepEqual(life.pass(pauseMs - 1), [])
      assert.deepEqual(life.pass(1), ['switch'])
      assert.deepEqual(life.write(), [])
    }
    life.diskTakes = true
    life.pass(60_000)
    assert.deepEqual(life.write(), ['release-activated'])
    assert.equal(life.disk.active?.release, 2)
  })

  test('what else is saved while it is being written does not set it back', () => {
    const life = running(1)
    life.download(2)
    assert.deepEqual(life.step({ type: 'new-authority' }), ['switch'])
    life.write()
    assert.equal(life.disk.active?.release, 2)
    assert.equal(life.disk.highestRelease, 0)
    assert.equal(life.lives, 'on-trial 2')
  })

  test('a disk that is lost meanwhile is written with the new one', () => {
    const life = running(1)
    life.download(2)
    assert.deepEqual(life.step({ type: 'storage-lost' }), ['switch'])
    life.write()
    assert.deepEqual(life.disk.active, refOf(2))
  })

  test('a disk that is lost at another time: what is known is written, what is wanted begun anew', () => {
    const life = running(1)
    life.download(2, IDLE)
    assert.deepEqual(life.step({ type: 'storage-lost' }), ['save', 'stop-download', 'load-manifest'])
    assert.equal(life.lives, 'confirmed 1, waiting 2')
    const tended = running(1)
    tended.download(1)
    assert.deepEqual(tended.step({ type: 'storage-lost' }), ['save', 'stop-download', 'load-manifest'])
    assert.equal(tended.lives, 'confirmed 1')
  })

  test('the last good release, wanted again during a trial, needs none itself', () => {
    const life = running(1)
    life.install(2)
    life.install(1)
    assert.equal(life.lives, 'confirmed 1')
    assert.deepEqual([life.disk.trial, life.disk.previous], [null, null])
  })
})
