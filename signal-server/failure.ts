/**
 * A failure that a person can act on: its message says what happened, why, and what to do, in one line. Anything else
 * that is thrown is a bug and shows as one.
 */
export class Failure extends Error {
  constructor(message: string, cause?: unknown) {
    super(message.replace(/\s*\n\s*/g, ' '), cause === undefined ? {} : { cause })
    this.name = 'Failure'
  }
}

/** The system's code of an error, such as `EACCES`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
