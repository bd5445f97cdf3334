import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptsGzip } from '../../../signal-server/fleet/accepts-gzip.ts'

test('gzip is sent to who names it or takes anything, and not to who refuses it', () => {
  for (const header of ['gzip', 'br, GZIP', 'deflate,gzip;q=0.1', '*', 'br;q=1, *;q=0.5', ' gzip ; q=1 '])
    assert.equal(acceptsGzip(header), true, header)
  for (const header of [
    undefined,
    '',
    'identity',
    'br',
    'gzip;q=0',
    'gzip; q=0.0, *',
    '*;q=0',
    'x-gzip',
    'gzip;q=x',
  ])
    assert.equal(acceptsGzip(header), false, header)
})
