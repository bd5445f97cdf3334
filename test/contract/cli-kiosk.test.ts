/** The commands that look after kiosks, against a running server with a device on the line: takeover, labels, tries, limits, diagnostics. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import pino from 'pino'
import { startServer } from '../../signal-server/server.ts'
import { withCleanup } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { assertFails, startCliStage } from '../support/cli-stage.ts'
import { packageStatus, statusOf } from '../support/device-status.ts'
import { signalUpExamples } from '../support/protocol-examples.ts'
import {
  type DeviceKeys,
  enrolDevice,
  generateDeviceKeys,
  SignalingClient,
} from '../support/signaling-client.ts'

const ADMIN_URL = 'https://larder-admin.example.com'

const { folder, server, larder, larderJson, end } = await startCliStage()
after(end)
/** Where devices reach the server. */
const deviceUrl = new URL('/', server.kioskUrl).href

before(async () => {
  await larderJson('site', 'create', 'berlin', '--time-zone', 'Europe/Berlin')
  await mkdir(join(folder, 'lobby'))
  await writeFile(join(folder, 'lobby', 'index.html'), '<h1>Lobby</h1>')
  await larderJson('publish', join(folder, 'lobby'), '--package', 'lobby', '--version', '1.0.0')
  const packages = ['--package', 'lobby', '--package', 'menu']
  await larderJson('profile', 'create', 'shops', '--site', 'berlin', ...packages)
})

/** A device of the site; not online yet. */
async function enrolKiosk(): Promise<DeviceKeys> {
  const { token } = await larderJson('enrol', 'create', '--site', 'berlin', '--role', 'kiosk')
  const keys = await generateDeviceKeys()
  await enrolDevice(deviceUrl, keys, token)
  return keys
}

async function online(t: TestContext, keys: DeviceKeys) {
  const joined = await SignalingClient.join(deviceUrl, keys)
  withCleanup(t).defer(() => joined.client.close())
  return joined
}

test('takeover changes only what is given, shows it in words, and reaches the devices at once', async t => {
  const { client } = await online(t, await enrolKiosk())
  const takeover = (...args: string[]) =>
    larder('package', 'takeover', 'lobby', '--profile', 'shops', ...args)
  assert.match((await takeover()).stdout, /takes over +as soon as it is complete \(at-once\)/)
  const window = await takeover('--activate', 'window:02:00-04:30')
  assert.match(window.stdout, /takes over +between 02:00 and 04:30 on the clock of the site/)
  const told = (await client.next('assignments')).assignments[0]
  assert.deepEqual(told?.activation, { when: 'window', from: '02:00', until: '04:30' })
  const both = await takeover('--confirm', 'ready:60s', '--priority', '-3', '--json')
  assert.deepEqual(JSON.parse(both.stdout).update, {
    activation: { when: 'window', from: '02:00', until: '04:30' },
    confirmation: { by: 'ready', withinMs: 60_000 },
    priority: -3,
  })
  const windows = await larderJson(
    'package',
    'windows',
    'lobby',
    '--profile',
    'shops',
    '--enforce-until',
    'PT1H',
  )
  assert.equal(windows.update.priority, -3)
  const profile = await larder('profile', 'show', 'shops')
  assert.match(profile.stdout, /lobby: .*takes over between 02:00 and 04:30.*priority -3/)
  const explained = await larder('explain', '--device', client.deviceId, '--package', 'lobby')
  assert.match(explained.stdout, /takes over +between 02:00 and 04:30/)
  await larderJson('package', 'windows', 'lobby', '--profile', 'shops', '--enforce-until', 'off')
})

test('what is no way to take over, no size and no label says what to write instead', async () => {
  const takeover = ['package', 'takeover', 'lobby', '--profile', 'shops']
  const cases: [string[], RegExp][] = [
    [[...takeover, '--activate', 'later'], /write at-once, idle:10min/],
    [[...takeover, '--activate', 'idle:2d'], /1s to 24h/],
    [[...takeover, '--activate', 'window:02:00-02:00'], /two times of day/],
    [[...takeover, '--confirm', 'ready'], /write ready:60s or runs:30s/],
    [[...takeover, '--priority', '1001'], /from -1000 to 1000/],
    [['package', 'takeover', 'lobby'], /--profile/],
    [['site', 'set', 'berlin', '--store-cache', '20'], /size such as 20GB/],
    [['site', 'set', 'berlin', '--store-upload', 'fast'], /rate such as 50Mbit/],
    [['site', 'set', 'berlin', '--store-upload', '1kB'], /too low/],
    [['device', 'label', 'x'], /labels/],
    [['device', 'label', 'x', 'floor'], /NAME=VALUE/],
    [['device', 'retry', 'x'], /--package/],
    [['device', 'diagnose', 'x', '--timeout', 'long'], /duration/],
    [['start', '--admin-url', 'larder.example.com'], /https:\/\/larder\.example\.com/],
  ]
  for (const [args, message] of cases) assertFails(await larder(...args), 2, message)
  const unknown = [...takeover.slice(0, 3), '--profile', 'nothing']
  assertFails(await larder(...unknown), 1, /no profile "nothing"/)
  assertFails(await larder('site', 'set', 'nothing', '--store-cache', '1GB'), 1, /no site "nothing"/)
})

test('limits of a site are set one at a time, told to its devices, and taken off again', async t => {
  const { client } = await online(t, await enrolKiosk())
  const set = await larderJson('site', 'set', 'berlin', '--store-cache', '20GB')
  assert.deepEqual(set.limits, { cacheBytes: 20_000_000_000, uploadBytesPerS: null })
  const created = ['site', 'create', 'berlin', '--time-zone', 'Europe/Berlin', '--store-upload', '50Mbit/s']
  assert.deepEqual((await larderJson(...created)).limits, {
    cacheBytes: 20_000_000_000,
    uploadBytesPerS: 6_250_000,
  })
  assert.equal((await client.next('device')).device.limits.cacheBytes, 20_000_000_000)
  assert.equal((await client.next('device')).device.limits.uploadBytesPerS, 6_250_000)
  assert.match((await larder('site', 'list')).stdout, /berlin +Europe\/Berlin +1 +19 GiB +6\.0 MiB\/s/)
  const off = await larderJson('site', 'set', 'berlin', '--store-cache', 'off', '--store-upload', 'off')
  assert.deepEqual(off.limits, { cacheBytes: null, uploadBytesPerS: null })
})

test('labels are set and taken off one by one, found again, and told to the device', async t => {
  const { client } = await online(t, await enrolKiosk())
  const label = (...labels: string[]) => larder('device', 'label', client.deviceId, ...labels)
  assert.match((await label('floor=2', 'area=by the=window')).stdout, /floor=2, area=by the=window\n$/)
  assert.deepEqual((await client.next('device')).device.labels, { floor: '2', area: 'by the=window' })
  assert.match((await label('floor=3', 'area-')).stdout, /: floor=3\n$/)
  assertFails(await label('area-'), 1, /has no label "area"; it has: floor=3/)
  assertFails(await label('Floor=1'), 1, /lower-case/)
  const found = await larder('device', 'list', '--search', 'floor=3')
  assert.match(found.stdout, new RegExp(`${client.deviceId} .*floor=3`))
  assert.match((await larder('device', 'list', '--search', 'floor=9')).stdout, /^No device has these words/)
})

test('a release that failed is tried again when asked, also by a device that is away now', async t => {
  const keys = await enrolKiosk()
  const retry = () => larder('device', 'retry', keys.deviceId, '--package', 'lobby')
  assertFails(await retry(), 1, /has not reported any release of package "lobby"/)
  const { client } = await online(t, keys)
  const failed = packageStatus({
    phase: 'failed',
    update: 'failed',
    reason: 'release-failed',
    detail: 'It hung',
  })
  client.send({ type: 'status', status: statusOf(keys.deviceId, [failed]) })
  client.send({ type: 'event', kind: 'release-rolled-back', package: 'lobby', release: 1, detail: 'It hung' })
  await client.settled()
  assert.match((await retry()).stdout, /^Release 1 of lobby is tried again now\.\n$/)
  assert.deepEqual((await client.next('device')).device.retries, { lobby: 1 })
  const shown = await larder('device', 'show', keys.deviceId)
  assert.match(shown.stdout, /update failed;.*\n +try again with: larder device retry d-/)
  assert.match(shown.stdout, /release-rolled-back +lobby 1: It hung/)
  assert.match(shown.stdout, /storage +on its disk, 0 B used, kept by the browser/)
  await client.close()
  await client.closed()
  assert.equal((await larderJson('device', 'retry', keys.deviceId, '--package', 'lobby')).retries, 2)
  assert.deepEqual((await online(t, keys)).welcome.device.retries, { lobby: 2 })
})

test('a release that a device refuses for its number is never said to be tried again or to take over', async t => {
  const keys = await enrolKiosk()
  const { client } = await online(t, keys)
  const refused = packageStatus({
    wantedRelease: 1,
    activeRelease: 2,
    phase: 'failed',
    update: 'waiting',
    reason: 'manifest-refused',
    detail: 'refused: release 1 is older than 2, which ran here',
  })
  client.send({ type: 'status', status: statusOf(keys.deviceId, [refused]) })
  await client.settled()
  assertFails(
    await larder('device', 'retry', keys.deviceId, '--package', 'lobby'),
    1,
    /Another try would change nothing.*larder package republish lobby 1 --version LABEL/,
  )
  const explained = await larder('explain', '--device', keys.deviceId, '--package', 'lobby')
  assert.match(explained.stdout, /^.*: This device has run release 2 of lobby and refuses release 1/)
  assert.match(explained.stdout, /to do +larder package republish lobby 1 --version LABEL/)
  assert.match(explained.stdout, /takes over +never on this device/)
  const shown = await larder('device', 'show', keys.deviceId)
  assert.match(shown.stdout, /warning: This device has run release 2/)
  assert.match(shown.stdout, /go back with: larder package republish lobby 1/)
  assert.doesNotMatch(shown.stdout, /try again/)
  assert.match((await larder('profile', 'show', 'shops')).stderr, /^note: 1 device has run a later release/)
  const made = await larder('package', 'republish', 'lobby', '1', '--version', '1.0.0 again')
  assert.match(
    made.stdout,
    /^Published the files of lobby release 1 again, as release 2 \(1\.0\.0 again\)\n$/,
  )
})

test('diagnose waits for what the device finds and prints it with what mends it', async t => {
  const keys = await enrolKiosk()
  const diagnose = (...args: string[]) => larder('device', 'diagnose', keys.deviceId, ...args)
  assertFails(await diagnose(), 1, /is not online, so it cannot be asked/)
  assert.match((await larder('device', 'show', keys.deviceId)).stdout, /none yet; ask for them with/)
  const { client } = await online(t, keys)
  assertFails(await diagnose('--timeout', '1s'), 1, /has not reported yet; its browser may be busy/)
  await client.next('diagnose')
  const running = diagnose()
  await client.next('diagnose')
  client.send(signalUpExamples.diagnostics)
  const { code, stdout } = await running
  assert.equal(code, 0)
  assert.match(stdout, /1 check, 1 to mend, 0 worth knowing\n +bad +Room on the disk: none\n +make some\n/)
  const { diagnostics } = await larderJson('device', 'show', keys.deviceId)
  assert.deepEqual(diagnostics.findings, signalUpExamples.diagnostics.report.findings)
})

test('a revoked device is shut out at once, and its key lets it in again once it is accepted', async t => {
  const keys = await enrolKiosk()
  const { client } = await online(t, keys)
  await larderJson('device', 'revoke', keys.deviceId)
  assert.equal((await client.next('error')).problem.type, 'device-revoked')
  assert.equal((await client.closed()).code, 4403)
  assert.match(
    (await larder('device', 'accept', keys.deviceId)).stdout,
    /state +accepted\n(.*\n)*? +site +berlin/,
  )
  assert.equal((await online(t, keys)).welcome.device.state, 'accepted')
})

test('a device that shows a code needs a site to be accepted', async () => {
  const { device } = await enrolDevice(deviceUrl, await generateDeviceKeys())
  assert.ok(device.code)
  assert.equal(device.adminUrl, null)
  assertFails(await larder('device', 'accept', device.code), 1, /needs a site/)
  assert.equal((await larderJson('device', 'accept', device.code, '--site', 'berlin')).state, 'accepted')
})

test('a server that is told its address for administrators tells it to devices that wait, and to nobody else', async t => {
  const data = join(folder, 'told')
  const free = { host: '127.0.0.1', port: 0, adminHost: '127.0.0.1', adminPort: 0 }
  const told = await startServer({ data, ...free, adminUrl: ADMIN_URL, log: pino({ level: 'silent' }) })
  withCleanup(t).defer(() => told.close())
  assert.equal(told.adminUrl, `${ADMIN_URL}/`)
  assert.match(told.adminLink, /^https:\/\/larder-admin\.example\.com\/#link=/)
  const { device } = await enrolDevice(new URL('/', told.kioskUrl).href, await generateDeviceKeys())
  assert.equal(device.adminUrl, `${ADMIN_URL}/`)
  const link = await runCommand(['admin-link', '--data', data])
  assert.match(link.stdout, /^https:\/\/larder-admin\.example\.com\/#link=/)
})
