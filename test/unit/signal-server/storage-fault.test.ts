/** Which errors mean that nothing can be written, with the words for each. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storageFaultOf, unlessStorageFails } from '../../../signal-server/storage-fault.ts'

const systemError = (code: string) => Object.assign(new Error(code), { code })
const sqliteError = (errcode: number) =>
  Object.assign(new Error('sqlite'), { code: 'ERR_SQLITE_ERROR', errcode })

const SQLITE_IOERR_WRITE = 778
const SQLITE_IOERR_FSYNC = 1034
const SQLITE_IOERR_SHMSIZE = 4874
const SQLITE_CONSTRAINT = 19

const FAULTS = [
  ['ENOSPC', 'full', systemError('ENOSPC')],
  ['EDQUOT', 'full', systemError('EDQUOT')],
  ['EROFS', 'read-only', systemError('EROFS')],
  ['EIO', 'failed', systemError('EIO')],
  ['EMFILE', 'too-many-files', systemError('EMFILE')],
  ['ENFILE', 'too-many-files', systemError('ENFILE')],
  ['SQLITE_FULL', 'full', sqliteError(13)],
  ['SQLITE_READONLY', 'read-only', sqliteError(8)],
  ['SQLITE_IOERR_WRITE', 'failed', sqliteError(SQLITE_IOERR_WRITE)],
  ['SQLITE_IOERR_FSYNC', 'failed', sqliteError(SQLITE_IOERR_FSYNC)],
  ['SQLITE_IOERR_SHMSIZE', 'full', sqliteError(SQLITE_IOERR_SHMSIZE)],
  ['SQLITE_BUSY', 'busy', sqliteError(5)],
  ['what was caused by one of them', 'full', new Error('it failed', { cause: systemError('ENOSPC') })],
] as const

for (const [what, reason, error] of FAULTS)
  test(`${what} means ${reason}`, () => {
    const fault = storageFaultOf(error)
    assert.equal(fault?.reason, reason)
    assert.ok(fault.words.length > 0 && fault.advice.length > 0)
  })

for (const error of [systemError('ENOENT'), sqliteError(SQLITE_CONSTRAINT), new Error('a bug'), 'text', null])
  test(`${error} means nothing of the kind`, () => assert.equal(storageFaultOf(error), null))

test('a write that may be left out is left out where the disk does not take it, and fails for any other reason', async () => {
  await unlessStorageFails(Promise.reject(systemError('EIO')))
  await assert.rejects(unlessStorageFails(Promise.reject(new Error('a bug'))), /a bug/)
})
