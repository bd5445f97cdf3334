/** The kiosk page's own files in a cache that packages can write to: verified, fetched again, and never a package's. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { PageFileFault } from '../../../client/kiosk-page/worker/page-file-fault.ts'
import {
  createPageFiles,
  type PageAnswer,
  type PageFile,
  type PageFiles,
} from '../../../client/kiosk-page/worker/page-files.ts'
import { kioskPageHeaders } from '../../../protocol/kiosk-page-headers.ts'
import { MIB } from '../../../protocol/limits.ts'
import { FakeCacheStorage } from '../../support/fake-cache-storage.ts'

const FOLDER = 'https://kiosk.example/kiosk/'
const HTML = 'text/html; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'
const CACHE = 'larder-page-v2'

const SCRIPT_ADDRESS = `${FOLDER}sw.js`

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const part = (text: string, ending = 'js') => `assets/part-${sha256(text).slice(0, 32)}.${ending}`

const content: Readonly<Record<string, string>> = {
  '': 'the page',
  diagnostics: 'the diagnostics',
  [part('main script')]: 'main script',
  [part('diagnostics script')]: 'diagnostics script',
}
const needs: Readonly<Record<string, readonly string[]>> = {
  '': [part('main script')],
  diagnostics: [part('diagnostics script')],
}
const files: readonly PageFile[] = Object.entries(content).map(([path, text]) => ({
  path,
  sha256: sha256(text),
  mediaType: path.endsWith('.js') ? SCRIPT : HTML,
  needs: needs[path] ?? [],
}))

/** What a server of this build gives out: its files, and the worker's script with their digests. */
const ofThisBuild: Readonly<Record<string, string>> = {
  ...content,
  'sw.js': files.map(file => file.sha256).join(),
}

class Stage {
  readonly caches = new FakeCacheStorage()
  readonly asked: string[] = []
  /** What the server gives out by path; null: it does not answer. */
  server: Readonly<Record<string, string | Response>> | null = ofThisBuild
  readonly pageFiles: PageFiles = createPageFiles({
    files,
    version: 'v2',
    folder: FOLDER,
    script: SCRIPT_ADDRESS,
    caches: this.caches,
    fetch: async url => {
      const path = url.slice(FOLDER.length)
      this.asked.push(path)
      if (this.server === null) throw new TypeError('no network')
      const answer = this.server[path]
      if (answer instanceof Response) return answer.type === 'default' ? answer.clone() : answer
      return answer === undefined ? new Response('not found', { status: 404 }) : new Response(answer)
    },
  })

  async put(path: string, body: string | Uint8Array<ArrayBuffer>, name = CACHE, headers = {}): Promise<void> {
    await (await this.caches.open(name)).put(FOLDER + path, new Response(body, { headers }))
  }

  async kept(path: string): Promise<string | undefined> {
    return (await this.caches.match(FOLDER + path, { cacheName: CACHE }))?.text()
  }
}

async function installed(): Promise<Stage> {
  const stage = new Stage()
  await stage.pageFiles.install()
  stage.asked.length = 0
  return stage
}

async function textOf(answer: PageAnswer | null): Promise<string> {
  assert.equal(answer?.kind, 'file')
  return answer.response.text()
}

test('a file is served from the cache, with the headers of the worker’s script', async () => {
  const stage = await installed()
  stage.server = null
  const answer = await stage.pageFiles.find('')
  assert.equal(answer?.kind, 'file')
  const expected = { ...kioskPageHeaders, 'content-type': HTML }
  assert.deepEqual(Object.fromEntries(answer.response.headers), expected)
  assert.equal(await answer.response.text(), 'the page')
  assert.deepEqual(stage.asked, [])
})

const attacks: readonly [title: string, act: (stage: Stage) => Promise<unknown>][] = [
  ['another page in its place', stage => stage.put('', 'owned')],
  ['another script in its place', stage => stage.put(part('main script'), 'owned')],
  ['nothing in its place', async stage => (await stage.caches.open(CACHE)).delete(FOLDER)],
  ['the whole cache deleted', stage => stage.caches.delete(CACHE)],
  ['more than a file of the page can have', stage => stage.put('', new Uint8Array(5 * MIB))],
]
for (const [title, act] of attacks) {
  test(`${title}: fetched from the server, verified, kept again and told once`, async () => {
    const stage = await installed()
    await act(stage)
    assert.equal(await textOf(await stage.pageFiles.find('')), 'the page')
    assert.equal(await textOf(await stage.pageFiles.find(part('main script'))), 'main script')
    assert.equal(await stage.kept(''), 'the page')
    assert.equal(await stage.kept(part('main script')), 'main script')
    const { lost, missing } = await stage.pageFiles.check()
    assert.ok(lost.length > 0)
    assert.deepEqual(missing, [])
    assert.deepEqual(await stage.pageFiles.check(), { lost: [], missing: [], fault: null })
  })
}

test('right bytes with other headers are served with the headers of the worker’s script', async () => {
  const stage = await installed()
  await stage.put('', 'the page', CACHE, { 'content-type': 'image/png', 'content-security-policy': '' })
  const answer = await stage.pageFiles.find('')
  assert.equal(answer?.kind, 'file')
  const policy = kioskPageHeaders['content-security-policy']
  assert.equal(answer.response.headers.get('content-security-policy'), policy)
  assert.equal(answer.response.headers.get('content-type'), HTML)
})

test('a file of another cache is not served, whatever that cache is called', async () => {
  const stage = await installed()
  stage.server = null
  for (const name of ['larder-page-v1', 'larder-page-zzz', 'an app’s']) {
    await stage.put('', 'owned', name)
    await stage.put('assets/evil.html', 'owned', name)
    await stage.put('assets/evil.js', 'owned', name)
    await stage.put(part('an older part'), 'owned', name)
    await stage.put(part('a page', 'html'), 'a page', name)
  }
  await stage.caches.delete(CACHE)
  assert.equal((await stage.pageFiles.find(''))?.kind, 'missing')
  for (const path of ['assets/evil.html', 'assets/evil.js', part('an older part'), part('a page', 'html')])
    assert.equal(await stage.pageFiles.find(path), null, path)
})

test('a page of the build before still finds its parts, which prove themselves by their names', async () => {
  const stage = await installed()
  await stage.put(part('an older part'), 'owned', 'larder-page-v0')
  await stage.put(part('an older part'), 'an older part', 'larder-page-v1')
  assert.equal(await textOf(await stage.pageFiles.find(part('an older part'))), 'an older part')
})

test('a page that lacks a part is not served: what is missing is named, and the other page is not affected', async () => {
  const stage = await installed()
  await (await stage.caches.open(CACHE)).delete(FOLDER + part('main script'))
  stage.server = null
  const answer = await stage.pageFiles.find('')
  assert.deepEqual(answer, { kind: 'missing', paths: [part('main script')], fault: 'no-answer' })
  assert.equal(await textOf(await stage.pageFiles.find('diagnostics')), 'the diagnostics')
  stage.server = ofThisBuild
  assert.equal(await textOf(await stage.pageFiles.find('')), 'the page')
})

test('what a server of another build answers is neither served nor kept', async () => {
  const stage = await installed()
  stage.server = { '': 'another page', 'sw.js': sha256('another page') }
  await stage.caches.delete(CACHE)
  assert.equal((await stage.pageFiles.find(''))?.kind, 'missing')
  const { missing } = await stage.pageFiles.check()
  assert.deepEqual([...missing].sort(), Object.keys(content).sort())
  assert.equal(await stage.kept(''), undefined)
})

test('a check finds and restores every file, also those that are not requested', async () => {
  const stage = await installed()
  await stage.put('diagnostics', 'changed')
  await (await stage.caches.open(CACHE)).delete(FOLDER + part('main script'))
  const { lost, missing } = await stage.pageFiles.check()
  assert.deepEqual([...lost].sort(), [part('main script'), 'diagnostics'].sort())
  assert.deepEqual(missing, [])
  assert.equal(await stage.kept('diagnostics'), 'the diagnostics')
  assert.equal(await stage.kept(part('main script')), 'main script')
})

test('with a cache that cannot be read or takes nothing, files come from the server', async () => {
  const stage = await installed()
  stage.caches.isBroken = true
  assert.equal(await textOf(await stage.pageFiles.find('')), 'the page')
  stage.caches.isBroken = false
  await stage.caches.delete(CACHE)
  stage.caches.isFull = true
  assert.equal(await textOf(await stage.pageFiles.find('')), 'the page')
  assert.deepEqual((await stage.pageFiles.check()).missing, [])
})

test('a network that says nothing is given up after ten seconds', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const pageFiles = createPageFiles({
    files,
    version: 'v2',
    folder: FOLDER,
    script: SCRIPT_ADDRESS,
    caches: new FakeCacheStorage(),
    fetch: (_, { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  })
  const answer = pageFiles.find('')
  // The cache has answered by then.
  await new Promise(resolve => setImmediate(resolve))
  t.mock.timers.tick(10_000)
  assert.equal((await answer)?.kind, 'missing')
})

test('an installation keeps nothing unless every file is of this build', async () => {
  const stage = new Stage()
  stage.server = { ...ofThisBuild, diagnostics: 'of another build', 'sw.js': sha256('of another build') }
  await assert.rejects(
    stage.pageFiles.install(),
    /could not be fetched \(diagnostics\): the server has another build of this page by now/,
  )
  assert.deepEqual(await stage.caches.keys(), [])
})

const loginPage = new Response('<h1>Log in</h1>', { headers: { 'content-type': HTML } })
const redirect = Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' })
const everywhere = (answer: Response) =>
  Object.fromEntries(Object.keys(ofThisBuild).map(path => [path, answer]))

const faults: readonly [title: string, server: Stage['server'], fault: PageFileFault, words: RegExp][] = [
  ['no network', null, 'no-answer', /the server does not answer\. Check that the server can be reached/],
  [
    'a login page at every address',
    everywhere(loginPage),
    'login-page',
    /a web page answers in place of the server.*Log in to the network/,
  ],
  [
    'redirects to a login page',
    { ...everywhere(loginPage), 'sw.js': redirect },
    'login-page',
    /login page of a network/,
  ],
  [
    'a proxy that adds a script to pages',
    { ...ofThisBuild, '': 'the page<script src="//ads.example"></script>' },
    'altered',
    /\(index\.html\): something between this device and the server changes them on the way/,
  ],
  ['an error page of a proxy', everywhere(new Response('', { status: 502 })), 'refused', /refuses them/],
  ['a server that was updated', { 'sw.js': 'other digests' }, 'other-build', /another build of this page/],
]
for (const [title, server, fault, words] of faults) {
  test(`${title}: the page says why its files cannot be fetched, and takes nothing of it`, async () => {
    const stage = new Stage()
    stage.server = server
    await assert.rejects(stage.pageFiles.install(), words)
    const answer = await stage.pageFiles.find('')
    assert.equal(answer?.kind, 'missing')
    assert.equal(answer.fault, fault)
    assert.equal((await stage.pageFiles.check()).fault, fault)
    assert.equal(await stage.kept(''), undefined)
  })
}

test('old caches go, up to the last one, and those of others stay', async () => {
  const stage = new Stage()
  for (const name of ['an app’s', 'larder-page-v0', 'larder-page-v1', CACHE]) await stage.caches.open(name)
  await stage.pageFiles.removeOld()
  assert.deepEqual(await stage.caches.keys(), ['an app’s', 'larder-page-v1', CACHE])
})
