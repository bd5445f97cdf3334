/** The audit log in words: who, and from what to what. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { actionWords, actorWords, changesOf } from '../../../signal-server/admin/audit/words.ts'

describe('changes', () => {
  test('name what differs and nothing else; the options by the names of the page', () => {
    const before = {
      proxyDistribution: true,
      onlyToProxiesUntil: null,
      enforceProxyUntil: { afterPublish: 'PT4H' },
    }
    const after = { ...before, onlyToProxiesUntil: { siteLocal: '2026-11-23T02:00' } }
    assert.deepEqual(changesOf('distribution.put', before, after), [
      { path: 'Only distribute to proxy devices until', from: 'off', to: '2026-11-23T02:00 site’s time' },
    ])
  })

  test('tell the items of a list apart by name, so that one more is one change', () => {
    const before = { sites: ['berlin', 'paris'], packages: [{ package: 'lobby', release: 'latest' }] }
    const after = {
      sites: ['amsterdam', 'berlin', 'paris'],
      packages: [
        { package: 'lobby', release: 3 },
        { package: 'menu', release: 'latest' },
      ],
    }
    assert.deepEqual(changesOf('profile.put', before, after), [
      { path: 'sites › amsterdam', from: null, to: 'amsterdam' },
      { path: 'packages › lobby › release', from: 'latest', to: '3' },
      { path: 'packages › menu', from: null, to: 'added' },
    ])
    assert.deepEqual(changesOf('profile.put', { sites: ['berlin'] }, { sites: [] }), [
      { path: 'sites › berlin', from: 'berlin', to: null },
    ])
  })

  test('are none where only the order of fields differs', () => {
    const before = { activation: { when: 'window', from: '02:00', until: '04:00' }, sites: ['berlin'] }
    const after = { sites: ['berlin'], activation: { until: '04:00', from: '02:00', when: 'window' } }
    assert.deepEqual(changesOf('update.put', before, after), [])
  })

  test('of a patch are only what it says', () => {
    assert.deepEqual(
      changesOf('device.patch', { name: 'a', role: 'kiosk', site: null }, { site: 'berlin' }),
      [{ path: 'site', from: 'none', to: 'berlin' }],
    )
  })

  test('where there was nothing before, every value is new; where nothing is said, nothing is shown', () => {
    assert.deepEqual(changesOf('site.put', null, { timeZone: 'UTC' }), [
      { path: 'time zone', from: null, to: 'UTC' },
    ])
    assert.deepEqual(changesOf('password.change', null, null), [])
  })
})

test('actors and actions in words; what is not known is shown as it is', () => {
  assert.equal(actorWords('token:ci: nightly'), 'API token “ci: nightly”')
  assert.equal(actorWords('shell'), 'A command on the server')
  assert.equal(actorWords('session:0123456789abcdef'), 'Session 01234567')
  assert.equal(actorWords('somebody'), 'somebody')
  assert.equal(actionWords('site.put'), 'Site saved')
  assert.equal(actionWords('moon.put'), 'moon.put')
})

test('how a package takes over and what a site allows are said in words, one line each', () => {
  const before = { activation: { when: 'at-once' }, confirmation: { by: 'runs', forMs: 30_000 }, priority: 0 }
  const after = { ...before, activation: { when: 'idle', idleMs: 600_000 }, priority: 5 }
  assert.deepEqual(changesOf('distribution.put', before, after), [
    {
      path: 'A new release goes on the screen',
      from: 'as soon as it is complete',
      to: 'when nobody has touched the screen for 10 min',
    },
    { path: 'Priority', from: '0', to: '5' },
  ])
  const limits = { cacheBytes: null, uploadBytesPerS: null }
  const limited = { cacheBytes: 20_000_000_000, uploadBytesPerS: 6_250_000 }
  assert.deepEqual(
    changesOf('site.put', { limits }, { limits: limited }).map(({ from, to }) => [from, to]),
    [
      ['none', '20 GB'],
      ['none', '6.3 MB/s'],
    ],
  )
})

test('a way to take over that this version does not know is shown as it was written', () => {
  const [change] = changesOf(
    'distribution.put',
    { activation: { when: 'full-moon' } },
    { activation: { when: 'at-once' } },
  )
  assert.deepEqual([change?.from, change?.to], ['{"when":"full-moon"}', 'as soon as it is complete'])
})
