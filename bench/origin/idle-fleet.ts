/** Thousands of devices in processes of their own, so that neither their memory nor their time is the server's. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Handshake } from '../support/bench-device.ts'

const PROCESS = fileURLToPath(new URL('./idle-fleet-process.ts', import.meta.url))

export interface SitePlan {
  readonly storeToken: string
  readonly kioskToken: string
}

export interface EnrolPlan {
  readonly deviceUrl: string
  readonly sites: readonly SitePlan[]
  /** The first of each site is its store. */
  readonly devicesPerSite: number
}

export interface Latencies {
  readonly milliseconds: readonly number[]
  readonly refusals: Readonly<Record<string, number>>
}

/** What the process is asked, and what it answers to each. */
export interface FleetCalls {
  enrol(plan: EnrolPlan): null
  /** All connect, so many at once. */
  connect(atOnce: number): readonly Handshake[]
  /**
   * Resolves when all are online; handshakes of sessions that began after `since` (epoch ms), failures since the last call, and
   * the longest that the process itself kept its devices waiting since then.
   */
  allOnline(since: number): {
    readonly handshakes: readonly Handshake[]
    readonly failures: number
    readonly loopDelayMs: number
  }
  /** Every kiosk asks so often to be introduced, so many questions being open at once. */
  introduce(options: { readonly release: string; readonly each: number; readonly atOnce: number }): Latencies
  onlineCount(): number
  /** Grants of so many of its devices. */
  grants(options: { readonly release: string; readonly count: number }): readonly string[]
}

type Calling = {
  readonly [N in keyof FleetCalls]: (...args: Parameters<FleetCalls[N]>) => Promise<ReturnType<FleetCalls[N]>>
}

export interface IdleFleet extends Calling {
  close(): Promise<void>
}

export function startIdleFleet(): IdleFleet {
  const child: ChildProcess = fork(PROCESS, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const closed = once(child, 'close')
  const answers = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let lastId = 0
  child.on('message', (answer: { id: number; value: unknown; error?: string }) => {
    const waiting = answers.get(answer.id)
    answers.delete(answer.id)
    if (answer.error === undefined) waiting?.resolve(answer.value)
    else waiting?.reject(new Error(answer.error))
  })
  child.on('exit', () => {
    for (const { reject } of answers.values()) reject(new Error('the process of the devices ended'))
  })
  const call = (name: string, args: unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++lastId
      answers.set(id, { resolve, reject })
      child.send({ id, name, args })
    })
  const names = ['enrol', 'connect', 'allOnline', 'introduce', 'onlineCount', 'grants'] as const
  const calls = Object.fromEntries(names.map(name => [name, (...args: unknown[]) => call(name, args)]))
  return {
    ...(calls as unknown as Calling),
    close: async () => {
      child.kill('SIGKILL')
      await closed
    },
  }
}
