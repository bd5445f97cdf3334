import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HotChunks } from '../../../../signal-server/vault/hot-chunks.ts'

const chunk = (bytes: number) => new Uint8Array(bytes)

/** Reads that are counted, and answered when the test says so. */
function countedReads() {
  const reads: string[] = []
  return {
    reads,
    of: (digest: string, bytes: number) => async () => {
      reads.push(digest)
      return chunk(bytes)
    },
  }
}

test('what was read is given from memory the next time', async () => {
  const hot = new HotChunks(100)
  const { reads, of } = countedReads()
  const first = await hot.get('a', of('a', 10))
  assert.equal(await hot.get('a', of('a', 10)), first)
  assert.deepEqual(reads, ['a'])
})

test('a chunk that many ask for at once is read once', async () => {
  const hot = new HotChunks(100)
  const { reads, of } = countedReads()
  await Promise.all([1, 2, 3].map(() => hot.get('a', of('a', 10))))
  assert.deepEqual(reads, ['a'])
})

test('beyond its bytes the one that was not used for longest goes', async () => {
  const hot = new HotChunks(100)
  const { reads, of } = countedReads()
  await hot.get('a', of('a', 40))
  await hot.get('b', of('b', 40))
  await hot.get('a', of('a', 40))
  await hot.get('c', of('c', 40))
  await hot.get('a', of('a', 40))
  await hot.get('b', of('b', 40))
  assert.deepEqual(reads, ['a', 'b', 'c', 'b'])
})

test('a chunk larger than all of it drives nothing out', async () => {
  const hot = new HotChunks(100)
  const { reads, of } = countedReads()
  await hot.get('a', of('a', 40))
  assert.equal((await hot.get('b', of('b', 101)))?.byteLength, 101)
  await hot.get('a', of('a', 40))
  assert.deepEqual(reads, ['a', 'b'])
})

test('what is forgotten while it is read is not kept: it may be what was there before', async () => {
  const hot = new HotChunks(100)
  let finish: (bytes: Uint8Array) => void = () => undefined
  const old = hot.get('a', () => new Promise(resolve => (finish = resolve)))
  hot.forget('a')
  const fresh = await hot.get('a', async () => chunk(2))
  finish(chunk(1))
  assert.equal((await old)?.byteLength, 1)
  assert.equal(await hot.get('a', async () => chunk(3)), fresh)
})

test('neither a chunk that is not there nor a failure is remembered', async () => {
  const hot = new HotChunks(100)
  assert.equal(await hot.get('a', async () => null), null)
  await assert.rejects(
    hot.get('a', async () => {
      throw new Error('the disk failed')
    }),
    /the disk failed/,
  )
  assert.equal((await hot.get('a', async () => chunk(5)))?.byteLength, 5)
})
