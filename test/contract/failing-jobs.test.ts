/** Work in the background that fails: the server goes on, says so, and tries again until it is done. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { FleetPresence } from '../../signal-server/fleet-presence.ts'
import { FleetBoard } from '../../signal-server/fleet-watch/fleet-board.ts'
import { PatchMaker } from '../../signal-server/publishing/patch-maker.ts'
import { findPatchSet } from '../../signal-server/records/patch-sets.ts'
import { TrafficHistory } from '../../signal-server/records/traffic-history.ts'
import { ChunkVaultError } from '../../signal-server/vault/chunk-vault.ts'
import { openAdminStage } from '../support/admin-stage.ts'
import { withCleanup } from '../support/cleanup.ts'
import { jobStage } from '../support/job-stage.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { generateDeviceKeys } from '../support/signaling-client.ts'
import { until } from '../support/test-site.ts'

const text = Buffer.from(seededBytes(1, 60_000)).toString('base64')

async function withTwoReleases(t: Parameters<typeof openAdminStage>[0]) {
  const stage = await openAdminStage(t)
  const first = await stage.publish('lobby', { 'index.html': text })
  const second = await stage.publish('lobby', {
    'index.html': `${text.slice(0, 9_000)}new${text.slice(9_000)}`,
  })
  return { stage, from: first.body.digest as string, to: second.body.digest as string }
}

test('a patch that failed on a full disk is listed as failing, and made once there is room', async t => {
  const { stage, from, to } = await withTwoReleases(t)
  const { jobs, time, clock } = jobStage()
  withCleanup(t).use(jobs)
  let isFull = true
  const maker = new PatchMaker({
    records: stage.records,
    vault: stage.vault,
    publisher: {
      putPart: async (digest, part) => {
        if (isFull) throw new ChunkVaultError('storage-full', 'the disk is full', null)
        return await stage.publisher.putPart(digest, part)
      },
    },
    jobs,
    clock: clock.now,
    log: { info: () => undefined },
  })
  t.after(() => maker.close())
  await until('it fails', () => jobs.failing().length > 0)
  assert.match(
    jobs.failing()[0]?.message ?? '',
    /^the patch of lobby from .+ could not be made: the disk is full$/,
  )
  assert.equal(await maker.expectedAt(from, to), null, 'nobody waits for it')
  isFull = false
  await time.advance(10_000)
  await until('it is made', async () => (await findPatchSet(stage.records.db, from, to))?.hasParts)
  await until('nothing fails any more', () => jobs.failing().length === 0)
})

test('records that cannot be read end neither the patch maker nor the server, and are read again', async t => {
  const { stage, from, to } = await withTwoReleases(t)
  const { jobs, time, clock } = jobStage()
  withCleanup(t).use(jobs)
  let isLocked = true
  const records = new Proxy(stage.records, {
    get(target, name) {
      if (name === 'db' && isLocked) throw new Error('database is locked')
      return Reflect.get(target, name)
    },
  })
  const { vault, publisher } = stage
  const maker = new PatchMaker({
    records,
    vault,
    publisher,
    jobs,
    clock: clock.now,
    log: { info: () => undefined },
  })
  t.after(() => maker.close())
  await until('it fails', () => jobs.failing()[0]?.message === 'database is locked')
  isLocked = false
  await time.advance(10_000)
  await until('it is made', async () => (await findPatchSet(stage.records.db, from, to))?.hasParts)
})

test('what of the fleet could not be read is read again, and is on the board then', async t => {
  const stage = await openAdminStage(t)
  await stage.call('PUT', '/api/sites/berlin', { timeZone: 'Europe/Berlin' })
  const { publicKey } = await generateDeviceKeys()
  const enrolled = await stage.directory.enrol({ publicKey, name: 'screen', now: stage.now })
  assert.ok(enrolled.ok)
  const { jobs, time } = jobStage()
  withCleanup(t).use(jobs)
  let isLocked = true
  const records = new Proxy(stage.records, {
    get(target, name) {
      if (name === 'db' && isLocked) throw new Error('database is locked')
      return Reflect.get(target, name)
    },
  })
  const presence: FleetPresence = {
    isOnline: () => false,
    duplicateOf: () => null,
    separate: async () => null,
    roleOf: () => 'kiosk',
    diagnose: () => false,
    subscribe: () => () => {},
  }
  const board = withCleanup(t).use(new FleetBoard({ records, presence, jobs }))
  await board.settled()
  assert.deepEqual(
    jobs.failing().map(job => [job.name, job.message]),
    [['following the fleet', 'database is locked']],
  )
  assert.equal(board.counts.pending, 0)
  isLocked = false
  await time.advance(10_000)
  await board.settled()
  assert.equal(board.counts.pending, 1)
  assert.deepEqual(jobs.failing(), [])
})

test('sent bytes that could not be written are counted later, once', async t => {
  const { records } = await openAdminStage(t)
  const { jobs, time } = jobStage()
  withCleanup(t).use(jobs)
  let isFull = true
  const db = new Proxy(records.db, {
    get(target, name) {
      if (name === 'transaction' && isFull) throw new Error('the disk is full')
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const traffic = await TrafficHistory.open(db, jobs)
  traffic.addOriginSent(1000, 1)
  await time.advance(2_000)
  traffic.addOriginSent(500, 2)
  await time.advance(5_000)
  await traffic.flush()
  assert.equal(traffic.total().originSent, 0)
  assert.equal(jobs.failing()[0]?.name, 'counting traffic')
  isFull = false
  await time.advance(60_000)
  await until('they are counted', () => traffic.total().originSent === 1500)
  assert.deepEqual(jobs.failing(), [])
})

test('a promise that nothing handles is logged and does not end the server', async () => {
  const script = `
    import { surviveUnhandledRejections } from ${JSON.stringify(fileURLToPath(new URL('../../signal-server/unhandled-rejections.ts', import.meta.url)))}
    const stop = surviveUnhandledRejections({ error: ({ err }, message) => console.log(message + ': ' + err.message) })
    Promise.reject(new Error('dropped'))
    setTimeout(() => { console.log('still here'); stop() }, 50)
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', chunk => {
    out += chunk
  })
  const [code] = await once(child, 'close')
  assert.equal(code, 0)
  assert.equal(out, 'a failure was not handled; the server goes on: dropped\nstill here\n')
})
