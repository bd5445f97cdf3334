/**
 * Which names of an archive or a folder become files of a package, and under which paths; what is left out; and which names
 * cannot be published, all of them at once. The same for a zip, for a folder on the command line and for a folder that was
 * dropped on the page. Knows names alone: neither disks nor archives.
 */
import { checkPackagePath, findDuplicatePaths, quote } from '../package-path.ts'

export type NameProblem =
  | 'absolute-path'
  | 'path-traversal'
  | 'backslash'
  | 'path-not-allowed'
  | 'duplicate-name'
  | 'case-clash'
  | 'path-conflict'

/** `message` is a sentence without its full stop that names what is wrong. */
export interface NameRefusal {
  readonly reason: NameProblem
  readonly name: string
  readonly message: string
}

export interface PackageNames {
  /** What each name becomes in the package, at the name's index; null where it becomes no file of it. */
  readonly paths: readonly (string | null)[]
  /** Names of files that are not published, as they were given. */
  readonly leftOut: readonly string[]
  /** The one folder of an archive that all files lie in; it is no part of their paths. */
  readonly strippedFolder: string | null
  readonly refusals: readonly NameRefusal[]
}

/** In small letters. They never belong to an app, and `.git` may hold secrets. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  '.git',
  '.hg',
  '.svn',
  '.ds_store',
  'thumbs.db',
  'desktop.ini',
  '__macosx',
])

/**
 * Whether files and folders of this name are left out wherever they lie: what version control and file managers make. In `._NAME`
 * macOS keeps what other disks and archives cannot hold of the file `NAME`.
 */
export function isLeftOut(segment: string): boolean {
  return segment.startsWith('._') || LEFT_OUT.has(segment.toLowerCase())
}

/** `names`: relative to the folder, with slashes. */
export function namesInFolder(names: readonly string[]): PackageNames {
  return sortNames(names, new Map(), false)
}

/** `names`: of all entries as the archive has them; those of folders end with a slash. */
export function namesInArchive(names: readonly string[]): PackageNames {
  // Some programs on Windows separate with backslashes. Where slashes separate, a backslash would be part of a name.
  const separator = names.some(name => name.includes('/')) ? '/' : '\\'
  const refused = new Map<number, NameRefusal>()
  const slashed = names.map((name, index) => {
    const refusal = refuseInArchive(name, separator)
    if (refusal !== null) refused.set(index, { ...refusal, name })
    return name.replaceAll(separator, '/')
  })
  return sortNames(slashed, refused, true)
}

function refuseInArchive(name: string, separator: string): Omit<NameRefusal, 'name'> | null {
  if (/^(?:[\\/]|[A-Za-z]:)/.test(name))
    return {
      reason: 'absolute-path',
      message: `the archive names ${quoteName(name)}, a place outside of any package`,
    }
  if (name.split(/[\\/]/).includes('..'))
    return {
      reason: 'path-traversal',
      message: `the archive names ${quoteName(name)}, which leads out of the package`,
    }
  if (separator === '/' && name.includes('\\'))
    return {
      reason: 'backslash',
      message: `the archive names ${quoteName(name)} with backslashes beside names with slashes`,
    }
  return null
}

function sortNames(
  names: readonly string[],
  refused: ReadonlyMap<number, NameRefusal>,
  isArchive: boolean,
): PackageNames {
  const leftOut: string[] = []
  // Addresses are normalised before they are looked up, so paths have to be as well.
  const normalised = names.map((name, index) => {
    if (refused.has(index) || (isArchive && name.endsWith('/'))) return null
    if (!name.split('/').some(isLeftOut)) return name.normalize('NFC')
    leftOut.push(name)
    return null
  })
  const strippedFolder = isArchive ? commonFolder(normalised) : null
  const cut = strippedFolder === null ? 0 : strippedFolder.length + 1
  const paths = normalised.map(path => path?.slice(cut) ?? null)

  const refusals = [...refused.values()]
  const nameByPath = new Map<string, string>()
  /** Names that are spelled otherwise than an earlier one of the same path. */
  const otherSpelling = new Map<string, string>()
  for (const [index, path] of paths.entries()) {
    if (path === null) continue
    const name = names[index] ?? path
    const allowed = checkPackagePath(path)
    if (!allowed.ok)
      refusals.push({
        reason: 'path-not-allowed',
        name,
        message: `no package may contain this path: ${allowed.message}`,
      })
    if (nameByPath.has(path) && nameByPath.get(path) !== name) otherSpelling.set(path, name)
    else nameByPath.set(path, name)
  }
  const taken = paths.filter(path => path !== null)
  for (const { reason, paths: pair, message } of findDuplicatePaths(taken)) {
    const [first, second] = pair
    const name = otherSpelling.get(second) ?? nameByPath.get(second) ?? second
    if (reason === 'file-and-directory') refusals.push({ reason: 'path-conflict', name, message })
    else if (first !== second) refusals.push({ reason: 'case-clash', name, message })
    else
      refusals.push({
        reason: 'duplicate-name',
        name,
        message: otherSpelling.has(first)
          ? `${quoteName(first)} is there twice, once with composed and once with decomposed characters`
          : `${quoteName(first)} is in the archive twice`,
      })
  }
  return { paths, leftOut, strippedFolder, refusals }
}

function commonFolder(paths: readonly (string | null)[]): string | null {
  const files = paths.filter(path => path !== null)
  const [folder] = files[0]?.split('/') ?? []
  if (folder === undefined) return null
  return files.every(path => path.startsWith(`${folder}/`)) ? folder : null
}

/** Names that one answer lists: enough to see what they have in common. */
const MAX_LISTED = 10

/** What refuses something and what to do, for {@link describeRefusals}. */
export interface Described {
  readonly message: string
  readonly advice: string
}

/** One text for everything that is refused: each message, up to ten of them, and each advice once. */
export function describeRefusals(refusals: readonly Described[]): string {
  const listed = refusals.slice(0, MAX_LISTED)
  const advice = [...new Set(listed.map(one => one.advice))].join(' ')
  const messages = listed.map(one => one.message).join('; ')
  const more = refusals.length - listed.length
  const whole = more === 0 ? messages : `${messages}; and ${more} more`
  const text =
    refusals.length === 1 ? capitalised(whole) : `${refusals.length} names cannot be published: ${whole}`
  return `${text}. ${advice}`
}

const ADVICE: Readonly<Record<NameProblem, string>> = {
  'absolute-path': 'Pack the folder with relative names.',
  'path-traversal': 'Such an archive is made to do harm; do not use it.',
  backslash: 'Pack the folder with another program.',
  'path-not-allowed': 'Rename the files, and try again.',
  'duplicate-name': 'Remove one of the two, and try again.',
  'case-clash': 'Rename one of the two, and try again.',
  'path-conflict': 'Rename one of the two, and try again.',
}

export function withAdvice({ reason, message }: NameRefusal): Described {
  return { message, advice: ADVICE[reason] }
}

/** Quotes a name: escaped and cut, so that it can only be read as a name. */
export function quoteName(name: string): string {
  return quote(name.length > 120 ? `${name.slice(0, 120)}…` : name)
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
