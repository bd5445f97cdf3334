/** Rates of a site's live picture, from counters that begin anew with releases and links. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceStatus, PackageStatus } from '../../../../protocol/device-status.ts'
import { ExchangeRates } from '../../../../signal-server/fleet-watch/exchange-rates.ts'
import { packageStatus, statusOf } from '../../../support/device-status.ts'

const STORE = `d-${'a'.repeat(32)}`
const KIOSK = `d-${'b'.repeat(32)}`

const entry = (name: string, wantedRelease: number, fromServer: number): PackageStatus =>
  packageStatus({ package: name, wantedRelease, bytes: { fromStores: 0, fromServer, reused: 0 } })

/** Bytes a second to the store from the server, and from it to the kiosk, after these reports, a second apart. */
function ratesAfter(...reports: Pick<DeviceStatus, 'packages' | 'peers'>[]) {
  const rates = new ExchangeRates()
  for (const [index, { packages, peers }] of reports.entries())
    rates.report(STORE, statusOf(STORE, packages, { peers }), index * 1000)
  const links = rates.links(new Set([STORE, KIOSK]), (reports.length - 1) * 1000)
  const rate = (from: string, to: string) =>
    links.find(link => link.from === from && link.to === to)?.bytesPerS ?? 0
  return { fromServer: rate('server', STORE), toKiosk: rate(STORE, KIOSK) }
}

const fetched = (...packages: PackageStatus[]) => ({ packages, peers: [] })
const served = (bytesOut: number) => ({
  packages: [],
  peers: [{ deviceId: KIOSK, state: 'open' as const, bytesIn: 0, bytesOut }],
})

test('the rate from the server counts a release that begins anew beside packages that go on', () => {
  const before = fetched(entry('lobby', 1, 900_000), entry('signs', 1, 10_000))
  assert.equal(ratesAfter(before, fetched(entry('lobby', 2, 0), entry('signs', 1, 15_000))).fromServer, 5_000)
  assert.equal(
    ratesAfter(before, fetched(entry('lobby', 2, 3_000), entry('signs', 1, 15_000))).fromServer,
    8_000,
  )
})

test('a package that a report left out, and a device that is heard for the first time, show no rate that never was', () => {
  const all = fetched(entry('lobby', 1, 900_000))
  assert.equal(ratesAfter(all).fromServer, 0)
  assert.equal(ratesAfter(all, fetched(), all).fromServer, 0)
})

test('a link that was made anew counts from nothing', () => {
  assert.equal(ratesAfter(served(900_000), served(4_000)).toKiosk, 4_000)
})
