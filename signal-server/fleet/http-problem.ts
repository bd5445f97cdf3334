/** Problem documents as HTTP responses: never cached, never guessed at. */
import type { Context } from 'hono'
import { PROBLEM_MEDIA_TYPE, type ProblemDocument, problem } from '../../protocol/problem.ts'

export function problemResponse(
  document: ProblemDocument,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${JSON.stringify(document)}\n`, {
    status: document.status,
    headers: { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store', ...headers },
  })
}

/** For every method that a path does not know. */
export function methodNotAllowed(...allowed: string[]): () => Response {
  const detail = `Use ${allowed.join(' or ')}.`
  return () => problemResponse(problem('method-not-allowed', detail), { allow: allowed.join(', ') })
}

/** Whether the client has the representation with this entity tag already (RFC 9110, 13.1.2). */
export function hasCurrent(c: Context, etag: string): boolean {
  const known = c.req.header('if-none-match')
  if (known === undefined) return false
  const tags = known.split(',').map(tag => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}
