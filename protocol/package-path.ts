/**
 * Which paths a package may hold. The same rules are applied when a directory is published and when a manifest is parsed, so
 * that a path is safe to use as a URL, as a key and as a file name on every common system.
 * Knows nothing of file systems: a path is a string inside a package, never a place on a disk.
 */

import { MAX_PATH_BYTES } from './limits.ts'

/** What ext4, APFS and NTFS all can hold. */
const MAX_SEGMENT_BYTES = 255

export type PackagePathProblem =
  | 'empty'
  | 'too-long'
  | 'not-relative'
  | 'not-normalised'
  | 'illegal-character'
  | 'not-nfc'
  | 'reserved-name'
  | 'trailing-dot-or-space'

export type PackagePathResult = { ok: true } | { ok: false; reason: PackagePathProblem; message: string }

export type PathConflict = {
  /** `same-path`: equal ignoring case. `file-and-directory`: the first is a file where the second needs a directory. */
  reason: 'same-path' | 'file-and-directory'
  paths: [string, string]
  message: string
}

/** C0, DEL and C1 controls, line separators, direction overrides, byte order marks, and what a failed decode leaves. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff\ufffd]/u
/** Not allowed in file names on Windows; `:` also on macOS. The backslash separates there, so it can never mean a name. */
const ILLEGAL_SOMEWHERE = /[\\<>:"|?*]/
/** Windows opens a device for these, whatever the extension, also with superscript digits. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[1-9¹²³])$/i

const utf8 = new TextEncoder()

/**
 * Checks one path: relative, `/`-separated, normalised, NFC, at most 1024 bytes of UTF-8 with segments of at most 255, and of
 * names that every common system can hold. The message names the offending part and can be shown to the publisher.
 */
export function checkPackagePath(path: string): PackagePathResult {
  if (path === '') return refuse('empty', 'the path is empty')
  // Length first: nothing below has to look at more than a bounded string.
  if (path.length > MAX_PATH_BYTES || byteLength(path) > MAX_PATH_BYTES) {
    return refuse('too-long', `the path is longer than ${MAX_PATH_BYTES} bytes: ${quote(path.slice(0, 80))}…`)
  }
  if (path.startsWith('/')) return refuse('not-relative', `${quote(path)} begins with a slash`)
  if (path.endsWith('/')) return refuse('not-normalised', `${quote(path)} ends with a slash`)
  for (const segment of path.split('/')) {
    const result = checkSegment(segment, path)
    if (!result.ok) return result
  }
  return { ok: true }
}

function checkSegment(segment: string, path: string): PackagePathResult {
  if (segment === '') return refuse('not-normalised', `${quote(path)} contains an empty segment ("//")`)
  if (segment === '.' || segment === '..') {
    return refuse('not-normalised', `${quote(path)} contains the segment ${quote(segment)}`)
  }
  if (!segment.isWellFormed()) return refuse('illegal-character', `${quote(path)} is not valid Unicode`)
  const bad = UNPRINTABLE.exec(segment) ?? ILLEGAL_SOMEWHERE.exec(segment)
  if (bad) {
    return refuse('illegal-character', `${quote(path)} contains the character ${nameCharacter(bad[0])}`)
  }
  if (segment.normalize('NFC') !== segment) {
    return refuse(
      'not-nfc',
      `${quote(path)} is not in Unicode normal form C: rename it with composed characters`,
    )
  }
  if (/[. ]$/.test(segment)) {
    return refuse(
      'trailing-dot-or-space',
      `in ${quote(path)} the name ${quote(segment)} ends with a dot or a space`,
    )
  }
  const stem = (segment.split('.', 1)[0] ?? '').trimEnd()
  if (RESERVED.test(stem)) {
    return refuse('reserved-name', `in ${quote(path)} the name ${quote(segment)} is reserved on Windows`)
  }
  if (byteLength(segment) > MAX_SEGMENT_BYTES) {
    return refuse('too-long', `in ${quote(path)} a name is longer than ${MAX_SEGMENT_BYTES} bytes`)
  }
  return { ok: true }
}

/**
 * Every pair of paths that cannot live side by side: equal ignoring case, or one a file and the other inside a directory of
 * that name. Each path appears at most once as the second of a pair. Empty when all is well.
 */
export function findDuplicatePaths(paths: readonly string[]): PathConflict[] {
  const conflicts: PathConflict[] = []
  const firstByFolded = new Map<string, string>()
  const unique: Array<{ path: string; folded: string }> = []
  for (const path of paths) {
    const folded = foldCase(path)
    const first = firstByFolded.get(folded)
    if (first !== undefined) {
      const what = first === path ? 'appears twice' : `and ${quote(path)} are the same where case is ignored`
      conflicts.push({ reason: 'same-path', paths: [first, path], message: `${quote(first)} ${what}` })
      continue
    }
    firstByFolded.set(folded, path)
    unique.push({ path, folded })
  }
  for (const { path, folded } of unique) {
    for (let slash = folded.indexOf('/'); slash !== -1; slash = folded.indexOf('/', slash + 1)) {
      const file = firstByFolded.get(folded.slice(0, slash))
      if (file === undefined) continue
      const message = `${quote(file)} is a file, but ${quote(path)} needs a directory of that name`
      conflicts.push({ reason: 'file-and-directory', paths: [file, path], message })
      break
    }
  }
  return conflicts
}

/**
 * The order of a manifest's files: ascending UTF-16 code units, as RFC 8785 orders keys. Independent of locale, so that
 * every publisher writes the same manifest for the same files.
 */
export function comparePaths(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** By way of upper case, so that letters with two lower-case forms (ß and ss, ſ and s) count as equal. */
function foldCase(path: string): string {
  return path.toUpperCase().toLowerCase()
}

function byteLength(text: string): number {
  return utf8.encode(text).length
}

function nameCharacter(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0
  const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
  return UNPRINTABLE.test(character) ? code : `${character} (${code})`
}

/** Quoted as JSON does, so that no control character reaches a terminal and no direction override a page. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function refuse(reason: PackagePathProblem, message: string): PackagePathResult {
  return { ok: false, reason, message }
}
