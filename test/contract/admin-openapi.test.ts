/** The OpenAPI document: sound in itself, and true of what the routes take and answer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adminProblemTypes } from '../../protocol/problem.ts'
import { listRoutes } from '../support/admin-routes.ts'
import { openAdminStage } from '../support/admin-stage.ts'

test('every operation has a name of its own, a summary, its parameters, and answers with content', async t => {
  const stage = await openAdminStage(t)
  const { body: document, headers } = await stage.call('GET', '/api/openapi.json')
  assert.equal(headers.get('content-type'), 'application/json')
  assert.match(document.openapi, /^3\.1\./)
  const names = new Set<string>()
  for (const { method, template, operation } of await listRoutes(stage)) {
    const where = `${method} ${template}`
    assert.ok(!names.has(operation.operationId), `${where}: ${operation.operationId} is taken`)
    names.add(operation.operationId)
    assert.match(operation.summary, /^[A-Z].{5,160}[^.]$/, where)
    assert.equal(operation.tags.length, 1, where)
    const inPath = (operation.parameters ?? []).filter((one: { in: string }) => one.in === 'path')
    assert.deepEqual(
      inPath.map((one: { name: string }) => one.name),
      [...template.matchAll(/\{(\w+)\}/g)].map(match => match[1]),
      where,
    )
    for (const [status, { content }] of Object.entries<{ content?: Record<string, { schema?: object }> }>(
      operation.responses,
    )) {
      assert.equal(content === undefined, status === '204', `${where} ${status}`)
      const json = content?.['application/json']
      if (json) assert.ok(Object.keys(json.schema ?? {}).length > 0, `${where} ${status} has a schema`)
    }
    assert.ok(operation.responses[403], `${where} refuses other origins`)
  }
})

test('every reference leads somewhere, and problems are the closed set of their types', async t => {
  const stage = await openAdminStage(t)
  const { body: document } = await stage.call('GET', '/api/openapi.json')
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(match => match[1] ?? '')
  assert.ok(references.length > 50)
  for (const reference of new Set(references)) {
    assert.match(reference, /^#\//)
    let value = document
    for (const part of reference.slice(2).split('/')) value = value?.[part]
    assert.ok(value, reference)
  }
  const types = document.components.schemas.Problem.properties.type.enum
  assert.equal(types.length, Object.keys(adminProblemTypes).length)
})

test('a body that the document does not allow is refused, and so is what it does not know', async t => {
  const stage = await openAdminStage(t)
  const withSchema = (await listRoutes(stage)).filter(
    ({ operation }) => operation.requestBody?.content['application/json']?.schema,
  )
  assert.ok(withSchema.length > 5)
  for (const { method, template, path, operation } of withSchema) {
    const { schema } = operation.requestBody.content['application/json']
    const where = `${method} ${template}`
    const send = (body: unknown) => stage.call(method, path, body)
    if (schema.required?.length > 0) {
      const answer = await send({})
      assert.equal(answer.status, 400, where)
    }
    const unknown = await send({ unheardOf: true })
    assert.deepEqual([where, unknown.status], [where, 400])
    for (const noObject of [[], 'text', 7, null]) assert.equal((await send(noObject)).status, 400, where)
  }
})
