/**
 * What an administrator dropped or chose, as a zip or as the files of a package: paths within the package, without what
 * file managers drop everywhere, and refused in words where no package could hold it. Reads names, not contents.
 */
import { MAX_FILES_PER_RELEASE } from '../../../protocol/limits.ts'
import { comparePaths } from '../../../protocol/package-path.ts'
import {
  describeRefusals,
  isLeftOut,
  namesInFolder,
  withAdvice,
} from '../../../protocol/publishing/package-names.ts'

export interface PickedFile {
  readonly path: string
  readonly file: File
}

export type Picked =
  | { readonly kind: 'zip'; readonly name: string; readonly file: File }
  | {
      readonly kind: 'folder'
      readonly name: string
      readonly files: readonly PickedFile[]
      /** Paths that are not published. */
      readonly leftOut: readonly string[]
    }
  | { readonly kind: 'refused'; readonly message: string }

const refused = (message: string): Picked => ({ kind: 'refused', message })

/** What lies in a drop. The items die with the event: call this before anything is awaited. */
export function pickDropped(transfer: DataTransfer): Promise<Picked> {
  const entries = [...transfer.items].flatMap(item => item.webkitGetAsEntry() ?? [])
  const files = [...transfer.files]
  return readDropped(entries, files)
}

async function readDropped(entries: readonly FileSystemEntry[], files: readonly File[]): Promise<Picked> {
  const [only] = entries
  if (only === undefined) return refused('What was dropped is neither a folder nor a file.')
  if (entries.length === 1 && only.isFile) {
    const [file] = files
    return file ? pickZip(file) : refused('The file could not be read.')
  }
  const found: PickedFile[] = []
  try {
    for (const entry of entries) await walk(entry, '', found)
  } catch (error) {
    return refused(`The folder could not be read: ${error instanceof Error ? error.message : error}.`)
  }
  return pickFolder(
    only.isDirectory && entries.length === 1 ? only.name : 'package',
    found,
    entries.length === 1,
  )
}

async function walk(entry: FileSystemEntry, folder: string, found: PickedFile[]): Promise<void> {
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`
  if (found.length > MAX_FILES_PER_RELEASE) return
  if (isLeftOut(entry.name)) {
    // Not walked into: a .git folder may hold more files than the package.
    found.push({ path, file: new File([], entry.name) })
    return
  }
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    found.push({ path, file })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  // Browsers give a hundred entries at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return
    for (const one of some) await walk(one, path, found)
  }
}

/** What an `<input type=file webkitdirectory>` gave. */
export function pickChosenFolder(files: readonly File[]): Picked {
  const found = files.map(file => ({ path: file.webkitRelativePath || file.name, file }))
  return pickFolder(found[0]?.path.split('/', 1)[0] ?? 'package', found, true)
}

/** Whether it really is a zip is for the server to say. */
export function pickZip(file: File): Picked {
  if (!/\.zip$/i.test(file.name))
    return refused(
      `${JSON.stringify(file.name)} is a single file and no zip. Drop the folder that holds the package, or a zip of it.`,
    )
  return { kind: 'zip', name: file.name.replace(/\.zip$/i, ''), file }
}

/** `inFolder`: the first segment of every path is the folder itself and no part of the package. */
function pickFolder(name: string, found: readonly PickedFile[], inFolder: boolean): Picked {
  const names = found.map(({ path }) => (inFolder ? path.slice(path.indexOf('/') + 1) : path))
  const { paths, leftOut, refusals } = namesInFolder(names)
  if (refusals.length > 0) return refused(describeRefusals(refusals.map(withAdvice)))
  const files = found.flatMap(({ file }, index) => {
    const path = paths[index]
    return path == null ? [] : [{ path, file }]
  })
  if (files.length === 0) return refused('The folder contains no files: there is nothing to publish.')
  if (files.length > MAX_FILES_PER_RELEASE)
    return refused(`The folder holds more than ${MAX_FILES_PER_RELEASE} files, more than a release may have.`)
  return { kind: 'folder', name, files: files.toSorted((a, b) => comparePaths(a.path, b.path)), leftOut }
}

/** The pages that a kiosk could open, the likeliest first. */
export function entryPages(paths: readonly string[]): string[] {
  const depth = (path: string) => path.split('/').length
  const isIndex = (path: string) => /(^|\/)index\.html?$/i.test(path)
  return paths
    .filter(path => /\.html?$/i.test(path))
    .toSorted((a, b) => depth(a) - depth(b) || Number(isIndex(b)) - Number(isIndex(a)) || comparePaths(a, b))
}

/** At the end of a name: `-1.4.0`, ` v2`, `_1.4.0-rc.1`, and what browsers add to a second download, `-1.4.0 (1)`. */
const VERSION_AT_END = /[-_ .](?:v\d+(?:\.\d+)*|\d+(?:\.\d+)+)(?:[-+][0-9A-Za-z.-]{1,32})?(?: ?\(\d+\))?$/i

/** The version that a folder or zip is named with, without a `v` before it; empty where there is none. */
export function suggestVersion(name: string): string {
  const [found = ''] = VERSION_AT_END.exec(name) ?? []
  return found
    .slice(1)
    .replace(/^v/i, '')
    .replace(/ ?\(\d+\)$/, '')
}

/** A package name made of what people call their folders, without a version: `My Lobby (2)` → `my-lobby-2`. */
export function suggestName(name: string): string {
  return name
    .replace(VERSION_AT_END, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 64)
}
