import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidArgumentError } from 'commander'
import {
  collectPackage,
  collectSite,
  parseBound,
  parseDurationS,
  parseInstant,
  parseTimeZone,
  parseWebAddress,
  wholeNumber,
} from '../../../signal-server/cli/values.ts'

const refuses = (parse: () => unknown) => assert.throws(parse, InvalidArgumentError)

test('durations are short forms or ISO 8601, in seconds', () => {
  const cases: [string, number][] = [
    ['90s', 90],
    ['30min', 1800],
    ['12h', 43_200],
    ['7d', 604_800],
    ['PT36H', 129_600],
    ['p1d', 86_400],
  ]
  for (const [text, seconds] of cases) assert.equal(parseDurationS(text), seconds)
  for (const text of ['', '7', '0s', '-1h', '1.5h', 'soon', 'PT0S', '1w']) refuses(() => parseDurationS(text))
})

test('an address of a server holds no user name or password', () => {
  assert.equal(parseWebAddress('https://larder.example.com/shops/'), 'https://larder.example.com/shops')
  for (const text of [
    'https://user:password@larder.example.com',
    'https://user@larder.example.com',
    'https://:x@a.b',
  ])
    assert.throws(
      () => parseWebAddress(text),
      (error: Error) => error instanceof InvalidArgumentError && /user name or password/.test(error.message),
    )
  for (const text of ['larder.example.com', 'ftp://a.b', 'https://a.b/?x', 'https://a.b/#x'])
    refuses(() => parseWebAddress(text))
})

test('whole numbers have bounds, and nothing else is one', () => {
  assert.equal(wholeNumber(-5, 5)('-5'), -5)
  for (const text of ['', '6', '1.0', '1e0', '0x1', ' 1', '9'.repeat(400)])
    refuses(() => wholeNumber(-5, 5)(text))
})

test('packages come alone, as latest, or with a release number, and add up', () => {
  const packages = collectPackage('menu@latest', collectPackage('lobby@3', undefined))
  assert.deepEqual(packages, [
    { package: 'lobby', release: 3 },
    { package: 'menu', release: 'latest' },
  ])
  for (const text of ['', '@1', 'a@', 'a@0', 'a@1@2', 'A']) refuses(() => collectPackage(text, undefined))
  assert.deepEqual(collectSite('b', ['a']), ['a', 'b'])
})

test('B1 B7 bounds and off, time zones and instants', () => {
  assert.deepEqual(parseBound('pt4h'), { bound: { afterPublish: 'PT4H' } })
  assert.deepEqual(parseBound('off'), { bound: null })
  refuses(() => parseBound('4h'))
  assert.equal(parseTimeZone('Asia/Kathmandu'), 'Asia/Kathmandu')
  refuses(() => parseTimeZone('CEST+1'))
  assert.equal(parseInstant('2026-11-23T02:00:00+01:00'), '2026-11-23T01:00:00.000Z')
  refuses(() => parseInstant('2026-11-23T02:00'))
})
