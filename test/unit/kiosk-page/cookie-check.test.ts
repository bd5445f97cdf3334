import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeCookies } from '../../../client/kiosk-page/diagnostics/cookie-check.ts'
import type { Finding } from '../../../client/kiosk-page/diagnostics/finding.ts'

const cookie = (name: string, bytes: number) => `${name}=${'x'.repeat(bytes)}`
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => cookie(`part${index}`, 4000)).join('; ')

const cases: readonly [title: string, cookies: string, state: Finding['state'], words: RegExp][] = [
  ['none', '', 'good', /There are none/],
  ['small ones', `${cookie('session', 40)}; theme=dark`, 'good', /take 0\.1 KiB/],
  [
    'more than many proxies take',
    `${cookie('small', 10)}; ${cookie('cart', 4000)}; ${cookie('history', 4050)}; ${cookie('seen', 400)}`,
    'note',
    /the largest: history \(4\.0 KiB\), cart \(3\.9 KiB\), seen \(0\.4 KiB\)\. Many proxies refuse/,
  ],
  ['more than the server takes', many(16), 'bad', /62\.6 KiB.*The server refuses/],
]
for (const [title, cookies, state, words] of cases) {
  test(`diagnostics name cookies that are too large: ${title}`, () => {
    const finding = judgeCookies(cookies)
    assert.equal(finding.state, state)
    assert.match(finding.found, words)
    assert.equal(finding.mend === undefined, state === 'good')
  })
}
