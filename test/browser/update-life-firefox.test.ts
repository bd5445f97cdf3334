/** The life of an update in Firefox: the same cases as in Chromium. */
import { after, test } from 'node:test'
import { findFirefox } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { runLifeSuite } from '../support/life-suite.ts'

after(() => assertNothingLeaks())

const executablePath = findFirefox()
const skip =
  executablePath === null ? 'no Firefox is installed here; set LARDER_FIREFOX to one to run this' : false

test('the life of an update in Firefox', { skip, concurrency: true }, t =>
  runLifeSuite(t, { browser: { engine: 'firefox', executablePath: executablePath ?? '' } }),
)
