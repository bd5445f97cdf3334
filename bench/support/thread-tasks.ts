/** The tasks of a page's main thread as Chromium's own trace tells them: how long each took, and how much CPU time of its thread. */
import type { CDPSession } from 'playwright-core'
import type { BenchPage } from './browsers.ts'

export interface ThreadTask {
  /** From its begin to its end. */
  readonly wallMs: number
  /** What its thread worked in that time; the rest it waited for a processor. */
  readonly cpuMs: number
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Microseconds, as `dur` and `tdur`. */
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

const TASK = 'ThreadControllerImpl::RunTask'

/** Begins to watch. The promise resolves to a function that ends it and gives the tasks of at least `fromMs`. */
export async function watchTasks(
  { context, page }: Pick<BenchPage, 'context' | 'page'>,
  fromMs: number,
): Promise<() => Promise<ThreadTask[]>> {
  const session = await context.newCDPSession(page)
  await session.send('Tracing.start', {
    transferMode: 'ReturnAsStream',
    traceConfig: { includedCategories: ['toplevel', '__metadata'] },
  })
  return async () => {
    const complete = new Promise<{ stream?: string | undefined }>(resolve =>
      session.once('Tracing.tracingComplete', resolve),
    )
    await session.send('Tracing.end')
    const { stream } = await complete
    if (stream === undefined) throw new Error('the browser gave no trace')
    const events = JSON.parse(await readStream(session, stream)).traceEvents as TraceEvent[]
    await session.detach()
    return tasksIn(events, fromMs)
  }
}

/** Of tasks within each other only the outer one, so that none counts twice. */
function tasksIn(events: readonly TraceEvent[], fromMs: number): ThreadTask[] {
  const mainThreads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = events
    .filter(({ name, ph, pid, tid }) => ph === 'X' && name === TASK && mainThreads.has(`${pid} ${tid}`))
    .sort((a, b) => a.ts - b.ts)
  const endOf = new Map<string, number>()
  return tasks.flatMap(({ pid, tid, ts, dur = 0, tdur = 0 }) => {
    const thread = `${pid} ${tid}`
    if (ts < (endOf.get(thread) ?? 0)) return []
    endOf.set(thread, ts + dur)
    return dur / 1000 >= fromMs ? [{ wallMs: dur / 1000, cpuMs: tdur / 1000 }] : []
  })
}

async function readStream(session: CDPSession, handle: string): Promise<string> {
  const pieces: string[] = []
  for (;;) {
    const { data, eof, base64Encoded } = await session.send('IO.read', { handle, size: 1024 * 1024 })
    pieces.push(base64Encoded ? Buffer.from(data, 'base64').toString() : data)
    if (eof) return pieces.join('')
  }
}
