/** The helpers that prove the absence of leaks must themselves see a leak. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { assertNothingLeaks, temporaryDirectory, withCleanup } from '../../support/cleanup.ts'

after(() => assertNothingLeaks())

/** A test context that ends when it is told to. */
function fakeTest() {
  const hooks: (() => unknown)[] = []
  return {
    after: (hook?: unknown) => void hooks.push(hook as () => unknown),
    end: async () => {
      for (const hook of hooks) await hook()
    },
  }
}

describe('withCleanup', () => {
  test('releases in reverse order and waits for each', async () => {
    const t = fakeTest()
    const order: string[] = []
    withCleanup(t).defer(() => order.push('first opened'))
    withCleanup(t).defer(async () => {
      await Promise.resolve()
      order.push('second opened')
    })
    withCleanup(t).use({ close: () => order.push('third opened') })
    await t.end()
    assert.deepEqual(order, ['third opened', 'second opened', 'first opened'])
  })

  test('releases the rest when one fails, then tells', async () => {
    const t = fakeTest()
    let released = false
    withCleanup(t).defer(() => {
      released = true
    })
    withCleanup(t).defer(() => {
      throw new Error('cannot close')
    })
    await assert.rejects(t.end(), /cannot close/)
    assert.ok(released)
  })

  test('a temporary folder goes with its content', async () => {
    const t = fakeTest()
    const folder = await temporaryDirectory(t)
    await writeFile(path.join(folder, 'file'), 'content')
    await t.end()
    assert.equal(existsSync(folder), false)
  })
})

describe('assertNothingLeaks', () => {
  test('passes when all is closed', () => assertNothingLeaks())

  test('sees a timer, but not one that holds nothing up', async t => {
    const timer = setTimeout(() => {}, 60_000)
    t.after(() => clearTimeout(timer))
    await assert.rejects(assertNothingLeaks(30), /1 × Timeout/)
    timer.unref()
    await assertNothingLeaks()
  })

  test('sees a listening server', async t => {
    const server = createServer().listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    await assert.rejects(assertNothingLeaks(30), /TCPServerWrap/)
  })

  test('sees a child process', async t => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'])
    t.after(async () => {
      child.kill()
      await once(child, 'exit')
    })
    await assert.rejects(assertNothingLeaks(30), /1 × ProcessWrap/)
  })
})
