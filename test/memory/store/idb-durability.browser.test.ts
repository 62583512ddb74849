import { afterEach, expect, test, vi } from 'vitest'
import { openIdbStore } from '../../../src/memory/store/idb-store.ts'
import { TABLES } from '../../../src/memory/store/trajectory-store.ts'

afterEach(() => void vi.restoreAllMocks())

interface Seen {
  mode: string
  durability: string
  tables: string[]
  completed: boolean
}

/** The transactions of every connection from now on, each with whether it had completed when asked. */
function watchTransactions(): Seen[] {
  const seen: Seen[] = []
  const begin = IDBDatabase.prototype.transaction
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...given) {
    const transaction = begin.apply(this, given)
    const { mode, durability, objectStoreNames } = transaction
    const entry = { mode, durability, tables: Array.from(objectStoreNames), completed: false }
    transaction.addEventListener('complete', () => void (entry.completed = true))
    seen.push(entry)
    return transaction
  })
  return seen
}

test('a write is one transaction of strict durability over all tables but the snapshots, and resolves only after it has completed', async () => {
  const store = await openIdbStore({ name: `durability-${Date.now()}` })
  const seen = watchTransactions()
  await store.write(async (writer) => {
    await writer.put('changes', { id: 1, ids: null })
    await writer.put('episodes', { id: 1 } as never)
  })
  expect(seen).toEqual([{ mode: 'readwrite', durability: 'strict', tables: TABLES.toSorted(), completed: true }])
  store.close()
})

test('a write of snapshots reaches nothing else, and does not wait for the disk', async () => {
  const store = await openIdbStore({ name: `durability-snapshots-${Date.now()}` })
  const seen = watchTransactions()
  await store.snapshots.write((writer) => writer.put('snapshots', { id: 'part' }))
  expect(seen).toEqual([{ mode: 'readwrite', durability: 'relaxed', tables: ['snapshots'], completed: true }])
  store.close()
})

test('reading begins no transaction that could write', async () => {
  const store = await openIdbStore({ name: `durability-reads-${Date.now()}` })
  const seen = watchTransactions()
  await store.read((reader) => reader.where('shown', 'a', { before: 3 }))
  await store.snapshots.read((reader) => reader.ids('snapshots'))
  expect(seen.map(({ mode }) => mode)).toEqual(['readonly', 'readonly'])
  store.close()
})
