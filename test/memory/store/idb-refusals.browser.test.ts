import { openDB } from 'idb'
import { afterEach, expect, test, vi } from 'vitest'
import { deleteMemory } from '../../../src/memory/delete-memory.ts'
import type { RepriseError } from '../../../src/core/errors.ts'
import { openIdbStore } from '../../../src/memory/store/idb-store.ts'
import type { StoreWriter } from '../../../src/memory/store/trajectory-store.ts'
import { dumpStore } from '../../support/dump-store.ts'
import { seededRandom } from '../../support/random.ts'
import { openBucket, useBucket } from '../../support/storage-buckets.ts'

let made = 0
const newName = (): string => `refusal-${Date.now()}-${made++}`
afterEach(() => void vi.unstubAllGlobals())

test('where there is no IndexedDB, opening says what to do instead', async () => {
  vi.stubGlobal('indexedDB', undefined)
  const refused = openIdbStore({ name: newName() })
  await expect(refused).rejects.toMatchObject({ code: 'memory-blocked' })
  await expect(refused).rejects.toThrow(/no IndexedDB.*storage: 'memory'/)
})

test.each(['SecurityError', 'InvalidStateError', 'UnknownError'])(
  'where the browser refuses with %s, opening says what to do instead',
  async (name) => {
    const open = (): never => {
      throw new DOMException('denied', name)
    }
    vi.stubGlobal('indexedDB', { open })
    const refused = openIdbStore({ name: newName() })
    await expect(refused).rejects.toMatchObject({ code: 'memory-blocked' })
    await expect(refused).rejects.toThrow(/storage: 'memory'/)
  },
)

test('a store of a newer version is refused and left as it is', async () => {
  const name = newName()
  const newer = await openDB(`reprise/${name}`, 9, { upgrade: (db) => void db.createObjectStore('future').put('kept', 'key') })
  newer.close()
  const refused = openIdbStore({ name })
  await expect(refused).rejects.toMatchObject({ code: 'memory-blocked' })
  await expect(refused).rejects.toThrow(/newer version.*Nothing was touched/)
  const again = await openDB(`reprise/${name}`, 9)
  expect(await again.get('future', 'key')).toBe('kept')
  again.close()
})

test('a database that another tab holds hangs neither its opening nor its deletion, and works once it is let go', async () => {
  const name = newName()
  // A connection that ignores `versionchange` keeps a deletion waiting, and that keeps everything else waiting.
  const holder = await openDB(`reprise/${name}`, 1)
  await expect(deleteMemory(name)).rejects.toMatchObject({ code: 'memory-blocked', message: expect.stringMatching(/still open/) })
  await expect(deleteMemory(name, { timeout: 100 })).rejects.toMatchObject({ code: 'memory-blocked' })
  const opening = openIdbStore({ name, openTimeout: 100 })
  await expect(opening).rejects.toMatchObject({ code: 'memory-blocked', message: expect.stringMatching(/another tab/) })
  holder.close()
  const store = await openIdbStore({ name })
  expect(await store.read((reader) => reader.count('trajectories'))).toBe(0)
  store.close()
})

test('when the memory is deleted from elsewhere, this handle lets go of it and later calls reject with memory-closed', async () => {
  const name = newName()
  const store = await openIdbStore({ name })
  await store.write(putText('a'))
  await deleteMemory(name)
  const deleted = { code: 'memory-closed', message: expect.stringMatching(/^Another tab or another part of this page is deleting/) }
  await expect(store.write(putText('b'))).rejects.toMatchObject(deleted)
  await expect(store.read((reader) => reader.count('keys'))).rejects.toMatchObject(deleted)
  await expect(store.snapshots.read((reader) => reader.count('snapshots'))).rejects.toMatchObject(deleted)
  const again = await openIdbStore({ name })
  expect(Object.values(await dumpStore(again)).flat()).toEqual([])
  again.close()
})

test('when the browser has no room, the write says so, changes nothing and tells how much there is, and a smaller one still works', async () => {
  useBucket(await openBucket({ quota: 4 * 2 ** 20 }))
  const store = await openIdbStore({ name: newName() })
  await store.write(putText('before'))
  const before = await dumpStore(store)
  const large = store.write(async (writer) => {
    await writer.delete('changes', 1)
    await putText(randomText(8 * 2 ** 20), 2)(writer)
  })
  await expect(large).rejects.toMatchObject({
    code: 'memory-quota',
    message: expect.stringMatching(/Nothing was changed.* uses [\d,]+ bytes, and [\d,]+ are available/),
  })
  expect(await dumpStore(store)).toEqual(before)
  // The browser takes a moment to give back what the refused write had used.
  const small = (): Promise<unknown> =>
    store.write(putText('small', 2)).then(
      () => 'stored',
      (error: RepriseError) => error.code,
    )
  await expect.poll(small, { timeout: 40_000 }).toBe('stored')
  expect(await store.read((reader) => reader.ids('changes'))).toEqual([1, 2])
  store.close()
})

function putText(text: string, id = 1): (writer: StoreWriter) => Promise<void> {
  return (writer) => writer.put('changes', { id, ids: [text] })
}

/** Text that the database cannot compress. */
function randomText(length: number): string {
  const random = seededRandom(length)
  return Array.from({ length }, () => String.fromCharCode(33 + Math.floor(random() * 90))).join('')
}
