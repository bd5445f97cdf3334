/** The kiosk pages of released versions, as they were built then (test/fixtures/README.md). */
import { execFile } from 'node:child_process'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryDirectory } from './cleanup.ts'

const FIRST = fileURLToPath(new URL('../fixtures/kiosk-page-40b69de.tar.gz', import.meta.url))

/** A directory with the page of the first release, until the test ends. */
export async function unpackFirstKioskPage(t: TestContext): Promise<string> {
  const directory = await temporaryDirectory(t)
  await promisify(execFile)('tar', ['-xzf', FIRST, '-C', directory])
  return directory
}
