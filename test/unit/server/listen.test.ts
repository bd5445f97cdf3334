import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLoopback, urlOf } from '../../../signal-server/listen.ts'

test('a listener is named by an address that a browser on this machine can open', () => {
  assert.equal(urlOf('http', '0.0.0.0', 8080), 'http://127.0.0.1:8080')
  assert.equal(urlOf('http', '::', 8080), 'http://127.0.0.1:8080')
  assert.equal(urlOf('https', 'larder.example', 443), 'https://larder.example')
  assert.equal(urlOf('http', '::1', 8080), 'http://[::1]:8080')
})

test('loopback is what only this machine reaches', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) assert.equal(isLoopback(host), true)
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com'])
    assert.equal(isLoopback(host), false)
})
