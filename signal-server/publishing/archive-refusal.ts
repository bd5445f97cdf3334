/** Why an archive is not taken: a closed set of reasons, each with a message that says what to do. */

export type ArchiveProblem =
  | 'empty-body'
  | 'too-large'
  | 'not-a-zip'
  | 'truncated'
  | 'split'
  | 'damaged'
  | 'no-files'
  | 'too-many-entries'
  | 'encrypted'
  | 'unsupported-compression'
  | 'link'
  | 'special-file'
  | 'absolute-path'
  | 'path-traversal'
  | 'backslash'
  | 'path-not-allowed'
  | 'duplicate-name'
  | 'case-clash'
  | 'path-conflict'
  | 'overlapping'
  | 'suspicious-ratio'
  | 'too-much-content'
  | 'wrong-size'
  | 'wrong-checksum'
  | 'too-many-chunks'

/** Thrown while an archive is read; nothing of the archive stays. `message` can be shown as it is. */
export class ArchiveRefusal extends Error {
  readonly reason: ArchiveProblem

  constructor(reason: ArchiveProblem, message: string) {
    super(message)
    this.name = 'ArchiveRefusal'
    this.reason = reason
  }
}

/** Quotes a name from an archive: escaped and cut, so that it can only be read as a name. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name)
}
