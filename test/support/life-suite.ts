/**
 * The life of an update in a real browser, the same for each: killed in every state of the machine and started again,
 * and releases that fail in every way. Cases share one server and run side by side, a few at a time.
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { MOVES } from '../../client/machines/package-life/moves.ts'
import type { LifeName } from '../../client/machines/package-life/states.ts'
import { defaultOptions } from '../../client/options.ts'
import { LifeCase, type LifeCaseOptions } from './life-case.ts'
import { HOLD_POINTER, SLOW_CHUNKS } from './life-packages.ts'
import { startTestSite, type TestSite, until } from './test-site.ts'

/** Browsers at once; each is several processes, and two cores have to do. */
const SIDE_BY_SIDE = 3
const WEIGHT_BYTES = 3_000_000

interface KillCase {
  readonly options?: LifeCaseOptions
  /** Brings release 2 to the state. */
  readonly reach: (life: LifeCase) => Promise<unknown>
  /** What may be on the screen after the next start. */
  readonly shown: readonly number[]
  /** Lets it come to its end, which is the same as without the kill. */
  readonly goOn?: (life: LifeCase) => Promise<unknown>
  readonly ends: 'confirmed' | 'failed'
}

async function untilPointerIsHeld(life: LifeCase): Promise<void> {
  await until(`${life.name}: the pointer is being written`, () =>
    life.device.browser.page.evaluate(() => Reflect.get(globalThis, 'pointerIsHeld') === true),
  )
}

/** One case for each state of the machine: a new state without one does not compile. */
const KILL_CASES: Readonly<Record<LifeName, KillCase>> = {
  waiting: {
    reach: async life => {
      await life.windows('--only-until', '2099-01-01T00:00:00Z', '--enforce-until', '2099-01-01T00:00:00Z')
      await life.publish(2, 'works')
      await life.untilState('waiting')
    },
    shown: [1],
    goOn: life => life.windows('--only-until', 'off', '--enforce-until', 'off'),
    ends: 'confirmed',
  },
  downloading: {
    options: { initScript: SLOW_CHUNKS },
    reach: async life => {
      await life.setItem('slow-chunks', 'yes')
      await life.publish(2, 'works', WEIGHT_BYTES)
      await life.device.untilPackage(
        'it is in the middle',
        ({ update, chunks }) => update === 'downloading' && chunks.have > 0 && chunks.have < chunks.total,
        life.name,
      )
    },
    shown: [1],
    ends: 'confirmed',
  },
  staged: {
    options: { activate: 'idle:60min' },
    reach: async life => {
      await life.publish(2, 'works')
      const status = await life.untilState('staged')
      assert.equal(status.reason, 'waiting-for-idle')
    },
    shown: [1],
    goOn: life => life.takeover('--activate', 'at-once'),
    ends: 'confirmed',
  },
  activating: {
    options: { initScript: HOLD_POINTER },
    reach: async life => {
      await life.setItem('hold-pointer', '2')
      await life.publish(2, 'works')
      await untilPointerIsHeld(life)
      await life.untilState('activating')
    },
    shown: [1, 2],
    goOn: life => life.setItem('hold-pointer', null),
    ends: 'confirmed',
  },
  'on-trial': {
    options: { confirm: 'ready:60min' },
    reach: async life => {
      await life.publish(2, 'hesitates')
      await life.untilState('on-trial')
      await life.untilShown(2)
    },
    shown: [2],
    goOn: life => life.setItem('may-be-ready', 'yes'),
    ends: 'confirmed',
  },
  confirmed: {
    reach: async life => {
      await life.publish(2, 'works')
      await life.untilState('confirmed')
    },
    shown: [2],
    ends: 'confirmed',
  },
  'rolling-back': {
    options: { initScript: HOLD_POINTER },
    reach: async life => {
      await life.setItem('hold-pointer', '1')
      await life.publish(2, 'throws')
      await untilPointerIsHeld(life)
      await life.untilState('rolling-back')
    },
    shown: [1, 2],
    goOn: life => life.setItem('hold-pointer', null),
    ends: 'failed',
  },
  failed: {
    reach: async life => {
      await life.publish(2, 'throws')
      await life.untilState('failed')
    },
    shown: [1],
    ends: 'failed',
  },
}

async function runKillCase(site: TestSite, name: LifeName, browser: LifeCaseOptions): Promise<void> {
  const { options, reach, shown, goOn, ends } = KILL_CASES[name]
  const life = await LifeCase.begin(site, `kill-${name}`, { ...options, ...browser })
  await reach(life)
  await life.device.kill()
  await life.device.start()
  await life.untilShown(...shown)
  await goOn?.(life)
  await life.untilState(ends)
  await life.untilShown(ends === 'confirmed' ? 2 : 1)
}

/** Every way in which a release fails by itself: release 1 comes back, the reason is told, nothing is tried again. */
const FAILURES: readonly {
  readonly reason: string
  readonly run: (life: LifeCase) => Promise<unknown>
  readonly confirm?: string
}[] = [
  { reason: 'threw', run: life => life.publish(2, 'throws') },
  { reason: 'failed-load', run: life => life.publish(2, 'misses-a-script') },
  { reason: 'missing-entry', run: life => life.publish(2, 'goes-to-no-page') },
  { reason: 'never-ready', run: life => life.publish(2, 'says-nothing'), confirm: 'ready:2s' },
  {
    reason: 'crash-loop',
    confirm: 'ready:60min',
    run: async life => {
      await life.publish(2, 'says-nothing')
      for (let crash = 0; crash < 3; crash++) {
        await life.untilState('on-trial')
        await life.untilShown(2)
        await life.device.kill()
        await life.device.start()
      }
    },
  },
]

async function runFailure(
  site: TestSite,
  { reason, run, confirm }: (typeof FAILURES)[number],
  browser: LifeCaseOptions,
): Promise<void> {
  const options = { ...browser, ...(confirm !== undefined && { confirm }) }
  const life = await LifeCase.begin(site, `fails-${reason}`, options)
  await run(life)
  await life.untilGoneBack(reason)
  await life.device.kill()
  await life.device.start()
  await life.untilGoneBack(reason)
  assert.equal((await life.rolledBack()).length, 1, 'tried once')
}

/** As often as the release may crash, and once more, of each: nothing is held against it. */
async function runOrderlyEnds(site: TestSite, browser: LifeCaseOptions): Promise<void> {
  const life = await LifeCase.begin(site, 'orderly-ends', { ...browser, confirm: 'ready:60min' })
  await life.publish(2, 'hesitates')
  const ends = [
    () => life.device.browser.page.reload(),
    async () => {
      // As a person closes a window; the command that ends a whole browser skips what its pages still have to do.
      await life.device.browser.page.close()
      await life.device.close()
      await life.device.start()
    },
  ]
  for (const end of ends) {
    for (let count = 0; count <= defaultOptions.maxTries; count++) {
      await life.untilState('on-trial')
      await life.untilShown(2)
      await end()
    }
  }
  await life.untilShown(2)
  await life.setItem('may-be-ready', 'yes')
  await life.untilState('confirmed')
  assert.deepEqual(await life.rolledBack(), [])
}

async function runTwoBadOnes(site: TestSite, browser: LifeCaseOptions): Promise<void> {
  const life = await LifeCase.begin(site, 'two-bad-ones', browser)
  await life.publish(2, 'throws')
  await life.untilGoneBack('threw', 2)
  await life.publish(3, 'throws')
  await life.untilGoneBack('threw', 3)
  await life.device.kill()
  await life.device.start()
  await life.untilGoneBack('threw', 3)
  assert.equal((await life.rolledBack()).length, 2, 'each was tried once')
  await life.retry()
  await until(
    'it was tried once more, on the administrator’s wish',
    async () => (await life.rolledBack()).length === 3,
  )
  await life.untilGoneBack('threw', 3)
}

/** All cases as subtests of `t`, on one server. */
export async function runLifeSuite(t: TestContext, browser: LifeCaseOptions): Promise<void> {
  const site = await startTestSite(t)
  const names = Object.keys(MOVES) as LifeName[]
  const cases: (readonly [title: string, run: () => Promise<void>])[] = [
    ...names.map(name => [`killed while ${name}`, () => runKillCase(site, name, browser)] as const),
    ...FAILURES.map(
      failure =>
        [`a release that fails: ${failure.reason}`, () => runFailure(site, failure, browser)] as const,
    ),
    ['closed and reloaded in order while on trial', () => runOrderlyEnds(site, browser)],
    ['two bad releases in a row do not loop, and a wish is heard', () => runTwoBadOnes(site, browser)],
  ]
  const waiting = [...cases]
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await t.test(next[0], next[1])
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker))
}
