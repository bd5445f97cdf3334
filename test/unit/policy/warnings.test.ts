/** Which settings are warned of, and when a warning has lost its point. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { WARNINGS, windowWarnings } from '../../../policy/warnings.ts'
import { decideSources } from '../../../policy/windows.ts'

const codes = (proxyDistribution: boolean, only: number | null, enforce: number | null, now: number) =>
  windowWarnings({ proxyDistribution, onlyToProxiesUntil: only, enforceProxyUntil: enforce }, now).map(
    warning => warning.code,
  )

const instant = fc.integer({ min: 0, max: 12 })
const bound = fc.option(instant, { nil: null })

describe('window warnings', () => {
  test('“Only … until” alone sends kiosks to the server', () => {
    assert.deepEqual(codes(true, 10, null, 5), ['only-without-enforce'])
  })

  test('“Enforce … until” earlier than “Only … until” closes the stores while the server is open', () => {
    assert.deepEqual(codes(true, 10, 7, 5), ['enforce-before-only'])
    assert.deepEqual(codes(true, 10, 3, 5), ['enforce-before-only'])
  })

  test('windows without proxy distribution have no effect', () => {
    assert.deepEqual(codes(false, 10, null, 5), ['windows-without-proxy'])
    assert.deepEqual(codes(false, null, 10, 5), ['windows-without-proxy'])
    assert.deepEqual(codes(false, 10, 3, 5), ['windows-without-proxy'])
    assert.deepEqual(codes(false, null, null, 5), [])
  })

  test('settings that do what they say get no warning', () => {
    assert.deepEqual(codes(true, null, null, 5), [])
    assert.deepEqual(codes(true, 10, 10, 5), [])
    assert.deepEqual(codes(true, 10, 12, 5), [])
    assert.deepEqual(codes(true, null, 10, 5), [])
  })

  test('a bound that is reached warns of nothing', () => {
    assert.deepEqual(codes(true, 10, null, 10), [])
    assert.deepEqual(codes(true, 10, 3, 10), [])
    assert.deepEqual(codes(false, 10, 10, 10), [])
  })

  test('a kiosk that is some time sent to the server alone has been warned of, and only then', () => {
    fc.assert(
      fc.property(bound, bound, instant, (only, enforce, now) => {
        const options = {
          role: 'kiosk',
          proxyDistribution: true,
          onlyToProxiesUntil: only,
          enforceProxyUntil: enforce,
        } as const
        const fromNowOn = Array.from({ length: 14 }, (_, later) => decideSources(options, now + later))
        const serverAlone = fromNowOn.some(decision => decision.order.join() === 'server')
        assert.equal(codes(true, only, enforce, now).length > 0, serverAlone)
      }),
    )
  })

  test('a warning carries the sentence of its code', () => {
    const windows = { proxyDistribution: true, onlyToProxiesUntil: 10, enforceProxyUntil: null }
    assert.deepEqual(windowWarnings(windows, 5), [
      { code: 'only-without-enforce', message: WARNINGS['only-without-enforce'] },
    ])
  })
})
