/**
 * The administration page as Vite built it. Its files need no credentials and say nothing: everything it shows comes from the
 * API. Looked for at each request, so that a page that is built while the server runs is there at once.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { compress as compressWith } from 'hono/compress'
import { etag } from 'hono/etag'
import type { AdminEnv } from './deps.ts'
import { FRONT_PAGE } from './front-page.ts'

/**
 * Nothing from elsewhere, no inline scripts, in nobody's frame. Styles inline: the components set them as attributes. data:
 * is how the components carry their own icons, which they fetch like any other.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' data:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const STATIC_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

/** @param directory where Vite put `index.html` and `assets/`, absolute. */
export function adminPage(directory: string): Hono<AdminEnv> {
  const page = new Hono<AdminEnv>()
  const isBuilt = () => existsSync(join(directory, 'index.html'))

  page.get('/', async (c, next) => {
    if (isBuilt()) return await next()
    return c.html(FRONT_PAGE, 200, { 'cache-control': 'no-store', 'content-security-policy': STATIC_POLICY })
  })
  page.use('*', async (c, next) => {
    if (isApi(c)) return await next()
    await next()
    if (!c.res.ok && c.res.status !== 304) return
    const isHashed = c.req.path.startsWith('/assets/')
    c.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    c.header('content-security-policy', CONTENT_SECURITY_POLICY)
  })
  page.get('*', compressed, etag(), serveFiles(directory))
  // The page keeps its place behind `#`: any other address that a person opens leads to its beginning.
  page.get('*', async (c, next) => {
    if (isApi(c) || c.req.path === '/' || !isBuilt() || !wantsPage(c)) return await next()
    // Relative, for proxies that have it below a path.
    return c.redirect('../'.repeat(c.req.path.split('/').length - 2) || './')
  })
  return page
}

const compress = compressWith()
/** The API says for itself how it travels: an event stream that is compressed waits for more. */
const compressed: MiddlewareHandler = (c, next) => (isApi(c) ? next() : compress(c, next))

function serveFiles(directory: string): MiddlewareHandler {
  // Made when it is first needed: it warns of a directory that is not there.
  let serve: MiddlewareHandler | null = null
  return async (c, next) => {
    if (isApi(c) || !existsSync(directory)) return await next()
    serve ??= serveStatic({ root: directory })
    return await serve(c, next)
  }
}

const isApi = (c: Context) => /^\/(api|metrics)(\/|$)/.test(c.req.path)
const wantsPage = (c: Context) => (c.req.header('accept') ?? '').includes('text/html')
