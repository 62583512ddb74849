import { afterEach, expect, test, vi } from 'vitest'
import { createMemoryEngine } from '../../../src/memory/memory-engine.ts'
import { openIdbStore } from '../../../src/memory/store/idb-store.ts'
import { seededEmbedder } from '../../support/seeded-embedder.ts'
import { trajectory } from '../../support/trajectories.ts'

afterEach(() => void vi.restoreAllMocks())

/** The transactions of every connection from now on, each with whether it had completed when asked. */
function watchTransactions(): { mode: string; durability: string; completed: boolean }[] {
  const seen: { mode: string; durability: string; completed: boolean }[] = []
  const begin = IDBDatabase.prototype.transaction
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...given) {
    const transaction = begin.apply(this, given)
    const entry = { mode: transaction.mode, durability: transaction.durability, completed: false }
    transaction.addEventListener('complete', () => void (entry.completed = true))
    seen.push(entry)
    return transaction
  })
  return seen
}

test('each write is one transaction of strict durability, and resolves only after it has completed', async () => {
  const memory = await createMemoryEngine({ store: await openIdbStore({ name: `durability-${Date.now()}` }), embedder: seededEmbedder() })
  const seen = watchTransactions()
  const episode = { trajectory: trajectory({ id: 'e' }), shown: [{ trajectoryId: 'a', phase: 'act' as const, step: 0 }], store: true }
  const writes = [
    () => memory.add(trajectory({ id: 'a' })),
    () => memory.record({ ...episode, curation: { threshold: 1, minRetrievals: 1 } }),
    () => memory.curate({ threshold: 0.3, minRetrievals: 5 }),
    () => memory.delete('a'),
    () => memory.clear(),
  ]
  for (const write of writes) {
    seen.length = 0
    await write()
    expect(seen.filter(({ mode }) => mode === 'readwrite')).toEqual([{ mode: 'readwrite', durability: 'strict', completed: true }])
  }
  seen.length = 0
  await memory.retrieve({ goal: 'g', plan: 'p', observation: 'o' }, { k: 3 })
  await memory.list()
  expect(seen.filter(({ mode }) => mode !== 'readonly')).toEqual([])
  await memory.close()
})
