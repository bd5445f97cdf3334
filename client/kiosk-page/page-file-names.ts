/** What the name of one of the kiosk page's files says; the build, the service worker and the page share it. */

/** The same as the server's, by ending. */
const mediaTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** @throws Error for a kind of file that the page has not had before: its type belongs into the list above. */
export function pageMediaType(fileName: string): string {
  const type = mediaTypes[/\.([a-z0-9]+)$/.exec(fileName)?.[1] ?? '']
  if (type === undefined) throw new Error(`${fileName}: the media type of such a file is not known`)
  return type
}

/** Paths relative to the kiosk page, as people read them: without folder and digest. */
export function pageFileWords(paths: readonly string[]): string {
  const nameOf = (path: string) => path.replace(/^assets\//, '').replace(/-[0-9a-f]{32}(?=\.[a-z0-9]+$)/, '')
  return paths.map(path => (path === '' ? 'index.html' : nameOf(path))).join(', ')
}
