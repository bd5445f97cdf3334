/** Which file of a release an address means. Follows what static web servers do; reads no content. */
import type { ManifestFile } from '../../protocol/manifest.ts'
import type { ReleaseFiles } from './release-files.ts'

export type Resolved =
  | { readonly kind: 'file'; readonly file: ManifestFile }
  /** The package's own page for addresses that it does not have. */
  | { readonly kind: 'not-found-page'; readonly file: ManifestFile }
  /** Go to this path of the package instead: relative addresses in the page would not hold otherwise. */
  | { readonly kind: 'redirect'; readonly path: string }
  | { readonly kind: 'none' }

/**
 * What people navigate to as a file: where it is missing, the entry page would stand for it, and in a frame of that same page
 * nest without end. Other endings belong to routes, as in `/map/52.5,13.4` or `/users/jane.doe`.
 */
const FILE_ENDING =
  /\.(?:x?html?|php|pdf|txt|md|csv|xml|json|js|mjs|css|wasm|svg|png|jpe?g|gif|webp|avif|ico|mp[34]|webm|ogg|wav|zip|docx?|xlsx?|pptx?)$/i

/**
 * `rawPath`: what follows `app/<package>/` in the address, still percent-encoded. In this order: the exact file; the page `PATH.html`,
 * as many build tools write it; the folder's `index.html`; for a navigation the package's `404.html`, and in a package without one the entry
 * page, since addresses without a file are the app's own routes.
 */
export function resolvePath(files: ReleaseFiles, rawPath: string, isNavigation: boolean): Resolved {
  const { entry } = files.manifest
  const path = decodePath(rawPath)
  if (path === null) return { kind: 'none' }
  if (path === '') return entry.includes('/') ? { kind: 'redirect', path: entry } : fileOr(files, entry)

  const exact = files.find(path)
  if (exact) return { kind: 'file', file: exact }
  const isFolder = path.endsWith('/')
  const name = isFolder ? path.slice(0, -1) : path
  const page = files.find(`${name}.html`)
  const index = files.find(`${name}/index.html`)
  // The address with its slash is the folder's, the one without it the page's: relative addresses hold only there.
  if (isFolder && index) return { kind: 'file', file: index }
  if (page) return isFolder ? { kind: 'redirect', path: name } : { kind: 'file', file: page }
  if (index) return { kind: 'redirect', path: `${name}/` }

  if (!isNavigation) return { kind: 'none' }
  const notFoundPage = nearestNotFoundPage(files, path)
  if (notFoundPage) return { kind: 'not-found-page', file: notFoundPage }
  return FILE_ENDING.test(path) ? { kind: 'none' } : fileOr(files, entry)
}

/** Of the innermost folder of the path that has one. */
function nearestNotFoundPage(files: ReleaseFiles, path: string): ManifestFile | null {
  for (let end = path.lastIndexOf('/'); ; end = path.lastIndexOf('/', end - 1)) {
    const page = files.find(`${path.slice(0, end + 1)}404.html`)
    if (page || end <= 0) return page
  }
}

function fileOr(files: ReleaseFiles, path: string): Resolved {
  const file = files.find(path)
  return file ? { kind: 'file', file } : { kind: 'none' }
}

function decodePath(rawPath: string): string | null {
  try {
    return decodeURIComponent(rawPath).normalize('NFC')
  } catch {
    return null
  }
}

/** A path of a package as part of an address. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
