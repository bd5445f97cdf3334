/**
 * One engine per browser profile. The tab that holds the lock runs it and tells the others; they show the same view,
 * pass wishes on, and take over when it goes. To the page it looks like one Kiosk in either case.
 */
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import type { ActivateResult, Kiosk, KioskView } from '../kiosk-api.ts'

const ENGINE_LOCK = 'larder-engine'
export const VIEW_CHANNEL = 'larder-view'

type Wish =
  | { readonly name: 'enrol'; readonly token: string | null }
  | { readonly name: 'ready'; readonly package: string | null }
  | { readonly name: 'app-ready'; readonly digest: string }
  | { readonly name: 'activate-now'; readonly package: string | null; readonly id: string }
  | { readonly name: 'retry'; readonly package: string }
  | { readonly name: 'user-active' }
  | { readonly name: 'diagnostics'; readonly report: DiagnosticsReport }

type TabMessage =
  | { readonly type: 'hello' }
  | { readonly type: 'view'; readonly view: KioskView }
  | { readonly type: 'wish'; readonly wish: Wish }
  | { readonly type: 'activated'; readonly id: string; readonly result: ActivateResult }

const ANSWER_TIMEOUT_MS = 5_000

export interface SharedKioskDeps {
  /** Absent outside secure contexts; this tab then runs the engine without asking. */
  readonly locks: LockManager | undefined
  readonly openChannel: () => BroadcastChannel
  readonly createKiosk: () => Promise<Kiosk>
  /** Called once, when this tab begins to run the engine. */
  readonly onLeading: () => void
  /** The engine could not even be made. */
  readonly onFailed: (error: unknown) => void
}

export function createSharedKiosk(deps: SharedKioskDeps): Kiosk {
  const channel = deps.openChannel()
  const listeners = new Set<(view: KioskView) => void>()
  const waiting: Wish[] = []
  let view = startingView
  let engine: Kiosk | null = null
  let stopLeading = () => {}
  let stopped = false
  let someoneLeads = false
  const asked = new Map<string, (result: ActivateResult) => void>()

  function onView(next: KioskView): void {
    view = next
    for (const listener of listeners) listener(next)
  }

  async function lead(): Promise<void> {
    if (stopped) return
    deps.onLeading()
    try {
      engine = await deps.createKiosk()
    } catch (error) {
      deps.onFailed(error)
      return
    }
    const ended = new Promise<void>(resolve => {
      stopLeading = resolve
    })
    const unsubscribe = engine.subscribeView(next => {
      onView(next)
      channel.postMessage({ type: 'view', view: next } satisfies TabMessage)
    })
    for (const wish of waiting.splice(0)) perform(engine, wish, answer)
    await ended
    unsubscribe()
  }

  function answer(id: string, result: ActivateResult): void {
    channel.postMessage({ type: 'activated', id, result } satisfies TabMessage)
    asked.get(id)?.(result)
  }

  /** Asks the tab that runs the engine; it may be gone, and the next one may not have the question. */
  function activateThere(packageName: string | null): Promise<ActivateResult> {
    const id = crypto.randomUUID()
    return new Promise<ActivateResult>(resolve => {
      const timer = setTimeout(() => resolve(noEngine), ANSWER_TIMEOUT_MS)
      asked.set(id, result => {
        clearTimeout(timer)
        resolve(result)
      })
      wish({ name: 'activate-now', package: packageName, id })
    }).finally(() => asked.delete(id))
  }

  function wish(wanted: Wish): void {
    if (engine) perform(engine, wanted, answer)
    else {
      channel.postMessage({ type: 'wish', wish: wanted } satisfies TabMessage)
      // Nobody may be there to hear it: then this tab is about to lead, and does it itself.
      if (!someoneLeads) waiting.push(wanted)
    }
  }

  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.type === 'view' && !engine) {
      someoneLeads = true
      waiting.length = 0
      onView(data.view)
    }
    if (data.type === 'hello' && engine) {
      channel.postMessage({ type: 'view', view: engine.view() } satisfies TabMessage)
    }
    if (data.type === 'wish' && engine) perform(engine, data.wish, answer)
    if (data.type === 'activated') asked.get(data.id)?.(data.result)
  }
  channel.postMessage({ type: 'hello' } satisfies TabMessage)
  if (deps.locks) void deps.locks.request(ENGINE_LOCK, lead).catch(deps.onFailed)
  else void lead()

  function subscribeView(listener: (view: KioskView) => void): () => void {
    listeners.add(listener)
    listener(view)
    return () => listeners.delete(listener)
  }

  return {
    status: () => view.status,
    subscribe: listener => subscribeView(({ status }) => listener(status)),
    view: () => view,
    subscribeView,
    enrol: async token => {
      if (engine) await engine.enrol(token)
      else wish({ name: 'enrol', token: token ?? null })
    },
    ready: packageName => wish({ name: 'ready', package: packageName ?? null }),
    retry: packageName => wish({ name: 'retry', package: packageName }),
    appReady: digest => wish({ name: 'app-ready', digest }),
    // Only the frame of the tab that runs the engine counts as a trial of a release.
    appLoaded: digest => engine?.appLoaded(digest),
    appFailed: (digest, failure) => engine?.appFailed(digest, failure),
    activateNow: async packageName => engine?.activateNow(packageName) ?? activateThere(packageName ?? null),
    userActive: () => wish({ name: 'user-active' }),
    chunkLost: digest => engine?.chunkLost(digest),
    storageLost: () => engine?.storageLost(),
    reportDiagnostics: report => wish({ name: 'diagnostics', report }),
    networkBack: () => engine?.networkBack(),
    stop: async () => {
      stopped = true
      const running = engine
      engine = null
      await running?.stop()
      stopLeading()
      channel.close()
    },
  }
}

/** The message by which a page that is no kiosk page, the diagnostics page, hands a report to the tab that leads. */
export const reportToKiosk = (report: DiagnosticsReport): TabMessage => ({
  type: 'wish',
  wish: { name: 'diagnostics', report },
})

function perform(engine: Kiosk, wish: Wish, answer: (id: string, result: ActivateResult) => void): void {
  switch (wish.name) {
    case 'enrol':
      return void engine.enrol(wish.token ?? undefined)
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
  timeZone: 'UTC',
  storage: 'disk',
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
