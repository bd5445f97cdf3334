/** The administration page as the admin listener gives it out: whole, under a strict policy, and never in the API's way. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'

async function build(stage: AdminStage): Promise<void> {
  const files = {
    'index.html': '<!doctype html><title>The page</title>',
    'assets/index-abc.js': `console.log(${'1'.repeat(5000)})`,
  }
  for (const [path, text] of Object.entries(files)) {
    const file = join(stage.pageDirectory, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}

test('a page that is not built is said to be missing, and is there as soon as it is built', async t => {
  const stage = await openAdminStage(t)
  const get = (path: string) => stage.call('GET', path, undefined, { authorization: '' })
  const missing = await get('/')
  assert.match(missing.body, /Larder is running/)
  assert.match(missing.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  await build(stage)
  assert.match((await get('/')).body, /The page/)
})

test('the page allows nothing from elsewhere, no inline scripts, and no frame around it', async t => {
  const stage = await openAdminStage(t)
  await build(stage)
  const { headers } = await stage.call('GET', '/', undefined, { authorization: '' })
  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split('; ').map(directive => {
      const [name = '', ...sources] = directive.split(' ')
      return [name, sources.join(' ')]
    }),
  )
  assert.equal(policy.get('default-src'), "'none'")
  assert.equal(policy.get('script-src'), "'self'")
  assert.equal(policy.get('frame-ancestors'), "'none'")
  assert.equal(policy.get('base-uri'), "'none'")
  assert.ok([...policy.values()].every(sources => !/\*|https?:|unsafe-eval/.test(sources)))
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('referrer-policy'), 'no-referrer')
  assert.equal(headers.get('cache-control'), 'no-cache')
})

test('assets are kept for ever and travel compressed; the page is asked for again by its entity tag', async t => {
  const stage = await openAdminStage(t)
  await build(stage)
  const asset = await stage.call('GET', '/assets/index-abc.js', undefined, {
    authorization: '',
    'accept-encoding': 'gzip',
  })
  assert.match(asset.headers.get('cache-control') ?? '', /immutable/)
  assert.match(asset.headers.get('content-type') ?? '', /javascript/)
  assert.equal(asset.headers.get('content-encoding'), 'gzip')
  const etag = (await stage.call('GET', '/')).headers.get('etag') ?? ''
  assert.equal((await stage.call('GET', '/', undefined, { 'if-none-match': etag })).status, 304)
})

test('any other address that a person opens leads to the page, and what programs ask for is not found', async t => {
  const stage = await openAdminStage(t)
  await build(stage)
  const person = { authorization: '', accept: 'text/html,*/*' }
  const led = await stage.call('GET', '/devices/some', undefined, person)
  assert.deepEqual([led.status, led.headers.get('location')], [302, '../'])
  assert.equal((await stage.call('GET', '/devices', undefined, person)).headers.get('location'), './')
  for (const path of ['/assets/index-old.js', '/../package.json', '/%2e%2e/package.json', '/favicon.ico'])
    assert.equal((await stage.call('GET', path, undefined, { authorization: '' })).status, 404, path)
  assert.equal((await stage.call('GET', '/api/nothing', undefined, person)).status, 401)
  assert.equal((await stage.call('GET', '/api/nothing', undefined, { accept: 'text/html' })).status, 404)
})
