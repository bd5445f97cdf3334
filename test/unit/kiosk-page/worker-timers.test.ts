/** Who counts the time: the page where it is seen and the time is short, else the worker as well. */
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { createWorkerTimers } from '../../../client/adapters/browser/worker-timers.ts'

function timersOf(isHidden: () => boolean) {
  const asked: unknown[] = []
  let hear: (event: MessageEvent) => void = () => {}
  const worker = {
    postMessage: (message: unknown) => void asked.push(message),
    addEventListener: (_: 'message', listener: (event: MessageEvent) => void) => {
      hear = listener
    },
  }
  const answer = (id: number) => hear({ data: id } as MessageEvent)
  return { asked, answer, setTimer: createWorkerTimers(worker, isHidden) }
}

test('a short time in a page that is seen costs no message', t => {
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout'] })
  const { asked, setTimer } = timersOf(() => false)
  const fired: string[] = []
  setTimer(40, () => fired.push('short'))
  setTimer(50, () => fired.push('cancelled'))()
  mock.timers.tick(100)
  assert.deepEqual([fired, asked], [['short'], []])
})

test('a long time, and any time in a page that nobody sees, is the worker’s too, and ends once', t => {
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout'] })
  for (const [isHidden, delayMs] of [
    [true, 40],
    [false, 5_000],
  ] as const) {
    const { asked, answer, setTimer } = timersOf(() => isHidden)
    let fired = 0
    setTimer(delayMs, () => fired++)
    assert.deepEqual(asked, [{ id: 0, delayMs }])
    answer(0)
    mock.timers.tick(10_000)
    assert.equal(fired, 1)
  }
})
