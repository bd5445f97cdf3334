/** Enrolment links as administrators see them: listed, revoked, their use in the audit log, and warned of where nobody can use them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { enrolmentLinkListSchema, enrolmentTokenViewSchema } from '../../protocol/admin/enrolment.ts'
import { linkWarnings } from '../../signal-server/admin-api/link-warnings.ts'
import { makeSite } from '../support/admin-fleet.ts'
import { type AdminStage, openAdminStage, START } from '../support/admin-stage.ts'
import { withCleanup } from '../support/cleanup.ts'
import { assertFails, startCliStage } from '../support/cli-stage.ts'
import { enrolDevice, generateDeviceKeys } from '../support/signaling-client.ts'

async function makeLink(stage: AdminStage, change: object = {}) {
  const answer = await stage.call('POST', '/api/enrolment-tokens', {
    site: 'berlin',
    role: 'kiosk',
    ...change,
  })
  assert.equal(answer.status, 201)
  return v.parse(enrolmentTokenViewSchema, answer.body)
}

const enrol = async (stage: AdminStage, token: string) => {
  const result = await stage.directory.enrol({
    token,
    publicKey: (await generateDeviceKeys()).publicKey,
    address: '203.0.113.9',
    now: stage.now,
  })
  return result.ok ? result.device.deviceId : result.problem
}

const listed = async (stage: AdminStage) =>
  v.parse(enrolmentLinkListSchema, (await stage.call('GET', '/api/enrolment-tokens')).body).links

test('links are listed until they expire, with the uses that are left and without their tokens', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const link = await makeLink(stage, { uses: 2, role: 'store', expiresInS: 3600 })
  await makeLink(stage, { expiresInS: 60 })
  await enrol(stage, link.token)
  stage.now = START + 60_000
  assert.deepEqual(await listed(stage), [
    {
      id: link.id,
      site: 'berlin',
      role: 'store',
      uses: 2,
      usesLeft: 1,
      createdAt: '2026-11-22T12:00:00.000Z',
      expiresAt: '2026-11-22T13:00:00.000Z',
    },
  ])
  await makeLink(stage)
  const rows = await stage.records.db.selectFrom('enrolment_tokens').select('role').execute()
  assert.equal(rows.length, 2, 'the one that has expired is gone')
  assert.ok(!JSON.stringify((await stage.call('GET', '/api/enrolment-tokens')).body).includes(link.token))
})

test('a link that is revoked enrols nobody, and the devices that used it stay', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const { id, token } = await makeLink(stage, { uses: 5 })
  const deviceId = await enrol(stage, token)
  stage.now = START + 1000
  assert.equal((await stage.call('DELETE', `/api/enrolment-tokens/${id}`)).status, 204)
  assert.equal(await enrol(stage, token), 'enrolment-token-invalid')
  assert.equal((await stage.directory.device(deviceId))?.state, 'accepted')
  assert.deepEqual(await listed(stage), [])
  const again = await stage.call('DELETE', `/api/enrolment-tokens/${id}`)
  assert.deepEqual([again.status, again.body.type], [404, 'urn:larder:problem:not-found'])
  const [entry] = (await stage.call('GET', '/api/audit')).body.entries
  assert.deepEqual(
    [entry.action, entry.target, entry.before.id, entry.before.usesLeft],
    ['enrolment-token.revoke', 'site:berlin', id, 4],
  )
})

test('the audit log says which device used which link, from which address, once for each use', async t => {
  const stage = await openAdminStage(t)
  await makeSite(stage, 'berlin')
  const { id, token } = await makeLink(stage, { uses: 3 })
  const { publicKey } = await generateDeviceKeys()
  const command = { token, publicKey, name: 'Counter', address: '203.0.113.9', now: stage.now }
  const result = await stage.directory.enrol(command)
  await stage.directory.enrol(command)
  assert.ok(result.ok)
  const { entries } = (await stage.call('GET', '/api/audit')).body
  const uses = entries.filter((entry: { action: string }) => entry.action === 'device.enrol')
  assert.deepEqual(
    uses.map(({ actor, target, after }: Record<string, unknown>) => ({ actor, target, after })),
    [
      {
        actor: `enrolment-link:${id}`,
        target: `device:${result.device.deviceId}`,
        after: { name: 'Counter', site: 'berlin', role: 'kiosk', address: '203.0.113.9', usesLeft: 2 },
      },
    ],
  )
})

test('a link is warned of where its address leads devices nowhere, or keeps browsers from working', () => {
  const cases: [string, RegExp | null][] = [
    ['http://127.0.0.1:8080/kiosk/?enrol=x', /127\.0\.0\.1 leads each device to itself.*--public-url/],
    ['https://localhost/kiosk/?enrol=x', /localhost leads each device to itself/],
    ['http://[::1]:8080/kiosk/?enrol=x', /leads each device to itself/],
    ['http://192.168.1.5:8080/kiosk/?enrol=x', /over https:/],
    ['http://larder.example.com/kiosk/?enrol=x', /over https:/],
    ['https://larder.example.com/kiosk/?enrol=x', null],
  ]
  for (const [url, expected] of cases) {
    const warnings = linkWarnings(url)
    assert.equal(warnings.length, expected === null ? 0 : 1, url)
    if (expected !== null) assert.match(warnings[0] ?? '', expected, url)
  }
})

test('commands list and revoke links, and warn of a link that only this machine can use', async t => {
  const stage = await startCliStage()
  withCleanup(t).defer(() => stage.end())
  const { larder, larderJson } = stage
  await larderJson('site', 'create', 'berlin', '--time-zone', 'Europe/Berlin')
  assert.match((await larder('enrol', 'list')).stdout, /No enrolment link is valid/)
  const made = await larder('enrol', 'create', '--site', 'berlin', '--role', 'kiosk', '--uses', '20')
  assert.match(made.stderr, /^warning: The address 127\.0\.0\.1 leads each device to itself[^\n]+\n$/)
  const token = new URL(made.stdout.trim()).searchParams.get('enrol') ?? ''
  const keys = await generateDeviceKeys()
  await enrolDevice(new URL('/', stage.server.kioskUrl).href, keys, token)
  const list = await larder('enrol', 'list')
  assert.match(list.stdout, /^LINK +SITE +ROLE +USES LEFT/)
  const [, id = ''] = /\n([0-9a-f]{16}) +berlin +kiosk +19 of 20 /.exec(list.stdout) ?? []
  const { entries } = await (
    await fetch(`${stage.server.adminUrl}api/audit`, {
      headers: { authorization: `Bearer ${stage.env.LARDER_TOKEN}` },
    })
  ).json()
  const used = entries.find((entry: { action: string }) => entry.action === 'device.enrol')
  assert.deepEqual([used.target, used.after.address], [`device:${keys.deviceId}`, '127.0.0.1'])
  assert.match((await larder('enrol', 'revoke', id)).stdout, new RegExp(`^Revoked the enrolment link ${id}`))
  assert.deepEqual((await larderJson('enrol', 'list')).links, [])
  assertFails(await larder('enrol', 'revoke', id), 1, /no enrolment link .*larder enrol list/)
  assertFails(await larder('enrol', 'revoke', 'x'), 2, /id of an enrolment link/)
})
