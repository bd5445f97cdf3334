/**
 * A fleet of thousands of simulated devices in a process of its own, so that it takes no time from the one that measures:
 * plain WebSocket clients with keys of their own that enrol, say hello, and report what a made-up transfer looks like.
 * What they said last is known here; what the server makes of it is the test's to compare.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { PackageStatus } from '../../protocol/device-status.ts'
import { withCleanup } from './cleanup.ts'

const PROCESS = fileURLToPath(new URL('./simulated-fleet-process.ts', import.meta.url))

export interface FleetPlan {
  /** Where the device listener is. */
  readonly deviceUrl: string
  readonly devicesPerSite: number
  readonly sites: readonly { readonly site: string; readonly token: string }[]
}

export interface LastWord {
  readonly deviceId: string
  readonly name: string
  readonly phase: PackageStatus['phase']
  readonly detail: string
}

/** What every device said last, and the sums of it. */
export interface FleetTruth {
  readonly devices: readonly LastWord[]
  readonly byPhase: Readonly<Record<PackageStatus['phase'], number>>
  readonly fromStores: number
  readonly fromServer: number
  readonly reports: number
}

/** What the process is asked, and what it answers to each. */
export interface FleetCalls {
  /** All enrol, connect and report once. */
  start(plan: FleetPlan): null
  /** So many reports at this rate: every other one from the first `busy` devices, each in turn. The server has them all. */
  report(options: { readonly count: number; readonly perSecond: number; readonly busy: number }): null
  truth(): FleetTruth
}

export class SimulatedFleet {
  readonly #child: ChildProcess
  readonly #answers = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  #lastId = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (answer: { id: number; value: unknown; error?: string }) => {
      const waiting = this.#answers.get(answer.id)
      this.#answers.delete(answer.id)
      if (answer.error === undefined) waiting?.resolve(answer.value)
      else waiting?.reject(new Error(`the simulated fleet: ${answer.error}`))
    })
    child.once('exit', code => {
      for (const { reject } of this.#answers.values())
        reject(new Error(`the simulated fleet ended with ${code}`))
    })
  }

  /** Resolves when all devices are online and have reported once. The fleet ends with the test. */
  static async start(t: TestContext, plan: FleetPlan): Promise<SimulatedFleet> {
    const child = fork(PROCESS, { stdio: 'inherit' })
    const exited = once(child, 'exit')
    withCleanup(t).defer(async () => {
      child.kill('SIGKILL')
      await exited
    })
    const fleet = new SimulatedFleet(child)
    await fleet.call('start', plan)
    return fleet
  }

  call<N extends keyof FleetCalls>(
    name: N,
    ...args: Parameters<FleetCalls[N]>
  ): Promise<ReturnType<FleetCalls[N]>> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#answers.set(id, { resolve: value => resolve(value as ReturnType<FleetCalls[N]>), reject })
      this.#child.send({ id, name, args })
    })
  }
}
