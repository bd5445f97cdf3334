/**
 * Plans patches in a thread of its own, so that the server goes on meanwhile: chunks go in one by one and only their sketches
 * are kept. What is planned, and how, is `protocol/patching/patch-plan.ts`.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { PlanBounds, PlannedPart } from '../../protocol/patching/patch-plan.ts'

export type PlannerRequest =
  | {
      readonly type: 'chunk'
      readonly isFresh: boolean
      readonly index: number
      readonly raw: Uint8Array
      readonly sampleBits: number
    }
  | { readonly type: 'plan'; readonly bounds: PlanBounds }

export class PatchPlanner {
  readonly #worker = new Worker(new URL('./patch-planner-thread.ts', import.meta.url))
  /** Rejects when the thread is over, whether it is asked something at the time or not. */
  readonly #ended: Promise<never>

  constructor() {
    this.#ended = new Promise((_, reject) => {
      this.#worker.once('error', reject)
      this.#worker.once('exit', code => reject(new Error(`the planning thread ended with code ${code}`)))
    })
    this.#ended.catch(() => {})
  }

  /** Takes a chunk of the old release or, `isFresh`, one that only the new release has. */
  async add(isFresh: boolean, index: number, raw: Uint8Array, sampleBits: number): Promise<void> {
    await this.#ask({ type: 'chunk', isFresh, index, raw, sampleBits })
  }

  async plan(bounds: PlanBounds): Promise<PlannedPart[]> {
    return (await this.#ask({ type: 'plan', bounds })) as PlannedPart[]
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  /** One question at a time. Rejects with the thread's error, or when it is over. */
  async #ask(request: PlannerRequest): Promise<unknown> {
    const abort = new AbortController()
    const answer = once(this.#worker, 'message', { signal: abort.signal })
    this.#worker.postMessage(request)
    try {
      return (await Promise.race([answer, this.#ended]))[0]
    } finally {
      answer.catch(() => {})
      abort.abort()
    }
  }
}
