/** The life of a package: from an assignment to a confirmed release, and back when it fails. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  awaitsManifest,
  createPackage,
  emptyPackageRecord,
  type PackageEffect,
  type PackageEvent,
  type PackageState,
  packageWakeAt,
  stepPackage,
} from '../../../client/machines/package-life.ts'
import { defaultOptions } from '../../../client/options.ts'
import type { PackageRecord } from '../../../client/records.ts'
import type { Assignment } from '../../../protocol/assignment.ts'
import { defaultUpdateOptions } from '../../../protocol/assignment.ts'

const digestOf = (release: number) => String(release).padStart(64, '0')

const assignmentOf = (release: number): Assignment => ({
  package: 'lobby',
  release,
  version: `1.${release}`,
  digest: digestOf(release),
  windows: { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null },
  ...defaultUpdateOptions,
  assignedAt: 0,
})

const refOf = (release: number) => ({ release, version: `1.${release}`, digest: digestOf(release) })

class Life {
  state: PackageState
  now = 1_000
  effects: readonly PackageEffect[] = []

  constructor(record: Partial<PackageRecord> = {}) {
    this.state = createPackage({ ...emptyPackageRecord('lobby'), ...record })
  }

  step(event: PackageEvent): string[] {
    const result = stepPackage(this.state, event, this.now, defaultOptions)
    this.state = result.state
    this.effects = result.effects
    return result.effects.map(effect => (effect.type === 'report' ? effect.kind : effect.type))
  }

  pass(ms: number): string[] {
    this.now += ms
    return this.step({ type: 'wake' })
  }

  assign(release: number): string[] {
    return this.step({ type: 'assigned', assignment: assignmentOf(release) })
  }

  /** Assigned, its manifest accepted and all chunks here. */
  install(release: number, onScreen = true): string[] {
    this.assign(release)
    this.step({ type: 'manifest-accepted', digest: digestOf(release) })
    return this.step({ type: 'downloaded', digest: digestOf(release), onScreen })
  }

  refuse(release: number, reason: 'bad-signature' | 'older-release' = 'bad-signature'): string[] {
    return this.step({ type: 'manifest-refused', digest: digestOf(release), reason, message: 'no' })
  }

  get wakeInMs(): number | null {
    const at = packageWakeAt(this.state)
    return at === null ? null : at - this.now
  }

  get active(): number | null {
    return this.state.record.active?.release ?? null
  }
}

/** A device that runs a release which is confirmed. */
const running = (release: number) => new Life({ active: refOf(release), highestRelease: release })

describe('forward', () => {
  test('assigned → manifest → download → active on trial → loaded → confirmed', () => {
    const life = new Life()
    assert.deepEqual(life.assign(1), ['load-manifest'])
    assert.ok(awaitsManifest(life.state, digestOf(1)))
    assert.deepEqual(life.step({ type: 'manifest-accepted', digest: digestOf(1) }), [])
    assert.equal(life.state.progress.name, 'downloading')
    const downloaded = life.step({ type: 'downloaded', digest: digestOf(1), onScreen: true })
    assert.deepEqual(downloaded, ['save', 'release-activated'])
    assert.equal(life.active, 1)
    assert.equal(life.state.record.confirmed, false)
    assert.equal(life.wakeInMs, 60_000)
    assert.deepEqual(life.step({ type: 'app-loaded', digest: digestOf(1) }), [])
    assert.equal(life.wakeInMs, 30_000)
    assert.deepEqual(life.pass(29_999), [])
    assert.deepEqual(life.pass(1), ['save', 'release-confirmed', 'collect-garbage'])
    assert.equal(life.state.record.confirmed, true)
    assert.equal(life.wakeInMs, null)
  })

  test('the app says that it works: confirmed at once', () => {
    const life = new Life()
    life.install(1)
    assert.deepEqual(life.step({ type: 'app-ready' }), ['save', 'release-confirmed', 'collect-garbage'])
    assert.deepEqual(life.step({ type: 'app-ready' }), [])
  })

  test('a package that the page does not show is confirmed after a time without error', () => {
    const life = new Life()
    life.install(1, false)
    assert.deepEqual(life.pass(30_000), ['save', 'release-confirmed', 'collect-garbage'])
  })

  test('a release that runs already is learned and checked again, and nothing is switched', () => {
    const life = running(3)
    assert.deepEqual(life.install(3), ['collect-garbage'])
    assert.equal(life.state.progress.name, 'settled')
    assert.equal(life.state.record.confirmed, true)
  })

  test('edited windows of the same release begin nothing anew', () => {
    const life = new Life()
    life.assign(1)
    life.step({ type: 'manifest-accepted', digest: digestOf(1) })
    const assignment = {
      ...assignmentOf(1),
      windows: { ...assignmentOf(1).windows, proxyDistribution: false },
    }
    assert.deepEqual(life.step({ type: 'assigned', assignment }), [])
    assert.equal(life.state.wanted?.windows.proxyDistribution, false)
  })

  test('another release, or none, stops what is under way, and also the sharing of what is complete', () => {
    const life = new Life()
    life.assign(1)
    life.step({ type: 'manifest-accepted', digest: digestOf(1) })
    assert.deepEqual(life.assign(2), ['stop-download', 'load-manifest'])
    assert.deepEqual(life.step({ type: 'manifest-accepted', digest: digestOf(1) }), [], 'late')
    life.step({ type: 'manifest-accepted', digest: digestOf(2) })
    life.step({ type: 'downloaded', digest: digestOf(2), onScreen: true })
    assert.deepEqual(life.step({ type: 'assigned', assignment: null }), ['stop-download'])
    assert.equal(life.active, 2, 'it keeps running')
  })

  test('a download that ends after it was replaced activates nothing', () => {
    const life = new Life()
    life.assign(1)
    life.step({ type: 'manifest-accepted', digest: digestOf(1) })
    life.assign(2)
    assert.deepEqual(life.step({ type: 'downloaded', digest: digestOf(1), onScreen: true }), [])
    assert.equal(life.active, null)
  })
})

describe('the manifest', () => {
  test('PR-M4 refused: the device keeps what it runs, reports it once, and asks again every minute', () => {
    const life = running(1)
    life.assign(2)
    assert.deepEqual(life.refuse(2), ['manifest-refused'])
    assert.equal(life.active, 1)
    for (let i = 0; i < 3; i++) {
      assert.equal(life.wakeInMs, 60_000)
      assert.deepEqual(life.pass(60_000), ['load-manifest'])
      assert.equal(life.state.progress.name, 'refused', 'still, while it is asked for again')
      assert.deepEqual(life.refuse(2), [])
    }
    life.pass(60_000)
    assert.deepEqual(life.refuse(2, 'older-release'), ['manifest-refused'], 'another reason is news')
    life.pass(60_000)
    life.step({ type: 'manifest-accepted', digest: digestOf(2) })
    assert.equal(life.state.progress.name, 'downloading')
  })

  test('PR-M4 what is older than the highest that ran is refused; what runs here again may be loaded', () => {
    const fresh = new Life()
    fresh.assign(5)
    assert.deepEqual(fresh.effects, [
      { type: 'load-manifest', assignment: assignmentOf(5), highestRelease: 0 },
    ])
    const back = new Life({ active: refOf(2), highestRelease: 3, failed: [digestOf(3)] })
    back.assign(2)
    assert.deepEqual(back.effects, [
      { type: 'load-manifest', assignment: assignmentOf(2), highestRelease: 2 },
    ])
    back.assign(1)
    assert.deepEqual(back.effects.at(-1), {
      type: 'load-manifest',
      assignment: assignmentOf(1),
      highestRelease: 3,
    })
  })

  test('unreachable: again after 0.5 to 1 times 1, 2, 4 … 60 s', () => {
    for (const [chance, factor] of [
      [0, 0.5],
      [1, 1],
    ] as const) {
      const life = new Life()
      life.assign(1)
      for (const boundMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
        assert.deepEqual(life.step({ type: 'manifest-unreachable', digest: digestOf(1), chance }), [])
        assert.equal(life.wakeInMs, boundMs * factor)
        assert.deepEqual(life.pass(boundMs * factor), ['load-manifest'])
      }
    }
  })

  test('answers about a release that is no longer wanted change nothing', () => {
    const life = new Life()
    life.assign(1)
    life.assign(2)
    const before = life.state
    life.refuse(1)
    life.step({ type: 'manifest-unreachable', digest: digestOf(1), chance: 1 })
    assert.deepEqual(life.state, before)
  })
})

describe('back', () => {
  test('an error on trial: the one before comes back, and the failed one is not tried again', () => {
    const life = running(1)
    life.install(2)
    assert.deepEqual(life.step({ type: 'app-failed', digest: digestOf(2), message: 'x is undefined' }), [
      'save',
      'release-rolled-back',
    ])
    assert.equal(life.active, 1)
    assert.equal(life.state.record.confirmed, true)
    assert.equal(life.state.progress.name, 'given-up')
    assert.equal(life.state.failure, 'x is undefined')
    assert.equal(life.wakeInMs, null)
    life.assign(3)
    assert.deepEqual(life.assign(2), ['stop-download'])
    assert.equal(life.state.progress.name, 'given-up')
  })

  test('a page that has not loaded within 60 s has failed', () => {
    const life = running(1)
    life.install(2)
    assert.deepEqual(life.pass(59_999), [])
    assert.deepEqual(life.pass(1), ['save', 'release-rolled-back'])
    assert.match(life.state.failure ?? '', /did not load within 60 s/)
  })

  test('errors of another release, or after confirmation, roll nothing back', () => {
    const life = running(1)
    life.install(2)
    assert.deepEqual(life.step({ type: 'app-failed', digest: digestOf(1), message: 'old' }), [])
    life.step({ type: 'app-ready' })
    assert.deepEqual(life.step({ type: 'app-failed', digest: digestOf(2), message: 'late' }), [])
    assert.equal(life.active, 2)
  })

  test('begun three times and never confirmed: the fourth start brings the one before back', () => {
    let record = running(1)
    record.install(2)
    for (let start = 2; start <= 3; start++) {
      record = new Life(record.state.record)
      assert.deepEqual(record.step({ type: 'started', onScreen: true }), ['save'])
      assert.equal(record.state.record.tries, start)
      assert.equal(record.wakeInMs, 60_000)
    }
    record = new Life(record.state.record)
    assert.deepEqual(record.step({ type: 'started', onScreen: true }), ['save', 'release-rolled-back'])
    assert.equal(record.active, 1)
  })

  test('a start with a confirmed release tries nothing', () => {
    const life = running(1)
    assert.deepEqual(life.step({ type: 'started', onScreen: true }), [])
    assert.equal(life.wakeInMs, null)
  })

  test('a new release during a trial: what ran before both is what would come back', () => {
    const life = running(1)
    life.install(2)
    life.install(3)
    assert.equal(life.state.record.previous?.release, 1)
    life.step({ type: 'app-failed', digest: digestOf(3), message: 'x' })
    assert.equal(life.active, 1)
  })

  test('the first release ever that fails leaves nothing, rather than something broken', () => {
    const life = new Life()
    life.install(1)
    life.step({ type: 'app-failed', digest: digestOf(1), message: 'x' })
    assert.equal(life.active, null)
  })

  test('tried again when somebody asks for it', () => {
    const life = running(1)
    life.install(2)
    life.step({ type: 'app-failed', digest: digestOf(2), message: 'x' })
    assert.deepEqual(life.step({ type: 'retry' }), ['save', 'load-manifest'])
    assert.deepEqual(life.state.record.failed, [])
    assert.deepEqual(life.step({ type: 'retry' }), [], 'once')
    life.step({ type: 'manifest-accepted', digest: digestOf(2) })
    life.step({ type: 'downloaded', digest: digestOf(2), onScreen: true })
    assert.equal(life.active, 2)
  })

  test('the list of failed releases is bounded', () => {
    const life = running(1)
    for (let release = 2; release < 40; release++) {
      life.install(release)
      life.step({ type: 'app-failed', digest: digestOf(release), message: 'x' })
    }
    assert.equal(life.state.record.failed.length, 16)
    assert.equal(life.state.record.highestRelease, 39)
  })
})
