/** What the service worker answers when it has no file to give: a readable page to people, plain text to programs. */
import { STATUS_META_NAME } from '../messages.ts'

export interface StatusPage {
  readonly status: number
  readonly title: string
  /** What happened and what comes next, as sentences. */
  readonly text: string
}

/** For an address that the package does not have. */
export const notFound: StatusPage = {
  status: 404,
  title: 'There is no such page',
  text: 'The package that runs on this screen has no page at this address.',
}

/** For an address that is not the package's and whose server does not answer. */
export const unreachable: StatusPage = {
  status: 504,
  title: 'This page cannot be reached',
  text: 'It is not part of the package that runs on this screen, and its server does not answer.',
}

/** `asPage`: for a navigation; everything else gets the text alone. */
export function statusResponse(
  status: StatusPage,
  asPage: boolean,
  extraHeaders: Record<string, string> = {},
): Response {
  const body = asPage ? statusPageHtml(status) : `${status.title}. ${status.text}\n`
  return new Response(body, {
    status: status.status,
    headers: {
      'content-type': asPage ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...extraHeaders,
    },
  })
}

/** `extraHtml` follows the text, unescaped. */
export const statusPageHtml = ({ status, title, text }: StatusPage, extraHtml = '') => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="${STATUS_META_NAME}" content="${status}">
<title>${escapeText(title)}</title>
<style>
:root { color-scheme: dark light; --ground: #0e1512; --ink: #e6ebe6; --quiet: #98a69e }
@media (prefers-color-scheme: light) { :root { --ground: #f5f3ec; --ink: #17211c; --quiet: #5b6962 } }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 2rem; box-sizing: border-box;
  background: var(--ground); color: var(--ink); font: clamp(1rem, 1.2vw + .6rem, 2rem)/1.5 system-ui, sans-serif; text-align: center }
h1 { font-weight: 500; margin: 0 0 .5em }
p { color: var(--quiet); margin: 0; max-width: 34em }
</style>
<h1>${escapeText(title)}</h1>
<p>${escapeText(text)}</p>
${extraHtml}`

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escapeText = (text: string) => text.replace(/[&<>"]/g, character => escapes[character] ?? '')
