import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainScriptFault, type ScriptFault } from '../../../client/kiosk-page/script-fault.ts'

const SCRIPT = 'https://shop.example/larder-worker.js'
const refused = new TypeError('The script has an unsupported MIME type.')
const page = { headers: { 'content-type': 'text/html; charset=utf-8' } }

const cases: readonly [
  title: string,
  answer: () => Promise<Response>,
  kind: ScriptFault['kind'],
  words: RegExp,
][] = [
  [
    'a web page with status 200',
    async () => new Response('<h1>Log in</h1>', page),
    'web-page',
    /web page answers.*status 200/,
  ],
  [
    'a request to log in to the network',
    async () => new Response('', { status: 511 }),
    'web-page',
    /status 511.*login page of a network/,
  ],
  [
    'a redirect',
    async () => Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' }),
    'web-page',
    /in place of the script/,
  ],
  ['no such file', async () => new Response('', { status: 404 }), 'status', /answers with status 404/],
  ['no network', () => Promise.reject(new TypeError('failed')), 'no-answer', /does not answer/],
  [
    'the script itself',
    async () => new Response('self'),
    null,
    /^The script has an unsupported MIME type\.$/,
  ],
]
for (const [title, answer, kind, words] of cases) {
  test(`why the worker’s script could not be started is told by what answers: ${title}`, async () => {
    const fault = await explainScriptFault(SCRIPT, refused, answer)
    assert.equal(fault.kind, kind)
    assert.match(fault.message, words)
  })
}
