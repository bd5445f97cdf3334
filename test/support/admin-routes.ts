/** The admin API's routes as its own OpenAPI document lists them, each with an address that could exist. */
import assert from 'node:assert/strict'
import type { AdminStage } from './admin-stage.ts'

export interface ListedRoute {
  readonly method: string
  /** As documented, parameters in braces. */
  readonly template: string
  /** With parameters and required queries filled in. */
  readonly path: string
  /** What could be sent as JSON: of the right kind, though it need not be accepted. */
  readonly body: unknown
  readonly isPublic: boolean
  // biome-ignore lint/suspicious/noExplicitAny: JSON that tests look into
  readonly operation: any
}

/** Values for what an address names, by parameter. A route whose parameter is missing here fails the test that walks it. */
const EXAMPLES: Readonly<Record<string, string>> = {
  site: 'berlin',
  profile: 'shops',
  package: 'lobby',
  release: '1',
  device: `d-${'0'.repeat(32)}`,
  digest: '0'.repeat(64),
  token: '0'.repeat(16),
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch']

export async function listRoutes(stage: AdminStage): Promise<ListedRoute[]> {
  const { status, body } = await stage.call('GET', '/api/openapi.json')
  assert.equal(status, 200)
  return Object.entries<Record<string, unknown>>(body.paths).flatMap(([template, operations]) =>
    METHODS.filter(method => method in operations).map(method =>
      listed(method, template, operations[method]),
    ),
  )
}

// biome-ignore lint/suspicious/noExplicitAny: JSON that tests look into
function listed(method: string, template: string, operation: any): ListedRoute {
  const example = (name: string): string => {
    const value = EXAMPLES[name]
    assert.ok(
      value !== undefined,
      `${template}: give an example of "${name}" in test/support/admin-routes.ts`,
    )
    return value
  }
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const queries: any[] = (operation.parameters ?? []).filter((one: any) => one.in === 'query' && one.required)
  const query = queries.map(({ name }) => `${name}=${encodeURIComponent(example(name))}`).join('&')
  return {
    method: method.toUpperCase(),
    template,
    path: template.replace(/\{(\w+)\}/g, (_, name: string) => example(name)) + (query && `?${query}`),
    body: operation.requestBody ? {} : undefined,
    isPublic: operation.security?.length === 0,
    operation,
  }
}
