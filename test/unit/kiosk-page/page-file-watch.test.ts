import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPageFileWatch } from '../../../client/kiosk-page/page-file-watch.ts'
import type { PageFilesCheck } from '../../../client/kiosk-page/worker/page-files.ts'

const script = `assets/index-${'0'.repeat(32)}.js`

function watchOf(...answers: (PageFilesCheck | null)[]) {
  const reports: string[] = []
  let looks = 0
  const look = createPageFileWatch({
    check: async () => answers.shift() ?? null,
    report: detail => reports.push(detail),
    lookForNewBuild: () => looks++,
  })
  return { look, reports, looks: () => looks }
}

test('lost files of the page are told once, by names that people read', async () => {
  const lost = { lost: ['', script], missing: [], fault: null }
  const watch = watchOf({ lost: [], missing: [], fault: null }, lost, lost)
  await watch.look()
  assert.deepEqual(watch.reports, [])
  await watch.look()
  await watch.look()
  assert.deepEqual(watch.reports, [
    'something other than Larder removed or changed files of the kiosk page on this disk (index.html, index.js); they were fetched again',
  ])
  assert.equal(watch.looks(), 0)
})

test('a file that cannot be fetched is told with the cause, and a new build is looked for', async () => {
  const watch = watchOf(
    { lost: ['', script], missing: [script], fault: 'altered' },
    { lost: [script], missing: [script], fault: 'altered' },
  )
  await watch.look()
  await watch.look()
  assert.equal(watch.reports.length, 1)
  assert.match(
    watch.reports[0] ?? '',
    /index\.js cannot be fetched now, since something between this device and the server changes them on the way/,
  )
  assert.equal(watch.looks(), 2)
})

test('a worker that does not answer is no loss', async () => {
  const watch = watchOf(null)
  await watch.look()
  assert.deepEqual([watch.reports, watch.looks()], [[], 0])
})
