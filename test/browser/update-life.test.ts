/** The life of an update in Chromium: killed in every state, failing in every way, hanging, and on a wrong clock. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { LifeCase } from '../support/life-case.ts'
import { CLOCK_A_YEAR_AHEAD } from '../support/life-packages.ts'
import { runLifeSuite } from '../support/life-suite.ts'
import { startTestSite, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

test('the life of an update in Chromium', { concurrency: true }, t => runLifeSuite(t, {}))

test('a page that hangs is ended by its watchdog, and the old release is on the screen', async t => {
  const site = await startTestSite(t)
  const life = await LifeCase.begin(site, 'hangs')
  await life.publish(2, 'hangs')
  await life.untilGoneBack('hung')
  assert.equal((await life.rolledBack()).length, 1)
})

test('A4 a kiosk whose clock is a year ahead takes a release over when the server’s time says so', async t => {
  const site = await startTestSite(t)
  const minute = 60_000
  /** On the clock of the site. */
  const clock = (at: number) =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Europe/Berlin',
      hour: '2-digit',
      minute: '2-digit',
    }).format(at)
  const life = await LifeCase.begin(site, 'wrong-clock', { initScript: CLOCK_A_YEAR_AHEAD })
  // Far enough for the release to be staged before it, even just before a full minute.
  const opensAt = (Math.floor((Date.now() + 20_000) / minute) + 1) * minute
  await life.takeover('--activate', `window:${clock(opensAt)}-${clock(opensAt + 60 * minute)}`)
  await life.publish(2, 'works')
  const staged = await life.untilState('staged')
  assert.equal(staged.reason, 'waiting-for-activation-window')
  assert.ok(staged.detail.includes(`takes over at ${clock(opensAt)} (Europe/Berlin), in `), staged.detail)
  assert.equal(staged.activeRelease, 1)
  await until('the window opens', () => Date.now() >= opensAt, 2 * minute)
  await life.device.untilRuns(2, 'App 2 whole', life.name)
})
