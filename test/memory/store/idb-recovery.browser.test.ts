import { openDB } from 'idb'
import { afterEach, expect, test, vi } from 'vitest'
import { openIdbStore } from '../../../src/memory/store/idb-store.ts'
import type { StoreWriter, TrajectoryStore } from '../../../src/memory/store/trajectory-store.ts'
import { deleteBucket, openBucket, useBucket } from '../../support/storage-buckets.ts'

const NAME = 'recovery'
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const put = (id: number) => (writer: StoreWriter) => writer.put('changes', { id, ids: null })
const ids = (store: TrajectoryStore): Promise<number[]> => store.read((reader) => reader.ids('changes'))

/** A store whose connection the browser closes when asked to; the next one finds the same contents. */
async function storeWithTwin(): Promise<{ store: TrajectoryStore; recovered: string[]; closeByForce(): Promise<void> }> {
  const [first, twin] = [await openBucket(), await openBucket()]
  const recovered: string[] = []
  for (const bucket of [twin, first]) {
    useBucket(bucket)
    const filled = await openIdbStore({ name: NAME })
    await filled.write(put(1))
    filled.close()
  }
  const store = await openIdbStore({ name: NAME, onRecovered: (message) => recovered.push(message) })
  const closeByForce = (): Promise<void> => {
    useBucket(twin)
    return deleteBucket(first)
  }
  return { store, recovered, closeByForce }
}

test('a connection that the browser closes during a write is opened again, and the work runs once more', async () => {
  const { store, recovered, closeByForce } = await storeWithTwin()
  let runs = 0
  const writing = store.write(async (writer) => {
    runs++
    await put(2)(writer)
    // The first run never ends by itself.
    while (runs === 1) await put(3)(writer)
    return 'written'
  })
  await closeByForce()
  expect(await writing).toBe('written')
  expect(runs).toBe(2)
  expect(await ids(store)).toEqual([1, 2])
  expect(recovered).toEqual([expect.stringMatching(/opened again/)])
  store.close()
})

test('one that the browser closes while nothing happens is opened again by the next call', async () => {
  const { store, recovered, closeByForce } = await storeWithTwin()
  await closeByForce()
  await store.write(put(2))
  expect(await ids(store)).toEqual([1, 2])
  expect(recovered).toHaveLength(1)
  store.close()
})

test('all calls that the loss has hit share one new connection', async () => {
  const { store, recovered, closeByForce } = await storeWithTwin()
  await closeByForce()
  const opened = vi.spyOn(IDBFactory.prototype, 'open')
  await Promise.all([store.write(put(2)), ids(store), store.snapshots.read((reader) => reader.count('snapshots')), store.write(put(3))])
  expect(opened).toHaveBeenCalledTimes(1)
  expect(await ids(store)).toEqual([1, 2, 3])
  expect(recovered).toHaveLength(1)
  store.close()
})

test('a connection that says that it is closing when a transaction begins is opened again', async () => {
  const { store, recovered } = await storeWithTwin()
  closeBeforeTransactions(1)
  await store.write(put(2))
  expect(await ids(store)).toEqual([1, 2])
  expect(recovered).toHaveLength(1)
  store.close()
})

test('one that is lost again at once ends in memory-closed, as all later calls do', async () => {
  const { store } = await storeWithTwin()
  closeBeforeTransactions(Infinity)
  const opened = vi.spyOn(IDBFactory.prototype, 'open')
  await expect(store.write(put(2))).rejects.toMatchObject({ code: 'memory-closed', message: expect.stringMatching(/did not help/) })
  await expect(ids(store)).rejects.toMatchObject({ code: 'memory-closed' })
  expect(opened).toHaveBeenCalledTimes(1)
})

test('where it cannot be opened again, calls reject with memory-closed and its cause', async () => {
  const { store, closeByForce } = await storeWithTwin()
  await closeByForce()
  vi.stubGlobal('indexedDB', undefined)
  const refused = { code: 'memory-closed', cause: expect.objectContaining({ code: 'memory-blocked' }) }
  await expect(Promise.all([store.write(put(2)), ids(store)])).rejects.toMatchObject(refused)
  await expect(ids(store)).rejects.toMatchObject(refused)
})

test('where the browser has deleted what was stored, calls say so, and no empty database takes its place', async () => {
  const bucket = await openBucket()
  useBucket(bucket)
  const store = await openIdbStore({ name: NAME })
  await store.write(put(1))
  await deleteBucket(bucket)
  const anew = await openBucket({ name: bucket.name })
  useBucket(anew)
  const gone = { code: 'memory-closed', message: expect.stringMatching(/was deleted.*begin anew/) }
  await expect(store.write(put(2))).rejects.toMatchObject(gone)
  await expect(ids(store)).rejects.toMatchObject(gone)
  expect(await anew.indexedDB.databases()).toEqual([])
})

test('closing the store ends the wait for a connection that is being opened again', async () => {
  const { store, closeByForce } = await storeWithTwin()
  await closeByForce()
  // A connection that ignores `versionchange` keeps a deletion waiting, and that keeps everything else waiting.
  const holder = await openDB(`reprise/${NAME}`)
  indexedDB.deleteDatabase(`reprise/${NAME}`)
  const waiting = [store.write(put(2)), ids(store)]
  store.close()
  for (const call of waiting) {
    await expect(call).rejects.toMatchObject({ code: 'memory-closed', message: expect.stringMatching(/^The memory was closed/) })
  }
  holder.close()
})

test('a store lets go when another connection brings the database to a newer version, and says so', async () => {
  useBucket(await openBucket())
  const store = await openIdbStore({ name: NAME })
  await store.write(put(1))
  const newer = await openDB(`reprise/${NAME}`, 9)
  expect(await newer.getAllKeys('changes')).toEqual([1])
  const closed = { code: 'memory-closed', message: expect.stringMatching(/updating this memory to a newer version/) }
  await expect(store.write(put(2))).rejects.toMatchObject(closed)
  newer.close()
})

test('an error of the work itself is passed on as it is, and opens nothing again', async () => {
  const { store, recovered } = await storeWithTwin()
  const own = new TypeError('of its own')
  await expect(store.write(() => Promise.reject(own))).rejects.toBe(own)
  await expect(store.read((reader) => reader.get('changes', null as never))).rejects.toMatchObject({ code: 'memory-blocked' })
  expect(await ids(store)).toEqual([1])
  expect(recovered).toEqual([])
  store.close()
})

/** Closes connections as their next transactions begin, which the browser then refuses by itself. */
function closeBeforeTransactions(times: number): void {
  const begin = IDBDatabase.prototype.transaction
  let left = times
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...given) {
    if (left-- > 0) this.close()
    return begin.apply(this, given)
  })
}
