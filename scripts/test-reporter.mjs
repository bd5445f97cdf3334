// Node's spec reporter without its summary: `npm test` runs several test stages and prints one summary over all of
// them at the very end, so the counts go to the file that LARDER_TEST_COUNTS names.

import { writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { spec as SpecReporter } from 'node:test/reporters'

const SUMMARY_LINE = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/

/** @param {AsyncIterable<{ type: string, data: any }>} events */
async function* withoutSummary(events) {
  for await (const event of events) {
    // Only the summary of the whole run names no file.
    if (event.type === 'test:summary' && event.data.file === undefined) {
      writeFileSync(process.env.LARDER_TEST_COUNTS, JSON.stringify(event.data.counts))
    }
    const isSummary =
      event.type === 'test:diagnostic' && event.data.nesting === 0 && SUMMARY_LINE.test(event.data.message)
    if (!isSummary) yield event
  }
}

// biome-ignore lint/style/noDefaultExport: node takes a reporter from the default export.
export default async function* report(events) {
  yield* Readable.from(withoutSummary(events)).compose(new SpecReporter())
}
