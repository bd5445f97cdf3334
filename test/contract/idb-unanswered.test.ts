/** Databases that the browser does not answer for: each is asked again on another connection, and nothing waits for ever. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { IDBFactory } from 'fake-indexeddb'
import { get } from 'idb-keyval'
import { openIdbDatabase, whenCommitted } from '../../client/adapters/browser/idb-database.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))

/** Time for what can be answered, then `ms` of silence, in steps as real time has them. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    for (let i = 0; i < 5; i++) await turn()
    mock.timers.tick(1_000)
  }
  for (let i = 0; i < 20; i++) await turn()
}

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
afterEach(() => mock.timers.reset())

/** A factory that leaves the first `silent` openings unanswered. */
function silentFactory(silent: number): { factory: IDBFactory; opened: () => number } {
  const factory = new IDBFactory()
  let opened = 0
  const open = factory.open.bind(factory)
  factory.open = (...args) => {
    opened++
    return opened <= silent ? ({} as ReturnType<IDBFactory['open']>) : open(...args)
  }
  return { factory, opened: () => opened }
}

test('an opening that is not answered is tried once more', async () => {
  const { factory, opened } = silentFactory(1)
  const database = openIdbDatabase('one', { factory })
  const read = get('key', database.use)
  await pass(12_000)
  assert.equal(await read, undefined)
  assert.equal(opened(), 2)
  database.close()
})

test('a read that is not answered is asked again on a new connection; a write fails', async () => {
  const { factory, opened } = silentFactory(0)
  const database = openIdbDatabase('two', { factory })
  await database.use('readwrite', store => {
    store.put(1, 'key')
    return whenCommitted(store.transaction)
  })
  let asked = 0
  const read = database.use('readonly', store => {
    asked++
    return asked === 1 ? new Promise<never>(() => {}) : get('key', async (_, callback) => callback(store))
  })
  await pass(32_000)
  assert.equal(await read, 1)
  assert.deepEqual([asked, opened()], [2, 2])

  const write = database.use('readwrite', () => new Promise<never>(() => {}))
  const refused = assert.rejects(write, { name: 'TimeoutError' })
  await pass(32_000)
  await refused
  database.close()
})

test('where there is another way to the databases it is taken, once for all that waited on the first', async () => {
  const stuck = silentFactory(99).factory
  const ways: ReturnType<typeof silentFactory>[] = []
  const onSilent = () => {
    const way = silentFactory(0)
    ways.push(way)
    return way.factory
  }
  const opened = () => ways.map(way => way.opened())
  const database = openIdbDatabase('three', { factory: stuck, onSilent })
  const reads = Promise.all([get('key', database.use), get('other', database.use)])
  await pass(12_000)
  assert.deepEqual(await reads, [undefined, undefined])
  assert.deepEqual(opened(), [1])

  // Transactions that are silent, on a connection that was had.
  const writes = [1, 2].map(() =>
    assert.rejects(
      database.use('readwrite', () => new Promise<never>(() => {})),
      { name: 'TimeoutError' },
    ),
  )
  await pass(32_000)
  await Promise.all(writes)
  assert.equal(await get('key', database.use), undefined)
  assert.deepEqual(opened(), [1, 1])
  database.close()
})

test('errors from another frame are told apart as if they were this page’s own', async () => {
  const factory = new IDBFactory()
  const database = openIdbDatabase('four', { factory })
  await get('key', database.use)
  let asked = 0
  const read = database.use('readonly', store => {
    asked++
    if (asked === 1) return Promise.reject({ name: 'InvalidStateError', message: 'of another frame' })
    return get('key', async (_, callback) => callback(store))
  })
  assert.equal(await read, undefined)
  assert.equal(asked, 2)
  database.close()
})

test('a database that answers others meanwhile is slow, not silent', async () => {
  const database = openIdbDatabase('five', { factory: new IDBFactory() })
  await get('key', database.use)
  const { promise, resolve } = Promise.withResolvers<string>()
  let asked = 0
  const slow = database.use('readonly', () => {
    asked++
    return promise
  })
  for (let read = 0; read < 4; read++) {
    await pass(20_000)
    await get('key', database.use)
  }
  resolve('late')
  assert.equal(await slow, 'late')
  assert.equal(asked, 1)
  database.close()
})

test('a read that was cut off is asked again, once; a write is not, since it may have been done', async () => {
  const database = openIdbDatabase('six', { factory: new IDBFactory() })
  const cutOff = (mode: IDBTransactionMode) => {
    const asked = { times: 0 }
    const result = database.use(mode, () => {
      asked.times++
      return Promise.reject(new DOMException('The connection was closed.', 'AbortError'))
    })
    return { asked, result }
  }
  const read = cutOff('readonly')
  await assert.rejects(read.result, { name: 'AbortError' })
  assert.equal(read.asked.times, 2)
  const write = cutOff('readwrite')
  await assert.rejects(write.result, { name: 'AbortError' })
  assert.equal(write.asked.times, 1)
  database.close()
})
