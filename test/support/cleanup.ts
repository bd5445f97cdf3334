/**
 * What a test opens, it closes: disposal in reverse order, temporary folders, and the proof that nothing is left.
 *
 * Knows only node:test and the process it runs in; `node --test` gives every test file a process of its own, so what is
 * still active at a file's end was left by that file.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

/** Anything with one of the usual ways to be closed. */
export type Closable = AsyncDisposable | Disposable | { close(): unknown } | { stop(): unknown }

export interface Cleanup {
  /** Calls `release` when the test ends, before everything that was registered earlier. */
  defer(release: () => unknown): void
  /** Registers something that can be closed and gives it back. */
  use<T extends Closable>(closable: T): T
}

const cleanups = new WeakMap<object, Cleanup>()

/**
 * The cleanup of one test: last in, first out, each release awaited. All of them run even if one throws; then the test
 * fails with what was thrown. Calling it again for the same test gives the same one, so helpers can share it.
 */
export function withCleanup(t: Pick<TestContext, 'after'>): Cleanup {
  const known = cleanups.get(t)
  if (known) return known
  const releases: (() => unknown)[] = []
  t.after(async () => {
    const errors: unknown[] = []
    for (let release = releases.pop(); release; release = releases.pop()) {
      try {
        await release()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length === 1) throw errors[0]
    if (errors.length > 1)
      throw new AggregateError(errors, `${errors.length} releases failed at the end of a test`)
  })
  const cleanup: Cleanup = {
    defer: release => void releases.push(release),
    use: closable => {
      releases.push(() => close(closable))
      return closable
    },
  }
  cleanups.set(t, cleanup)
  return cleanup
}

/** A new empty folder that is deleted with all its content when the test ends; its absolute path. */
export async function temporaryDirectory(t: Pick<TestContext, 'after'>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'larder-test-'))
  // A process that has just ended may still be deleting files of its own: that is what the retries are for.
  withCleanup(t).defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

function close(closable: Closable): unknown {
  if (Symbol.asyncDispose in closable) return closable[Symbol.asyncDispose]()
  if (Symbol.dispose in closable) return closable[Symbol.dispose]()
  return 'close' in closable ? closable.close() : closable.stop()
}

/** Standard streams are pipes or terminals; a child process shows as itself, so its pipes need no counting. */
const NOT_COUNTED = new Set([
  'PipeWrap',
  'TTYWrap',
  'SignalWrap',
  'Immediate',
  'TickObject',
  'CloseReq',
  'FSReqPromise',
  'FSReqCallback',
])

/** How long something that is already closing may take to be gone, before it counts as left behind. */
const CLOSING_LIMIT_MS = 2_000
const POLL_MS = 10

/**
 * Rejects if this process still has timers, sockets, servers, watchers, workers or child processes that keep it alive.
 * For the end of a test file: `after(() => assertNothingLeaks())`. What is unref'd does not count.
 * @throws Error that names each kind and how many are left
 */
export async function assertNothingLeaks(closingLimitMs = CLOSING_LIMIT_MS): Promise<void> {
  const giveUpAt = performance.now() + closingLimitMs
  let left = activeResources()
  while (left.length > 0 && performance.now() < giveUpAt) {
    await delay(POLL_MS)
    left = activeResources()
  }
  if (left.length === 0) return
  const counts = Map.groupBy(left, kind => kind)
  const listed = [...counts].map(([kind, all]) => `${all.length} × ${kind}`).join(', ')
  throw new Error(
    `left behind at the end of the tests: ${listed}. Close them, or register them with withCleanup(t).`,
  )
}

function activeResources(): string[] {
  return process.getActiveResourcesInfo().filter(kind => !NOT_COUNTED.has(kind))
}
