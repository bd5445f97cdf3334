/**
 * The administration page in a real browser over a real server: logged in as an administrator who came by a one-time link.
 * Expects the page to be built, as `npm test` does. Knows no place of the page.
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { withCleanup } from './cleanup.ts'
import { startTestSite, type TestSite } from './test-site.ts'

export const ADMIN_PASSWORD = 'correct horse battery'

export interface AdminPageStage {
  readonly site: TestSite
  readonly browser: Browser
  /** A browser of its own, logged in; ends with the test. What its pages fail at is in `failures`. */
  administrator(options?: { readonly width?: number; readonly timeZone?: string }): Promise<Administrator>
}

export interface Administrator {
  readonly context: BrowserContext
  readonly page: Page
  /** Uncaught errors and violations of the content policy. */
  readonly failures: string[]
  /** Goes to a place of the page: `/profiles/shops`. */
  visit(place: string): Promise<void>
}

export async function openAdminPageStage(t: TestContext): Promise<AdminPageStage> {
  const site = await startTestSite(t)
  const executablePath = await findChromium()
  assert.ok(executablePath, 'a Chromium is needed; npm test gets one')
  const browser = withCleanup(t).use(await chromium.launch({ executablePath }))
  let isFirst = true
  return {
    site,
    browser,
    async administrator({ width = 1440, timeZone = 'Europe/Berlin' } = {}) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, timezoneId: timeZone })
      const failures: string[] = []
      context.on('weberror', error => failures.push(String(error.error())))
      context.on('console', message => {
        if (/content security policy/i.test(message.text())) failures.push(message.text())
      })
      await logIn(site, context, isFirst)
      isFirst = false
      const page = await context.newPage()
      return {
        context,
        page,
        failures,
        async visit(place) {
          await page.goto(new URL(`#${place}`, site.server.adminUrl).href)
          await page.locator('larder-admin main').waitFor()
        },
      }
    },
  }
}

/** By the API: the way in itself has tests of its own. The browser keeps the cookie. A new password would end other sessions. */
async function logIn(site: TestSite, context: BrowserContext, isFirst: boolean): Promise<void> {
  const link = (await site.larder('admin-link', '--data', site.dataDirectory))
    .split(/\s+/)
    .find(word => word.includes('#link='))
  assert.ok(link, 'no one-time link')
  const { adminUrl } = site.server
  const response = await context.request.post(new URL('api/session/link', adminUrl).href, {
    headers: { origin: new URL(adminUrl).origin },
    data: { code: new URL(link).hash.replace('#link=', ''), ...(isFirst && { password: ADMIN_PASSWORD }) },
  })
  assert.equal(response.status(), 200, await response.text())
}
