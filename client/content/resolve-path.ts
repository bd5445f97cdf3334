/** Which file of a release an address means. Follows what static web servers do; reads no content. */
import type { ManifestFile } from '../../protocol/manifest.ts'
import type { ReleaseFiles } from './release-files.ts'

export type Resolved =
  | { readonly kind: 'file'; readonly file: ManifestFile }
  /** Go to this path of the package instead: relative addresses in the page would not hold otherwise. */
  | { readonly kind: 'redirect'; readonly path: string }
  | { readonly kind: 'none' }

/**
 * `rawPath`: what follows `app/<package>/` in the address, still percent-encoded. A folder means its `index.html`, the
 * package itself its entry page. A navigation to an unknown path without file extension is the app's own routing and
 * gets the entry page.
 */
export function resolvePath(files: ReleaseFiles, rawPath: string, isNavigation: boolean): Resolved {
  const { entry } = files.manifest
  const path = decodePath(rawPath)
  if (path === null) return { kind: 'none' }
  if (path === '') return entry.includes('/') ? { kind: 'redirect', path: entry } : fileOr(files, entry)

  const exact = files.find(path)
  if (exact) return { kind: 'file', file: exact }
  if (path.endsWith('/')) {
    const index = files.find(`${path}index.html`)
    if (index) return { kind: 'file', file: index }
  } else if (files.find(`${path}/index.html`)) {
    return { kind: 'redirect', path: `${path}/` }
  }
  const lastPart = path.split('/').at(-1) ?? ''
  return isNavigation && !lastPart.includes('.') ? fileOr(files, entry) : { kind: 'none' }
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
