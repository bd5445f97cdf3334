/**
 * Does the kiosk's own app stutter while an update comes in? The app animates in its frame of the kiosk page and counts its frames;
 * once with nothing else to do, once while the next release arrives from a store as fast as it can.
 */
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Frame } from 'playwright-core'
import type { Bench, BenchContext } from '../support/bench-context.ts'
import { type Kiosk, openKiosk, untilTrue } from '../support/browsers.ts'
import { Administrator, startLarderServer } from '../support/larder-server.ts'
import { writeRandomPackage } from '../support/random-package.ts'
import { median, quantile } from '../support/statistics.ts'
import { type ThreadTask, watchTasks } from '../support/thread-tasks.ts'

const PACKAGE = 'bench'
const MB = 1_000_000
/** A long task, as browsers define it. */
const LONG_TASK_MS = 50
const SHORTEST_TASK_MS = 5
/** A frame that took more than one and a half of the usual 16.7 ms: at least one was dropped. */
const DROPPED_MS = 25

export const bench: Bench = {
  title: 'an app that animates in the kiosk page, with an update coming in and without',
  rounds: 3,
  settings: { megabytes: 60, quietSeconds: 10 },
  run,
}

/** Runs in the app's frame, which shares the thread of the kiosk page around it: what blocks one blocks the other. */
const APP = `<!doctype html>
<meta charset="utf-8">
<title>Benchmark</title>
<div id="box" style="width:40px;height:40px;background:#369"></div>
<script>
const box = document.getElementById('box')
const frames = []
const longTasks = []
window.measured = { frames, longTasks }
let last = performance.now()
const draw = now => {
  frames.push(now - last)
  last = now
  box.style.transform = 'translateX(' + (now / 5) % 600 + 'px)'
  requestAnimationFrame(draw)
}
requestAnimationFrame(draw)
const observe = target => new target.PerformanceObserver(list => {
  for (const entry of list.getEntries()) longTasks.push(entry.duration)
}).observe({ type: 'longtask' })
observe(window)
</script>
`

interface Motion {
  readonly frames: readonly number[]
  /** As the app is told of them by the browser, ms. */
  readonly longTasks: readonly number[]
  /** As the browser's trace has them: the same, with the CPU time that each took. */
  readonly tasks: readonly ThreadTask[]
}

async function run(context: BenchContext) {
  const stage = await openStage(context)
  const quiet: Motion[] = []
  const updating: Motion[] = []
  const rates: number[] = []
  for (let round = 0; round < context.rounds; round++) {
    quiet.push(await motionDuring(stage.kiosk, () => delay(context.number('quietSeconds') * 1000)))
    const update = await stage.update(round)
    updating.push(update.motion)
    rates.push(update.megabytesPerSecond)
    const { longTasks, tasks } = update.motion
    context.log(
      `round ${round + 1}: ${longTasks.length} long tasks during the update; the most CPU time that one took: ${mostCpuMs(tasks).toFixed(1)} ms`,
    )
  }
  const longTasks = (all: readonly Motion[]) => all.map(({ longTasks }) => longTasks.length)
  const longByCpu = (all: readonly Motion[]) =>
    all.map(({ tasks }) => tasks.filter(({ cpuMs }) => cpuMs > LONG_TASK_MS).length)
  const dropped = (all: readonly Motion[]) =>
    all.map(({ frames }) => (100 * frames.filter(each => each > DROPPED_MS).length) / frames.length)
  const p99 = (all: readonly Motion[]) => all.map(({ frames }) => quantile(frames, 0.99))
  const longest = (all: readonly Motion[]) => all.map(({ frames }) => Math.max(...frames))
  return {
    measures: [
      { name: 'the update', unit: 'MB/s', values: rates },
      { name: `long tasks over ${LONG_TASK_MS} ms, nothing to do`, unit: '', values: longTasks(quiet) },
      { name: `long tasks over ${LONG_TASK_MS} ms, updating`, unit: '', values: longTasks(updating) },
      {
        name: `tasks of over ${LONG_TASK_MS} ms of their own CPU time, updating`,
        unit: '',
        values: longByCpu(updating),
      },
      {
        name: 'most CPU time of one task, updating',
        unit: 'ms',
        values: updating.map(({ tasks }) => mostCpuMs(tasks)),
      },
      { name: 'frames late or dropped, nothing to do', unit: '%', values: dropped(quiet) },
      { name: 'frames late or dropped, updating', unit: '%', values: dropped(updating) },
      { name: 'a frame, p99, nothing to do', unit: 'ms', values: p99(quiet) },
      { name: 'a frame, p99, updating', unit: 'ms', values: p99(updating) },
      { name: 'longest frame, nothing to do', unit: 'ms', values: longest(quiet) },
      { name: 'longest frame, updating', unit: 'ms', values: longest(updating) },
    ],
    targets: [
      {
        name: 'long tasks caused by an update',
        value: Math.max(0, median(longTasks(updating)) - median(longTasks(quiet))),
        bound: { atMost: 0 },
      },
    ],
    notes: [
      'Frames and long tasks are those of the thread that the app shares with the kiosk page, from the assignment until the new release is whole.',
      'Server, store and kiosk share the cores. A task that has to wait for one in its middle is long by the clock, whatever it does: the rows of CPU time tell what is the page’s own.',
    ],
  }
}

/** A store and a kiosk that runs the first release; the kiosk may only ask the store. */
async function openStage(context: BenchContext) {
  const server = await startLarderServer({ data: path.join(context.scratch, 'data') })
  context.onClose(() => server.end())
  const admin = await Administrator.of(server)
  await admin.larder('site', 'create', 'shop', '--time-zone', 'Europe/Berlin')
  const publish = async (round: number, bytes: number) => {
    const folder = path.join(context.scratch, `package-${round}`)
    await writeRandomPackage(folder, { bytes, fileBytes: 5 * MB, seed: `smooth ${round}` })
    await writeFile(path.join(folder, 'index.html'), APP)
    const published = await admin.publish(folder, PACKAGE, `1.0.${round + 1}`)
    await rm(folder, { recursive: true })
    return published
  }
  const assign = (release: number) =>
    admin.call('PUT', 'api/profiles/screens', { sites: ['shop'], packages: [{ package: PACKAGE, release }] })
  const first = await publish(-1, MB)
  await assign(first.release)
  await admin.larder('package', 'windows', PACKAGE, '--profile', 'screens', '--enforce-until', FAR_AHEAD)
  const open = async (role: 'store' | 'kiosk') => {
    const kiosk = await openKiosk(context, { name: role }, await admin.enrolmentLink('shop', role, 1))
    await kiosk.untilActive(PACKAGE, first.release)
    return kiosk
  }
  await open('store')
  // From here on releases are only staged: the frame that counts goes with the release that it shows.
  await admin.larder('package', 'takeover', PACKAGE, '--profile', 'screens', '--activate', 'idle:24h')
  const kiosk = await open('kiosk')
  await untilTrue('the app is shown', () => appFrame(kiosk) !== undefined)

  /** From the assignment until the kiosk has every chunk. */
  async function update(round: number): Promise<{ motion: Motion; megabytesPerSecond: number }> {
    const { release, encodedBytes } = await publish(round, context.number('megabytes') * MB)
    let seconds = Number.NaN
    const motion = await motionDuring(kiosk, async () => {
      const startedAt = performance.now()
      await assign(release)
      for (;;) {
        const status = await kiosk.package(PACKAGE)
        if (status?.wantedRelease === release && status.phase === 'staged') {
          if (status.bytes.fromServer > 0)
            throw new Error('the update came from the server, not from the store')
          break
        }
        if (performance.now() - startedAt > UPDATE_LIMIT_MS)
          throw new Error(`${release} is not whole in time`)
        await delay(ASK_EVERY_MS)
      }
      seconds = (performance.now() - startedAt) / 1000
    })
    return { motion, megabytesPerSecond: encodedBytes / MB / seconds }
  }
  return { kiosk, update }
}

const UPDATE_LIMIT_MS = 300_000
/** Seldom: each question is work for the thread that is measured. */
const ASK_EVERY_MS = 500
const FAR_AHEAD = '2999-01-01T00:00:00Z'

function appFrame(kiosk: Kiosk): Frame | undefined {
  return kiosk.page.frames().findLast(frame => frame !== kiosk.page.mainFrame())
}

interface AppWindow {
  readonly measured?: { readonly frames: number[]; readonly longTasks: number[] }
}

const mostCpuMs = (tasks: readonly ThreadTask[]) => Math.max(0, ...tasks.map(({ cpuMs }) => cpuMs))

/** What the app counts, and the browser traces, while `work` is done. */
async function motionDuring(kiosk: Kiosk, work: () => Promise<unknown>): Promise<Motion> {
  await startOver(kiosk)
  const endWatch = await watchTasks(kiosk, SHORTEST_TASK_MS)
  await work()
  const tasks = await endWatch()
  const counted = await appFrame(kiosk)?.evaluate(() => (globalThis as AppWindow).measured)
  if (counted === undefined) throw new Error('the app is not there')
  return { ...counted, tasks }
}

async function startOver(kiosk: Kiosk): Promise<void> {
  await untilTrue('the app counts its frames', async () => {
    const counts = await appFrame(kiosk)
      ?.evaluate(() => {
        const { measured } = globalThis as AppWindow
        measured?.frames.splice(0)
        measured?.longTasks.splice(0)
        return measured !== undefined
      })
      .catch(() => false)
    return counts === true
  })
  await delay(200)
}
