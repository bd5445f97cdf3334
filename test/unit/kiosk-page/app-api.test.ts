/** What an app in a frame gets: its own release, the device, news of a newer one; each frame's word is about itself. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAppApi } from '../../../client/app-api.ts'
import type { KioskView, ShownApp } from '../../../client/kiosk-api.ts'

const app: ShownApp = {
  package: 'lobby',
  release: 2,
  version: '1.2',
  digest: 'two',
  path: 'app/lobby/index.html',
  confirmed: true,
  staged: null,
}

function play() {
  const heard: string[] = []
  const listeners = new Set<(view: KioskView) => void>()
  const enrolled = { state: 'enrolled', name: 'Window', site: 'shop', labels: { floor: '2' } }
  let view = { enrolment: enrolled, app, status: { deviceId: 'd-1', site: 'shop' } } as unknown as KioskView
  const kiosk = {
    view: () => view,
    subscribeView: (listener: (view: KioskView) => void) => {
      listeners.add(listener)
      listener(view)
      return () => listeners.delete(listener)
    },
    appReady: (digest: string) => void heard.push(`ready ${digest}`),
    activateNow: async (name?: string) => {
      heard.push(`activate ${name}`)
      return { ok: true } as const
    },
  }
  const change = (part: Partial<KioskView>) => {
    view = { ...view, ...part }
    for (const listener of listeners) listener(view)
  }
  return { kiosk, heard, listeners, change }
}

test('it knows its own release and the device, as they are now', () => {
  const { kiosk, change } = play()
  const { larder } = createAppApi(kiosk, app)
  assert.deepEqual(larder.release, { package: 'lobby', release: 2, version: '1.2' })
  assert.deepEqual(larder.device, { id: 'd-1', name: 'Window', site: 'shop', labels: { floor: '2' } })
  change({ enrolment: { state: 'enrolled', name: 'Door', site: 'shop', labels: {} } })
  assert.equal(larder.device.name, 'Door')
})

test('its word is about its own release, whichever runs', async () => {
  const { kiosk, heard, change } = play()
  const { larder } = createAppApi(kiosk, app)
  change({ app: { ...app, release: 3, digest: 'three' } })
  larder.ready()
  await larder.activateNow()
  assert.deepEqual(heard, ['ready two', 'activate lobby'])
})

test('a newer release that is staged is told once, also when it was before somebody asked', () => {
  const { kiosk, change, listeners } = play()
  const { larder, stop } = createAppApi(kiosk, app)
  const told: number[] = []
  const end = larder.onStaged(({ release }) => told.push(release))
  assert.equal(larder.staged, null)
  change({ app: { ...app, staged: { release: 3, version: '1.3' } } })
  change({ timeZone: 'UTC' })
  assert.deepEqual(told, [3])
  assert.deepEqual(larder.staged, { package: 'lobby', release: 3, version: '1.3' })
  larder.onStaged(({ release }) => told.push(release))
  assert.deepEqual(told, [3, 3])
  change({ app: { ...app, staged: { release: 4, version: '1.4' } } })
  assert.deepEqual(told, [3, 3, 4, 4])
  end()
  stop()
  assert.equal(listeners.size, 0)
})
