/** A careless administrator: what a slip of the hand must not do. Other misuse is in cli.test.ts and cli-start.test.ts. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { assertNothingLeaks, temporaryDirectory } from '../support/cleanup.ts'
import { runCommand } from '../support/cli-run.ts'
import { environmentFor, startLarder } from '../support/larder-process.ts'

after(() => assertNothingLeaks())

test('an empty --data, as of an unset variable, is refused and makes no data directory of the current one', async () => {
  const here = await readdir('.')
  for (const command of [['start'], ['token', 'create'], ['admin-link'], ['doctor']]) {
    for (const empty of ['', ' ']) {
      const { code, stdout, stderr } = await runCommand([...command, '--data', empty])
      assert.equal(code, 2, command.join(' '))
      assert.equal(stdout, '')
      assert.match(stderr, /^larder: [^\n]*must not be empty[^\n]*\n$/)
    }
  }
  assert.deepEqual(await readdir('.'), here)
})

test('the address for devices in place of the one for administration is said to be the wrong one', async t => {
  const data = join(await temporaryDirectory(t), 'data')
  const server = await startLarder(t, data)
  const env = { ...(await environmentFor(server, data)), LARDER_URL: new URL('/', server.kioskUrl).href }
  for (const command of [
    ['site', 'list'],
    ['device', 'show', 'd-1'],
    ['site', 'create', 'x', '--time-zone', 'UTC'],
  ]) {
    const { code, stderr } = await runCommand(command, env)
    assert.equal(code, 1, command.join(' '))
    assert.match(stderr, /^larder: [^\n]*does not answer as the admin API[^\n]*--server[^\n]*\n$/)
  }
})
