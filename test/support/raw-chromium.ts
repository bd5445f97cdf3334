/**
 * A Chromium as somebody starts it: none of the switches by which test tools keep pages in the background at work, and no
 * emulated focus, so that a tab behind another one is hidden, throttled and can be frozen. Driven over DevTools alone.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { withCleanup } from './cleanup.ts'

const START_TIMEOUT_MS = 30_000

export interface RawTab {
  /** The value of an expression in the page, awaited; rejects with what it threw. */
  evaluate<T>(expression: string): Promise<T>
  /** Starts an expression and does not wait for it. */
  begin(expression: string): void
  send(method: string, params?: object): Promise<unknown>
  /** In front of the other tabs. */
  activate(): Promise<void>
}

export interface RawChromium {
  /** A new tab, in front, once its page has loaded. */
  openTab(url: string): Promise<RawTab>
}

/** Runs until the test ends. */
export async function startRawChromium(
  t: Pick<TestContext, 'after'>,
  executablePath: string,
  profileDirectory: string,
): Promise<RawChromium> {
  const args = ['--headless=new', '--remote-debugging-port=0', '--no-first-run', '--no-default-browser-check']
  if (process.getuid?.() === 0) args.push('--no-sandbox')
  const browser = spawn(executablePath, [...args, `--user-data-dir=${profileDirectory}`, 'about:blank'], {
    stdio: 'ignore',
    detached: true,
  })
  const exited = once(browser, 'exit')
  withCleanup(t).defer(async () => {
    // The group: its renderers and helpers are processes of their own.
    if (browser.pid !== undefined && browser.exitCode === null) process.kill(-browser.pid, 'SIGKILL')
    await exited
  })
  const socket = new WebSocket(await devtoolsUrl(profileDirectory))
  withCleanup(t).defer(() => socket.close())
  await once(socket, 'open')

  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data))
    const asked = waiting.get(id)
    waiting.delete(id)
    if (error) asked?.reject(new Error(error.message))
    else asked?.resolve(result)
  })
  const send = (method: string, params: object = {}, sessionId?: string) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }))
    })

  return {
    openTab: async url => {
      const { targetId } = (await send('Target.createTarget', { url })) as { targetId: string }
      const attached = await send('Target.attachToTarget', { targetId, flatten: true })
      const { sessionId } = attached as { sessionId: string }
      const run = (expression: string) =>
        send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId)
      const tab: RawTab = {
        evaluate: async <T>(expression: string) => {
          const { result, exceptionDetails } = (await run(expression)) as {
            result: { value: T }
            exceptionDetails?: { text: string; exception?: { description?: string } }
          }
          assert.ok(!exceptionDetails, exceptionDetails?.exception?.description ?? exceptionDetails?.text)
          return result.value
        },
        begin: expression => void run(expression).catch(() => {}),
        send: (method, params) => send(method, params, sessionId),
        activate: async () => void (await send('Target.activateTarget', { targetId })),
      }
      const isThere = 'location.href !== "about:blank" && document.readyState === "complete"'
      while (!(await tab.evaluate<boolean>(isThere).catch(() => false))) await delay(50)
      return tab
    },
  }
}

async function devtoolsUrl(profileDirectory: string): Promise<string> {
  const deadline = performance.now() + START_TIMEOUT_MS
  for (;;) {
    const text = await readFile(join(profileDirectory, 'DevToolsActivePort'), 'utf8').catch(() => '')
    const [port, path] = text.split('\n')
    if (port && path) return `ws://127.0.0.1:${port}${path}`
    assert.ok(performance.now() < deadline, 'Chromium did not start')
    await delay(50)
  }
}
