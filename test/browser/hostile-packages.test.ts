/**
 * Package content at its worst in a real browser: names that mean something in an address, and an app that reaches for
 * what is not its own. What an app may do, being of the kiosk page's origin, is docs/decisions/0007.
 */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { assignPackages, startTestSite, type TestDevice, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

/** Path in the package → its address below the app's folder, as a careful page writes it. */
const ODD_NAMES: readonly string[] = [
  'with space.txt',
  '100%.txt',
  '%41.txt',
  '%2e%2e.txt',
  'hash#tag.txt',
  'plus+and&equals=.txt',
  "quote's (1).txt",
  'café.txt',
  '日本語/ö ü.txt',
  'semi;colon,comma.txt',
  'sw.js',
  'signal',
  'kiosk/sw.js',
  'app/index.html',
  'a.b.c/d.html/e.txt',
  '.well-known/x.txt',
  '~tilde$@!.txt',
]

async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return root
}

const page = (title: string) =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><script>parent.larder?.ready()</script>`

/** The frame that shows the app. */
async function appFrame(device: TestDevice) {
  return until('the app has a frame', () =>
    device.browser.page.frames().find(frame => new URL(frame.url()).pathname.includes('/kiosk/app/')),
  )
}

test('files with odd names, in a package called app, are served under their names and no others', async t => {
  const site = await startTestSite(t)
  const files = Object.fromEntries(ODD_NAMES.map(name => [name, `this is ${name}`]))
  const directory = await writeFiles(join(site.root, 'odd'), {
    'start page #1/100% ünï.html': page('Odd 1'),
    ...files,
  })
  await site.publish(directory, '1.0.0', 'app', '--entry', 'start page #1/100% ünï.html')
  await assignPackages(site, 'app')
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'Odd 1', 'app')
  const frame = await appFrame(kiosk)
  const answers = await frame.evaluate(async names => {
    const root = new URL('/kiosk/app/app/', location.href)
    const ask = async (address: string) => {
      const response = await fetch(new URL(address, root))
      return [response.status, await response.text()] as const
    }
    const encode = (name: string) => name.split('/').map(encodeURIComponent).join('/')
    return {
      exact: await Promise.all(names.map(name => ask(encode(name)))),
      decomposed: await ask(encode('café.txt'.normalize('NFD'))),
      query: await ask('signal?x=1#y'),
      strange: await Promise.all(
        ['%', '%zz', '%00', '%2e%2e%2fsw.js', '..%2f..%2fsw.js', 'nothing.txt'].map(ask),
      ),
    }
  }, ODD_NAMES)
  assert.deepEqual(
    answers.exact,
    ODD_NAMES.map(name => [200, `this is ${name}`]),
  )
  assert.deepEqual(answers.decomposed, [200, 'this is café.txt'])
  assert.deepEqual(answers.query, [200, 'this is signal'])
  for (const [status, text] of answers.strange) assert.equal(status, 404, text)
})

/** Tries what a package must not be able to do; answers with what became of each. */
async function tryToBreakOut() {
  const outcome = async (work: () => Promise<unknown>) => {
    try {
      return `done: ${String(await work())}`
    } catch (error) {
      return `refused: ${error instanceof Error ? error.name : String(error)}`
    }
  }
  const register = (script: string, scope: string) => async () =>
    (await navigator.serviceWorker.register(script, { scope })).scope
  const exportKey = async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('larder-records')
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const keys = await new Promise<CryptoKeyPair[]>((resolve, reject) => {
      const request = database.transaction('keyval').objectStore('keyval').getAll()
      request.onsuccess = () =>
        resolve(request.result.flatMap((record: { keyPair?: CryptoKeyPair }) => record?.keyPair ?? []))
      request.onerror = () => reject(request.error)
    })
    database.close()
    const [pair] = keys
    if (pair === undefined) throw new Error('no key was found')
    return crypto.subtle.exportKey('pkcs8', pair.privateKey)
  }
  return {
    ownWorker: await outcome(register('evil-sw.js', './')),
    ownWorkerAbove: await outcome(register('evil-sw.js', '/kiosk/')),
    // The kiosk's own worker once more, for the apps alone: the kiosk page takes it away when it is next loaded.
    kioskWorkerBelow: await outcome(register('/kiosk/sw.js', '/kiosk/app/')),
    privateKey: await outcome(exportKey),
  }
}

test('an app cannot take over the service worker or carry the device key away', async t => {
  const site = await startTestSite(t)
  const directory = await writeFiles(join(site.root, 'evil'), {
    'index.html': page('Evil 1'),
    'evil-sw.js': 'self.addEventListener("fetch", event => event.respondWith(new Response("owned")))',
  })
  await site.publish(directory, '1.0.0', 'evil')
  await assignPackages(site, 'evil')
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'Evil 1', 'evil')
  const outcomes = await (await appFrame(kiosk)).evaluate(tryToBreakOut)
  assert.match(outcomes.ownWorker, /^refused/)
  assert.match(outcomes.ownWorkerAbove, /^refused/)
  assert.match(outcomes.kioskWorkerBelow, /^done/)
  assert.equal(outcomes.privateKey, 'refused: InvalidAccessError')

  // Whatever was registered, the package is still served, now and after a reload.
  await kiosk.browser.page.reload()
  await kiosk.untilRuns(1, 'Evil 1', 'evil')
  const scopes = await until('only the worker of the kiosk page is left', async () => {
    const left = await kiosk.browser.page.evaluate(async () =>
      (await navigator.serviceWorker.getRegistrations()).map(each => new URL(each.scope).pathname),
    )
    return left.length === 1 && left
  })
  assert.deepEqual(scopes, ['/'])
})
