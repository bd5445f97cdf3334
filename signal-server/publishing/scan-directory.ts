/**
 * Lists the files of a directory that is to be published, and refuses what no package may contain, before a byte is read.
 * Looks at names, kinds and sizes only.
 *
 * Left out, and reported as left out: what version control and file managers drop into directories (`isLeftOut`). Nothing else is:
 * hidden files are published like others. Directories without files leave no trace, since a package consists of files.
 */
import type { Stats } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_FILES_PER_RELEASE } from '../../protocol/limits.ts'
import { checkPackagePath, comparePaths } from '../../protocol/package-path.ts'
import {
  type Described,
  describeRefusals,
  isLeftOut,
  namesInFolder,
  withAdvice,
} from '../../protocol/publishing/package-names.ts'

export type ScannedFile = {
  /** Within the package. */
  path: string
  /** Where it is on disk. */
  diskPath: string
  sizeBytes: number
}

export type DirectoryProblem =
  | 'not-found'
  | 'not-a-directory'
  | 'empty-directory'
  | 'symbolic-link'
  | 'special-file'
  | 'unreadable'
  | 'path-not-allowed'
  | 'path-conflict'
  | 'too-many-files'
  | 'too-many-chunks'
  | 'changed-while-reading'

/** `path` is the offending place on disk; the message names it and can be shown as it is. */
export type DirectoryRefusal = { ok: false; reason: DirectoryProblem; path: string; message: string }

/** `files` in path order; `leftOut` are package paths. */
export type DirectoryScan = { ok: true; files: ScannedFile[]; leftOut: string[] } | DirectoryRefusal

/** Lists `directory`, whose own path may be a symbolic link; inside it none is followed. */
export async function scanDirectory(directory: string): Promise<DirectoryScan> {
  const root = await statRoot(directory)
  if (root) return root
  const found: { name: string; sizeBytes: number }[] = []
  const leftOut: string[] = []
  const kinds: Refused[] = []
  const waiting = ['']
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const folderPath = join(directory, folder)
    let names: string[]
    try {
      names = await readdir(folderPath)
    } catch (error) {
      return unreadable(folderPath, error)
    }
    for (const name of names.sort(comparePaths)) {
      const path = folder === '' ? name : `${folder}/${name}`
      const diskPath = join(directory, path)
      if (isLeftOut(name)) {
        leftOut.push(path)
        continue
      }
      if (!checkPackagePath(path.normalize('NFC')).ok) {
        // Refused below with the others. What lies in a folder of such a name would only repeat it.
        found.push({ name: path, sizeBytes: 0 })
        continue
      }
      let entry: Stats
      try {
        entry = await lstat(diskPath)
      } catch (error) {
        return unreadable(diskPath, error)
      }
      if (entry.isDirectory()) {
        waiting.push(path)
      } else if (entry.isFile()) {
        found.push({ name: path, sizeBytes: entry.size })
      } else {
        kinds.push(refuseKind(diskPath, entry))
      }
      if (found.length > MAX_FILES_PER_RELEASE) {
        const message = `"${directory}" holds more than ${MAX_FILES_PER_RELEASE} files, more than a release may have`
        return refuse('too-many-files', directory, message)
      }
    }
  }
  const { paths, refusals } = namesInFolder(found.map(file => file.name))
  const refused: Refused[] = refusals.map(refusal => ({
    ...withAdvice(refusal),
    reason: refusal.reason === 'path-not-allowed' ? 'path-not-allowed' : 'path-conflict',
    path: join(directory, refusal.name),
  }))
  refused.push(...kinds)
  const [first] = refused
  if (first !== undefined) return refuse(first.reason, first.path, describeRefusals(refused))
  if (found.length === 0) {
    return refuse(
      'empty-directory',
      directory,
      `"${directory}" contains no files: there is nothing to publish`,
    )
  }
  const files = found.flatMap(({ name, sizeBytes }, index) => {
    const path = paths[index]
    return path == null ? [] : [{ path, diskPath: join(directory, name), sizeBytes }]
  })
  files.sort((a, b) => comparePaths(a.path, b.path))
  return { ok: true, files, leftOut: leftOut.sort(comparePaths) }
}

/** The refusal for a file or directory that cannot be read. */
export function unreadable(path: string, error: unknown): DirectoryRefusal {
  const because = error instanceof Error ? error.message : String(error)
  return refuse('unreadable', path, `cannot read "${path}": ${because}`)
}

export function refuse(reason: DirectoryProblem, path: string, message: string): DirectoryRefusal {
  return { ok: false, reason, path, message }
}

async function statRoot(directory: string): Promise<DirectoryRefusal | null> {
  try {
    if ((await stat(directory)).isDirectory()) return null
    return refuse(
      'not-a-directory',
      directory,
      `"${directory}" is a file: name the directory that holds the package`,
    )
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!missing) return unreadable(directory, error)
    return refuse('not-found', directory, `"${directory}" does not exist`)
  }
}

type Refused = Described & { readonly reason: DirectoryProblem; readonly path: string }

function refuseKind(path: string, entry: Stats): Refused {
  if (entry.isSymbolicLink())
    return {
      reason: 'symbolic-link',
      path,
      message: `"${path}" is a symbolic link`,
      advice: 'Put the file itself there, links are not followed.',
    }
  const kind = entry.isFIFO() ? 'a named pipe' : entry.isSocket() ? 'a socket' : 'a device'
  return {
    reason: 'special-file',
    path,
    message: `"${path}" is ${kind}`,
    advice: 'A package holds only files.',
  }
}
