/** On trial: how a release proves itself, every way in which it fails, and what comes back. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultOptions } from '../../../client/options.ts'
import { releaseFailureReasons } from '../../../client/records.ts'
import { closed, digestOf, hung, PackageLifeDriver, refOf, running, threw } from './package-life-driver.ts'

const READY = { confirmation: { by: 'ready', withinMs: 20_000 } } as const

/** Goes back now: the pointer is set back and written. */
function assertGoesBack(life: PackageLifeDriver, happened: string[]): void {
  assert.deepEqual(happened, ['switch'])
  assert.match(life.lives, /^rolling-back 2/)
  assert.equal(life.active, 2, 'not before it is on the disk')
  assert.deepEqual(life.write(), ['release-rolled-back'])
}

const reported = ({ effects }: PackageLifeDriver) =>
  effects.flatMap(effect => (effect.type === 'report' ? effect.detail : []))

describe('confirmed by running', () => {
  test('an error: the one before comes back, and the failed one is not tried again', () => {
    const life = running(1)
    life.install(2)
    assertGoesBack(life, life.fail(2))
    assert.deepEqual(reported(life), ['1.2 failed (threw): x is undefined'])
    assert.equal(life.lives, 'confirmed 1, failed 2')
    assert.equal(life.wakeInMs, null)
    life.assign(3)
    assert.deepEqual(life.assign(2), ['stop-download'])
    assert.equal(life.lives, 'confirmed 1, failed 2')
  })

  test('errors of another release, or after confirmation, roll nothing back', () => {
    const life = running(1)
    life.install(2)
    assert.deepEqual(life.fail(1), [])
    life.ready(2)
    assert.deepEqual(life.fail(2), [])
    assert.equal(life.lives, 'confirmed 2')
  })

  test('a page that has not loaded within 60 s has failed', () => {
    const life = running(1)
    life.install(2)
    assert.deepEqual(life.pass(59_999), [])
    assertGoesBack(life, life.pass(1))
    assert.deepEqual(reported(life), ['1.2 failed (did-not-load): its page did not load within 60 s'])
  })

  test('a page that nobody was there to give out has not failed: its time begins anew', () => {
    const life = running(1)
    life.install(2)
    life.pass(59_999)
    assert.deepEqual(life.notServed(2), [])
    assert.deepEqual(life.pass(59_999), [])
    life.notServed(1)
    assertGoesBack(life, life.pass(1))
    const loaded = running(1)
    loaded.install(2)
    loaded.load(2)
    loaded.pass(29_999)
    loaded.notServed(2)
    assert.deepEqual(loaded.pass(30_000), [], 'it has to load again')
    loaded.load(2)
    loaded.pass(29_999)
    assert.equal(loaded.lives, 'on-trial 2')
    loaded.pass(1)
    assert.equal(loaded.lives, 'confirmed 2')
  })

  test('the time is the one that the package says', () => {
    const life = running(1)
    life.install(2, { confirmation: { by: 'runs', forMs: 120_000 } })
    life.load(2)
    assert.deepEqual(life.pass(119_999), [])
    life.pass(1)
    assert.equal(life.lives, 'confirmed 2')
  })
})

describe('confirmed by larder.ready() alone', () => {
  test('a page that says nothing in time has failed', () => {
    const life = running(1)
    life.install(2, READY)
    life.load(2)
    assert.deepEqual(life.pass(19_999), [])
    assertGoesBack(life, life.pass(1))
    assert.deepEqual(reported(life), ['1.2 failed (never-ready): it did not call larder.ready() within 20 s'])
  })

  test('the app has the last word over errors; without it the first of them is the reason', () => {
    const life = running(1)
    life.install(2, READY)
    assert.deepEqual(life.fail(2), [])
    life.fail(2, { reason: 'failed-load', message: 'later' })
    life.load(2)
    assert.equal(life.lives, 'on-trial 2')
    life.ready(2)
    assert.equal(life.lives, 'confirmed 2')

    const silent = running(1)
    silent.install(2, READY)
    silent.fail(2)
    silent.load(2)
    assertGoesBack(silent, silent.pass(20_000))
    assert.deepEqual(reported(silent), ['1.2 failed (threw): x is undefined'])
  })

  test('what leaves no page at all is not waited out', () => {
    for (const reason of ['missing-entry', 'did-not-load', 'hung', 'crash-loop'] as const) {
      const life = running(1)
      life.install(2, READY)
      assertGoesBack(life, life.fail(2, { reason, message: 'x' }))
    }
  })

  test('an administrator who asks for less is heard while the trial goes on', () => {
    const life = running(1)
    life.install(2, READY)
    life.load(2)
    life.pass(10_000)
    assert.deepEqual(life.assign(2, { confirmation: { by: 'runs', forMs: 15_000 } }), ['save'])
    assert.deepEqual(life.disk.trial, { confirmation: { by: 'runs', forMs: 15_000 }, tries: 1, reloads: 0 })
    life.pass(5_000)
    assert.equal(life.lives, 'confirmed 2')
  })
})

describe('over restarts', () => {
  test('begun three times and never confirmed: the fourth start brings the one before back', () => {
    let life = running(1)
    life.install(2)
    for (let start = 2; start <= defaultOptions.maxTries; start++) {
      life = PackageLifeDriver.restarted(life)
      assert.deepEqual(
        life.effects.map(({ type }) => type),
        ['save'],
      )
      assert.equal(life.disk.trial?.tries, start)
      assert.equal(life.lives, 'on-trial 2')
      assert.equal(life.wakeInMs, 60_000)
    }
    life = PackageLifeDriver.restarted(life)
    assertGoesBack(
      life,
      life.effects.map(({ type }) => type),
    )
    assert.deepEqual(reported(life), ['1.2 failed (crash-loop): it was begun 3 times and never confirmed'])
    assert.equal(life.lives, 'confirmed 1')
  })

  test('a page that was closed or reloaded in order says nothing against its release', () => {
    let life = running(1)
    life.install(2)
    for (let reload = 1; reload <= defaultOptions.maxReloads; reload++) {
      life = PackageLifeDriver.restarted(life, closed)
      assert.equal(life.lives, 'on-trial 2')
      assert.equal(life.disk.trial?.tries, 1)
      assert.equal(life.wakeInMs, 60_000)
    }
    life.ready(2)
    assert.equal(life.lives, 'confirmed 2')
  })

  test('orderly ends between crashes do not make up for them', () => {
    let life = running(1)
    life.install(2)
    for (let crash = 1; crash < defaultOptions.maxTries; crash++)
      life = PackageLifeDriver.restarted(PackageLifeDriver.restarted(life), closed)
    assert.equal(life.lives, 'on-trial 2')
    life = PackageLifeDriver.restarted(life)
    assert.match(life.lives, /^rolling-back 2/)
  })

  test('an app that reloads its page in a loop is given up in the end', () => {
    let life = running(1)
    life.install(2)
    for (let reload = 0; reload <= defaultOptions.maxReloads; reload++)
      life = PackageLifeDriver.restarted(life, closed)
    assertGoesBack(
      life,
      life.effects.map(({ type }) => type),
    )
    assert.deepEqual(reported(life), [
      '1.2 failed (crash-loop): its page was closed or reloaded 21 times before it was confirmed',
    ])
  })

  test('a page that hung is not begun again', () => {
    const before = running(1)
    before.install(2)
    const life = PackageLifeDriver.restarted(before, hung)
    assertGoesBack(
      life,
      life.effects.map(({ type }) => type),
    )
    assert.deepEqual(reported(life), ['1.2 failed (hung): its page did not answer any more'])
  })

  test('a page that hung after it was confirmed stays: there is nothing better', () => {
    const before = running(1)
    const life = PackageLifeDriver.restarted(before, hung)
    assert.equal(life.lives, 'confirmed 1')
    assert.deepEqual(life.effects, [])
  })

  test('a start with a confirmed release tries nothing', () => {
    const life = running(1)
    assert.deepEqual(life.effects, [])
    assert.equal(life.wakeInMs, null)
  })

  test('what failed, and why, is known after a restart', () => {
    const before = running(1)
    before.install(2)
    before.fail(2)
    before.write()
    const life = PackageLifeDriver.restarted(before)
    assert.deepEqual(life.assign(2), [])
    const { coming } = life.state
    assert.deepEqual(coming, { name: 'failed', release: refOf(2), failure: threw, retryAt: null })
  })
})

describe('going back', () => {
  test('a new release during a trial: what ran before both is what would come back', () => {
    const life = running(1)
    life.install(2)
    life.install(3)
    assert.equal(life.state.record.previous?.release, 1)
    life.fail(3)
    life.write()
    assert.equal(life.active, 1)
  })

  test('two bad releases in a row end with the good one, each reported once', () => {
    const life = running(1)
    const details: string[] = []
    for (const release of [2, 3]) {
      life.install(release)
      life.fail(release)
      life.write()
      details.push(...reported(life))
    }
    assert.deepEqual(details, ['1.2 failed (threw): x is undefined', '1.3 failed (threw): x is undefined'])
    assert.equal(life.lives, 'confirmed 1, failed 3')
    assert.deepEqual(life.assign(2), ['stop-download'])
    assert.equal(life.lives, 'confirmed 1, failed 2')
    for (let hour = 0; hour < 48; hour++) assert.deepEqual(life.pass(3_600_000), [])
  })

  test('where there is no earlier release, one that failed is tried again after growing pauses', () => {
    const life = new PackageLifeDriver()
    life.install(1)
    const pausesS: number[] = []
    for (let failure = 1; failure <= 9; failure++) {
      life.fail(1)
      life.write()
      assert.equal(life.lives, 'failed 1')
      assert.equal(life.active, null, 'nothing is shown, rather than something broken')
      assert.deepEqual(reported(life), [
        '1.1 failed (threw): x is undefined; there is no earlier release to show, so it is tried again after a pause',
      ])
      const pauseMs = life.wakeInMs ?? 0
      pausesS.push(pauseMs / 1000)
      assert.deepEqual(life.pass(pauseMs - 1), [])
      assert.deepEqual(life.pass(1), ['load-manifest'])
      life.step({ type: 'manifest-accepted', digest: digestOf(1) })
      life.step({ type: 'downloaded', digest: digestOf(1) })
      life.write()
      assert.equal(life.lives, 'on-trial 1')
    }
    assert.deepEqual(pausesS, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600])
    life.ready(1)
    assert.equal(life.lives, 'confirmed 1')
    assert.deepEqual(life.disk.failed, [], 'it works after all')
  })

  test('the pause goes on after a restart, and a crash loop of the only release is tried again too', () => {
    let life = new PackageLifeDriver()
    life.install(1)
    for (let start = 1; start <= defaultOptions.maxTries; start++) life = PackageLifeDriver.restarted(life)
    assert.deepEqual(life.write(), ['release-rolled-back'])
    life = PackageLifeDriver.restarted(life)
    life.assign(1)
    assert.equal(life.wakeInMs, 30_000)
    assert.deepEqual(life.pass(30_000), ['load-manifest'])
    assert.equal(life.lives, 'waiting 1')
  })

  test('another release is not kept waiting by the pause of the one that failed', () => {
    const life = new PackageLifeDriver()
    life.install(1)
    life.fail(1)
    life.write()
    life.install(2)
    assert.equal(life.lives, 'on-trial 2')
    life.ready(2)
    assert.equal(life.wakeInMs, null)
  })

  test('a pointer that cannot be set back is written again, and nothing takes over meanwhile', () => {
    const life = running(1)
    life.install(2)
    life.fail(2)
    life.diskTakes = false
    assert.deepEqual(life.write(), [])
    assert.equal(life.lives, 'rolling-back 2')
    life.download(3)
    assert.equal(life.lives, 'rolling-back 2, staged 3')
    life.diskTakes = true
    assert.deepEqual(life.pass(1_000), ['switch'])
    assert.deepEqual(life.write(), ['release-rolled-back', 'switch'])
    assert.equal(life.lives, 'confirmed 1, activating 3')
    assert.equal(life.state.coming?.name === 'activating' && life.state.coming.next.previous?.release, 1)
  })

  test('the release that came back may be the wanted one', () => {
    const life = running(1)
    life.install(2)
    life.assign(1)
    life.refuse(1, 'older-release')
    life.fail(2)
    assert.deepEqual(life.write(), ['release-rolled-back', 'load-manifest'])
    assert.equal(life.lives, 'confirmed 1')
  })

  test('the list of failed releases is bounded, and so is what an app says', () => {
    const life = running(1)
    for (let release = 2; release < 40; release++) {
      life.install(release)
      life.fail(release, { reason: 'threw', message: 'ä'.repeat(10_000) })
      life.write()
    }
    assert.equal(life.state.record.failed.length, 16)
    assert.equal(life.state.record.failed.at(-1)?.failure?.message.length, 300)
    assert.equal(life.state.record.highestRelease, 39)
  })
})

describe('another try', () => {
  function failed(): PackageLifeDriver {
    const life = running(1)
    life.install(2)
    life.fail(2)
    life.write()
    return life
  }

  test('when somebody on the device asks for it', () => {
    const life = failed()
    assert.deepEqual(life.step({ type: 'retry' }), ['save', 'load-manifest'])
    assert.deepEqual(life.disk.failed, [])
    assert.equal(life.lives, 'confirmed 1, waiting 2')
    assert.deepEqual(life.step({ type: 'retry' }), [], 'once')
    life.step({ type: 'manifest-accepted', digest: digestOf(2) })
    life.step({ type: 'downloaded', digest: digestOf(2) })
    life.write()
    assert.equal(life.lives, 'on-trial 2')
  })

  test('when the administrator’s counter rises, and once for each time', () => {
    const life = failed()
    assert.deepEqual(life.step({ type: 'device-changed' }), [])
    life.moment = { ...life.moment, retries: 1 }
    assert.deepEqual(life.step({ type: 'device-changed' }), ['save', 'load-manifest'])
    life.step({ type: 'manifest-accepted', digest: digestOf(2) })
    life.step({ type: 'downloaded', digest: digestOf(2) })
    life.write()
    life.fail(2)
    life.write()
    assert.equal(life.lives, 'confirmed 1, failed 2')
    assert.deepEqual(life.step({ type: 'device-changed' }), [], 'it failed after that wish')
    life.moment = { ...life.moment, retries: 2 }
    assert.deepEqual(life.step({ type: 'device-changed' }), ['save', 'load-manifest'])
  })

  test('also when the device was off while the administrator asked', () => {
    const life = PackageLifeDriver.restarted(failed())
    life.moment = { ...life.moment, retries: 1 }
    assert.deepEqual(life.assign(2), ['save', 'load-manifest'])
    assert.equal(life.lives, 'confirmed 1, waiting 2')
  })

  test('a server that counts from the start again is heard', () => {
    const before = running(1)
    before.moment = { ...before.moment, retries: 5 }
    before.install(2)
    before.fail(2)
    before.write()
    assert.equal(before.disk.failed[0]?.retries, 5)
    before.moment = { ...before.moment, retries: 0 }
    assert.deepEqual(before.step({ type: 'device-changed' }), ['save'], 'no wish, only another count')
    before.moment = { ...before.moment, retries: 1 }
    assert.deepEqual(before.step({ type: 'device-changed' }), ['save', 'load-manifest'])
  })
})

test('every reason for a failure is one that this file, or the browser’s tests, bring about', () => {
  assert.deepEqual(
    [...releaseFailureReasons],
    ['threw', 'failed-load', 'hung', 'missing-entry', 'crash-loop', 'never-ready', 'did-not-load'],
  )
})
