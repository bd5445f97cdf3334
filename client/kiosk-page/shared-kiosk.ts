/**
 * One engine per browser profile. The tab that leads runs it and tells the others; they show the same view, pass wishes
 * on, and take over when it goes, freezes or hangs (machines/leadership.ts). To the page it looks like one Kiosk.
 */
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import { isSameValue } from '../../protocol/same-value.ts'
import type { ActivateResult, Kiosk, KioskView } from '../kiosk-api.ts'
import {
  createLeadership,
  defaultLeadership,
  type LeadershipEffect,
  type LeadershipEvent,
  type LeadershipOptions,
  stepLeadership,
} from '../machines/leadership.ts'
import type { Platform } from '../ports.ts'
import { createEngineLock } from './engine-lock.ts'

export const VIEW_CHANNEL = 'larder-view'
/** Wishes heard lately are known again when a tab that got no answer repeats them. */
const KEPT_WISH_IDS = 100

type Wish =
  | { readonly name: 'enrol'; readonly token: string | null; readonly isByHand: boolean }
  | { readonly name: 'ready'; readonly package: string | null }
  | { readonly name: 'app-ready'; readonly digest: string }
  | { readonly name: 'activate-now'; readonly package: string | null; readonly id: string }
  | { readonly name: 'retry'; readonly package: string }
  | { readonly name: 'user-active' }
  | { readonly name: 'diagnostics'; readonly report: DiagnosticsReport }

type TabMessage =
  | { readonly type: 'hello' }
  /** Is whoever leads there? */
  | { readonly type: 'ask' }
  | { readonly type: 'here' }
  | { readonly type: 'view'; readonly view: KioskView }
  | { readonly type: 'wish'; readonly id: string; readonly wish: Wish }
  | { readonly type: 'heard'; readonly id: string }
  | { readonly type: 'activated'; readonly id: string; readonly result: ActivateResult }

const ANSWER_TIMEOUT_MS = 5_000

/** An engine and what was opened for it. */
export interface RunningKiosk {
  readonly kiosk: Kiosk
  /** Once the engine has stopped. */
  close(): void
  /** Before that: ends what is being read and written, so that a page that is frozen now keeps nobody from the disk. */
  abandon(): void
}

export interface SharedKioskDeps {
  /** Absent outside secure contexts; this tab then runs the engine without asking. */
  readonly locks: LockManager | undefined
  readonly openChannel: () => BroadcastChannel
  /** Timers should keep their pace in a tab that nobody sees. */
  readonly platform: Pick<Platform, 'monotonicMs' | 'randomId' | 'setTimer'>
  /** `onReplaced`: another tab has written as the one that leads. */
  readonly createKiosk: (onReplaced: () => void) => Promise<RunningKiosk>
  /** This tab begins or ceases to run the engine. */
  readonly onLeading: (leads: boolean) => void
  /** The engine could not even be made. */
  readonly onFailed: (error: unknown) => void
  readonly leadership?: LeadershipOptions
}

export interface SharedKiosk extends Kiosk {
  /** The browser is about to stop this tab's work; the lock goes to a tab that can use it. */
  freeze(): void
  resume(): void
}

export function createSharedKiosk(deps: SharedKioskDeps): SharedKiosk {
  const { platform, leadership: options = defaultLeadership } = deps
  const channel = deps.openChannel()
  const listeners = new Set<(view: KioskView) => void>()
  /** Wishes that nobody who leads has heard yet. */
  const unheard = new Map<string, Wish>()
  const heard = new Set<string>()
  const asked = new Map<string, (result: ActivateResult) => void>()
  let view = startingView
  let leadership = createLeadership()
  let engine: Kiosk | null = null
  let stopEngine: (abandons?: boolean) => Promise<void> = async () => {}
  let cancelTick = () => {}
  const say = (message: TabMessage) => channel.postMessage(message)
  const lock = createEngineLock(deps.locks, {
    onGranted: () => dispatch({ type: 'granted' }),
    onStolen: () => dispatch({ type: 'lost' }),
    onFailed: deps.onFailed,
  })

  function dispatch(event: LeadershipEvent): void {
    const next = stepLeadership(leadership, event, platform.monotonicMs(), options)
    leadership = next.state
    for (const effect of next.effects) act(effect)
  }

  function act(effect: LeadershipEffect): void {
    switch (effect) {
      case 'queue':
        // Whoever leads tells how things stand, also while nothing changes.
        say({ type: 'hello' })
        return lock.queue()
      case 'steal':
        return lock.steal()
      case 'let-go':
        return lock.letGo()
      case 'ask':
        return say({ type: 'ask' })
      case 'answer':
        return say({ type: 'here' })
      case 'tell':
        if (engine) say({ type: 'view', view: engine.view() })
        return
      case 'lead':
        return lead()
      case 'step-down':
      case 'abandon':
        deps.onLeading(false)
        return void stopEngine(effect === 'abandon')
    }
  }

  function lead(): void {
    deps.onLeading(true)
    say({ type: 'here' })
    let isOver = false
    const starting = deps.createKiosk(() => dispatch({ type: 'lost' }))
    let started: RunningKiosk | null = null
    let unsubscribe = () => {}
    let stopping: Promise<void> | null = null
    const stop = async (abandons: boolean) => {
      isOver = true
      engine = null
      unsubscribe()
      const running = started ?? (await starting.catch(() => null))
      // In this order, so that what the disk refuses from now on is no trouble to anybody.
      const stopped = running?.kiosk.stop()
      if (abandons) running?.abandon()
      await stopped
      running?.close()
    }
    stopEngine = (abandons = false) => {
      stopping ??= stop(abandons)
      return stopping
    }
    starting.then(
      running => {
        if (isOver) return
        started = running
        engine = running.kiosk
        unsubscribe = running.kiosk.subscribeView(next => {
          onView(next)
          dispatch({ type: 'changed' })
        })
        for (const [id, wish] of unheard) perform(id, wish)
      },
      error => {
        if (isOver) return
        deps.onFailed(error)
        dispatch({ type: 'stop' })
        lock.letGo()
      },
    )
  }

  function onView(next: KioskView): void {
    view = next
    for (const listener of listeners) listener(next)
  }

  function answer(id: string, result: ActivateResult): void {
    say({ type: 'activated', id, result })
    asked.get(id)?.(result)
  }

  /** Asks the tab that runs the engine; it may be gone, and by the time another one runs it the moment has passed. */
  function activateThere(packageName: string | null): Promise<ActivateResult> {
    const id = platform.randomId()
    const wanted: Wish = { name: 'activate-now', package: packageName, id }
    return new Promise<ActivateResult>(resolve => {
      const cancel = platform.setTimer(ANSWER_TIMEOUT_MS, () => resolve(noEngine))
      asked.set(id, result => {
        cancel()
        resolve(result)
      })
      wish(wanted)
    }).finally(() => {
      asked.delete(id)
      for (const [wishId, other] of unheard) if (other === wanted) unheard.delete(wishId)
    })
  }

  function wish(wanted: Wish): void {
    if ([...unheard.values()].some(other => isSameValue(other, wanted))) return
    const id = platform.randomId()
    unheard.set(id, wanted)
    if (engine) perform(id, wanted)
    else say({ type: 'wish', id, wish: wanted })
  }

  function perform(id: string, wanted: Wish): void {
    unheard.delete(id)
    if (!engine || heard.has(id)) return
    heard.add(id)
    for (const oldest of heard) {
      if (heard.size <= KEPT_WISH_IDS) break
      heard.delete(oldest)
    }
    performWish(engine, wanted, answer)
  }

  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    const leads = leadership.name === 'leading'
    switch (data.type) {
      case 'here':
        return dispatch({ type: 'sign' })
      case 'view':
        if (!leads) onView(data.view)
        return dispatch({ type: 'sign' })
      case 'heard':
        unheard.delete(data.id)
        return
      case 'activated':
        return asked.get(data.id)?.(data.result)
      case 'ask':
        return dispatch({ type: 'asked' })
      case 'hello':
        return dispatch({ type: 'hello' })
      case 'wish':
        if (!engine) return
        say({ type: 'heard', id: data.id })
        return perform(data.id, data.wish)
    }
  }

  function tick(): void {
    cancelTick = platform.setTimer(options.askEveryMs, tick)
    dispatch({ type: 'tick' })
    // Whoever led when they were made may have gone without having heard them.
    if (!engine) for (const [id, wanted] of unheard) say({ type: 'wish', id, wish: wanted })
  }

  function subscribeView(listener: (view: KioskView) => void): () => void {
    listeners.add(listener)
    listener(view)
    return () => listeners.delete(listener)
  }

  dispatch({ type: 'begin' })
  cancelTick = platform.setTimer(options.askEveryMs, tick)

  return {
    status: () => view.status,
    subscribe: listener => subscribeView(({ status }) => listener(status)),
    view: () => view,
    subscribeView,
    enrol: async (token, isByHand = false) => {
      if (engine) await engine.enrol(token, isByHand)
      else wish({ name: 'enrol', token: token ?? null, isByHand })
    },
    ready: packageName => wish({ name: 'ready', package: packageName ?? null }),
    retry: packageName => wish({ name: 'retry', package: packageName }),
    appReady: digest => wish({ name: 'app-ready', digest }),
    // Only the frame of the tab that runs the engine counts as a trial of a release.
    appLoaded: digest => engine?.appLoaded(digest),
    appFailed: (digest, failure) => engine?.appFailed(digest, failure),
    appNotServed: digest => engine?.appNotServed(digest),
    activateNow: async packageName => engine?.activateNow(packageName) ?? activateThere(packageName ?? null),
    chunkLost: digest => engine?.chunkLost(digest),
    storageLost: troubles => engine?.storageLost(troubles),
    // As for chunks: only the tab that runs the engine is told by its worker.
    reportStorageFailure: detail => engine?.reportStorageFailure(detail),
    userActive: () => wish({ name: 'user-active' }),
    reportDiagnostics: report => wish({ name: 'diagnostics', report }),
    networkBack: () => engine?.networkBack(),
    freeze: () => dispatch({ type: 'freeze' }),
    resume: () => dispatch({ type: 'resume' }),
    stop: async () => {
      cancelTick()
      dispatch({ type: 'stop' })
      // What it has decided is on the disk before another tab begins.
      await stopEngine()
      lock.letGo()
      channel.close()
    },
  }
}

/** The message by which a page that is no kiosk page, the diagnostics page, hands a report to the tab that leads. */
export const reportToKiosk = (report: DiagnosticsReport): TabMessage => ({
  type: 'wish',
  id: crypto.randomUUID(),
  wish: { name: 'diagnostics', report },
})

function performWish(engine: Kiosk, wish: Wish, answer: (id: string, result: ActivateResult) => void): void {
  switch (wish.name) {
    case 'enrol':
      return void engine.enrol(wish.token ?? undefined, wish.isByHand)
    case 'ready':
      return engine.ready(wish.package ?? undefined)
    case 'app-ready':
      return engine.appReady(wish.digest)
    case 'activate-now':
      return void engine.activateNow(wish.package ?? undefined).then(result => answer(wish.id, result))
    case 'user-active':
      return engine.userActive()
    case 'diagnostics':
      return engine.reportDiagnostics(wish.report)
    case 'retry':
      return engine.retry(wish.package)
  }
}

const noEngine: ActivateResult = {
  ok: false,
  reason: 'no-engine',
  message: 'The tab that fetches the packages does not answer. Try again.',
}

const startingView: KioskView = {
  enrolment: { state: 'starting' },
  keysRefused: null,
  timeZone: 'UTC',
  storage: 'disk',
  needsNewPage: false,
  app: null,
  status: {
    deviceId: '',
    role: 'kiosk',
    site: null,
    connection: 'offline',
    clockOffsetMs: 0,
    storage: { kind: 'disk', persisted: null, usageBytes: null, quotaBytes: null },
    packages: [],
    peers: [],
  },
}
