/** `larder demo` as somebody runs it who has just cloned the project. */
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { runLarder } from '../support/larder-process.ts'

after(() => assertNothingLeaks())

interface DemoDocument {
  readonly encodedBytes: number
  readonly devices: readonly {
    readonly role: string
    readonly phase: string
    readonly activeVersion: string
    readonly bytes: { readonly fromStores: number; readonly fromServer: number }
  }[]
  readonly origin: { readonly chunkBytesSent: number }
  readonly kioskUrl: string
  readonly adminUrl: string
}

const demoFolders = async () => (await readdir(tmpdir())).filter(name => name.startsWith('larder-demo-'))

test('demo --once --json: every device runs the release, one copy left the origin, nothing stays behind', async () => {
  const before = new Set(await demoFolders())
  const { code, stdout, stderr } = await runLarder(['demo', '--once', '--json', '--kiosks', '2'])
  assert.equal(code, 0, stderr)
  const document: DemoDocument = JSON.parse(stdout)
  const { encodedBytes } = document
  assert.deepEqual(
    document.devices.map(({ role, phase, activeVersion }) => [role, phase, activeVersion]),
    [
      ['store', 'active', '1.0.0'],
      ['kiosk', 'active', '1.0.0'],
      ['kiosk', 'active', '1.0.0'],
    ],
  )
  for (const { role, bytes } of document.devices) {
    const { fromStores, fromServer } = bytes
    assert.deepEqual([fromStores, fromServer], role === 'store' ? [0, encodedBytes] : [encodedBytes, 0])
  }
  assert.equal(document.origin.chunkBytesSent, encodedBytes)
  assert.match(document.kioskUrl, /\/kiosk\/\?enrol=/)
  assert.match(document.adminUrl, /^http:\/\//)
  assert.match(stderr, /crossed from the origin and .* came from stores/)
  assert.deepEqual(
    (await demoFolders()).filter(name => !before.has(name)),
    [],
  )
})
