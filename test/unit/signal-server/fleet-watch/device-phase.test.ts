/** What a device is doing as a whole: being offline comes before every phase, and a revoked device has none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PackageStatus } from '../../../../protocol/device-status.ts'
import { countPhases, phaseOfDevice } from '../../../../signal-server/fleet-watch/device-phase.ts'
import { packageStatus } from '../../../support/device-status.ts'

const runs = packageStatus({
  phase: 'active',
  activeRelease: 1,
  activeVersion: '1.0.0',
  detail: '1.0.0 runs',
})
const failed = packageStatus({ phase: 'failed', detail: 'out of space: 120 MB more are needed' })
const isOutdated = packageStatus({ phase: 'active', activeRelease: 1, wantedRelease: 2, detail: 'old' })

for (const { title, state = 'accepted', isOnline = true, packages, phase, detail } of [
  { title: 'a device without a report does nothing', packages: [], phase: 'none', detail: '' },
  {
    title: 'a device that runs what it should is active',
    packages: [runs],
    phase: 'active',
    detail: '1.0.0 runs',
  },
  {
    title: 'the most urgent package counts',
    packages: [runs, failed],
    phase: 'failed',
    detail: failed.detail,
  },
  {
    title: 'another release than the wanted one waits',
    packages: [isOutdated],
    phase: 'waiting',
    detail: 'old',
  },
  {
    title: 'an offline device is offline, whatever it said last',
    isOnline: false,
    packages: [runs],
    phase: 'offline',
    detail: 'last report: 1.0.0 runs',
  },
  {
    title: 'being offline outranks a failure',
    isOnline: false,
    packages: [failed],
    phase: 'offline',
    detail: `last report: ${failed.detail}`,
  },
  {
    title: 'an offline device that never reported is offline too',
    isOnline: false,
    packages: [],
    phase: 'offline',
    detail: '',
  },
  {
    title: 'a revoked device is in no phase',
    state: 'revoked',
    isOnline: false,
    packages: [runs],
    phase: 'none',
    detail: '',
  },
  {
    title: 'a device that waits to be accepted is in no phase',
    state: 'pending',
    packages: [failed],
    phase: 'none',
    detail: '',
  },
] as const satisfies readonly {
  title: string
  state?: 'pending' | 'accepted' | 'revoked'
  isOnline?: boolean
  packages: readonly PackageStatus[]
  phase: string
  detail: string
}[])
  test(title, () => {
    assert.deepEqual(phaseOfDevice({ state, isOnline, packages }), { phase, detail })
  })

test('the devices of one package are counted as the devices themselves are: offline ones apart', () => {
  const other = packageStatus({ package: 'menu', phase: 'failed' })
  const devices = [
    { state: 'accepted', isOnline: true, packages: [runs, other] },
    { state: 'accepted', isOnline: true, packages: [failed] },
    { state: 'accepted', isOnline: false, packages: [runs] },
    { state: 'accepted', isOnline: true, packages: [other] },
    { state: 'revoked', isOnline: false, packages: [runs] },
  ] as const
  assert.deepEqual(countPhases(devices, 'lobby'), { active: 1, failed: 1, offline: 1 })
})
