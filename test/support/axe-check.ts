/** axe-core over a page, shadow roots included: what it finds serious, as lines that name the rule and the place. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Empty when there is nothing serious. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Half-way through a fade, colours are not those that people read.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  // Not as a script element: the page's content policy would refuse it.
  await page.evaluate(axeSource)
  const results = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id}: ${target.flat().join(' > ')}: ${failureSummary ?? ''}`,
      ),
    )
}
