/**
 * A request that is understood and refused. Thrown inside a route, also inside its transaction, which it undoes; the app
 * answers with the problem document.
 */
import type { Context } from 'hono'
import { type AdminProblemName, adminProblem, PROBLEM_MEDIA_TYPE } from '../../protocol/problem.ts'

export class Refusal extends Error {
  readonly problemName: AdminProblemName
  readonly retryAt: number | null

  /** `detail` says what happened and what to do; `retryAt` (epoch ms) when the same request may be tried again. */
  constructor(problemName: AdminProblemName, detail: string, retryAt: number | null = null) {
    super(detail)
    this.name = 'Refusal'
    this.problemName = problemName
    this.retryAt = retryAt
  }
}

export function problemResponse(
  c: Context,
  name: AdminProblemName,
  detail: string,
  retryAt: number | null = null,
): Response {
  const document = adminProblem(name, detail, retryAt)
  return c.body(JSON.stringify(document), document.status as 400, { 'content-type': PROBLEM_MEDIA_TYPE })
}
