/**
 * The kiosk page as Vite built it. Package content never comes from here: the service worker serves it from the device's
 * chunks, so a request for it that reaches the server has no service worker behind it.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono } from 'hono'
import { etag } from 'hono/etag'
import { NOT_SERVED_META_NAME } from '../../protocol/device-http.ts'
import { KIOSK_PAGE_HEADERS } from '../../protocol/kiosk-page-headers.ts'
import { methodNotAllowed } from './http-problem.ts'

/** @param directory where Vite put `index.html`, `sw.js` and `assets/`, absolute. */
export function kioskPages(directory: string): Hono {
  const pages = new Hono()
  pages.all('/app/*', c =>
    smallPage(
      c,
      'This package is not served from here',
      'Open the kiosk page first: it keeps the package on this device and shows it.',
      NOT_SERVED_META_NAME,
    ),
  )
  if (!existsSync(join(directory, 'index.html'))) {
    pages.all('*', c =>
      smallPage(c, 'The kiosk page is not built', 'On the server, run “npm run build”, then start it again.'),
    )
    return pages
  }

  pages.use('*', async (c, next) => {
    await next()
    if (!c.res.ok && c.res.status !== 304) return
    const isHashed = c.req.path.includes('/kiosk/assets/')
    c.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    for (const [name, value] of Object.entries(KIOSK_PAGE_HEADERS)) c.header(name, value)
    // Apps that were built for `/` live there, in a frame, and get their files from the worker.
    if (c.req.path.endsWith('/sw.js')) c.header('service-worker-allowed', '/')
  })
  pages.use('*', etag())
  const fileOf = (path: string) => path.replace(/^\/kiosk\//, '/')
  pages.use('*', serveStatic({ root: directory, rewriteRequestPath: fileOf }))
  // Pages have names without an ending: /kiosk/diagnostics is diagnostics.html.
  pages.use('*', serveStatic({ root: directory, rewriteRequestPath: path => `${fileOf(path)}.html` }))
  pages.on(['POST', 'PUT', 'PATCH', 'DELETE'], '*', methodNotAllowed('GET', 'HEAD'))
  return pages
}

/** `mark`: for the kiosk page, to tell it from an app's. */
function smallPage(c: Context, title: string, text: string, mark?: string): Response | Promise<Response> {
  const meta = mark === undefined ? '' : `<meta name="${mark}" content="">`
  const html = `<!doctype html><html lang="en"><meta charset="utf-8">${meta}<title>${title}</title><h1>${title}</h1><p>${text}</p></html>\n`
  return c.html(html, 503, { 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'" })
}
