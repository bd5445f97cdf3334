import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Enrolment, KioskView } from '../../../client/kiosk-api.ts'
import { kioskChecks } from '../../../client/kiosk-page/diagnostics/kiosk-checks.ts'
import { formatTime, formatWait } from '../../../client/kiosk-page/format.ts'
import { enrolmentTokenIn, screenOf } from '../../../client/kiosk-page/screen.ts'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import type { PackageStatus } from '../../../protocol/device-status.ts'
import { plainStorage } from '../../support/default-fields.ts'

test('sizes and spans are short and never lie by a unit', () => {
  const sizes = [0, 999, 1000, 1500, 9_960, 999_499, 999_500, 15_230_000, 3e12].map(formatBytes)
  assert.deepEqual(sizes, [
    '0 B',
    '999 B',
    '1.0 kB',
    '1.5 kB',
    '10 kB',
    '999 kB',
    '1.0 MB',
    '15 MB',
    '3.0 TB',
  ])
  const minute = 60_000
  const spans = [1, 40_000, 89_500, 91_000, 59.5 * minute, 192 * minute, 180 * minute, 52.2 * 60 * minute]
  assert.deepEqual(spans.map(formatWait), [
    '1 s',
    '40 s',
    '2 min',
    '2 min',
    '1 h',
    '3 h 12 min',
    '3 h',
    '2 d 5 h',
  ])
})

test('times are those of the site, with the day when it is another one there', () => {
  const now = Date.parse('2026-11-22T22:30:00Z')
  assert.equal(formatTime(Date.parse('2026-11-23T01:00:00Z'), now, 'Europe/Berlin'), 'Mon 23 Nov, 02:00')
  assert.equal(formatTime(Date.parse('2026-11-22T22:45:00Z'), now, 'Europe/Berlin'), '23:45')
  assert.equal(formatTime(now, now, 'No/Where'), '22:30')
})

const view = (enrolment: Enrolment, phases: PackageStatus['phase'][] = []): KioskView => ({
  enrolment,
  keysRefused: null,
  timeZone: 'UTC',
  storage: 'disk',
  needsNewPage: false,
  app: null,
  status: {
    deviceId: 'd',
    role: 'kiosk',
    site: null,
    connection: 'online',
    clockOffsetMs: 0,
    storage: plainStorage,
    packages: phases.map(phase => ({ package: phase, phase }) as PackageStatus),
    peers: [],
  },
})

test('each state has its screen, and an app that runs stays unless the device is revoked', () => {
  const enrolled: Enrolment = { state: 'enrolled', name: '', site: null, labels: {} }
  const name = (enrolment: Enrolment, phases?: PackageStatus['phase'][]) =>
    screenOf(view(enrolment, phases)).name
  assert.equal(name({ state: 'starting' }), 'starting')
  assert.equal(name({ state: 'enrolling' }), 'enrolling')
  assert.equal(name({ state: 'retrying', message: 'no network' }), 'no-answer')
  const nothing = { code: null, acceptUrl: null, refusal: null }
  assert.deepEqual(screenOf(view({ state: 'none' })), { name: 'enrolment', ...nothing })
  const pending = { code: 'ABCD-EFGH', acceptUrl: 'https://admin.example/', refusal: 'used up' }
  assert.deepEqual(screenOf(view({ state: 'pending', ...pending })), { name: 'enrolment', ...pending })
  assert.deepEqual(screenOf({ ...view({ state: 'pending', ...pending }), keysRefused: 'foreign keys' }), {
    name: 'enrolment',
    ...pending,
    refusal: 'used up foreign keys',
  })
  assert.deepEqual(screenOf(view({ state: 'refused', message: 'no' })), {
    name: 'enrolment',
    ...nothing,
    refusal: 'no',
  })
  assert.equal(name(enrolled), 'nothing-assigned')
  assert.equal(name(enrolled, ['waiting', 'failed']), 'delivery')
  assert.equal(name(enrolled, ['failed']), 'failed')
  const app = {
    package: 'p',
    release: 1,
    version: '1',
    digest: 'x',
    path: 'app/p/',
    confirmed: true,
    staged: null,
  }
  assert.equal(screenOf({ ...view({ state: 'refused', message: 'unknown' }), app }).name, 'app')
  assert.equal(screenOf({ ...view({ state: 'revoked', message: 'revoked' }), app }).name, 'revoked')
})

test('a token is found in a link and by itself, and nothing else is one', () => {
  const token = 'abcdefghij_klmno-pqrst'
  assert.equal(enrolmentTokenIn(` ${token}\n`), token)
  assert.equal(enrolmentTokenIn(`https://larder.example/prefix/kiosk/?enrol=${token}`), token)
  assert.equal(enrolmentTokenIn(`https://larder.example/kiosk/?a=1&enrol=${token}#x`), token)
  for (const text of [
    '',
    'short',
    'https://larder.example/kiosk/',
    `${token} and more`,
    `?enrol=${'x'.repeat(65)}`,
  ]) {
    assert.equal(enrolmentTokenIn(text), null)
  }
})

test('PR-E8 diagnostics say that the server names foreign keys, and what to do, whether the device waits or is accepted', async () => {
  const [check] = kioskChecks
  const states: Enrolment[] = [
    { state: 'enrolled', name: 'Window', site: null, labels: {} },
    { state: 'pending', code: 'ABCD-EFGH', acceptUrl: null, refusal: null },
  ]
  for (const enrolment of states) {
    const shown = { ...view(enrolment), keysRefused: 'foreign keys' }
    const context = { baseUrl: new URL('https://larder.example/'), view: async () => shown, attended: false }
    const finding = await check?.run(context)
    assert.equal(finding?.state, 'bad')
    assert.match(finding?.found ?? '', /signing keys that this device does not trust/)
    assert.match(finding?.mend ?? '', /enrolment link/)
  }
})

test('diagnostics name a server that does not understand the page, and what to do', async () => {
  const check = kioskChecks.find(({ id }) => id === 'kiosk')
  const enrolled: Enrolment = { state: 'enrolled', name: '', site: null, labels: {} }
  const of = async (needsNewPage: boolean) => {
    const asked = async () => ({ ...view(enrolled), needsNewPage })
    return check?.run({ baseUrl: new URL('http://localhost/'), attended: false, view: asked })
  }
  assert.equal((await of(false))?.state, 'good')
  const finding = await of(true)
  assert.equal(finding?.state, 'bad')
  assert.match(JSON.stringify(finding), /another version than the kiosk page.*two minutes.*npm run build/)
})
