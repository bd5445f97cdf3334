/** The life of an update in Chromium: killed in every state, and failing in every way. */
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { runLifeSuite } from '../support/life-suite.ts'

after(() => assertNothingLeaks())

test('the life of an update in Chromium', { concurrency: true }, t => runLifeSuite(t, {}))
