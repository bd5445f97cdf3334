/** The page's timer worker: browsers slow down the timers of pages that nobody sees, but not those of their workers. */
import { hostTimers } from '../adapters/browser/worker-timers.ts'

hostTimers(globalThis as unknown as Parameters<typeof hostTimers>[0])
