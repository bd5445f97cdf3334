/** What administrators type is kept as it is or refused with a word; what strangers type changes nothing beside it. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { toBase64Url } from '../../protocol/keys.ts'
import { AdminBrowser, makeLink } from '../support/admin-browser.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'

after(() => assertNothingLeaks())

async function deviceOf(stage: AdminStage, name?: string) {
  const publicKey = toBase64Url(new Uint8Array(32).fill(1))
  const result = await stage.directory.enrol({
    publicKey,
    now: stage.now,
    ...(name !== undefined && { name }),
  })
  assert.ok(result.ok)
  return result.device
}

const HIDDEN: Readonly<Record<string, string>> = {
  'a right-to-left override': 'gnp\u202eexe',
  'an isolate': 'a\u2066b',
  'a direction mark': 'a\u200fb',
  'a space of no width': 'Lob\u200bby',
  'a soft hyphen': 'Lob\u00adby',
  'a byte order mark': '\ufeffLobby!',
  'a tag character': 'Lobby\u{e0041}',
  'a filler of Hangul': 'Lobby\u3164',
  'a blank of Braille': '\u2800Lobby',
  'a joiner of graphemes': 'Lob\u034fby',
  'a variation selector after a letter': 'Lobby\ufe0f',
}

describe('text with what is invisible or turns other text around', () => {
  for (const [title, text] of Object.entries(HIDDEN))
    test(`${title} is refused in names, labels, versions and tokens, and why is said`, async t => {
      const stage = await openAdminStage(t)
      const { deviceId } = await deviceOf(stage)
      for (const [method, path, body] of [
        ['PATCH', `/api/devices/${deviceId}`, { name: `x${text}x` }],
        ['PATCH', `/api/devices/${deviceId}`, { labels: { area: text } }],
        ['POST', '/api/tokens', { name: `x${text}x` }],
        ['PUT', `/api/sites/${encodeURIComponent(text)}`, { timeZone: 'UTC' }],
        ['PUT', `/api/profiles/${encodeURIComponent(text)}`, { sites: [], packages: [] }],
      ] as const) {
        const answer = await stage.call(method, path, body)
        assert.deepEqual([path, answer.status], [path, 400])
        assert.match(answer.body.detail, /cannot be seen|lower-case/, path)
      }
      const published = await stage.publish('lobby', { 'index.html': 'one' }, `1${text}0`)
      assert.equal(published.status, 400)
      assert.match(published.body.detail, /version: .*cannot be seen/)
    })

  test('joiners, which several scripts and emoji need, are kept', async t => {
    const stage = await openAdminStage(t)
    const { deviceId } = await deviceOf(stage)
    const name = 'می‌خواهم 👩‍🍳 ❤️'
    const answer = await stage.call('PATCH', `/api/devices/${deviceId}`, { name, labels: { area: name } })
    assert.deepEqual([answer.body.name, answer.body.labels], [name, { area: name }])
  })

  test('a device that chooses such a name is enrolled, and a sign stands in place of each', async t => {
    const stage = await openAdminStage(t)
    assert.equal((await deviceOf(stage, 'a \u202egnp.exe\u200b b')).name, 'a \ufffdgnp.exe\ufffd b')
  })
})

test('a label, a choice or a package that no object can hold is refused by name, and nothing is dropped', async t => {
  const stage = await openAdminStage(t)
  const { deviceId } = await deviceOf(stage)
  const path = `/api/devices/${deviceId}`
  for (const name of ['constructor', 'prototype', '__proto__']) {
    const text = `{"labels":{"floor":"2","${name}":"x"}}`
    const answer = await stage.call('PATCH', path, new TextEncoder().encode(text))
    assert.equal(answer.status, 400, name)
    assert.match(answer.body.detail, new RegExp(`the name "${name}" is reserved`))
  }
  const escaped = new TextEncoder().encode('{"labels":{"\\u0063onstructor":"x"}}')
  assert.equal((await stage.call('PATCH', path, escaped)).status, 400)
  assert.deepEqual((await stage.call('GET', path)).body.labels, {})
  // Other names that objects have by themselves are names like any other.
  const labels = { tostring: 'a', valueof: 'b', 'has-own': 'c' }
  assert.deepEqual((await stage.call('PATCH', path, { labels })).body.labels, labels)

  const published = await stage.publish('constructor', { 'index.html': 'one' })
  assert.equal(published.status, 400)
  assert.match(published.body.detail, /the name "constructor" is reserved/)
  const profile = { sites: [], packages: [{ package: 'constructor' }] }
  assert.equal((await stage.call('PUT', '/api/profiles/shops', profile)).status, 400)
})

test('a new password that is easy to guess is refused, by link and on the page, and why is said', async t => {
  const stage = await openAdminStage(t)
  const browser = new AdminBrowser(stage)
  const code = await makeLink(stage)
  for (const [password, why] of [
    ['1234567890', /sequence/],
    ['password123', /commonest/],
    ['larder2026', /product or the server/],
    ['admin.test', /commonest/],
  ] as const) {
    const answer = await browser.call('POST', 'http://admin.test/api/session/link', { code, password })
    assert.equal(answer.status, 400, password)
    assert.match(answer.body.detail, why)
  }
  await browser.enter()
  const next = { current: 'correct horse battery', next: 'qwertyuiop' }
  assert.equal((await browser.call('POST', '/api/session/password', next)).status, 400)
})
