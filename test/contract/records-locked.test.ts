/** Another process that holds the records locked, such as a command beside the server: waited for, and nothing else waits. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, type TestContext, test } from 'node:test'
import { assertNothingLeaks, temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { environmentFor, type LarderServer, startLarder } from '../support/larder-process.ts'

after(() => assertNothingLeaks())

/** Holds a write transaction until it is released. */
function lockRecords(t: TestContext, data: string): () => void {
  const database = new DatabaseSync(join(data, 'records.db'))
  let isLocked = true
  const release = () => {
    if (isLocked) database.close()
    isLocked = false
  }
  withCleanup(t).defer(release)
  database.exec('begin immediate')
  return release
}

async function startWithSites(t: TestContext) {
  const data = join(await temporaryDirectory(t), 'data')
  const server = await startLarder(t, data)
  const { LARDER_TOKEN } = await environmentFor(server, data)
  const api = (method: string, path: string, body?: object) =>
    fetch(new URL(`api/${path}`, server.adminUrl), {
      method,
      headers: { authorization: `Bearer ${LARDER_TOKEN}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
  const putSite = (name: string) => api('PUT', `sites/${name}`, { timeZone: 'UTC' })
  assert.equal((await putSite('oslo')).status, 200)
  return { data, server, api, putSite }
}

const isHealthy = async (server: LarderServer) =>
  (await fetch(new URL('/healthz', server.kioskUrl))).status === 200

test('while another process holds the records locked the server answers, and the change is made when it lets go', async t => {
  const { data, server, putSite } = await startWithSites(t)
  const release = lockRecords(t, data)
  const put = putSite('berlin')
  // More than would be answered before the change reaches the records.
  for (let nth = 0; nth < 200; nth++) assert.ok(await isHealthy(server))
  release()
  assert.equal((await put).status, 200)
})

test('records that stay locked: each change, and each command, is refused in one line, what follows does not wait as long, and reading goes on', async t => {
  const { data, server, api, putSite } = await startWithSites(t)
  const release = lockRecords(t, data)
  const first = await putSite('berlin')
  assert.equal(first.status, 503)
  const problem = (await first.json()) as { readonly type: string; readonly detail: string }
  assert.equal(problem.type, 'urn:larder:problem:records-busy')
  assert.match(problem.detail, /another process has locked the records/)
  const refusedAt = performance.now()
  assert.equal((await putSite('berlin')).status, 503)
  assert.ok(performance.now() - refusedAt < 4000, 'it did not wait for another 5 s')
  assert.equal((await api('GET', 'sites')).status, 200)
  assert.ok(await isHealthy(server))
  const token = await runCommand(['token', 'create', '--data', data])
  assert.equal(token.code, 1)
  assert.match(token.stderr, /^larder: [^\n]*another process has locked the records[^\n]*\n$/)
  release()
  assert.equal((await putSite('berlin')).status, 200)
  assert.equal((await runCommand(['token', 'create', '--data', data])).code, 0)
})
