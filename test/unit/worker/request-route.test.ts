import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  packageNamedBy,
  type RequestFacts,
  routeOf,
} from '../../../client/kiosk-page/worker/request-route.ts'

const HOST = 'https://larder.example.com'
const FOLDER = `${HOST}/prefix/kiosk/`
const RELEASE = 'a'.repeat(64)

const facts = (url: string, more: Partial<RequestFacts> = {}): RequestFacts => ({
  url,
  method: 'GET',
  mode: 'cors',
  destination: '',
  cache: 'default',
  referrer: '',
  clientId: 'c',
  ...more,
})
const route = (path: string, more?: Partial<RequestFacts>) => routeOf(facts(HOST + path, more), FOLDER)

test('what is below app/ comes from the package, whatever the method', () => {
  const path = 'lobby/a%20b.txt'
  assert.deepEqual(route(`/prefix/kiosk/app/${path}?q=1#f`), { kind: 'package', path })
  assert.deepEqual(route('/prefix/kiosk/app/lobby', { method: 'POST' }), { kind: 'package', path: 'lobby' })
})

test('files of the kiosk page are named as the server names them', () => {
  for (const [address, path] of [
    ['', ''],
    ['?enrol=x', ''],
    ['index.html', ''],
    ['diagnostics.html', 'diagnostics'],
    ['diagnostics', 'diagnostics'],
    ['assets/a.js', 'assets/a.js'],
  ]) {
    assert.deepEqual(route(`/prefix/kiosk/${address}`), { kind: 'page', path })
  }
})

test('everything else on the origin may be a file of an app that was built for the root', () => {
  assert.deepEqual(route('/assets/x.js?v=1'), { kind: 'app-or-network', path: 'assets/x.js' })
  assert.deepEqual(route('/rooms/2', { mode: 'navigate', destination: 'iframe' }), {
    kind: 'app-or-network',
    path: 'rooms/2',
  })
})

test('a person who opens an address meets no worker; the addresses that lead to the kiosk page are answered without a server', () => {
  const opened = { mode: 'navigate', destination: 'document' }
  assert.equal(route('/elsewhere', opened).kind, 'network')
  assert.equal(route('/prefix/', opened).kind, 'front-door')
  assert.equal(route('/prefix/kiosk', opened).kind, 'front-door')
  assert.equal(route('/help', { ...opened, referrer: `${HOST}/` }).kind, 'app-or-network')
})

test('transfers, other origins, what changes something and cached-only requests go on untouched', () => {
  assert.equal(route(`/prefix/releases/${RELEASE}/chunks/${RELEASE}`).kind, 'network')
  assert.equal(route(`/prefix/releases/${RELEASE}/manifest`).kind, 'network')
  assert.equal(route('/prefix/releases/notes.html').kind, 'app-or-network')
  assert.equal(routeOf(facts('https://other.example.com/assets/x.js'), FOLDER).kind, 'network')
  assert.equal(route('/api/orders', { method: 'POST' }).kind, 'network')
  assert.equal(route('/x.js', { cache: 'only-if-cached', mode: 'no-cors' }).kind, 'network')
})

test('an address below app/ names its package', () => {
  assert.equal(packageNamedBy(`${FOLDER}app/lobby/x/y.js`, FOLDER), 'lobby')
  assert.equal(packageNamedBy(`${FOLDER}app/lobby?x`, FOLDER), 'lobby')
  assert.equal(packageNamedBy(`${FOLDER}app/`, FOLDER), null)
  assert.equal(packageNamedBy(`${HOST}/app/lobby/`, FOLDER), null)
  assert.equal(packageNamedBy('', FOLDER), null)
})
