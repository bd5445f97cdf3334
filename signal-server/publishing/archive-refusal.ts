/** Why an archive is not taken: a closed set of reasons, each with a message that says what to do. */

import type { NameProblem } from '../../protocol/publishing/package-names.ts'

export type ArchiveProblem =
  | NameProblem
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
