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
