import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Kiosk, KioskView } from '../../../client/kiosk-api.ts'
import { createSharedKiosk } from '../../../client/kiosk-page/shared-kiosk.ts'

/** One exclusive lock, as the browser gives it out. */
function fakeLocks() {
  let last: Promise<unknown> = Promise.resolve()
  const request = (_: string, run: () => Promise<unknown>) => {
    last = last.then(run)
    return last
  }
  return { request } as unknown as LockManager
}

/** Channels of one browser, each hearing all others. */
function fakeChannels() {
  const open = new Set<{ onmessage: ((event: { data: unknown }) => void) | null }>()
  return () => {
    const channel = {
      onmessage: null,
      postMessage: (data: unknown) => {
        for (const other of open) if (other !== channel) queueMicrotask(() => other.onmessage?.({ data }))
      },
      close: () => open.delete(channel),
    }
    open.add(channel)
    return channel as unknown as BroadcastChannel
  }
}

function fakeKiosk(name: string, heard: string[]): Kiosk {
  const view = { timeZone: name } as KioskView
  return {
    view: () => view,
    status: () => view.status,
    subscribe: () => () => {},
    subscribeView: listener => {
      listener(view)
      return () => {}
    },
    enrol: async token => void heard.push(`${name} enrol ${token}`),
    ready: of => void heard.push(`${name} ready ${of}`),
    retry: of => void heard.push(`${name} retry ${of}`),
    appLoaded: digest => void heard.push(`${name} loaded ${digest}`),
    appFailed: digest => void heard.push(`${name} failed ${digest}`),
    appReady: digest => void heard.push(`${name} app-ready ${digest}`),
    activateNow: async of => {
      heard.push(`${name} activate ${of}`)
      return { ok: true }
    },
    chunkLost: () => {},
    storageLost: () => {},
    reportDiagnostics: () => {},
    userActive: () => void heard.push(`${name} active`),
    networkBack: () => {},
    stop: async () => void heard.push(`${name} stop`),
  }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

test('one tab runs the engine, the other follows, passes wishes on and takes over', async () => {
  const locks = fakeLocks()
  const openChannel = fakeChannels()
  const heard: string[] = []
  const openTab = (name: string) =>
    createSharedKiosk({
      locks,
      openChannel,
      createKiosk: async () => fakeKiosk(name, heard),
      onLeading: () => heard.push(`${name} leads`),
      onFailed: error => assert.fail(String(error)),
    })
  const first = openTab('first')
  assert.equal(first.view().enrolment.state, 'starting')
  await first.enrol('early')
  await settled()
  const second = openTab('second')
  const seen: string[] = []
  second.subscribeView(({ timeZone }) => seen.push(timeZone))
  await settled()
  assert.deepEqual(seen, ['UTC', 'first'])

  second.ready()
  second.retry('lobby')
  second.appLoaded('not counted')
  first.appLoaded('counted')
  await settled()
  assert.deepEqual(heard, [
    'first leads',
    'first enrol early',
    'first loaded counted',
    'first ready undefined',
    'first retry lobby',
  ])

  heard.length = 0
  await first.stop()
  await settled()
  assert.deepEqual(heard, ['first stop', 'second leads'], 'wishes that were heard are not repeated')
  second.ready('lobby')
  await second.stop()
  assert.deepEqual(heard.slice(2), ['second ready lobby', 'second stop'])
})

test('an engine that cannot be made is reported', async () => {
  const failures: unknown[] = []
  createSharedKiosk({
    locks: undefined,
    openChannel: fakeChannels(),
    createKiosk: () => Promise.reject(new Error('no disk')),
    onLeading: () => {},
    onFailed: error => failures.push(error),
  })
  await settled()
  assert.match(String(failures[0]), /no disk/)
})
