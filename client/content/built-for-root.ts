/**
 * Whether a web app was built to live at `/` of its server: build tools write absolute addresses of the app's own files
 * into its page, and such an app usually routes by its address too. Looks at the page's text only.
 */

/** A page's head is well within; a larger page is one with much text in it. */
const LOOKED_AT_CHARACTERS = 256 * 1024

const BASE = /<base\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i
const ADDRESSES = /<(?:script|link|img)\b[^>]*?\b(?:src|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi

/**
 * True for `<base href="/">`, and for a page that loads a file of its own by an absolute address. `has`: whether the
 * package has a file of this path.
 */
export function isBuiltForRoot(html: string, has: (path: string) => boolean): boolean {
  const text = html.slice(0, LOOKED_AT_CHARACTERS).replace(/<!--[\s\S]*?-->/g, '')
  const base = BASE.exec(text)
  if (base) return addressIn(base) === '/'
  for (const match of text.matchAll(ADDRESSES)) {
    const path = /^\/(?!\/)([^?#]+)/.exec(addressIn(match))?.[1]
    if (path !== undefined && has(decoded(path))) return true
  }
  return false
}

const addressIn = (match: RegExpExecArray) => (match[1] ?? match[2] ?? match[3] ?? '').trim()

function decoded(path: string): string {
  try {
    return decodeURIComponent(path).normalize('NFC')
  } catch {
    return path.normalize('NFC')
  }
}
