/** The life of a package: from an assignment to a confirmed release, and back when it fails. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { awaitsManifest } from '../../../client/machines/package-life/supply.ts'
import { digestOf, PackageLifeDriver, refOf, running } from './package-life-driver.ts'

describe('forward', () => {
  test('assigned → waiting → downloading → staged → activating → on trial → confirmed', () => {
    const life = new PackageLifeDriver()
    assert.deepEqual(life.assign(1), ['load-manifest'])
    assert.ok(awaitsManifest(life.state, digestOf(1)))
    assert.equal(life.lives, 'waiting 1')
    assert.deepEqual(life.step({ type: 'manifest-accepted', digest: digestOf(1) }), [])
    assert.equal(life.lives, 'downloading 1')
    assert.deepEqual(life.step({ type: 'fetching', digest: digestOf(1), moving: false }), [])
    assert.equal(life.lives, 'waiting 1', 'for a window or a store')
    assert.ok(!awaitsManifest(life.state, digestOf(1)))
    life.step({ type: 'fetching', digest: digestOf(1), moving: true })
    assert.deepEqual(life.step({ type: 'downloaded', digest: digestOf(1) }), ['switch'])
    assert.equal(life.lives, 'activating 1')
    assert.equal(life.active, null, 'not before it is on the disk')
    assert.deepEqual(life.write(), ['release-activated'])
    assert.equal(life.lives, 'on-trial 1')
    assert.equal(life.active, 1)
    assert.equal(life.wakeInMs, 60_000)
    assert.deepEqual(life.load(1), [])
    assert.equal(life.wakeInMs, 30_000)
    assert.deepEqual(life.pass(29_999), [])
    assert.deepEqual(life.pass(1), ['save', 'release-confirmed', 'collect-garbage'])
    assert.equal(life.lives, 'confirmed 1')
    assert.equal(life.disk.trial, null)
    assert.equal(life.wakeInMs, null)
  })

  test('the app says that it works: confirmed at once', () => {
    const life = new PackageLifeDriver()
    life.install(1)
    assert.deepEqual(life.ready(1), ['save', 'release-confirmed', 'collect-garbage'])
    assert.deepEqual(life.ready(1), [])
  })

  test('a word of the page before confirms nothing', () => {
    const life = running(1)
    life.install(2)
    assert.deepEqual(life.ready(1), [])
    assert.equal(life.lives, 'on-trial 2')
  })

  test('a package that the page does not show is confirmed after a time without error', () => {
    for (const confirmation of [
      { by: 'runs', forMs: 30_000 } as const,
      { by: 'ready', withinMs: 30_000 } as const,
    ]) {
      const life = new PackageLifeDriver()
      life.moment = { ...life.moment, onScreen: false }
      life.install(1, { confirmation })
      assert.deepEqual(life.pass(30_000), ['save', 'release-confirmed', 'collect-garbage'])
    }
  })

  test('a release that runs already is learned and checked again, and nothing is switched', () => {
    const life = running(3)
    assert.deepEqual(life.download(3), ['collect-garbage'])
    assert.equal(life.lives, 'confirmed 3')
  })

  test('edited windows of the same release begin nothing anew', () => {
    const life = new PackageLifeDriver()
    life.assign(1)
    life.step({ type: 'manifest-accepted', digest: digestOf(1) })
    const windows = { proxyDistribution: false, onlyToProxiesUntil: null, enforceProxyUntil: null }
    assert.deepEqual(life.assign(1, { windows }), [])
    assert.equal(life.state.wanted?.windows.proxyDistribution, false)
  })

  test('another release, or none, stops what is under way, and also the sharing of what is complete', () => {
    const life = new PackageLifeDriver()
    life.assign(1)
    life.step({ type: 'manifest-accepted', digest: digestOf(1) })
    assert.deepEqual(life.assign(2), ['stop-download', 'load-manifest'])
    assert.deepEqual(life.step({ type: 'manifest-accepted', digest: digestOf(1) }), [], 'late')
    life.step({ type: 'manifest-accepted', digest: digestOf(2) })
    life.step({ type: 'downloaded', digest: digestOf(2) })
    life.write()
    assert.deepEqual(life.step({ type: 'assigned', assignment: null }), ['stop-download'])
    assert.equal(life.active, 2, 'it keeps running')
  })

  test('a download that ends after it was replaced activates nothing', () => {
    const life = new PackageLifeDriver()
    life.assign(1)
    life.step({ type: 'manifest-accepted', digest: digestOf(1) })
    life.assign(2)
    assert.deepEqual(life.step({ type: 'downloaded', digest: digestOf(1) }), [])
    assert.equal(life.active, null)
  })

  test('a newer release comes while the one before is on trial, and takes its place', () => {
    const life = running(1)
    life.install(2)
    life.load(2)
    life.assign(3)
    assert.equal(life.lives, 'on-trial 2, waiting 3')
    life.step({ type: 'manifest-accepted', digest: digestOf(3) })
    assert.equal(life.lives, 'on-trial 2, downloading 3')
    life.step({ type: 'downloaded', digest: digestOf(3) })
    assert.deepEqual(life.fail(2), [], 'it is being replaced')
    assert.deepEqual(life.ready(2), [])
    life.step({ type: 'switched', record: pendingOf(life) })
    assert.equal(life.lives, 'on-trial 3')
    assert.equal(life.state.record.previous?.release, 1)
  })

  test('a release that is replaced while its pointer is being written ends that first', () => {
    const life = running(1)
    life.download(2)
    const record = pendingOf(life)
    assert.deepEqual(life.assign(3), ['stop-download'])
    assert.equal(life.lives, 'confirmed 1, activating 2')
    assert.deepEqual(life.step({ type: 'switched', record }), ['release-activated', 'load-manifest'])
    assert.equal(life.lives, 'on-trial 2, waiting 3')
  })

  test('a complete release that lost a chunk is staged again when that is back', () => {
    const life = running(1)
    life.download(2, { activation: { when: 'idle', idleMs: 60_000 } })
    assert.equal(life.lives, 'confirmed 1, staged 2')
    life.step({ type: 'fetching', digest: digestOf(2), moving: true })
    assert.equal(life.lives, 'confirmed 1, downloading 2')
    life.pass(60_000)
    assert.equal(life.lives, 'confirmed 1, downloading 2', 'not while something is missing')
    assert.deepEqual(life.step({ type: 'downloaded', digest: digestOf(2) }), ['switch'])
  })
})

const pendingOf = ({ state: { coming } }: PackageLifeDriver) => {
  assert.equal(coming?.name, 'activating')
  return coming.next
}

describe('the manifest', () => {
  test('PR-M4 refused: the device keeps what it runs, reports it once, and asks again every minute', () => {
    const life = running(1)
    life.assign(2)
    assert.deepEqual(life.refuse(2), ['manifest-refused'])
    assert.equal(life.active, 1)
    for (let i = 0; i < 3; i++) {
      assert.equal(life.wakeInMs, 60_000)
      assert.deepEqual(life.pass(60_000), ['load-manifest'])
      const { coming } = life.state
      assert.equal(coming?.name === 'waiting' && coming.supply.name, 'refused', 'while it is asked for again')
      assert.deepEqual(life.refuse(2), [])
    }
    life.pass(60_000)
    assert.deepEqual(life.refuse(2, 'older-release'), ['manifest-refused'], 'another reason is news')
    life.pass(60_000)
    life.step({ type: 'manifest-accepted', digest: digestOf(2) })
    assert.equal(life.lives, 'confirmed 1, downloading 2')
  })

  test('PR-M4 what is older than the highest that ran is refused; what runs here again may be loaded', () => {
    const highest = (life: PackageLifeDriver) => {
      const effect = life.effects.at(-1)
      return effect?.type === 'load-manifest' ? effect.highestRelease : null
    }
    const fresh = new PackageLifeDriver()
    fresh.assign(5)
    assert.equal(highest(fresh), 0)
    const failed = [{ digest: digestOf(3), failure: null, retries: 0, times: 1 }]
    const back = new PackageLifeDriver({ active: refOf(2), highestRelease: 3, failed })
    back.assign(2)
    assert.equal(highest(back), 2)
    back.assign(1)
    assert.equal(highest(back), 3)
  })

  test('unreachable: again after 0.5 to 1 times 1, 2, 4 … 60 s', () => {
    for (const [chance, factor] of [
      [0, 0.5],
      [1, 1],
    ] as const) {
      const life = new PackageLifeDriver()
      life.assign(1)
      for (const boundMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
        assert.deepEqual(life.step({ type: 'manifest-unreachable', digest: digestOf(1), chance }), [])
        assert.equal(life.wakeInMs, boundMs * factor)
        assert.deepEqual(life.pass(boundMs * factor), ['load-manifest'])
      }
    }
  })

  test('answers about a release that is no longer wanted change nothing', () => {
    const life = new PackageLifeDriver()
    life.assign(1)
    life.assign(2)
    const before = life.state
    life.refuse(1)
    life.step({ type: 'manifest-unreachable', digest: digestOf(1), chance: 1 })
    assert.deepEqual(life.state, before)
  })
})
