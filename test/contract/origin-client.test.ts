/** The OriginClient over fetch, against a server that answers, refuses, hangs and sends too much. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { createFetchOrigin } from '../../client/adapters/browser/fetch-origin.ts'
import { MAX_ENCODED_CHUNK_BYTES } from '../../protocol/limits.ts'
import { PROBLEM_MEDIA_TYPE, problem } from '../../protocol/problem.ts'

const RETRY_AT = Date.parse('2026-11-23T02:00:00Z')
let server: Server
let base: string

before(async () => {
  server = createServer((request, response) => {
    const { url = '', headers } = request
    const name = url.split('/').at(-1) ?? ''
    if (url.includes('/portal/')) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>Log in</h1>')
    } else if (name === 'manifest') response.end('{"a":"ü"}')
    else if (name === 'good') response.end(`${url} ${headers.authorization}`)
    else if (name === 'coming') {
      response.writeHead(503, { 'content-type': PROBLEM_MEDIA_TYPE })
      response.end(JSON.stringify(problem('patch-coming', 'Ask again.', RETRY_AT)))
    } else if (name === 'closed') {
      response.writeHead(403, { 'content-type': PROBLEM_MEDIA_TYPE })
      response.end(JSON.stringify(problem('window-closed', 'Not before 02:00.', RETRY_AT)))
    } else if (name === 'proxy') {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
    } else if (name === 'endless') response.write(new Uint8Array(MAX_ENCODED_CHUNK_BYTES + 1))
    else if (name === 'huge') response.writeHead(200, { 'content-length': '9999999999' }).flushHeaders()
    else if (name === 'enrol') response.end('{"device":{}}')
    // Everything else hangs.
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/`
})
after(() => {
  server.closeAllConnections()
  server.close()
})

const origin = () => createFetchOrigin(base, { progressTimeoutMs: 300 })
const never = new AbortController().signal
const unheard = () => {}

test('manifests and chunks come from below the base address, chunks with the grant', async () => {
  assert.deepEqual(await origin().manifest('rel', never), { ok: true, value: '{"a":"ü"}' })
  let progress = 0
  const onProgress = () => {
    progress++
  }
  const chunk = await origin().chunk('rel', 'good', 'TOKEN', never, onProgress)
  assert.ok(chunk.ok)
  assert.equal(new TextDecoder().decode(chunk.value), '/prefix/releases/rel/chunks/good Bearer TOKEN')
  assert.ok(progress > 0)
})

test('PR-D5 PR-D6 patch sets and differences of manifests come from below the release, without a grant', async () => {
  const set = await origin().patchSet('to', 'good', never)
  assert.deepEqual(set, { ok: true, value: '/prefix/releases/to/patches/good undefined' })
  const manifest = await origin().manifestPatch('to', 'from', never)
  assert.ok(manifest.ok)
  assert.equal(new TextDecoder().decode(manifest.value), '{"a":"ü"}')
  const coming = await origin().patchSet('to', 'coming', never)
  assert.ok(!coming.ok && coming.reason === 'refused')
  assert.deepEqual([coming.problem.type, coming.problem.retryAt], ['patch-coming', RETRY_AT])
})

test('a refusal keeps its type and time; an error page of a proxy is no answer', async () => {
  const refused = await origin().chunk('rel', 'closed', 'T', never, unheard)
  assert.ok(!refused.ok && refused.reason === 'refused')
  assert.equal(refused.problem.type, 'window-closed')
  assert.equal(refused.problem.retryAt, RETRY_AT)
  const proxy = await origin().chunk('rel', 'proxy', 'T', never, unheard)
  assert.ok(!proxy.ok && proxy.reason === 'unreachable')
  assert.match(proxy.message, /502/)
})

test('a login page with status 200 is no answer, whatever was asked for', async () => {
  const portal = createFetchOrigin(new URL('portal/', base), { progressTimeoutMs: 300 })
  const answers = await Promise.all([
    portal.enrol({ publicKey: 'A'.repeat(43), proof: 'A'.repeat(86) }),
    portal.manifest('rel', never),
    portal.patchSet('to', 'from', never),
    portal.manifestPatch('to', 'from', never),
    portal.chunk('rel', 'good', 'T', never, unheard),
  ])
  for (const answer of answers) {
    assert.ok(!answer.ok && answer.reason === 'unreachable')
    assert.equal(
      answer.message,
      'a web page answers in place of the server, such as the login page of a network',
    )
  }
})

test('bodies that are too long are given up, announced or not', async () => {
  for (const name of ['endless', 'huge']) {
    const answer = await origin().chunk('rel', name, 'T', never, unheard)
    assert.ok(!answer.ok && answer.reason === 'unreachable')
    assert.match(answer.message, /longer than/)
  }
})

test('what hangs ends by itself, what is cancelled ends at once', async () => {
  const hanging = await origin().chunk('rel', 'hang', 'T', never, unheard)
  assert.ok(!hanging.ok && hanging.reason === 'unreachable')
  assert.match(hanging.message, /no data for 300 ms/)
  const abort = new AbortController()
  const cancelled = createFetchOrigin(base).chunk('rel', 'hang', 'T', abort.signal, unheard)
  abort.abort()
  assert.deepEqual(await cancelled, { ok: false, reason: 'unreachable', message: 'cancelled' })
})

test('an enrolment answer that is not understood is none; a server that is not there is unreachable', async () => {
  const request = { publicKey: 'A'.repeat(43), proof: 'A'.repeat(86) }
  const answer = await origin().enrol(request)
  assert.ok(!answer.ok && answer.reason === 'unreachable')
  assert.match(answer.message, /not understood/)
  const nobody = await createFetchOrigin('http://127.0.0.1:1/').enrol(request)
  assert.ok(!nobody.ok && nobody.reason === 'unreachable')
})
