/** Background jobs on a clock that a test turns, and what they log. */
import { BackgroundJobs } from '../../signal-server/background-jobs.ts'
import { VirtualTime } from './virtual-time.ts'

export function jobStage() {
  const time = new VirtualTime()
  const logged: { readonly level: 'info' | 'error'; readonly message: string; readonly fields: object }[] = []
  const log = {
    info: (fields: object, message: string) => void logged.push({ level: 'info', message, fields }),
    error: (fields: object, message: string) => void logged.push({ level: 'error', message, fields }),
  }
  const clock = {
    now: () => time.nowMs,
    after: (delayMs: number, task: () => void) => time.setTimer(delayMs, task),
  }
  return { time, clock, log, logged, jobs: new BackgroundJobs({ clock, log }) }
}
