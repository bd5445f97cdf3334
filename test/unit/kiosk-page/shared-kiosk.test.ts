import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Kiosk, KioskView } from '../../../client/kiosk-api.ts'
import {
  createSharedKiosk,
  type RunningKiosk,
  type SharedKioskDeps,
} from '../../../client/kiosk-page/shared-kiosk.ts'
import { VirtualTime } from '../../support/virtual-time.ts'

type Hold = () => Promise<unknown>

/** One exclusive lock, as the browser gives it out, takes it away and forgets those who leave the queue. */
function fakeLocks() {
  const queue: { hold: Hold; settle: (end: Promise<unknown>) => void }[] = []
  let holder: { abort: (error: Error) => void } | null = null
  const aborted = () => new DOMException('taken away', 'AbortError')

  function give(hold: Hold, settle: (end: Promise<unknown>) => void): void {
    const lost = new Promise<never>((_, reject) => {
      holder = { abort: reject }
    })
    const mine = holder
    const end = Promise.race([hold(), lost])
    settle(end)
    end.then(
      () => {
        if (holder === mine) next()
      },
      () => {},
    )
  }
  function next(): void {
    holder = null
    const first = queue.shift()
    if (first) give(first.hold, first.settle)
  }
  const request = (_: string, options: LockOptions, hold: Hold) =>
    new Promise((resolve, reject) => {
      const entry = { hold, settle: (end: Promise<unknown>) => resolve(end) }
      if (options.steal) {
        const before = holder
        give(hold, entry.settle)
        before?.abort(aborted())
        return
      }
      options.signal?.addEventListener('abort', () => {
        const at = queue.indexOf(entry)
        if (at < 0) return
        queue.splice(at, 1)
        reject(aborted())
      })
      queue.push(entry)
      queueMicrotask(() => {
        if (holder === null) next()
      })
    })
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
    appNotServed: digest => void heard.push(`${name} not served ${digest}`),
    appReady: digest => void heard.push(`${name} app-ready ${digest}`),
    activateNow: async of => {
      heard.push(`${name} activate ${of}`)
      return { ok: true }
    },
    chunkLost: () => {},
    reportStorageFailure: () => {},
    storageLost: () => {},
    reportDiagnostics: () => {},
    userActive: () => void heard.push(`${name} active`),
    networkBack: () => {},
    stop: async () => void heard.push(`${name} stop`),
  }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

function deafWhile(channel: BroadcastChannel, isDeaf: () => boolean): BroadcastChannel {
  const own = {
    postMessage: (data: unknown) => channel.postMessage(data),
    close: () => channel.close(),
    onmessage: null as ((event: MessageEvent) => void) | null,
  }
  channel.onmessage = event => {
    if (!isDeaf()) own.onmessage?.(event)
  }
  return own as unknown as BroadcastChannel
}

/** Tabs of one browser under virtual time. One that hangs hears nothing and has no timers. */
function fakeBrowser() {
  const time = new VirtualTime()
  const locks = fakeLocks()
  const openChannel = fakeChannels()
  const heard: string[] = []
  const openTab = (name: string, createKiosk?: SharedKioskDeps['createKiosk']) => {
    const tab = { hangs: false, onReplaced: () => {} }
    let wishes = 0
    const channel = openChannel()
    const kiosk = createSharedKiosk({
      locks,
      openChannel: () => deafWhile(channel, () => tab.hangs),
      platform: {
        monotonicMs: () => time.nowMs,
        randomId: () => `${name} ${wishes++}`,
        setTimer: (delayMs, callback) => time.setTimer(delayMs, () => tab.hangs || callback()),
      },
      createKiosk:
        createKiosk ??
        (async onReplaced => {
          tab.onReplaced = onReplaced
          return {
            kiosk: fakeKiosk(name, heard),
            close: () => heard.push(`${name} closed`),
            abandon: () => heard.push(`${name} lets go of the disk`),
          }
        }),
      onLeading: leads => heard.push(`${name} ${leads ? 'leads' : 'steps down'}`),
      onFailed: error => assert.fail(String(error)),
    })
    return Object.assign(tab, { kiosk })
  }
  const take = () => heard.splice(0)
  return { time, openTab, take }
}

test('one tab runs the engine, the other follows, passes wishes on and takes over', async () => {
  const { time, openTab, take } = fakeBrowser()
  const first = openTab('first').kiosk
  assert.equal(first.view().enrolment.state, 'starting')
  await first.enrol('early')
  await settled()
  const second = openTab('second').kiosk
  const seen: string[] = []
  second.subscribeView(({ timeZone }) => seen.push(timeZone))
  await settled()
  assert.deepEqual(seen, ['UTC', 'first'])

  second.ready()
  second.retry('lobby')
  second.appLoaded('not counted')
  first.appLoaded('counted')
  await settled()
  assert.deepEqual(take(), [
    'first leads',
    'first enrol early',
    'first loaded counted',
    'first ready undefined',
    'first retry lobby',
  ])
  await time.advance(3_600_000)
  assert.deepEqual(take(), [], 'nothing is repeated, nobody takes over')

  await first.stop()
  await settled()
  assert.deepEqual(take(), ['first steps down', 'first stop', 'first closed', 'second leads'])
  second.ready('lobby')
  await second.stop()
  assert.deepEqual(take(), ['second ready lobby', 'second steps down', 'second stop', 'second closed'])
})

test('a tab that hangs is replaced within seconds; when it goes on it stops its engine and follows', async () => {
  const { time, openTab, take } = fakeBrowser()
  const first = openTab('first')
  await settled()
  const second = openTab('second')
  await time.advance(60_000)
  assert.deepEqual(take(), ['first leads'])

  first.hangs = true
  second.kiosk.ready('lobby')
  await time.advance(6_500)
  assert.deepEqual(take(), [])
  await time.advance(1_000)
  // In these tests a hung tab hears that its lock is gone; in a browser, when it goes on.
  const events = take()
  assert.ok(events.includes('second leads'))
  assert.ok(events.includes('second ready lobby'), 'a wish that nobody heard is not lost')
  assert.ok(events.includes('first stop') && events.includes('first closed'))

  first.hangs = false
  await time.advance(60_000)
  assert.deepEqual(take(), [], 'it follows')
  await second.kiosk.stop()
  await settled()
  assert.ok(take().includes('first leads'))
  await first.kiosk.stop()
})

test('a tab that is frozen lets go at once and queues again when it is resumed', async () => {
  const { time, openTab, take } = fakeBrowser()
  const first = openTab('first')
  await settled()
  const second = openTab('second')
  await settled()
  first.kiosk.freeze()
  first.hangs = true
  await settled()
  const events = take()
  assert.ok(events.includes('first stop') && events.includes('second leads'), String(events))
  assert.ok(events.includes('first lets go of the disk'), 'in the turn that it has left')
  first.hangs = false
  first.kiosk.resume()
  await settled()
  assert.equal(first.kiosk.view().timeZone, 'second', 'it shows what the other one says')
  await time.advance(60_000)
  assert.deepEqual(take(), [])
  second.kiosk.freeze()
  await settled()
  assert.ok(take().includes('first leads'))
  await Promise.all([first.kiosk.stop(), second.kiosk.stop()])
})

test('a tab whose records another one has taken over stops, whatever it holds', async () => {
  const { openTab, take } = fakeBrowser()
  const first = openTab('first')
  await settled()
  const second = openTab('second')
  await settled()
  first.onReplaced()
  await settled()
  assert.deepEqual(take(), ['first leads', 'first steps down', 'first stop', 'first closed', 'second leads'])
  await Promise.all([first.kiosk.stop(), second.kiosk.stop()])
})

test('a tab that ceases to lead while its engine is being made never runs it', async () => {
  const { openTab, take } = fakeBrowser()
  const made = Promise.withResolvers<RunningKiosk>()
  const first = openTab('first', () => made.promise)
  await settled()
  first.kiosk.freeze()
  const heard: string[] = []
  made.resolve({
    kiosk: fakeKiosk('first', heard),
    close: () => heard.push('first closed'),
    abandon: () => heard.push('first lets go of the disk'),
  })
  await settled()
  assert.deepEqual(heard, ['first stop', 'first lets go of the disk', 'first closed'])
  assert.deepEqual(take(), ['first leads', 'first steps down'])
  await first.kiosk.stop()
})

test('an engine that cannot be made is reported', async () => {
  const failures: unknown[] = []
  const time = new VirtualTime()
  const kiosk = createSharedKiosk({
    locks: undefined,
    openChannel: fakeChannels(),
    platform: {
      monotonicMs: () => time.nowMs,
      randomId: () => 'id',
      setTimer: (delayMs, callback) => time.setTimer(delayMs, callback),
    },
    createKiosk: () => Promise.reject(new Error('no disk')),
    onLeading: () => {},
    onFailed: error => failures.push(error),
  })
  await settled()
  assert.match(String(failures[0]), /no disk/)
  await kiosk.stop()
})
