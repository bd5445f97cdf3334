import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runLatest } from '../../../signal-server/fleet/run-latest.ts'

/** Work that ends when the test says so. */
function steps() {
  const log: string[] = []
  const ends: (() => void)[] = []
  const work = (name: string) => async () => {
    log.push(`${name} begins`)
    await new Promise<void>(resolve => ends.push(resolve))
    log.push(`${name} ends`)
  }
  const settle = async () => {
    for (const end of ends.splice(0)) end()
    await new Promise(resolve => setImmediate(resolve))
  }
  return { log, work, settle }
}

test('asked while it runs, it runs once more afterwards, with what was asked last', async () => {
  const { log, work, settle } = steps()
  const run = runLatest(error => assert.fail(String(error)))
  for (const name of ['a', 'b', 'c']) run('key', work(name))
  assert.deepEqual(log, ['a begins'])
  await settle()
  await settle()
  assert.deepEqual(log, ['a begins', 'a ends', 'c begins', 'c ends'])
  run('key', work('d'))
  assert.equal(log.at(-1), 'd begins')
})

test('keys do not wait for one another', () => {
  const { log, work } = steps()
  const run = runLatest(error => assert.fail(String(error)))
  run('x', work('a'))
  run('y', work('b'))
  assert.deepEqual(log, ['a begins', 'b begins'])
})

test('a failure is told and the next run goes ahead', async () => {
  const { log, work, settle } = steps()
  const errors: unknown[] = []
  const run = runLatest(error => errors.push(error))
  run('key', async () => {
    throw new Error('no')
  })
  run('key', work('b'))
  await settle()
  await settle()
  assert.equal(errors.length, 1)
  assert.deepEqual(log, ['b begins', 'b ends'])
})
