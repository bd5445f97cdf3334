import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { parseWith } from '../../protocol/parse.ts'
import { type Problem, problemSchema } from '../../protocol/problem.ts'
import { createGrantKey } from '../../signal-server/fleet/grants.ts'
import {
  assignment,
  CHUNK,
  CHUNK_BYTES,
  GRANT_SECRET,
  MANIFEST_TEXT,
  OTHER_RELEASE,
  openStage,
  RELEASE,
  START,
  type Stage,
} from '../support/device-listener-stage.ts'
import type { SignalingClient } from '../support/signaling-client.ts'

const chunkPath = (release = RELEASE, chunk = CHUNK) => `releases/${release}/chunks/${chunk}`

function get(stage: Stage, path: string, token?: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...init.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  return fetch(new URL(path, stage.url), { ...init, headers })
}

async function problemOf(response: Response, status: number): Promise<Problem> {
  assert.equal(response.status, status)
  assert.equal(response.headers.get('content-type'), 'application/problem+json')
  assert.equal(response.headers.get('cache-control'), 'no-store')
  const parsed = parseWith(problemSchema, await response.json())
  assert.ok(parsed.ok, JSON.stringify(parsed))
  return parsed.value
}

async function grantFor(client: SignalingClient, release = RELEASE): Promise<string> {
  const answer = await client.askGrant(release)
  assert.equal(answer.type, 'grant', JSON.stringify(answer))
  return answer.type === 'grant' ? answer.token : ''
}

function closeServerToKiosks(stage: Stage, site: string, until: number): void {
  stage.directory.setSite(site, { assignments: [assignment({ windows: { enforceProxyUntil: until } })] })
}

test('PR-G1 PR-G6 a granted device gets the encoded chunk, and its bytes are counted', async t => {
  const stage = await openStage(t)
  const kiosk = await stage.online('berlin', 'kiosk')
  const answer = await kiosk.askGrant(RELEASE)
  assert.ok(answer.type === 'grant')
  assert.equal(answer.release, RELEASE)
  assert.equal(answer.expiresAt, START + 300_000)

  const response = await get(stage, chunkPath(), answer.token)

  assert.equal(response.status, 200)
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), CHUNK_BYTES)
  assert.equal(response.headers.get('content-type'), 'application/octet-stream')
  assert.equal(response.headers.get('content-length'), String(CHUNK_BYTES.byteLength))
  assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(response.headers.get('etag'), `"${CHUNK}"`)
  assert.deepEqual([...stage.counter.bytesByRelease], [[RELEASE, CHUNK_BYTES.byteLength]])
})

test('PR-G6 HEAD and conditional requests send and count no bytes', async t => {
  const stage = await openStage(t)
  const token = await grantFor(await stage.online('berlin', 'kiosk'))
  const head = await get(stage, chunkPath(), token, { method: 'HEAD' })
  assert.equal(head.status, 200)
  assert.equal(head.headers.get('content-length'), String(CHUNK_BYTES.byteLength))
  const current = await get(stage, chunkPath(), token, { headers: { 'if-none-match': `"x", W/"${CHUNK}"` } })
  assert.equal(current.status, 304)
  assert.equal(current.headers.get('etag'), `"${CHUNK}"`)
  assert.equal(stage.counter.totalBytes, 0)
})

test('PR-G5 manifests need no grant, are sent as stored, and are immutable', async t => {
  const stage = await openStage(t)
  closeServerToKiosks(stage, 'berlin', START + 1)
  const response = await get(stage, `releases/${RELEASE}/manifest`)
  assert.equal(await response.text(), MANIFEST_TEXT)
  assert.equal(response.headers.get('content-type'), 'application/json')
  assert.match(response.headers.get('cache-control') ?? '', /immutable/)
  const etag = response.headers.get('etag') ?? ''
  const again = await get(stage, `releases/${RELEASE}/manifest`, undefined, {
    headers: { 'if-none-match': etag },
  })
  assert.equal(again.status, 304)
  assert.equal(stage.counter.totalBytes, 0)
})

test('manifests travel as gzip to who accepts it, each form under a tag of its own', async t => {
  const stage = await openStage(t)
  const ask = (acceptEncoding: string, headers: Record<string, string> = {}, method = 'GET') =>
    get(stage, `releases/${RELEASE}/manifest`, undefined, {
      method,
      headers: { 'accept-encoding': acceptEncoding, ...headers },
    })
  const compressed = await ask('br;q=0.5, gzip')
  assert.equal(compressed.headers.get('content-encoding'), 'gzip')
  assert.equal(compressed.headers.get('content-length'), String(gzipSync(MANIFEST_TEXT).length))
  assert.equal(await compressed.text(), MANIFEST_TEXT)
  const plain = await ask('identity')
  assert.equal(plain.headers.get('content-encoding'), null)
  assert.equal(await plain.text(), MANIFEST_TEXT)
  const tags = [compressed, plain].map(answer => answer.headers.get('etag') ?? '')
  assert.equal(new Set(tags).size, 2)
  for (const answer of [compressed, plain]) {
    assert.equal(answer.headers.get('vary'), 'Accept-Encoding')
    assert.match(answer.headers.get('cache-control') ?? '', /immutable/)
  }
  const [compressedTag = '', plainTag = ''] = tags
  const again = await ask('gzip', { 'if-none-match': compressedTag })
  assert.deepEqual([again.status, again.headers.get('vary')], [304, 'Accept-Encoding'])
  assert.equal((await ask('gzip', { 'if-none-match': plainTag })).status, 200)
  const head = await ask('gzip', {}, 'HEAD')
  assert.equal(head.headers.get('content-encoding'), 'gzip')
  const unknown = await get(stage, `releases/${'f'.repeat(64)}/manifest`)
  assert.equal(unknown.status, 404)
})

test('PR-G2 W4 no grant while the server is closed to the device, and the refusal says until when', async t => {
  const stage = await openStage(t)
  closeServerToKiosks(stage, 'berlin', START + 1000)
  const kiosk = await stage.online('berlin', 'kiosk')
  const answer = await kiosk.askGrant(RELEASE)
  assert.ok(answer.type === 'refused')
  assert.equal(answer.problem.type, 'window-closed')
  assert.equal(answer.problem.retryAt, START + 1000)
  stage.clock.set(START + 1000)
  await grantFor(kiosk)
})

test('W1 a store gets its grant whatever the windows say', async t => {
  const stage = await openStage(t)
  closeServerToKiosks(stage, 'berlin', START + 1000)
  const token = await grantFor(await stage.online('berlin', 'store'))
  assert.equal((await get(stage, chunkPath(), token)).status, 200)
})

test('PR-G2 no grant for a release that the site is not to run', async t => {
  const stage = await openStage(t)
  const answer = await (await stage.online('berlin', 'kiosk')).askGrant(OTHER_RELEASE)
  assert.ok(answer.type === 'refused')
  assert.equal(answer.problem.type, 'not-assigned')
})

test('PR-G7 without a grant: grant-required while some site is open, window-closed with the earliest opening while none is', async t => {
  const stage = await openStage(t)
  assert.equal((await problemOf(await get(stage, chunkPath()), 403)).type, 'grant-required')
  closeServerToKiosks(stage, 'berlin', START + 9000)
  assert.equal((await problemOf(await get(stage, chunkPath()), 403)).type, 'grant-required')
  closeServerToKiosks(stage, 'oslo', START + 5000)
  const closed = await problemOf(await get(stage, chunkPath()), 403)
  assert.equal(closed.type, 'window-closed')
  assert.equal(closed.retryAt, START + 5000)
  stage.clock.set(START + 5000)
  assert.equal((await problemOf(await get(stage, chunkPath()), 403)).type, 'grant-required')
})

test('PR-G7 a grant that is forged, of another server, or for another release is not valid', async t => {
  const stage = await openStage(t)
  const kiosk = await stage.online('berlin', 'kiosk')
  const token = await grantFor(kiosk)
  const [payload = '', mac = ''] = token.split('.')
  const grant = { device: kiosk.deviceId, release: RELEASE, expiresAt: START + 1e12 }
  const later = Buffer.from(JSON.stringify(grant)).toString('base64url')
  const forgeries = [
    'nonsense',
    `${payload}.`,
    `.${mac}`,
    `${later}.${mac}`,
    `${payload}.${'A'.repeat(43)}`,
    `${token}.${mac}`,
    'x'.repeat(5000),
    createGrantKey(new Uint8Array(32).fill(8)).seal(grant),
    createGrantKey(GRANT_SECRET).seal({ ...grant, release: OTHER_RELEASE }),
  ]
  for (const forged of forgeries) {
    assert.equal((await problemOf(await get(stage, chunkPath(), forged), 403)).type, 'grant-invalid', forged)
  }
  const basic = await get(stage, chunkPath(), undefined, { headers: { authorization: 'Basic eDp5' } })
  assert.equal((await problemOf(basic, 403)).type, 'grant-invalid')
  assert.equal(stage.counter.totalBytes, 0)
})

test('PR-G3 a grant ends after five minutes', async t => {
  const stage = await openStage(t)
  const token = await grantFor(await stage.online('berlin', 'kiosk'))
  stage.clock.set(START + 299_999)
  assert.equal((await get(stage, chunkPath(), token)).status, 200)
  stage.clock.set(START + 300_000)
  assert.equal((await problemOf(await get(stage, chunkPath(), token), 403)).type, 'grant-expired')
})

test('PR-G8 closing the window, moving the release away or revoking the device acts on grants that are out', async t => {
  const stage = await openStage(t)
  const kiosk = await stage.online('berlin', 'kiosk')
  const token = await grantFor(kiosk)
  assert.equal((await get(stage, chunkPath(), token)).status, 200)

  closeServerToKiosks(stage, 'berlin', START + 7000)
  const closed = await problemOf(await get(stage, chunkPath(), token), 403)
  assert.equal(closed.type, 'window-closed')
  assert.equal(closed.retryAt, START + 7000)

  stage.directory.setSite('berlin', { assignments: [] })
  assert.equal((await problemOf(await get(stage, chunkPath(), token), 403)).type, 'not-assigned')

  stage.directory.setSite('berlin', { assignments: [assignment()] })
  assert.equal((await get(stage, chunkPath(), token)).status, 200)
  stage.directory.changeDevice(kiosk.deviceId, { state: 'revoked' })
  assert.equal((await problemOf(await get(stage, chunkPath(), token), 403)).type, 'grant-invalid')
})

test('PR-G8 a grant serves a device whose session is down for a moment', async t => {
  const stage = await openStage(t)
  const kiosk = await stage.online('berlin', 'kiosk')
  const token = await grantFor(kiosk)
  await kiosk.close()
  assert.equal((await get(stage, chunkPath(), token)).status, 200)
})

test('PR-G8 W8 an auto device that was promoted keeps the role over a short absence', async t => {
  const stage = await openStage(t)
  closeServerToKiosks(stage, 'berlin', START + 1e6)
  stage.directory.setSite('berlin', { storesWanted: 1 })
  const auto = await stage.online('berlin', 'auto')
  const token = await grantFor(auto)
  await auto.close()
  assert.equal((await get(stage, chunkPath(), token)).status, 200)
})

test('PR-G9 what does not exist is not found: releases, chunks, chunks of other releases', async t => {
  const stage = await openStage(t)
  const token = await grantFor(await stage.online('berlin', 'kiosk'))
  for (const path of [
    chunkPath('f'.repeat(64)),
    chunkPath('short'),
    chunkPath(RELEASE.toUpperCase()),
    `releases/${'f'.repeat(64)}/manifest`,
    'releases/..%2f..%2fetc/manifest',
    chunkPath(RELEASE, 'f'.repeat(64)),
    chunkPath(RELEASE, '..%2fgrant-secret'),
    `releases/${RELEASE}`,
    `releases/${RELEASE}/chunks`,
  ]) {
    assert.equal((await problemOf(await get(stage, path, token), 404)).type, 'not-found', path)
  }
})

test('PR-G9 a chunk that is damaged or missing on the server is refused for now, and the vault learns that it was expected', async t => {
  const expected: string[] = []
  const vault = {
    get: async () => null,
    verify: async (digest: string) => {
      expected.push(digest)
      return 'missing' as const
    },
  }
  const stage = await openStage(t, { vault })
  const token = await grantFor(await stage.online('berlin', 'kiosk'))
  const answer = await get(stage, chunkPath(), token)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const { type, detail } = await problemOf(answer, 404)
  assert.equal(type, 'not-found')
  assert.match(detail ?? '', /damaged or missing on the server/)
  assert.deepEqual(expected, [CHUNK])
  assert.equal(stage.counter.bytesByRelease.size, 0)
})
