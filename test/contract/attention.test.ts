/** What needs an administrator, as the API lists it and `larder status` prints it. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { devicePageSchema } from '../../protocol/admin/devices.ts'
import { overviewSchema } from '../../protocol/admin/overview.ts'
import { describeOverview } from '../../signal-server/cli/commands/status-command.ts'
import { enrolMany, makeSite, report } from '../support/admin-fleet.ts'
import { openAdminStage } from '../support/admin-stage.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { startCliStage } from '../support/cli-stage.ts'

after(() => assertNothingLeaks())

test('the overview lists what needs an administrator, and each release that fails leads to its devices', async t => {
  const stage = await openAdminStage(t)
  for (const site of ['berlin', 'oslo']) await makeSite(stage, site)
  const overview = async () => v.parse(overviewSchema, (await stage.call('GET', '/api/overview')).body)
  const [store] = await enrolMany(stage, 1, { role: 'store', name: 'Store' })
  const [first, second] = await enrolMany(stage, 2, { name: 'Kiosk' })
  assert.ok(store && first && second)
  assert.deepEqual((await overview()).attention, [])

  await enrolMany(stage, 1, { site: 'oslo', online: false })
  const failed = {
    wantedRelease: 3,
    phase: 'failed',
    reason: 'release-failed',
    detail: 'it did not start',
  } as const
  await report(stage, first, failed)
  await report(stage, second, failed)
  stage.online.delete(second)
  const { attention } = await overview()
  assert.deepEqual(
    attention.map(({ kind, title }) => [kind, title]),
    [
      ['offline', '2 devices are offline; of 1 site none is online'],
      ['failed', 'Release 3 of lobby fails on 2 devices, 1 of them offline by now'],
    ],
  )
  const query = attention[1]?.place?.replace('#/devices', '')
  const { devices } = v.parse(devicePageSchema, (await stage.call('GET', `/api/devices${query}`)).body)
  assert.deepEqual(
    devices.map(({ name }) => name),
    ['Kiosk 1', 'Kiosk 2'],
  )
  assert.equal((await stage.call('GET', '/api/devices?failed=lobby')).status, 400)

  const printed = describeOverview(await overview(), 'Europe/Berlin')
  assert.match(printed, /^Fleet\n {2}devices {16}4\n {2}online {17}2\n {2}offline {16}2\n/)
  assert.match(
    printed,
    /\nAttention\n {2}2 devices are offline; of 1 site none is online, since 2026-11-22 13:00 Europe\/Berlin\n/,
  )
  assert.match(printed, /\n {4}- oslo: all 1 device, since 2026-11-22 13:00 Europe\/Berlin\n/)
  assert.match(printed, /\n {4}- release-failed, 2 devices: it did not start\n/)
})

test('larder status says where nothing needs an administrator', async () => {
  const { larder, larderJson, end } = await startCliStage()
  try {
    const { code, stdout } = await larder('status')
    assert.equal(code, 0)
    assert.match(stdout, /^Fleet\n.*\n\nNothing needs you\.\n$/s)
    assert.deepEqual((await larderJson('status')).attention, [])
  } finally {
    await end()
  }
})
