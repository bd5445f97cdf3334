/** Problem documents as HTTP responses: never cached, never guessed at. */
import { PROBLEM_MEDIA_TYPE, type ProblemDocument, problem } from '../../protocol/problem.ts'

export function problemResponse(
  document: ProblemDocument,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${JSON.stringify(document)}\n`, {
    status: document.status,
    headers: {
      'content-type': PROBLEM_MEDIA_TYPE,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  })
}

/** For every method that a path does not know. */
export function methodNotAllowed(...allowed: string[]): () => Response {
  const detail = `Use ${allowed.join(' or ')}.`
  return () => problemResponse(problem('method-not-allowed', detail), { allow: allowed.join(', ') })
}

/** Of what never changes under its address. */
export const IMMUTABLE = 'public, max-age=31536000, immutable'

/** Whether an `If-None-Match` names this entity tag: the client has the representation already (RFC 9110, 13.1.2). */
export function namesTag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const tags = ifNoneMatch.split(',').map(tag => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}
