import type { RepriseError } from '../../../src/core/errors.ts'
import { openDB } from 'idb'
import { afterEach, expect, test, vi } from 'vitest'
import { deleteMemory } from '../../../src/memory/delete-memory.ts'
import { createMemoryEngine } from '../../../src/memory/memory-engine.ts'
import { openIdbStore } from '../../../src/memory/store/idb-store.ts'
import { dumpStore } from '../../support/dump-store.ts'
import { seededRandom } from '../../support/random.ts'
import { seededEmbedder } from '../../support/seeded-embedder.ts'
import { step, trajectory } from '../../support/trajectories.ts'

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
  const memory = await createMemoryEngine({ store: await openIdbStore({ name }), embedder: seededEmbedder() })
  await memory.add(trajectory())
  await deleteMemory(name)
  await expect(memory.add(trajectory({ id: 'two' }))).rejects.toMatchObject({
    code: 'memory-closed',
    message: expect.stringMatching(/^Another tab or another part of this page is deleting/),
  })
  await expect(memory.retrieve({ goal: 'g', plan: 'p', observation: 'o' }, { k: 1 })).rejects.toMatchObject({ code: 'memory-closed' })
  const again = await openIdbStore({ name })
  expect(Object.values(await dumpStore(again)).flat()).toEqual([])
  again.close()
})

test('when the browser has no room, the write says so and changes nothing, and a smaller one still works', async () => {
  // A storage bucket has a quota of its own, which the browser enforces as it does the origin's.
  const bucket = await (navigator as unknown as WithBuckets).storageBuckets.open(newName(), { quota: 4 * 2 ** 20 })
  vi.stubGlobal('indexedDB', bucket.indexedDB)
  const store = await openIdbStore({ name: newName() })
  const memory = await createMemoryEngine({ store, embedder: seededEmbedder() })
  await memory.add(trajectory({ id: 'before' }))
  const before = await dumpStore(store)
  const large = trajectory({ id: 'large', steps: Array.from({ length: 8 }, () => step(randomText(2 ** 20), '', '')) })
  const refused = memory
    .record({ trajectory: large, shown: [{ trajectoryId: 'before', phase: 'act', step: 0 }], store: true, curation: false })
    .then(({ stored }) => stored)
  await expect(refused).rejects.toMatchObject({ code: 'memory-quota', message: expect.stringMatching(/Nothing was changed/) })
  expect(await dumpStore(store)).toEqual(before)
  // The browser takes a moment to give back what the refused write had used.
  const small = (): Promise<unknown> =>
    memory.add(trajectory({ id: 'small' })).then(
      () => 'stored',
      (error: RepriseError) => error.code,
    )
  await expect.poll(small, { timeout: 20_000 }).toBe('stored')
  expect(await memory.count()).toBe(2)
  await memory.close()
})

interface WithBuckets {
  storageBuckets: { open(name: string, options: { quota: number }): Promise<{ indexedDB: IDBFactory }> }
}

/** Text that the database cannot compress. */
function randomText(length: number): string {
  const random = seededRandom(length)
  return Array.from({ length }, () => String.fromCharCode(33 + Math.floor(random() * 90))).join('')
}
