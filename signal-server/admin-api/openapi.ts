/**
 * The OpenAPI 3.1 document of the admin API, made from the routes themselves: the schemas are those that validate. What JSON
 * Schema cannot say, such as whether a time zone exists, is left out of it and checked all the same.
 */
import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { type AdminProblemName, adminProblemTypes, PROBLEM_MEDIA_TYPE } from '../../protocol/problem.ts'
import { isPublic } from './authentication.ts'
import { type AdminRoute, route } from './route.ts'

/** What any route may answer. */
const COMMON_REFUSALS: readonly AdminProblemName[] = ['bad-request', 'foreign-origin', 'internal']

/** What any route may answer that changes something. */
const REFUSALS_OF_CHANGES: readonly AdminProblemName[] = [
  'too-large',
  'storage-full',
  'storage-failed',
  'records-busy',
]

/** Instants and the like are text on the wire, on the way in and out: the type before any transformation. */
const CONVERSION: ConversionConfig = { target: 'draft-2020-12', typeMode: 'input', errorMode: 'ignore' }

/** `GET /api/openapi.json` over all other routes and itself. */
export function openApiRoute(others: readonly AdminRoute[]): AdminRoute {
  let text: string | null = null
  const self: AdminRoute = route(
    {
      method: 'GET',
      path: '/api/openapi.json',
      summary: 'This document',
      answer: v.looseObject({ openapi: v.string() }),
    },
    ({ c }) => {
      text ??= JSON.stringify(openApiDocument([...others, self]))
      return c.body(text, 200, { 'content-type': 'application/json' })
    },
  )
  return self
}

function openApiDocument(routes: readonly AdminRoute[]) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const described of routes) {
    const path = described.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [described.method.toLowerCase()]: operationOf(described) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Larder admin API',
      version: '1',
      description:
        'Sites, profiles, packages, devices and their distribution windows. Refusals are problem documents (RFC 9457) with a stable type. Long lists come in pages: pass nextCursor as cursor until it is null.',
    },
    servers: [{ url: '..' }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'larder-session',
          description:
            'What logging in on the administration page sets. The name ends in the port if there is one, and begins with __Host- over TLS.',
        },
      },
      schemas: { Problem: PROBLEM },
    },
  }
}

function operationOf(described: AdminRoute) {
  const { method, path, summary, params = {}, query = {} } = described
  const parameters = [
    ...Object.entries(params).map(([name, schema]) => ({
      name,
      in: 'path',
      required: true,
      schema: jsonSchema(schema),
    })),
    ...Object.entries(query).map(([name, schema]) => ({
      name,
      in: 'query',
      required: !v.safeParse(schema, undefined).success,
      schema: jsonSchema(schema),
    })),
  ]
  return {
    operationId: `${method.toLowerCase()}${path.replace(/^\/api/, '').replace(/[^a-z0-9]+(.)?/gi, (_, letter = '') => letter.toUpperCase())}`,
    tags: [path.split('/')[2]?.replace(/\..*/, '') ?? 'metrics'],
    summary,
    ...(isPublic(method, path) && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(hasBody(described) && { requestBody: { required: true, content: bodyOf(described) } }),
    responses: { ...answersOf(described), ...refusalsOf(described) },
  }
}

const hasBody = ({ body, bodyMediaType }: AdminRoute) => Boolean(body) || bodyMediaType !== undefined

function bodyOf({ body, bodyMediaType = 'application/json' }: AdminRoute) {
  return { [bodyMediaType]: body ? { schema: jsonSchema(body) } : {} }
}

function answersOf({ answer, answerMediaType, statuses }: AdminRoute) {
  const content = answer
    ? { 'application/json': { schema: jsonSchema(answer) } }
    : answerMediaType === undefined
      ? null
      : { [answerMediaType]: {} }
  const all = statuses ?? [content === null ? 204 : 200]
  return Object.fromEntries(all.map(status => [status, { description: 'Done', ...(content && { content }) }]))
}

function refusalsOf({ method, path, refusals = [] }: AdminRoute) {
  const names = new Set([...COMMON_REFUSALS, ...refusals])
  if (!isPublic(method, path) || method === 'POST') names.add('unauthenticated')
  if (method !== 'GET') for (const name of REFUSALS_OF_CHANGES) names.add(name)
  const byStatus = new Map<number, AdminProblemName[]>()
  for (const name of names) {
    const { status } = adminProblemTypes[name]
    byStatus.set(status, [...(byStatus.get(status) ?? []), name])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, causes]) => [
      status,
      {
        description: causes.map(name => `${name}: ${adminProblemTypes[name].title}`).join('; '),
        content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

function jsonSchema(schema: v.GenericSchema) {
  const { $schema: _, ...document } = toJsonSchema(schema, CONVERSION)
  return document
}

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string', enum: Object.keys(adminProblemTypes).map(name => `urn:larder:problem:${name}`) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened, why, and what to do.' },
    retryAt: { type: 'string', format: 'date-time', description: 'When the same request may succeed.' },
  },
}
