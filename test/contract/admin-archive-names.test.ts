/** Archives as the programs of common systems pack them: every file arrives, under the name that people gave it. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { stagedArchiveSchema } from '../../protocol/admin/archives.ts'
import { type AdminStage, openAdminStage } from '../support/admin-stage.ts'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { type ZipEntry, zipFile } from '../support/zip-file.ts'

after(() => assertNothingLeaks())

const ARCHIVES = '/api/packages/lobby/archives'
const PAGE: ZipEntry = { name: 'index.html', content: '<p>hello</p>' }
const GOOD: readonly ZipEntry[] = [PAGE, { name: 'app/run.js', content: 'run()' }]

/** The paths of the package that an archive becomes, in the order of paths. */
async function pathsOf(stage: AdminStage, bytes: Uint8Array): Promise<string[]> {
  const { status, body } = await stage.call('POST', ARCHIVES, bytes)
  assert.equal(status, 201, JSON.stringify(body))
  return v.parse(stagedArchiveSchema, body).comparison.files.list.map(file => file.path)
}

test('an archive of more than 65,535 files that states their number modulo 65,536 is published whole', async t => {
  const stage = await openAdminStage(t)
  const tiles = Array.from({ length: 66_000 }, (_, n) => ({ name: `tiles/${n}.txt`, method: 0 }))
  const staged = await stage.call('POST', ARCHIVES, zipFile([PAGE, ...tiles]))
  assert.equal(staged.status, 201, JSON.stringify(staged.body))
  assert.equal(staged.body.comparison.files.total, 66_001)
})

test('an archive in zip64 form is read like any other', async t => {
  const stage = await openAdminStage(t)
  assert.deepEqual(await pathsOf(stage, zipFile(GOOD, { isZip64: true })), ['app/run.js', 'index.html'])
})

const UMLAUTS = 'Größe.svg'
const NAMES: Record<string, readonly [entry: ZipEntry, path: string]> = {
  'UTF-8 that the archive does not mark as such': [{ name: UMLAUTS, isMarkedUtf8: false }, UMLAUTS],
  'decomposed UTF-8 that is not marked, as Finder writes it': [
    { name: UMLAUTS.normalize('NFD'), isMarkedUtf8: false },
    UMLAUTS,
  ],
  'decomposed UTF-8 that is marked': [{ name: UMLAUTS.normalize('NFD') }, UMLAUTS],
  'code page 437, as Explorer writes it': [
    { name: Buffer.from('Gr\x94\xe1e.svg', 'latin1'), isMarkedUtf8: false },
    UMLAUTS,
  ],
}
for (const [kind, [entry, path]] of Object.entries(NAMES)) {
  test(`a name in ${kind} becomes the composed name`, async t => {
    const stage = await openAdminStage(t)
    assert.deepEqual(await pathsOf(stage, zipFile([PAGE, { ...entry, content: 'x' }])), [path, 'index.html'])
  })
}

test('backslashes separate where no entry has a slash, as old programs on Windows pack', async t => {
  const stage = await openAdminStage(t)
  const bytes = zipFile([PAGE, { name: 'js\\', method: 0 }, { name: 'js\\app.js', content: '1' }])
  assert.deepEqual(await pathsOf(stage, bytes), ['index.html', 'js/app.js'])
})
